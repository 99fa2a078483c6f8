"""Dates in a sentence, resolved against the publication date. What cannot be known stays unknown: never a guess."""
from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from pipeline.detect.document import Document, Sentence
from pipeline.lexicon.forms import Spacing
from pipeline.lexicon.matcher import Tag

_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_DAY_FIRST = re.compile(r"(?<![\d.])(\d{1,2})[./](\d{1,2})[./]((?:19|20)\d\d)(?!\d)")
_DAY_MONTH = re.compile(r"(?<![\d/.,])(\d{1,2})([/.])(\d{1,2})(?![/.]?\d)")
_CJK = re.compile(r"(?:((?:19|20)\d\d)\s*[年년]\s*)?(?<!\d)(\d{1,2})\s*[月월](?:份)?(?:\s*(\d{1,2})\s*[日号號일])?")
_CJK_DAY = re.compile(r"(?<![\d月월.年년-])(?<![月월] )(\d{1,2})[日号號일](?!本|内|內|間|间|時|时|간|\d)")
_YEAR = re.compile(r"(?<![\d.,-])((?:19|20)\d\d)(?![\d.,]*\d|[-–]\d)")
_DAY_BEFORE = re.compile(r"(?:(\d{1,2})\s*[-–—]\s*)?(\d{1,2})(?:\.|ης|η|st|nd|rd|th|er|º|°|ª)?(?:\s+(?:de|of))?\s*$")
_DAY_BEHIND = re.compile(r"\s+(\d{1,2})(?:\s*[-–—]\s*(\d{1,2}))?(?!\d|[:.]\d)(?:st|nd|rd|th)?")
_YEAR_BEHIND = re.compile(r"(?:,?\s+(?:de\s+|του\s+|of\s+|nam\s+)?|/)((?:19|20)\d\d)(?!\d)")
_RELATIVE_DAYS = {"before_yesterday": -2, "yesterday": -1, "today": 0, "tomorrow": 1, "after_tomorrow": 2}
_TURNS = {"dates.last": -1, "dates.this": 0, "dates.next": 1}
_SHORT_NAME = 4  # letters of a month name that may be another word
_NEAR_FUTURE = timedelta(days=60)  # a month and day without a year: the nearest one that is at most so far ahead


@dataclass(frozen=True, slots=True)
class When:
    """A date expression at `text[start:end]`.

    `first` to `last` are the days it can mean, None where nothing tells the year or the day it counts from; then `yearless`
    is `--MM` or `--MM-DD` if the month is known. `turn` is -1 for an expression of the past week or before ("last month"),
    1 for one of the future, 0 where the words alone do not say. `year` tells whether the year was written.
    """

    start: int
    end: int
    first: date | None
    last: date | None
    yearless: str | None = None
    turn: int = 0
    year: bool = False
    day: bool = False
    weekday: bool = False


def dates(document: Document, sentence: Sentence, future: bool, past: bool = False) -> list[When]:
    """The date expressions of `sentence` in order of place; where weekdays and months can lie on either side, `future` decides.

    "This Thursday" is the next one unless the words are of the `past`.
    """
    found: list[When] = []
    for finder in (_full, _months, _relative, partial(_weekdays, past=past), _years):
        for when in finder(document, sentence, future):
            if all(_apart(document, when, other) for other in found):
                found.append(when)
    return sorted(found, key=lambda when: when.start)


def _apart(document: Document, when: When, other: When) -> bool:
    """Whether two expressions are two dates: a weekday beside a day of the month belongs to it."""
    if when.start < other.end and other.start < when.end:
        return False
    between = document.text[min(when.end, other.end) : max(when.start, other.start)]
    return not (when.weekday and other.day) or bool(between.strip(" ,(،"))


def _full(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """Numeric dates: 2026-01-27, 27.01.2026, 27/1 where the language writes so, 2026年1月27日, 1月27日, 27日."""
    text = document.folded
    for match in _ISO.finditer(text, sentence.start, sentence.end):
        yield from _day(match, *map(int, match.groups()))
    for match in _DAY_FIRST.finditer(text, sentence.start, sentence.end):
        yield from _day(match, int(match[3]), int(match[2]), int(match[1]))
    for match in _DAY_MONTH.finditer(text, sentence.start, sentence.end):
        if match[2] in document.language.day_month:
            yield from _month(document, match.start(), match.end(), int(match[3]), int(match[1]), None, 0, future)
    for match in _CJK.finditer(text, sentence.start, sentence.end):
        day = int(match[3]) if match[3] else None
        year = int(match[1]) if match[1] else None
        turn = _turn(document, sentence, match.start(), match.end())
        yield from _month(document, match.start(), match.end(), int(match[2]), day, year, turn, future)
    for match in _CJK_DAY.finditer(text, sentence.start, sentence.end):
        yield from _bare_day(document, match, future)


def _day(match: re.Match[str], year: int, month: int, day: int) -> Iterator[When]:
    try:
        found = date(year, month, day)
    except ValueError:
        return
    yield When(match.start(), match.end(), found, found, year=True, day=True)


def _bare_day(document: Document, match: re.Match[str], future: bool) -> Iterator[When]:
    """A day of the month alone: of this month or, in reports, of the month before."""
    day = int(match[1])
    if document.published is None or not 1 <= day <= 31:
        return
    pub = document.published
    candidates = []
    for step in (-1, 0, 1):
        month = (pub.year * 12 + pub.month - 1) + step
        year, number = divmod(month, 12)
        if day <= calendar.monthrange(year, number + 1)[1]:
            candidates.append(date(year, number + 1, day))
    wanted = [d for d in candidates if (d >= pub if future else d <= pub)]
    if wanted:
        found = min(wanted, key=lambda d: abs((d - pub).days))
        yield When(match.start(), match.end(), found, found, day=True)


def _months(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """Month names, with the day and year that stand beside them."""
    pattern = document.language.date_words.month
    if pattern is None:
        return
    for match in pattern.finditer(document.folded, sentence.start, sentence.end):
        if _is_another_word(document, match):
            continue
        start, end, day, year, last_day = match.start(), match.end(), None, None, None
        if before := _DAY_BEFORE.search(document.folded, sentence.start, start):
            day, last_day, start = int(before[1] or before[2]), int(before[2]), before.start()
        elif behind := _DAY_BEHIND.match(document.folded, end, sentence.end):
            day, last_day, end = int(behind[1]), int(behind[2] or behind[1]), behind.end()
        if written := _YEAR_BEHIND.match(document.folded, end, sentence.end):
            year, end = int(written[1]), written.end()
        if day is not None and not 1 <= day <= 31:
            day, start = None, match.start()
        if day is None and year is None and _may_be_another_word(document, sentence, match):
            continue
        month = document.language.date_words.months[match[0]]
        for when in _month(document, start, end, month, day, year, _turn(document, sentence, start, end), future):
            yield _until(when, last_day)


def _until(when: When, last_day: int | None) -> When:
    """A day of the month made longer: "8–9 April"."""
    if when.first is None or not last_day or not when.first.day < last_day <= calendar.monthrange(when.first.year, when.first.month)[1]:
        return when
    return replace(when, last=when.first.replace(day=last_day))


def _may_be_another_word(document: Document, sentence: Sentence, match: re.Match[str]) -> bool:
    """A short name in small letters is a month only behind a preposition: Romanian "mai" is May and "more"."""
    if document.language.date_words.capitals or len(match[0]) > _SHORT_NAME or document.language.spacing is not Spacing.WORDS:
        return False
    marks = sentence.of("structure.locative", "dates.last", "dates.next", "dates.this")
    return not any(0 <= match.start() - tag.end <= 1 for tag in marks)


def _is_another_word(document: Document, match: re.Match[str]) -> bool:
    """Whether the accents or the small letter of a match say that it is no month: "may", "mają"."""
    words, written = document.language.date_words, document.text[match.start() : match.end()]
    if words.capitals and not written[0].isupper():
        return True
    return written.casefold() != match[0] and written.casefold() not in words.spellings


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
        return this if (day is None and month >= pub.month) or ahead >= pub else this + 1
    if turn < 0 or ahead > pub + (_NEAR_FUTURE if turn == 0 and day else timedelta(0)):
        return this if ahead <= pub and (day is not None or month < pub.month) else this - 1
    return this


def _relative(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """Today, yesterday, last week, next month."""
    pub = document.published
    for tag in sentence.of(*(f"dates.{word}" for word in _RELATIVE_DAYS)):
        offset = _RELATIVE_DAYS[tag.kind.partition(".")[2]]
        day = pub + timedelta(days=offset) if pub else None
        yield When(tag.start, tag.end, day, day, turn=1 if offset > 0 else 0, day=True)
    for unit in sentence.of("dates.week", "dates.month", "dates.year"):
        mark = _mark(document, sentence, unit.start, unit.end)
        if mark is None:
            continue
        step = _TURNS[mark.kind]
        first, last = _span(pub, unit.kind, step) if pub else (None, None)
        yield When(min(unit.start, mark.start), max(unit.end, mark.end), first, last, turn=step)


def _span(pub: date, unit: str, step: int) -> tuple[date, date]:
    if unit == "dates.week":
        monday = pub - timedelta(days=pub.weekday()) + timedelta(weeks=step)
        return monday, monday + timedelta(days=6)
    if unit == "dates.year":
        return date(pub.year + step, 1, 1), date(pub.year + step, 12, 31)
    year, month = divmod(pub.year * 12 + pub.month - 1 + step, 12)
    return date(year, month + 1, 1), date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def _weekdays(document: Document, sentence: Sentence, future: bool, past: bool) -> Iterator[When]:
    """Weekday names: the last such day up to the publication date, or the next one."""
    pattern = document.language.date_words.weekday
    if pattern is None:
        return
    pub = document.published
    for match in pattern.finditer(document.folded, sentence.start, sentence.end):
        number = document.language.date_words.weekdays[match[0]]
        mark = _mark(document, sentence, match.start(), match.end())
        ahead = future or (mark is not None and (mark.kind == "dates.next" or (mark.kind == "dates.this" and not past)))
        day = None
        if pub is not None:
            back = (pub.isoweekday() - number) % 7
            marked = mark is not None and mark.kind in ("dates.next", "dates.last")
            same = 7 if marked else 0  # "next Tuesday" of a Tuesday
            day = pub + timedelta(days=(7 - back) % 7 or same) if ahead else pub - timedelta(days=back or same)
        yield When(match.start(), match.end(), day, day, day=True, weekday=True)


def _years(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    for match in _YEAR.finditer(document.folded, sentence.start, sentence.end):
        year = int(match[1])
        yield When(match.start(), match.end(), date(year, 1, 1), date(year, 12, 31), year=True)


def _turn(document: Document, sentence: Sentence, start: int, end: int) -> int:
    mark = _mark(document, sentence, start, end)
    return 0 if mark is None else _TURNS[mark.kind]


def _mark(document: Document, sentence: Sentence, start: int, end: int) -> Tag | None:
    """"last", "this" or "next" right before or behind a date word."""
    best: tuple[int, Tag] | None = None
    for tag in sentence.of(*_TURNS):
        left, right = (tag.end, start) if tag.end <= start else (end, tag.start)
        distance = len(document.text[left:right].split()) if document.unit > 2 else right - left
        if left <= right and distance <= (0 if document.unit > 2 else 1) and (best is None or distance < best[0]):
            best = (distance, tag)
    return best[1] if best else None
