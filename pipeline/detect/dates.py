"""Dates in a sentence, resolved against the publication date. What cannot be known stays unknown: never a guess."""
from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from pipeline.detect.clauses import overlap
from pipeline.detect.document import Document, Sentence, once
from pipeline.detect.lone_days import bare_day, days_alone, weekends
from pipeline.detect.month_names import is_another_word, is_of_a_week, may_be_another_word, name_end, unit_start
from pipeline.detect.relative_dates import halves, long_ago, relative, seasons, weekdays
from pipeline.detect.solar_dates import solar_dates
from pipeline.detect.told_dates import counted, gone, to_go
from pipeline.detect.when import (
    JUST_PAST,
    NEAR_FUTURE,
    When,
    begins,
    is_ignored,
    mark_of,
    narrowed,
    part_of,
    step_of,
    steps_apart,
    turn_of,
    until,
)

_DIGIT = re.compile("[0-9日號号月]")  # folded text has no others; days and months may be written in characters
_NUMERIC = re.compile("[0-9][-./][0-9]")  # is part of every date that the next three find
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_DAY_FIRST = re.compile(r"(?<![\d.])(\d{1,2})[./](\d{1,2})[./]((?:19|20)\d\d)(?!\d)")
_DAY_MONTH = re.compile(r"(?<![\d/.,])(\d{1,2})([/.])(\d{1,2})(?![/.]?\d)")
_NUMERALS = "一二三四五六七八九十廿卅"
_NUMBER = rf"(\d{{1,2}}|[{_NUMERALS}]{{1,3}})"  # 17, 十七
_CJK_TO = rf"(?:[日号號일]?\s*(?:至|到|から|부터|[-–—~～〜∼])\s*{_NUMBER}\s*)?"
_CJK = re.compile(
    rf"(?:((?:19|20)\d\d)\s*[年년]\s*)?(?<![\d{_NUMERALS}]){_NUMBER}\s*[月월](?:份)?(?:\s*{_NUMBER}\s*{_CJK_TO}[日號号일])?"
)
_CJK_UNIT = re.compile("[月월日號号일]")  # without one, as in most languages, the patterns above and below find nothing
_COUNTED = "第為为期续續连連每近达達逾超满滿共这這數数几幾過过后後同某时時留问問长長百"  # behind one it counts days: "a stay of three days"
_CJK_DAY = re.compile(
    r"(?<![\d.年년박泊~～〜∼–—-])(?<!\d[月월])(?<!\d[月월] )(?<!박 )"
    rf"(\d{{1,2}}|(?<![{_NUMERALS}{_COUNTED}])[{_NUMERALS}]{{1,3}}){_CJK_TO}[日號号일](?!本|内|內|間|间|時|时|간|後|后|\d)"
)
_YEAR = re.compile(r"(?<![\d.,-])((?:19|20)\d\d)(?![\d.,]*\d|[-–]\d)")
_APPOSITION = 3  # characters between a day and the same day again
_STOPS = frozenset(",.;、，。")
_LISTING = ",،、，和与與及 "  # between two days
_ARTICLE = re.compile(r"(?:[^\W\d_]{1,3}\s+)?")  # "bis Samstag, dem 26. Juli", or nothing
_NO_DAY = 99  # of no month
_LONG = timedelta(days=31)  # what is longer is no stay


_Finder = Callable[[Document, Sentence, bool], Iterator[When]]


def dates(document: Document, sentence: Sentence, future: bool, past: bool = False) -> list[When]:
    """The date expressions of `sentence` in order of place; where weekdays and months can lie on either side, `future` decides.

    "This Thursday" is the next one unless the words are of the `past`.
    """
    found = [*_by_themselves(document, sentence, future, past)]
    if left := [*to_go(document, sentence, found)]:
        found = [*left, *(when for when in found if all(_apart(document, when, other) for other in left))]
    if since := [*gone(document, sentence, found)]:
        found = [*since, *(when for when in found if not any(overlap(when, other) for other in since))]
    for when in counted(document, sentence, found, lambda before: _by_themselves(document, before, future, past)):
        # "A day before" may be "a day ago" as well.
        found = [other for other in found if other.counted or not (when.start <= other.start and other.end <= when.end)]
        named = any(other.day and 0 <= other.start - when.end <= _APPOSITION for other in found)  # "on the day after, July 18"
        if not named and all(_apart(document, when, other) for other in found):
            found.append(when)
    found = [replace(when, since=True) if begins(document, sentence, when) else when for when in found]
    return sorted(found, key=lambda when: when.start)


def day_between(document: Document, sentence: Sentence, start: int, end: int) -> bool:
    """Whether a date stands in `text[start:end]`."""
    return any(start <= when.start and when.end <= end for when in dates(document, sentence, future=False))


@once
def _by_themselves(document: Document, sentence: Sentence, future: bool, past: bool) -> Sequence[When]:
    """The dates of `sentence`, in order of place, that do not count from another one."""
    found: list[When] = []
    for finder in _finders(document, sentence, past):
        for when in finder(document, sentence, future):
            if all(_apart(document, when, other) for other in found):
                found.append(when)
    return _spans(document, sorted(found, key=lambda when: when.start))


def _finders(document: Document, sentence: Sentence, past: bool) -> Iterator[_Finder]:
    """Those that can find something in `sentence`, the surest first."""
    numbers, words = _DIGIT.search(document.folded, sentence.start, sentence.end) is not None, sentence.tells_days
    if numbers:
        yield _full
    yield from (long_ago, _months, solar_dates)
    if words:
        yield from (_days_of_a_month, weekends, relative)
    yield partial(weekdays, past=past)
    if words:
        yield seasons
    if numbers:
        yield from (_years, days_alone)
    if words:
        yield halves


def _spans(document: Document, found: list[When]) -> list[When]:
    """`found` with two days that a "to" or a dash joins made one span: "31 August to 3 September"."""
    row: list[When] = []
    for when in found:
        span = _from_to(document, row[-1], when) if row else None
        row[-1:] = [span] if span else [*row[-1:], when]
    return row


def _from_to(document: Document, one: When, other: When) -> When | None:
    """The days from `one` to `other`, whose year may stand behind the latter only; None where they are two dates.

    Two days of which one follows the other are a span also behind a comma or an "and": 7月14日、15日.
    """
    if not (one.day and other.day) or one.weekday or other.weekday or one.first is None or other.last is None:
        return None
    follows = other.first == other.last and one.first == one.last and other.last - one.first == timedelta(1)
    listed = follows and not document.text[one.end : other.start].strip(_LISTING)
    if not listed and not _is_span(document, one.end, other.start):
        return None
    begin, end = one.first, other.last
    if other.year and not one.year:
        year = end.year - (begin.month > end.month)
        begin = begin.replace(year=year, day=min(begin.day, calendar.monthrange(year, begin.month)[1]))
    return replace(other, start=one.start, first=begin) if timedelta(0) < end - begin <= _LONG else None


def _is_span(document: Document, start: int, end: int) -> bool:
    """Whether nothing but a "to" or a dash stands in `text[start:end]`, with a weekday or an article: "24 July to Saturday, 26 July"."""
    between = document.without_weekdays[start:end].lstrip(_LISTING)
    joint = document.language.date_words.joint.match(f" {between}")
    return joint is not None and _ARTICLE.fullmatch(f" {between}", joint.end()) is not None


def _apart(document: Document, when: When, other: When) -> bool:
    """Whether two expressions are two dates: a weekday beside a day of the month belongs to it."""
    if overlap(when, other):
        return False
    if not (when.weekday and other.day):
        return True
    between = document.text[min(when.end, other.end) : max(when.start, other.start)].strip(" ,(،、，（")
    article = when.end <= other.start and _ARTICLE.fullmatch(f"{between} ") is not None
    return bool(between) and not article


def _full(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """Dates in numbers alone: those of `_numeric`, where the language writes so, of `_dashed` and of `_cjk`."""
    text = document.folded
    if _NUMERIC.search(text, sentence.start, sentence.end):
        yield from _numeric(document, sentence, future)
    yield from _dashed(document, sentence, future)
    if _CJK_UNIT.search(text, sentence.start, sentence.end):
        yield from _cjk(document, sentence, future)


def _numeric(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """2026-01-27, 27.01.2026, 27/1."""
    text = document.folded
    for match in _ISO.finditer(text, sentence.start, sentence.end):
        yield from _day(match, *map(int, match.groups()))
    for match in _DAY_FIRST.finditer(text, sentence.start, sentence.end):
        yield from _day(match, int(match[3]), int(match[2]), int(match[1]))
    for match in _DAY_MONTH.finditer(text, sentence.start, sentence.end):
        if match[2] in document.language.day_month:
            first = document.language.date_words.day_to.search(text, sentence.start, match.start())
            from_, start = (int(first[1]), first.start()) if first else (int(match[1]), match.start())
            found = _month(document, start, match.end(), int(match[3]), from_, None, 0, future)
            yield from (until(when, int(match[1])) for when in found)


def _cjk(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """2026年1月27日, 1月27日, 27日, 十七日."""
    text = document.without_weekdays
    for match in _CJK.finditer(text, sentence.start, sentence.end):
        day = (_number(match[3]) or _NO_DAY) if match[3] else None
        year, start, end = int(match[1]) if match[1] else None, match.start(), match.end()
        if year is None:
            year, start, end = _year_told(document, sentence, start, end)
        turn = turn_of(document, sentence, match.start(), match.end())
        for when in _month(document, start, end, _number(match[2]), day, year, turn, future):
            yield until(when, _number(match[4] or "0")) if day else _part(document, sentence, when)
    for match in _CJK_DAY.finditer(text, sentence.start, sentence.end):
        yield from bare_day(document, sentence, match.span(), _number(match[1]), _number(match[2] or "0"), future)


def _dashed(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """Dates with a dash between day and month ("ngày 20-9"); before the word for a month two days stand so ("ngày 8-9 tháng 4")."""
    pattern = document.language.date_words.dashed
    months = [tag.start for tag in sentence.of("dates.month")] if pattern else []
    for match in pattern.finditer(document.folded, sentence.start, sentence.end) if pattern else ():
        if not any(0 <= at - match.end() <= 1 for at in months):
            year = int(match[3]) if match[3] else None
            yield from _month(document, match.start(1), match.end(), int(match[2]), int(match[1]), year, 0, future)


def _number(written: str) -> int:
    """The number that digits or Chinese numerals write: 十七, 二十, 廿五; 0 for what is none."""
    if written.isdecimal():
        return int(written)
    tens, ten, units = written.replace("廿", "二十").replace("卅", "三十").rpartition("十")
    digits = [_NUMERALS.index(part) + 1 if len(part) == 1 else -1 for part in (tens, units) if part]
    if any(not 1 <= digit <= 9 for digit in digits):
        return 0
    return 10 * (digits[0] if tens else 1 if ten else 0) + (digits[-1] if units else 0)


def _day(match: re.Match[str], year: int, month: int, day: int) -> Iterator[When]:
    try:
        found = date(year, month, day)
    except ValueError:
        return
    yield When(match.start(), match.end(), found, found, year=True, day=True)


def _days_of_a_month(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """The 20th of this month, the 5th of next month."""
    words, pub = document.language.date_words, document.published
    for unit in sentence.of("dates.month"):
        mark = mark_of(document, sentence, unit.start, unit.end)
        before = words.day_before.search(document.folded, sentence.start, min(unit.start, mark.start)) if mark is not None else None
        if pub is None or mark is None or before is None or before[0].strip().isdigit():  # "fell by 5 last month"
            continue
        year, month = divmod(pub.year * 12 + pub.month - 1 + step_of(mark), 12)
        day, end = words.day(before[1] or before[2]), max(unit.end, mark.end)
        yield from (until(when, words.day(before[2])) for when in _month(document, before.start(), end, month + 1, day, year, 0, future))


def _months(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """Month names, with the day and year that stand beside them."""
    words = document.language.date_words
    if words.month is None:
        return
    read = sentence.start
    for match in words.month.finditer(document.folded, sentence.start, sentence.end):
        if match.start() < read or is_another_word(document, match) or is_ignored(sentence, match.start(), match.end()):
            continue
        start, day, year, last_day = match.start(), None, None, None
        read = end = name_end(document, sentence, match)
        if before := words.day_before.search(document.without_weekdays, sentence.start, start):
            day, last_day, start = words.day(before[1] or before[2]), words.day(before[2]), before.start()
        elif behind := words.day_behind.match(document.folded, end, sentence.end):
            day, last_day, end = int(behind[1]), int(behind[2] or behind[1]), behind.end()
        if written := words.year_behind.match(document.folded, end, sentence.end):
            year, end = int(written[1]), written.end()
        if day is not None and (not 1 <= day <= 31 or is_of_a_week(sentence, start)):
            day, start = None, match.start()
        if day is None:
            start = unit_start(document, sentence, start)
        turn = turn_of(document, sentence, start, end)
        if year is None:
            year, start, end = _year_told(document, sentence, start, end)
        if day is None and year is None and may_be_another_word(document, sentence, match):
            continue
        month = words.months[match[0]]
        for when in _month(document, start, end, month, day, year, turn, future):
            yield until(when, last_day) if day else _part(document, sentence, when)


def _year_told(document: Document, sentence: Sentence, start: int, end: int) -> tuple[int | None, int, int]:
    """The year that "last year", "this year" or "next year" beside a month at `text[start:end]` tells, and where both stand."""
    if document.published is None:
        return None, start, end
    for unit in sentence.of("dates.year"):
        mark = mark_of(document, sentence, unit.start, unit.end)
        if mark is None:
            continue
        first, last = min(unit.start, mark.start), max(unit.end, mark.end)
        distance = steps_apart(document, first, last, start, end)
        between = document.text[min(last, end) : max(first, start)]
        if distance is not None and distance <= (1 if document.unit > 2 else 0) and not _STOPS & set(between):
            return document.published.year + step_of(mark), min(start, first), max(end, last)
    return None, start, end


def _part(document: Document, sentence: Sentence, when: When) -> When:
    """A month narrowed to "early", "mid" or "the end of" it."""
    if when.first is None or when.last is None:
        return when
    first, last = narrowed(when.first, when.last, part_of(document, sentence, when.start, when.end))
    return replace(when, first=first, last=last)


def _month(
    document: Document, start: int, end: int, month: int, day: int | None, year: int | None, turn: int, future: bool
) -> Iterator[When]:
    """A month, or a day of it, in the year that is written or that the publication date gives."""
    if not 1 <= month <= 12:
        return
    pub = document.published
    yearless = f"--{month:02}" + (f"-{day:02}" if day else "")
    written = year is not None
    if year is None and pub is not None:
        year = _nearest_year(pub, month, day, turn, future)
    if year is None:
        yield When(start, end, None, None, yearless, turn, day=day is not None)
        return
    try:
        first = date(year, month, day or 1)
    except ValueError:
        return
    last = first if day else date(year, month, calendar.monthrange(year, month)[1])
    yield When(start, end, first, last, None, turn, year=written, day=day is not None)


def _nearest_year(pub: date, month: int, day: int | None, turn: int, future: bool) -> int:
    """The year that a month without one means to a reader of the day `pub`."""
    this = pub.year
    if day is None and (this, month) == (pub.year, pub.month) and turn == 0:
        return this
    ahead = date(this, month, min(day or 1, calendar.monthrange(this, month)[1]))
    if future and turn >= 0:
        return this if (day is None and month >= pub.month) or ahead >= (pub - JUST_PAST if day else pub) else this + 1
    if turn < 0 or ahead > pub + (NEAR_FUTURE if turn == 0 and day else timedelta(0)):
        return this if ahead <= pub and (day is not None or month < pub.month) else this - 1
    return this


def _years(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    for match in _YEAR.finditer(document.folded, sentence.start, sentence.end):
        year, start, end = int(match[1]), match.start(), match.end()
        if is_ignored(sentence, start, end):
            continue
        part = part_of(document, sentence, start, end)
        if part is not None:
            start, end = min(start, part.start), max(end, part.end)
        yield When(start, end, *narrowed(date(year, 1, 1), date(year, 12, 31), part), year=True)
