"""When a meeting can have been: as its articles say, or as its status implies for the day they speak."""
from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from schemas.meetings import AHEAD, DateRange, Facts, Salience, Status

_INFERRED = timedelta(days=3)  # a day that no word ties to the meeting may be late by so much
_INFERRED_AHEAD = timedelta(days=30)  # and early by so much for one to come, for it may be the day of the announcement
_REPORTED_WITHIN = timedelta(days=4)  # a held meeting without a date was so long ago at most
_ANNOUNCED_AHEAD = timedelta(days=60)  # an announced one without a date comes so soon
_LATE = timedelta(days=14)  # an announcement may be read so long after its day


def days_of(facts: Facts, spoken: date | None, salience: Salience) -> DateRange | None:
    """The days on which the meeting of `facts` can be, told by an article of the day `spoken`; None where nothing tells."""
    if facts.date is not None:
        if facts.date.told:
            return facts.date
        late = _INFERRED_AHEAD if facts.status in AHEAD else timedelta(0)
        return DateRange(start=facts.date.start - _INFERRED, end=facts.date.end + late)
    if spoken is None:
        return None
    if facts.yearless:
        return _resolved(facts.yearless, spoken, facts.status in AHEAD)
    if salience is Salience.BACKGROUND:
        return None
    if facts.status in AHEAD or facts.status is Status.CANCELLED:
        return DateRange(start=spoken, end=spoken + _ANNOUNCED_AHEAD)
    return DateRange(start=spoken - _REPORTED_WITHIN, end=spoken)


def yearless(facts: Facts) -> str | None:
    """Month, and day where one is told, as `--MM` or `--MM-DD`; None where nothing tells, or the days lie in two months."""
    if facts.date is None or not facts.date.told:
        return facts.yearless
    if facts.date.start == facts.date.end:
        return f"--{facts.date.start.month:02}-{facts.date.start.day:02}"
    start, end = facts.date.start, facts.date.end
    return f"--{start.month:02}" if (start.year, start.month) == (end.year, end.month) else None


def other_month(one: Facts, other: Facts) -> bool:
    """Whether a date without its year and another date differ; a month does not differ from a day in it."""
    if not (one.yearless or other.yearless):
        return False
    own, its = yearless(one), yearless(other)
    if own is None or its is None:
        return False
    shorter = min(len(own), len(its))
    return own[:shorter] != its[:shorter]


def _resolved(told: str, spoken: date, ahead: bool) -> DateRange:
    """`--MM` or `--MM-DD` in the year that brings it next to the day `spoken`: behind it of what is to come, before it of what was."""
    month, day = int(told[2:4]), int(told[5:7] or 0)
    ranges = [_range(year, month, day) for year in (spoken.year - 1, spoken.year, spoken.year + 1)]
    possible = [r for r in ranges if (r.end >= spoken - _LATE if ahead else r.start <= spoken)] or ranges
    return min(possible, key=lambda r: r.days_apart(DateRange(start=spoken, end=spoken)))


def _range(year: int, month: int, day: int) -> DateRange:
    last = monthrange(year, month)[1]
    return DateRange(start=date(year, month, min(day or 1, last)), end=date(year, month, min(day or last, last)))
