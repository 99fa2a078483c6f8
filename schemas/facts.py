"""The facts of a meeting: who, where, when, how, and whether it was held."""
from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from schemas.message import Message


class Status(StrEnum):
    """Where a meeting is in its life."""

    ANNOUNCED = "announced"
    ONGOING = "ongoing"
    HELD = "held"
    CANCELLED = "cancelled"


AHEAD = (Status.ANNOUNCED, Status.CANCELLED)  # nobody has met


class Mode(StrEnum):
    """How the participants meet."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    PHONE = "phone"
    UNKNOWN = "unknown"


REMOTE = (Mode.PHONE, Mode.VIDEO)  # nobody travels, so there is no place


class Format(StrEnum):
    """On what occasion: its own, two-sided at a wider event, or among others."""

    BILATERAL = "bilateral"
    SIDELINES = "sidelines"
    MULTILATERAL = "multilateral"


class Level(StrEnum):
    """The rank that both sides reach, highest first."""

    HEAD_OF_STATE = "head_of_state"
    HEAD_OF_GOVERNMENT = "head_of_government"
    SECURITY_COUNCIL = "security_council"
    PARLIAMENT = "parliament"
    MINISTER = "minister"
    DEPUTY_MINISTER = "deputy_minister"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody who acts for a side. A name, an office, or both."""

    side: Annotated[str, Field(description="ISO 3166 country code")]
    name: Annotated[str | None, Field(description="in Latin letters, as people.toml writes it; None where only a title is given")]
    office: Annotated[str | None, Field(description="an id of offices.toml; None where unknown")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A venue."""

    city: Annotated[str | None, Field(description="English name; None where only the country is known")]
    country: Annotated[str | None, Field(description="ISO 3166 country code")]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRange:
    """First and last possible day, both included."""

    start: date
    end: date
    told: Annotated[
        bool, Field(description="False where it only follows from the sentences around or from the publication (that day, the day before)")
    ] = True

    def days_apart(self, other: DateRange) -> int:
        """Days from the end of the earlier to the start of the later; 0 where they have a day in common."""
        return max(0, (self.start - other.end).days, (other.start - self.end).days)


class Facts(Message):
    """What is known of a meeting, whoever says it."""

    status: Status
    mode: Mode
    format: Format
    level: Level
    participants: tuple[Participant, ...]
    place: Place | None
    date: DateRange | None = Field(description="None where neither the text nor its publication date can tell")
    yearless: str | None = Field(description="`--MM` or `--MM-DD` (XML Schema) of a date whose year nothing tells; only beside `date` None")
