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


def _agos(fields: Mapping[str, Any], spacing: Spacing, numerals: Mapping[str, int], phrases: Sequence[tuple[str, str]]) -> Iterator[Ago]:
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
    """Phrases that count units of time, "three days before"; in each of them stands one of the `words`."""

    phrases: Sequence[Ago]
    words: Sequence[str]
    numerals: Mapping[str, int]

    def __call__(self, folded: str, start: int, end: int) -> Iterator[tuple[str, int, re.Match[str]]]:
        """Each of them in `folded[start:end]`: unit, how many, and where, with the number for a group if it is told."""
        here = [word for word in self.words if folded.find(word, start, end) != -1]
        if not here:  # as in most sentences
            return
        for unit, pattern, always, word in self.phrases:
            if word in here:
                for match in pattern.finditer(folded, start, end):
                    yield unit, always or self.numerals.get(match[1]) or int(match[1]), match


def counted(fields: Mapping[str, Any], spacing: Spacing, numerals: Mapping[str, int], phrases: Sequence[tuple[str, str]]) -> Counted:
    """The phrases that CLDR's `fields` of a language have, and those of (unit, phrase), in which `{}` is the number, else one."""
    found = tuple(_agos(fields, spacing, numerals, phrases))
    return Counted(found, [*dict.fromkeys(phrase.word for phrase in found)], numerals)
