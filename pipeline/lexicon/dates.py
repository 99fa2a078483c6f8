"""Month and weekday names of a language: from CLDR, in the inflected forms that the language's rules make of them."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from babel import Locale

from pipeline.lexicon.forms import Spacing
from pipeline.text.fold import LETTER, fold

_CONTEXTS = ("format", "stand-alone")


@dataclass(frozen=True, slots=True)
class DateWords:
    """Folded month names give 1 to 12, folded weekday names 1 (Monday) to 7; the patterns find any of them in folded text."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    month: re.Pattern[str] | None
    weekday: re.Pattern[str] | None
    spellings: frozenset[str]  # of months, in lower case with their accents
    capitals: bool  # names of months are written with a capital: "may" is no month


def date_words(code: str, spacing: Spacing, written: Sequence[tuple[str, str]]) -> DateWords:
    """The names of the language `code`, as CLDR has them and with every (ending, ending instead) as `written` that applies."""
    locale = Locale.parse(code)
    inflections = [(fold(ending), fold(instead)) for ending, instead in written]
    spelt = _spellings((locale.months[context]["wide"] for context in _CONTEXTS), written)
    months = _forms((locale.months[context]["wide"] for context in _CONTEXTS), inflections, offset=0)
    weekdays = _forms((locale.days[context]["wide"] for context in _CONTEXTS), inflections, offset=1)
    capitals = all(name[0].isupper() for context in _CONTEXTS for name in locale.months[context]["wide"].values())
    return DateWords(months, weekdays, _pattern(months, spacing), _pattern(weekdays, spacing), spelt, capitals)


def _forms(contexts: Iterable[Mapping[int, str]], inflections: Sequence[tuple[str, str]], offset: int) -> dict[str, int]:
    forms = {}
    for names in contexts:
        for number, name in names.items():
            folded = fold(name)
            if folded[0].isdigit():
                continue  # 7月, 7월: the date grammar reads numbers
            forms[folded] = number + offset
            for ending, instead in inflections:
                if folded.endswith(ending):
                    forms[folded.removesuffix(ending) + instead] = number + offset
    return forms


def _spellings(contexts: Iterable[Mapping[int, str]], inflections: Sequence[tuple[str, str]]) -> frozenset[str]:
    names = {name.casefold() for context in contexts for name in context.values()}
    rules = [(ending.casefold(), instead.casefold()) for ending, instead in inflections]
    inflected = {name.removesuffix(ending) + instead for name in names for ending, instead in rules if name.endswith(ending)}
    return frozenset(names | inflected)


def _pattern(forms: Mapping[str, int], spacing: Spacing) -> re.Pattern[str] | None:
    if not forms:
        return None
    alternatives = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(f"(?<!{LETTER})(?:{alternatives})(?!{LETTER})" if spacing is Spacing.WORDS else alternatives)
