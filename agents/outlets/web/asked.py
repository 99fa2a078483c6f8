"""What an address asks for: its query string as a `Query`, and back again, so that every view can be shared."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query as QueryString
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from agents.outlets.view.conditions import Query
from agents.outlets.view.reader import PLACE
from pipeline.selection import Selection
from schemas.meetings import AlertType, Format, Level, Mode, Status

LONGEST = 200  # characters of what is searched for
PAGE = 50  # items
LARGEST_PAGE = 500
OLDER = "`next` of the page before"
MONTH = r"^[12][0-9]{3}-(?:0[1-9]|1[0-2])$"


def _filled(value: Any) -> Any:
    """A field of a form that was left empty asks for nothing."""
    if isinstance(value, list):
        return [one for one in value if one != ""]
    return None if value == "" else value


EmptyIsNone = BeforeValidator(_filled)
Text = Annotated[Annotated[str, Field(max_length=LONGEST)] | None, EmptyIsNone]
Day = Annotated[date | None, EmptyIsNone]


class Asked(BaseModel):
    """Filters. All fields must hold, and of several values of a field one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    q: Text = Field(default=None, description="words in names, places, headlines and the sentences that tell of it, in any language")
    status: Annotated[list[Status], EmptyIsNone] = []
    mode: Annotated[list[Mode], EmptyIsNone] = []
    format: Annotated[list[Format], EmptyIsNone] = []
    level: Annotated[list[Level], EmptyIsNone] = []
    type: Annotated[list[AlertType], EmptyIsNone] = Field(default=[], description="of alerts; says nothing of meetings")
    person: Text = Field(default=None, description="part of a participant's name or office")
    place: Text = Field(default=None, description="part of the name of the city or of the country, or the country's code")
    since: Day = Field(default=None, description="the meeting's day is not before; without those that have none")
    until: Day = Field(default=None, description="the meeting's day is not after; without those that have none")
    language: Annotated[list[str], EmptyIsNone] = Field(default=[], description="of an article that tells of it, as `el`")
    source: Annotated[list[str], EmptyIsNone] = Field(default=[], description="host name of an outlet, with what is below it")
    watch: Annotated[list[str], EmptyIsNone] = []
    confidence: float = Field(default=0.0, ge=0, le=1, description="at least")
    recorded: bool = Field(
        default=False, description="also meetings that no alert told of: recalled ones, and such as the watch does not ask for"
    )

    @property
    def query(self) -> Query:
        """The same for the database."""
        selected = {name: getattr(self, name) for name in Selection.model_fields}
        return Query(Selection.model_validate(selected), self.q, self.recorded)

    @property
    def string(self) -> str:
        """The filters as a query string, without what asks for nothing."""
        return urlencode(list(self._pairs()))

    @property
    def suffix(self) -> str:
        """The same behind an address."""
        return f"?{self.string}" if self.string else ""

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for name in Asked.model_fields:
            value = getattr(self, name)
            for one in value if isinstance(value, list) else [value]:
                if one:
                    yield name, "true" if one is True else str(one)


class AskedPart(Asked):
    """Filters, and how much of what they select."""

    limit: int = Field(default=PAGE, ge=1, le=LARGEST_PAGE, description="items of a page")


class AskedMeetings(AskedPart):
    """A page of meetings."""

    older: Annotated[Annotated[str, Field(pattern=PLACE)] | None, EmptyIsNone] = Field(default=None, description=OLDER)


class AskedAlerts(AskedPart):
    """A page of alerts."""

    older: Annotated[Annotated[int, Field(ge=0, le=2**53)] | None, EmptyIsNone] = Field(default=None, description=OLDER)


class AskedMonth(Asked):
    """Filters, and a month."""

    month: Annotated[Annotated[str, Field(pattern=MONTH)] | None, EmptyIsNone] = Field(default=None, description="as 2025-07")


class AskedSince(Asked):
    """Filters, and the number of the newest alert that is known."""

    after: int = Field(default=0, ge=0, le=2**53)


Filters = Annotated[Asked, QueryString()]
MeetingsOf = Annotated[AskedMeetings, QueryString()]
AlertsOf = Annotated[AskedAlerts, QueryString()]
MonthOf = Annotated[AskedMonth, QueryString()]
SinceOf = Annotated[AskedSince, QueryString()]
