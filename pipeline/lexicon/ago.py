"""How a language tells how long ago something was: "vor 3 Tagen", from CLDR and from the language's own phrases and numerals."""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipeline.lexicon.forms import Spacing
from pipeline.text.fold import LETTER, fold

UNITS = ("day", "week", "month", "year")
_COUNT = "{0}"
_FIXED = {"one": 1, "two": 2}  # plural forms that may need no number: Arabic "two years ago" is one word and "before"
_DIGITS = r"\d{1,2}"


class Ago(NamedTuple):
    """A phrase for folded text; its group is the number, unless it always means so many units as `always` says."""

    unit: str
    pattern: re.Pattern[str]
    always: int | None
    word: str  # the longest of its fixed words


def agos(fields: Mapping[str, Any], spacing: Spacing, numerals: Mapping[str, int], phrases: Sequence[tuple[str, str]]) -> Iterator[Ago]:
    """The phrases that CLDR's `fields` of a language have, and its own (unit, phrase), in which `{}` is the number, else one."""
    own = [(unit, "other" if "{}" in phrase else "one", phrase.replace("{}", _COUNT)) for unit, phrase in phrases]
    told = [(unit, plural, phrase) for unit in UNITS for plural, phrase in fields.get(unit, {}).get("past", {}).items()]
    words = "|".join(sorted((re.escape(word) for word in numerals), key=len, reverse=True))
    number = f"({_DIGITS}|{words})" if words else f"({_DIGITS})"
    blank, left, right = (r"\s+", f"(?<!{LETTER})(?<!\\d)", f"(?!{LETTER})") if spacing is Spacing.WORDS else (r"\s*", r"(?<!\d)", "")
    for unit, plural, phrase in dict.fromkeys([*told, *own]):
        if _COUNT not in phrase and plural not in _FIXED:
            continue
        parts = [blank.join(map(re.escape, fold(part).split())) for part in phrase.split(_COUNT)]
        counted = len(parts) > 1
        body = blank.join(filter(None, (parts[0], number, parts[1]))) if counted else parts[0]
        word = max((word for part in phrase.split(_COUNT) for word in fold(part).split()), key=len)
        yield Ago(unit, re.compile(left + body + right), None if counted else _FIXED[plural], word)


@dataclass(frozen=True, slots=True)
class Counted:
    """Phrases that count units of time, "three days before"; `word` finds the words of which one stands in each of them."""

    phrases: Sequence[Ago]
    word: re.Pattern[str] | None
    numerals: Mapping[str, int]

    def __call__(self, folded: str, start: int, end: int) -> Iterator[tuple[str, int, re.Match[str]]]:
        """Each of them in `folded[start:end]`: unit, how many, and where."""
        if self.word is None or self.word.search(folded, start, end) is None:  # as in most sentences
            return
        for unit, pattern, always, _ in self.phrases:
            for match in pattern.finditer(folded, start, end):
                yield unit, always or self.numerals.get(match[1]) or int(match[1]), match


def counted(spacing: Spacing, numerals: Mapping[str, int], phrases: Sequence[tuple[str, str]]) -> Counted:
    """Those of (unit, phrase), in which `{}` is the number, else one."""
    found = tuple(agos({}, spacing, numerals, phrases))
    words = sorted({re.escape(phrase.word) for phrase in found})
    return Counted(found, re.compile("|".join(words)) if words else None, numerals)
