"""What a page shows of meetings: small things that templates need beyond the words of `agents/wording.py`."""
from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import groupby

from babel import Locale, UnknownLocaleError

from schemas.meetings import Applied, Evidence, Level, Meeting

BARS = 36  # months of the chart
_HEIGHT = 100  # units of the chart


@cache
def language(code: str) -> str:
    """The English name of a language; its code where it has none."""
    return str(Locale("en").languages.get(code, code))


@cache
def direction(code: str) -> str:
    """`rtl` for languages that are written from right to left."""
    try:
        return Locale.parse(code.replace("-", "_")).text_direction
    except (ValueError, UnknownLocaleError):
        return "auto"


def minute(moment: datetime) -> str:
    """Day and minute, the same for all readers."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def marked(evidence: Evidence) -> Iterator[tuple[str, str | None]]:
    """The sentence in pieces, each with the kind of the cue that it is, or None."""
    at, text = 0, evidence.sentence
    for cue in sorted(evidence.cues, key=lambda cue: (cue.start, -cue.end)):
        begin, end = cue.start - evidence.start, cue.end - evidence.start
        if at <= begin < end <= len(text):
            yield text[at:begin], None
            yield text[begin:end], cue.kind
            at = end
    yield text[at:], None


def told_best(meeting: Meeting) -> Applied | None:
    """The article that a list shows: the last that is no copy."""
    return next((applied for applied in reversed(meeting.applied) if applied.source.copy_of is None), None)


def languages(meeting: Meeting) -> Sequence[str]:
    """The languages in which it is told of, by name."""
    return sorted({language(applied.source.language) for applied in meeting.applied})


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar; `top` and `height` of a hundred."""

    level: Level
    number: int
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A month."""

    month: str
    number: int
    parts: Sequence[Part]


def bars(months: Mapping[str, Mapping[Level, int]]) -> Sequence[Bar]:
    """A bar for each of the last months, also those without a meeting."""
    if not months:
        return []
    names = _span(min(months), max(months))[-BARS:]
    levels = [months.get(name, {}) for name in names]
    numbers = [sum(of.values()) for of in levels]
    return [Bar(name, number, list(_parts(of, max(numbers)))) for name, number, of in zip(names, numbers, levels, strict=True)]


def _parts(levels: Mapping[Level, int], highest: int) -> Iterator[Part]:
    top = float(_HEIGHT)
    for level in Level:
        if number := levels.get(level, 0):
            height = _HEIGHT * number / highest
            top -= height
            yield Part(level, number, top, height)


def _span(first: str, last: str) -> list[str]:
    names, month = [first], first
    while month < last:
        names.append(month := moved(month, 1))
    return names


def moved(month: str, by: int) -> str:
    """The month so many months later, as `2025-07`."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + by, 12)
    return f"{year:04}-{number + 1:02}"


def bounds(first: date) -> tuple[date, date]:
    """First and last day that the weeks of the month of `first` show."""
    days = list(Calendar().itermonthdates(first.year, first.month))
    return days[0], days[-1]


def weeks(month: str, meetings: Sequence[Meeting]) -> Sequence[Sequence[tuple[date, Sequence[Meeting]]]]:
    """The weeks of a month, Monday first: each day, with its meetings, which come in order."""
    days = {day: list(some) for day, some in groupby(meetings, key=_day)}
    rows = Calendar().monthdatescalendar(int(month[:4]), int(month[5:]))
    return [[(day, days.get(day, [])) for day in week] for week in rows]


def _day(meeting: Meeting) -> date | None:
    return meeting.facts.date.start if meeting.facts.date else None
