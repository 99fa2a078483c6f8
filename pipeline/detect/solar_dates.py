"""Dates of the Solar Hijri calendar, which Iran writes: "۳۰ مهر", "شهریورماه", "سوم اردیبهشت ۱۴۰۲"."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

from pipeline.detect.document import Document, Sentence
from pipeline.detect.when import JUST_PAST, NEAR_FUTURE, When, is_ignored
from pipeline.text.fold import LETTER

_NUMERIC = re.compile(r"(?<![\d/])(1[34]\d\d)/(\d{1,2})/(\d{1,2})(?![\d/])")
_JOINT = "[\\s\u200c]*"  # a blank, or none that is seen
_FIRST_YEAR = 1300
_NOWRUZ = date(1921, 3, 21)  # the first day of that year
_LEAP = frozenset({1, 5, 9, 13, 17, 22, 26, 30})  # years of a cycle of 33 that have a day more
_CYCLE = 33
_LONG_MONTHS = 6  # the first ones, of 31 days; the others have 30, and the last 29 but in a leap year


def solar_dates(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """Days and months of that calendar, where the language has names for its months.

    Most names are words as well, so that one is a month only with a day, a year or "month" beside it.
    """
    months = document.language.solar_months
    if not months:
        return
    for match in _NUMERIC.finditer(document.folded, sentence.start, sentence.end):
        yield from _when(match.start(), match.end(), _span(*map(int, match.groups())), year=True, day=True)
    words = document.language.date_words
    for match in _pattern(months, tuple(words.numbers)).finditer(document.folded, sentence.start, sentence.end):
        first, last, name, of_month, written = match.groups()
        if not (last or of_month or written) or is_ignored(sentence, match.start(), match.end()):
            continue
        day, month = words.day(last) if last else None, months.index(name) % 12 + 1
        if written:
            span = _span(int(written), month, day)
        else:
            span = _nearest(document.published, month, day, future) if document.published else None
        if span is not None and first and (start := _span(_year_of(span[0]), month, words.day(first))) is not None and start[0] < span[0]:
            span = start[0], span[1]
        yield from _when(match.start(), match.end(), span, year=bool(written), day=last is not None)


def _when(start: int, end: int, span: tuple[date, date] | None, year: bool, day: bool) -> Iterator[When]:
    if span is not None:
        yield When(start, end, *span, year=year, day=day)


@cache
def _pattern(months: Sequence[str], numbers: Sequence[str]) -> re.Pattern[str]:
    """Groups: first and last day, which may be the words `numbers`, the name of the month, the word "month", the year."""
    day = "|".join([r"\d{1,2}", *map(re.escape, sorted(numbers, key=len, reverse=True))])
    days = rf"(?:(?:(?<!{LETTER})({day})\s*(?:[-–]|تا|الي|و)\s*)?(?<!{LETTER})({day})(?:\s*ام)?{_JOINT})?"
    names = "|".join(map(re.escape, months))
    year = rf"(?:{_JOINT}(?:سال{_JOINT})?(1[34]\d\d)(?!\d))?"
    return re.compile(rf"{days}(?<!{LETTER})({names})(?:{_JOINT}(ماه))?(?!{LETTER}){year}")


def _nearest(published: date, month: int, day: int | None, future: bool) -> tuple[date, date] | None:
    """The month, or the day of it, that one without a year means to a reader of that day."""
    year = _year_of(published)
    spans = [span for step in (-1, 0, 1) if (span := _span(year + step, month, day)) is not None]
    if future:
        return next((span for span in spans if span[1] >= published - (JUST_PAST if day else timedelta(0))), None)
    return next((span for span in reversed(spans) if span[0] <= published + (NEAR_FUTURE if day else timedelta(0))), None)


def _span(year: int, month: int, day: int | None) -> tuple[date, date] | None:
    """First and last day of a month, or a day of it twice; None where there is no such day."""
    if year < _FIRST_YEAR or not 1 <= month <= 12:
        return None
    length = 31 if month <= _LONG_MONTHS else 30 if month < 12 or _is_leap(year) else 29
    if day is not None and not 1 <= day <= length:
        return None
    first = _new_year(year) + timedelta(days=31 * (month - 1) - max(0, month - 1 - _LONG_MONTHS))
    return (first, first + timedelta(days=length - 1)) if day is None else (first + timedelta(days=day - 1),) * 2


def _is_leap(year: int) -> bool:
    return year % _CYCLE in _LEAP


@cache
def _new_year(year: int) -> date:
    """The first day of `year`, by the cycle of 33 years, which is right from 1300 to 1500."""
    leap = sum(map(_is_leap, range(_FIRST_YEAR, year)))
    return _NOWRUZ + timedelta(days=365 * (year - _FIRST_YEAR) + leap)


def _year_of(day: date) -> int:
    year = day.year - 621
    return year if day >= _new_year(year) else year - 1
