"""Calendars: lines that begin with a day, under which stands what that day brings. "TUESDAY, 21 August / Moscow – Putin receives Xi"."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from pipeline.detect.dates import dates
from pipeline.detect.document import Document, Sentence, once
from pipeline.detect.places import place_of
from pipeline.detect.when import When
from schemas.articles import BlockKind
from schemas.meetings import Place

_FEWEST = 3  # days that make a calendar
_AROUND = 14  # days before and behind the publication
_LINE = re.compile(r"(?:^|\n)[^\w\n]*(?=(\w.*))")  # its group: the line from its first word on
_TO_DATE = re.compile(r"\w*[\s,.(（]*(?:[^\W\d]{1,3}\s)?")  # between a weekday and its date: the ending of the one, and an article
_NUMBER = re.compile(r"[\s,.(（]*(\d{1,2})(?!\d)")
_ENDS = re.compile(r"[-’']?\w{0,4}[)）.]*\s*(?:[:：.–—|-]|\n|$)")  # behind a day that heads a line
_COLONS = ":："
_BULLET = re.compile(r"[^\w\n]*")
_PLACED = re.compile(r"\s*[:：.–—─＝-]")  # behind a place that heads an entry


def day_of_entry(document: Document, at: int) -> When | None:
    """The day under which what is told at `text[at]` stands in a calendar; None where the article is none."""
    return next((when for when in reversed(_headings(document, document.sentences[0])) if when.start <= at), None)


def place_of_entry(document: Document, sentence: Sentence, at: int) -> Place | None:
    """The city before a colon or a dash that in a calendar heads the line of `text[at]`, or a sentence of that line, or follows the day."""
    headings = _headings(document, document.sentences[0])
    if not headings:
        return None
    line = document.text.rfind("\n", 0, at) + 1
    near = [one for one in document.sentences[: sentence.number + 1] if one.end > line]
    begins = (line, *(when.end for when in headings if line <= when.start), *(one.start for one in near))
    heads = {match.end() for begin in begins if (match := _BULLET.match(document.text, begin))}
    cities = [(one, tag) for one in near for tag in one.of("place") if line <= tag.start < at and tag.start in heads]
    return next((place_of(document, one, tag) for one, tag in reversed(cities) if _PLACED.match(document.text, tag.end)), None)


def of_heading(document: Document, sentence: Sentence, day: When) -> bool:
    """Whether all of a sentence happens on a day that stands before a colon: "Agenda for Friday, 18 July: Moscow – …"."""
    return _colon_of_heading(document, sentence, day) is not None


def place_of_heading(document: Document, sentence: Sentence, day: When) -> Place | None:
    """The city behind the colon of a heading with `day`, and before a dash or colon."""
    colon = _colon_of_heading(document, sentence, day)
    if colon is None:
        return None
    start = _BULLET.match(document.text, colon).end()  # type: ignore[union-attr]  # it may be empty
    city = next((tag for tag in sentence.of("place") if tag.start == start and _PLACED.match(document.text, tag.end)), None)
    return place_of(document, sentence, city) if city is not None else None


def _colon_of_heading(document: Document, sentence: Sentence, day: When) -> int | None:
    """Where the colon stands that follows `day`, before anybody, a contact or another clause."""
    told = (*sentence.contacts, *sentence.of("person", "office", "cue.speech", "structure.clause", "cue.background"))
    first = min((tag.start for tag in told), default=sentence.end)
    colons = (at for at in document.semicolons if day.end <= at < first and document.text[at] in _COLONS)
    return next(colons, None) if day.day and day.start >= sentence.start else None


@once
def _headings(document: Document, first: Sentence) -> Sequence[When]:
    """The days that head lines of the article, in order; nothing where they are fewer than make a calendar. `first`: its first sentence."""
    found = [*_days_of_lines(document)]
    return found if len({when.first for when in found}) >= _FEWEST else ()


def _days_of_lines(document: Document) -> Iterator[When]:
    weekday = document.language.date_words.weekday
    lines = [match.span(1) for match in _LINE.finditer(document.text)]
    lines = [(at, end) for at, end in lines if document.text[at].isdigit() or (weekday is not None and weekday.match(document.folded, at))]
    if len(lines) < _FEWEST:  # as in nearly all articles
        return
    for at, end in lines:
        line = Sentence(-1 - at, at, end, BlockKind.BODY, ())  # a line of a day alone may be no sentence of the article
        day = _heading(document, line, at)
        if day is not None and _ENDS.match(document.text, day.end):
            yield day


def _heading(document: Document, sentence: Sentence, at: int) -> When | None:
    """The day that is told at the beginning of a line: a date, maybe behind its weekday, or a weekday, maybe with the day's number."""
    told = [when for when in dates(document, sentence, future=True) if when.day and when.first is not None]
    name = document.language.date_words.weekday
    named = name.match(document.folded, at) if name is not None else None
    starts = {at} | ({match.end()} if named and (match := _TO_DATE.match(document.text, named.end())) else set())
    day = next((when for when in told if when.start in starts and not when.weekday), None)
    if day is not None:
        return When(at, day.end, day.first, day.last, day=True)
    day = next((when for when in told if when.start == at), None)
    if day is None or day.first is None or document.published is None:
        return None
    if (number := _NUMBER.match(document.text, day.end)) is None:
        return day
    steps = (*range(_AROUND + 1), *range(-1, -_AROUND - 1, -1))  # rather ahead
    near = (document.published + timedelta(days=step) for step in steps)
    one = next((one for one in near if one.day == int(number[1]) and one.weekday() == day.first.weekday()), None)
    return When(at, number.end(), one, one, day=True) if one is not None else None
