"""What an analyst rules of a meeting."""
from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import AwareDatetime, Field, model_validator

from schemas.facts import DateRange, Format, Mode, Participant, Place, Status
from schemas.ids import verdict_id
from schemas.message import Message
from schemas.tracing import TraceHeaders

LONGEST_NOTE = 2_000  # characters
LONGEST_NAME = 200
_YEARS = (1970, 9998)
_COUNTRY = re.compile("[A-Z]{2}")


class Ruling(StrEnum):
    """What holds of a meeting. The last ruling of one counts."""

    RIGHT = "right"  # there was, is or will be such a meeting, and what is said of it is so
    WRONG = "wrong"  # there is a meeting, but not as it is told: who, when, where, how, or whether it was held
    SAME_AS = "same_as"  # it is a meeting that is known under another id
    NO_MEETING = "no_meeting"  # nobody met or will meet: the text tells of something else


RETRACTING = frozenset({Ruling.WRONG, Ruling.SAME_AS, Ruling.NO_MEETING})


class Correction(Message):
    """What is right of a meeting that was told wrong. What is left out is as it was told, or nobody knows."""

    status: Status | None = None
    mode: Mode | None = None
    format: Format | None = None
    participants: tuple[Participant, ...] = Field(default=(), description="all of them; none: they are as told")
    place: Place | None = None
    date: DateRange | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if any(not (person.name or person.office) for person in self.participants):
            raise ValueError("a participant has a name or an office")
        if self.place and not (self.place.city or self.place.country):
            raise ValueError("a place has a city or a country")
        countries = [person.side for person in self.participants]
        if self.place and self.place.country:
            countries.append(self.place.country)
        if not all(_COUNTRY.fullmatch(code) for code in countries):
            raise ValueError("a country, as a side, is two capital letters, as RU")
        if self.date and self.date.end < self.date.start:
            raise ValueError("the last day comes before the first")
        return self

    @property
    def said(self) -> dict[str, Any]:
        """The facts that it says, by name."""
        return {name: value for name in Correction.model_fields if (value := getattr(self, name))}


class Verdict(Message):
    """A ruling, by whom and why. Topic `meetings.verdicts`, key `watch`; from there, with its time, into `news.tagged`."""

    verdict_id: str = Field(description="hash of all that the analyst said, and when")
    watch: str
    meeting_id: str = Field(description="the meeting that is judged")
    ruling: Ruling
    same_as: str | None = Field(default=None, description="id of the meeting that it is; only of `same_as`, and another one")
    note: str | None = Field(default=None, max_length=LONGEST_NOTE, description="why, for everybody who reads the meeting or its alerts")
    reviewer: str | None = Field(default=None, max_length=LONGEST_NAME, description="who judges, as they call themselves; nobody checks it")
    correction: Correction | None = Field(default=None, description="what is right instead, as far as it was said; only of `wrong`")
    at: AwareDatetime = Field(description="when it was given, by the clock of who took it")
    came_at: AwareDatetime | None = Field(default=None, description="when it came to the stream, by the broker's clock; None before")

    @classmethod
    def given(
        cls,
        meeting_id: str,
        watch: str,
        ruling: Ruling,
        at: datetime,
        *,
        same_as: str | None = None,
        note: str | None = None,
        reviewer: str | None = None,
        correction: Correction | None = None,
    ) -> Self:
        """A verdict with its id; a note or a name that is blank counts as none, and so does a correction that says nothing.

        Raises:
            ValueError: it says what cannot be.
        """
        note, reviewer = (text.strip() or None if text else None for text in (note, reviewer))
        correction = correction if correction and correction.said else None
        right = [correction.model_dump_json()] if correction else []
        said = {"same_as": same_as, "note": note, "reviewer": reviewer}
        name = verdict_id(meeting_id, ruling, *(text or "" for text in said.values()), at.isoformat(), *right)
        return cls(verdict_id=name, watch=watch, meeting_id=meeting_id, ruling=ruling, at=at, correction=correction, **said)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.ruling is Ruling.SAME_AS) is (self.same_as is None):
            raise ValueError("same_as is the id of a meeting where the ruling is same_as, and nothing else")
        if self.same_as == self.meeting_id:
            raise ValueError("same_as names the meeting itself: name the other one")
        if self.correction and self.ruling is not Ruling.WRONG:
            raise ValueError("a correction says what is right of a meeting whose ruling is wrong, and of no other")
        if not _YEARS[0] <= self.at.year <= _YEARS[1]:
            raise ValueError("at is no time that every time zone has")
        return self


class VerdictHeaders(TraceHeaders):
    """The headers of a verdict in `news.tagged`; articles have no `verdict` there."""

    verdict: str = Field(description="its id")

    def encoded(self) -> dict[str, bytes]:
        """As a message carries them."""
        return {name: value.encode() for name, value in self.model_dump(exclude_none=True).items()}


def is_verdict(headers: Mapping[str, bytes | None]) -> bool:
    """Whether a message of `news.tagged` is one, by its headers."""
    return "verdict" in headers
