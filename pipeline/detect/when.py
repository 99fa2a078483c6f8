"""A date expression as the text has it, and the words beside it that say which one is meant: "last", "this", "next"."""
from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipeline.detect.document import Document, Sentence
from pipeline.lexicon.matcher import Tag

_TURNS = {"dates.last": -1, "dates.this": 0, "dates.next": 1}
_PARTS = ("dates.early", "dates.middle", "dates.late")
HALVES = ("dates.first_half", "dates.second_half")
JUST_PAST = timedelta(days=45)  # a day without a year that is past by so little is not one of next year, whatever the words say
NEAR_FUTURE = timedelta(days=60)  # and one that is ahead by so little none of last year
_SINCE_REACH = 1  # words, in scripts without blanks characters: "since last Monday"
_SINCE_CLAUSE = 6  # words between "since" and the date of its clause
_STOPS = frozenset(",;:()–—")
_WEEK = 7  # days
_A_MONTH = 31  # days
_SIGNED = re.compile(r"\.?\s*[(/（][^()/（）]{2,30}[)/）](?:\.|\s*[-–—])")  # "(TASR) -", ". /TASS/."
_OPENED = re.compile(r"\.\s|\s*[-–—]\s")  # behind a place and a day alone
_LONGEST_PLACE = 40  # characters of a dateline before its day
_PART_REACH = 2  # words: "at the end of the month", "in early next month"


@dataclass(frozen=True, slots=True)
class When:
    """A date expression at `text[start:end]`.

    `first` to `last` are the days it can mean, None where nothing tells the year or the day it counts from; then `yearless`
    is `--MM` or `--MM-DD` if the month is known. `turn` is -1 for an expression of the past week or before ("last month"),
    1 for one of the future, 0 where the words alone do not say. `year` tells whether the year was written, `counted` whether the days are
    told from others ("a day earlier"), `either` whether the last or the next such weekday may be meant, `since` whether something
    goes on from that day: a stay, within which they meet.
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
    either: bool = False
    since: bool = False
    counted: bool = False


def is_ignored(sentence: Sentence, start: int, end: int) -> bool:
    """Whether `text[start:end]` is part of an expression that the language says means nothing, though a day stands in it, or of a name."""
    return any(tag.start <= start and end <= tag.end for tag in sentence.of("structure.ignored", "place", "organisation"))


def in_dateline(document: Document, sentence: Sentence, when: When) -> bool:
    """Whether a day is that of the report, which opens with place, day and agency: "Moskva 3. apríla (TASR) - …", "ROME, May 1. …"."""
    if when.start - sentence.start > _LONGEST_PLACE:
        return False
    place = next((tag.end for tag in sentence.of("place", "country") if tag.start == sentence.start), None)
    end = when.end - (document.text[when.end - 1] == ".")  # "3. apríla", but "July 16."
    bare = place is not None and not document.text[place : when.start].strip(" ,") and _OPENED.match(document.text, end, sentence.end)
    return bool(bare) or _SIGNED.match(document.text, when.end, sentence.end) is not None


def unit_span(day: date, unit: str, step: int) -> tuple[date, date]:
    """First and last day of the `dates.week`, `dates.month` or `dates.year` that is `step` of them behind that of `day`."""
    if unit == "dates.week":
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=step)
        return monday, monday + timedelta(days=6)
    if unit == "dates.year":
        return date(day.year + step, 1, 1), date(day.year + step, 12, 31)
    year, month = divmod(day.year * 12 + day.month - 1 + step, 12)
    return date(year, month + 1, 1), date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def turn_of(document: Document, sentence: Sentence, start: int, end: int) -> int:
    """-1 behind or before "last", 1 with "next", 0 with "this" and with nothing."""
    mark = mark_of(document, sentence, start, end)
    return step_of(mark) if mark else 0


def mark_of(document: Document, sentence: Sentence, start: int, end: int) -> Tag | None:
    """"last", "this" or "next" right before or behind a date word."""
    return _beside(document, sentence.of(*_TURNS), start, end, 0 if document.unit > 2 else 1)


def step_of(mark: Tag) -> int:
    """-1 for "last", 0 for "this", 1 for "next"."""
    return _TURNS[mark.kind]


def part_of(document: Document, sentence: Sentence, start: int, end: int) -> Tag | None:
    """"Early", "the middle of" or "the end of" beside a month or a year at `text[start:end]`."""
    return _beside(document, sentence.of(*_PARTS, *HALVES), start, end, _PART_REACH if document.unit > 2 else 1)


def _beside(document: Document, tags: Sequence[Tag], start: int, end: int, reach: int) -> Tag | None:
    """The tag nearest to `text[start:end]`, before or behind it, at most `reach` away; of two as near the first."""
    near = [(distance, tag) for tag in tags if (distance := steps_apart(document, tag.start, tag.end, start, end)) is not None]
    distance, tag = min(near, key=lambda item: item[0], default=(reach + 1, None))
    return tag if distance <= reach else None


def steps_apart(document: Document, start: int, end: int, other_start: int, other_end: int) -> int | None:
    """Words between two stretches of the text, in scripts without blanks characters; None where they overlap."""
    left, right = (end, other_start) if end <= other_start else (other_end, start)
    if left > right:
        return None
    return len(document.text[left:right].split()) if document.unit > 2 else right - left


def begins(document: Document, sentence: Sentence, when: When) -> bool:
    """Whether something goes on from a day, month or year: "since Monday", "с понедельника", "31일부터", "the first time since May 2024".

    Where somebody stands between, the word is his: "встретился с Лавровым 14 июля". Also any date of a short clause that "since"
    opens: "their first call since Qin took office in December".
    """
    if _in_since_clause(document, sentence, when):
        return True
    if when.day and when.first != when.last:
        return False
    before = [(tag.end, when.start) for tag in sentence.of("dates.since") if tag.end <= when.start]
    behind = [(when.end, max(when.end, tag.start)) for tag in sentence.of("dates.since_after") if tag.end > when.end]
    near = [gap for gap in before + behind if (steps_apart(document, gap[0], gap[0], gap[1], gap[1]) or 0) <= _SINCE_REACH]
    people = sentence.of("person", "office") if near else ()
    return any(not any(start <= one.start < end for one in people) for start, end in near)


def _in_since_clause(document: Document, sentence: Sentence, when: When) -> bool:
    partner = {*document.language.partner, *document.language.agent}  # Russian "с" is "since" and "with", Italian "da" "since" and "by"
    words = (tag for tag in sentence.of("dates.since") if tag.end <= when.start and document.folded[tag.start : tag.end] not in partner)
    opened = max((tag.end for tag in words), default=None)
    if opened is None or (steps_apart(document, opened, opened, when.start, when.start) or 0) > _SINCE_CLAUSE:
        return False
    between = document.text[opened : when.start]
    return not _STOPS & set(between) and not any(opened <= tag.start < when.start for tag in sentence.contacts)


def fitting(when: When, published: date | None, *, ahead: bool, off: bool) -> When:
    """`when`, or, where the last or the next such weekday may be meant, the one that fits a meeting to come (`ahead`), called off or held.

    One called off was to be yesterday or is to be on the next such day.
    """
    if not when.either or when.first is None or when.last is None or published is None:
        return when
    days = (when.first - published).days
    weeks = (days < -1) - (days == _WEEK - 1) if off else (days < 0) * ahead - (days > 0) * (not ahead)
    step = timedelta(weeks=weeks)
    return replace(when, first=when.first + step, last=when.last + step)


def vagueness(when: When) -> int:
    """0 of a day, or a month with its year; 1 of a month or what is counted from today, 2 of a year."""
    month = when.year and when.first is not None and when.last is not None and (when.last - when.first).days <= _A_MONTH
    return 0 if when.day or month else 1 if when.yearless or when.turn else 2


def narrowed(first: date, last: date, part: Tag | None) -> tuple[date, date]:
    """The third or half of a span of days that `part` means; all of it where nothing says which."""
    if part is not None and part.kind in HALVES:
        half = first + ((last - first) + timedelta(days=1)) // 2
        half = half.replace(day=1) if (last - first).days > _A_MONTH else half
        return (first, half - timedelta(days=1)) if part.kind == HALVES[0] else (half, last)
    third = timedelta(days=((last - first).days + 1) // 3)
    if part is None:
        return first, last
    if part.kind == _PARTS[0]:
        return first, first + third - timedelta(days=1)
    return (first + third, last - third) if part.kind == _PARTS[1] else (last - third + timedelta(days=1), last)


def until(when: When, last_day: int | None) -> When:
    """A day of the month made longer: "8–9 April"."""
    if when.first is None or not last_day or not when.first.day < last_day <= calendar.monthrange(when.first.year, when.first.month)[1]:
        return when
    return replace(when, last=when.first.replace(day=last_day))
