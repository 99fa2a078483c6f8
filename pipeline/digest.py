"""Digests: when one is due, and what is in it. A meeting stands in it once, as its newest alert tells it."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Protocol

from schemas.meetings import Alert

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_DAY = timedelta(days=1)


class Schedule(Protocol):
    """When digests are due."""

    def after(self, moment: datetime) -> datetime:
        """The first time that is later than `moment`, in UTC."""


@dataclass(frozen=True, slots=True)
class Daily:
    """Once on each day, at this time of the clocks of a zone.

    A time that the clocks skip in spring comes as late after midnight as on other days; of one that comes twice in autumn the first counts.
    """

    at: time
    zone: tzinfo

    def after(self, moment: datetime) -> datetime:
        """The first time that is later than `moment`, in UTC."""
        at = self.at.replace(fold=0)  # the first of two, and the later of none
        day = moment.astimezone(self.zone).date() - _A_DAY  # a day back: where clocks are set around midnight, its time may be today
        while (due := datetime.combine(day, at, self.zone).astimezone(UTC)) <= moment:
            day += _A_DAY
        return due


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again after so long, counted from a midnight of UTC, so that a restart moves nothing."""

    interval: timedelta

    def after(self, moment: datetime) -> datetime:
        """The first time that is later than `moment`, in UTC."""
        return _EPOCH + ((moment - _EPOCH) // self.interval + 1) * self.interval


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting in a digest."""

    newest: Alert
    types: tuple[str, ...]  # of its alerts, in their order


class Digest:
    """What has come since the last one."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def add(self, alert: Alert) -> None:
        """Take in an alert that came after all that are in it."""
        known = self._entries.get(alert.meeting_id)
        self._entries[alert.meeting_id] = Entry(alert, (*(known.types if known else ()), alert.type.value))

    @property
    def entries(self) -> Sequence[Entry]:
        """One for each meeting, in the order in which they were first told of."""
        return tuple(self._entries.values())
