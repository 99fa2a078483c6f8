"""How a language writes dates: names of months and weekdays from CLDR, inflected by the language's rules, and what joins them to days."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.lexicon.ago import Counted, counted
from pipeline.lexicon.cldr import cldr
from pipeline.lexicon.forms import Spacing
from pipeline.text.fold import LETTER, fold

_DAY = r"\d{1,2}"
_YEAR = r"((?:19|20)\d\d)"


@dataclass(frozen=True, slots=True)
class DateWords:
    """Folded month names give 1 to 12, folded weekday names 1 (Monday) to 7; the patterns are for folded text.

    `month` and `weekday` find a name. `day_before` finds a day or two, "8 to 9", that end at the month (groups: first, last); `day_behind`
    matches those behind it; `day_to` finds the first of two days that ends at the second, `joint` is what stands between two dates;
    `year_behind` matches a year behind a month or a season, `dashed` a day and a month with a dash between. `full` finds whole dates as
    (day, name, year), and `full_month_first` as (name, day, year).
    """

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    month: re.Pattern[str] | None
    weekday: re.Pattern[str] | None
    spellings: frozenset[str]  # of months, in lower case with their accents
    numbers: Mapping[str, int]  # days that are written as words
    capitals: bool  # names of months are written with a capital: "may" is no month
    day_before: re.Pattern[str]
    day_behind: re.Pattern[str]
    day_to: re.Pattern[str]
    joint: re.Pattern[str]
    year_behind: re.Pattern[str]
    dashed: re.Pattern[str] | None
    full: re.Pattern[str] | None
    full_month_first: re.Pattern[str] | None
    numerals: Mapping[str, int]  # of how long ago, and how often
    ago: Counted  # how long ago
    earlier: Counted  # how long before a day that was told
    to_go: Counted  # how long before a contact
    gone: Counted  # how long after a contact, before its word
    gone_after: Counted  # the same behind it
    alone: Sequence[tuple[re.Pattern[str], bool]]  # a day of the month by its number (groups: first, last), and whether it ends with that

    def day(self, written: str) -> int:
        """The day of the month that a word or digits of `day_before` mean."""
        return self.numbers.get(written) or int(written)


def _alone(phrase: str) -> re.Pattern[str]:
    """What finds a day of the month, or two with a dash, in the place of the # of a phrase."""
    before, _, behind = fold(phrase).partition("#")
    begin, end = (re.escape(part).replace(r"\ ", r"\s+") for part in (before, behind))
    number = rf"(?<![\d.,:/-])({_DAY})(?:\s*[-–]\s*({_DAY}))?"
    return re.compile(rf"(?<!\w){begin}{number}{end}(?![\d:/.-]*\d)" + (r"(?!\w)" if behind[-1:].isalpha() else ""))


def date_words(
    code: str,
    spacing: Spacing,
    written: Sequence[tuple[str, str]],
    to: Sequence[str],
    up_to: Sequence[str],
    of: Sequence[str],
    ordinal: Sequence[str],
    days: Sequence[tuple[str, str]],
    small_months: bool,
    dash_behind: Sequence[str] = (),
    numerals: Sequence[tuple[str, str]] = (),
    ago: Sequence[tuple[str, str]] = (),
    earlier: Sequence[tuple[str, str]] = (),
    to_go: Sequence[tuple[str, str]] = (),
    gone: Sequence[tuple[str, str]] = (),
    gone_after: Sequence[tuple[str, str]] = (),
    alone: Sequence[str] = (),
) -> DateWords:
    """The names of the language `code`, as CLDR has them and with every (ending, ending instead) as `written` that applies.

    `to` are the words between two days, `up_to` those of them that make a span also of two weekdays ("Monday and Friday" is none), `of`
    those between a day, a month and a year, `ordinal` what is glued behind a day, `days` (number, word) for days that are written as words.
    `small_months`: they are written in small letters too, whatever CLDR does. `dash_behind` are words behind which a dash stands between
    day and month. `numerals` are (number, word), `ago` (unit, phrase) beside those of CLDR, `earlier`
    (unit, phrase) for "two days before that", `to_go` for "two days before" what will be, `gone` for "two days after" what was and
    `gone_after` where that stands behind, `alone` what stands around the number of a day without its month, "on the #th".
    """
    known = cldr(code)
    named_months, named_days = _names(known)
    counts = {fold(word): int(number) for number, word in numerals}
    inflections = [(fold(ending), fold(instead)) for ending, instead in written]
    spelt = _spellings(named_months, written)
    months = _forms(named_months, inflections, offset=0)
    weekdays = _forms(named_days, inflections, offset=1)
    capitals = not small_months and all(name[0].isupper() for names in named_months for name in names.values())
    nth = f"(?:{_any(ordinal, '.')})?"
    of_ = f"(?:(?:{_any(of)})\\s+)?" if of else ""
    numbers = {fold(word): int(number) for number, word in days}
    joins = "".join(word for word in map(fold, to) if len(word) == 1)  # may be glued to the second of two days
    begin = f"(?:(?<!{LETTER})|(?<=[{joins}]))" if joins else f"(?<!{LETTER})"
    day = f"(?:{_DAY}|{begin}(?:{_any(numbers)})(?!{LETTER}))" if numbers else _DAY
    glued = f"(?:(?!\\w)|(?=(?:{_any(numbers)})\\b))" if numbers else "(?!\\w)"
    range_, span = (f"(?:[-–—~〜∼]|(?:{_any(words)}){glued})" if words else "[-–—~〜∼]" for words in (to, up_to))
    names = _any(months)
    return DateWords(
        months=months,
        weekdays=weekdays,
        month=_pattern(months, spacing),
        weekday=_pattern(weekdays, spacing),
        spellings=spelt,
        capitals=capitals,
        numbers=numbers,
        day_before=re.compile(rf"(?:({day}){nth}\s*{range_}\s*(?:[^\W\d_]{{1,3}}\s+)?)?({day}){nth}\s*{of_}$"),
        day_behind=re.compile(rf"\.?\s+({_DAY}){nth}(?:\s*{span}\s*({_DAY})(?!{nth}\s*{of_}(?:{names})))?(?!\d|[:.]\d){nth}"),
        day_to=re.compile(rf"(?<![\d/.,])({_DAY}){nth}\s*{range_}\s*$"),
        joint=re.compile(rf"\s*{span}\s*"),
        year_behind=re.compile(rf"(?:,?\s+{of_}|[/-]){_YEAR}(?!\d)"),
        dashed=re.compile(rf"(?<!\w)(?:{_any(dash_behind)})\s+({_DAY})-({_DAY})(?:-{_YEAR})?(?!\d|[-/.]\d)") if dash_behind else None,
        full=re.compile(rf"(?<!\d)({_DAY}){nth},?\s+{of_}({names})\.?,?\s+{of_}{_YEAR}(?!\d)") if months else None,
        full_month_first=re.compile(rf"\b({names})\.?\s+({_DAY}){nth},?\s+{_YEAR}(?!\d)") if months else None,
        numerals=counts,
        ago=counted(known.get("date_fields", {}), spacing, counts, ago),
        earlier=counted({}, spacing, counts, earlier),
        to_go=counted({}, spacing, counts, to_go),
        gone=counted({}, spacing, counts, gone),
        gone_after=counted({}, spacing, counts, gone_after),
        alone=[(_alone(phrase), phrase.endswith("#")) for phrase in alone],
    )


def _names(own: Mapping[str, Any]) -> Iterator[Sequence[Mapping[int, str]]]:
    """The names of CLDR for months, and for days, by number: in a date, and where the language has others, by themselves."""
    for contexts in (own["months"], own["days"]):
        names = contexts["format"]["wide"]
        yield names, names | contexts.get("stand-alone", {}).get("wide", {})


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
    alternatives = _any(forms)
    if spacing is not Spacing.WORDS:
        return re.compile(alternatives)
    first = "".join(sorted({re.escape(form[0]) for form in forms}))  # looked at before all else, it leaves few places to look at
    return re.compile(f"(?=[{first}])(?<!{LETTER})(?:{alternatives})(?!{LETTER})")


def _any(words: Iterable[str], *more: str) -> str:
    """A pattern for any of `words`, folded, the longest first."""
    return "|".join(re.escape(word) for word in sorted([*map(fold, words), *more], key=len, reverse=True))
