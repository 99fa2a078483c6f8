"""What of all meetings and alerts a reader asks for: one set of filters for pages, feeds, notifications and the command line."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Annotated

from babel import Locale
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pipeline.text.fold import fold
from schemas.meetings import Alert, AlertType, DateRange, Facts, Format, Level, Meeting, Mode, Participant, Place, Source, Status

Host = Annotated[str, AfterValidator(str.lower)]


class Selection(BaseModel):
    """Filters that all must hold; one of several values must. What is empty or None asks for nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    watch: frozenset[str] = Field(default=frozenset(), description="ids of watches")
    type: frozenset[AlertType] = Field(default=frozenset(), description="why an alert was sent; says nothing of a meeting")
    status: frozenset[Status] = frozenset()
    mode: frozenset[Mode] = frozenset()
    format: frozenset[Format] = frozenset()
    level: frozenset[Level] = frozenset()
    person: str | None = Field(default=None, description="part of a participant's name or office")
    place: str | None = Field(default=None, description="part of the name of the city or of the country, or the country's code")
    since: date | None = Field(default=None, description="the meeting's last possible day is not before; what has no date is left out")
    until: date | None = Field(default=None, description="the meeting's first possible day is not after; what has no date is left out")
    language: frozenset[str] = Field(default=frozenset(), description="codes of languages, of any article that tells of it")
    source: frozenset[Host] = Field(default=frozenset(), description="host names of outlets, with what is below them, of any such article")
    confidence: float = Field(default=0.0, ge=0, le=1, description="at least")

    def of_alert(self, alert: Alert) -> bool:
        """Whether the alert is asked for."""
        typed = not self.type or alert.type in self.type
        return typed and self._of(alert.watch, alert.facts, alert.confidence, (alert.article,))

    def of_meeting(self, meeting: Meeting) -> bool:
        """Whether the meeting is asked for."""
        return self._of(meeting.watch, meeting.facts, meeting.confidence, (applied.source for applied in meeting.applied))

    def _of(self, watch: str, facts: Facts, confidence: float, sources: Iterable[Source]) -> bool:
        told = tuple(sources)
        return (
            (not self.watch or watch in self.watch)
            and (not self.status or facts.status in self.status)
            and (not self.mode or facts.mode in self.mode)
            and (not self.format or facts.format in self.format)
            and (not self.level or facts.level in self.level)
            and confidence >= self.confidence
            and (self.person is None or fold(self.person) in people_text(facts.participants))
            and (self.place is None or fold(self.place) in place_text(facts.place))
            and self._dated(facts.date)
            and (not self.language or any(source.language in self.language for source in told))
            and (not self.source or any(not self.source.isdisjoint(hosts(source)) for source in told))
        )

    def _dated(self, day: DateRange | None) -> bool:
        if self.since is None and self.until is None:
            return True
        return day is not None and (self.since is None or day.end >= self.since) and (self.until is None or day.start <= self.until)


def people_text(participants: Iterable[Participant]) -> str:
    """Names and offices as they are searched: folded, one participant a line."""
    return fold("\n".join(f"{person.name or ''} {(person.office or '').replace('_', ' ')}" for person in participants))


def place_text(place: Place | None) -> str:
    """City and country as they are searched: folded."""
    if place is None:
        return ""
    country = f"{_country(place.country)}\n{place.country}" if place.country else ""
    return fold(f"{place.city or ''}\n{country}")


def hosts(source: Source) -> Sequence[str]:
    """The host of an article's outlet, empty where it is unknown, and those it is below: `news.example.org` is also of `example.org`."""
    labels = (source.source or "").lower().split(".")
    return [".".join(labels[n:]) for n in range(len(labels))]


@cache
def _country(code: str) -> str:
    """The English name of a country; nothing where it has none."""
    return str(Locale("en").territories.get(code, ""))
