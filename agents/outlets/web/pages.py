"""The pages: the timeline, a meeting, the months, and how the service is."""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.responses import HTMLResponse, Response, StreamingResponse

from agents.outlets.view.conditions import Query
from agents.outlets.view.reader import Reader
from agents.outlets.web import shown
from agents.outlets.web.asked import MeetingsOf, MonthOf, SinceOf
from agents.outlets.web.health import HealthCheck
from agents.outlets.web.live import Item, Live, event
from agents.outlets.web.problems import Problem
from agents.wording import corrected, country, link, manner, when, where, who, words
from schemas.meetings import AlertType, Format, Level, Mode, Status
from schemas.verdicts import Ruling

PAGE = 30  # meetings
AT_ONCE = {"cache-control": "no-store", "x-accel-buffering": "no"}  # the second is for nginx, which else keeps a stream until it is long
CHOICES = 40  # outlets that the filter offers
MOST_DIGITS = 18  # of the number of an alert, as the database can count


def templates() -> Environment:
    """What pages are made of; everything that they show is escaped."""
    environment = Environment(
        loader=PackageLoader("agents.outlets.web"), autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "who": who, "where": where, "when": when, "manner": manner, "words": words, "country": country, "corrected": corrected,
        "language": shown.language, "direction": shown.direction, "link": link, "marked": shown.marked,
        "told_best": shown.told_best, "languages": shown.languages, "minute": shown.minute,
    }  # fmt: skip
    environment.globals |= {"statuses": list(Status), "modes": list(Mode), "formats": list(Format), "levels": list(Level), "Ruling": Ruling}
    return environment


class Pages:
    """Makes them."""

    def __init__(self) -> None:
        self._environment = templates()
        self._last: tuple[Item | None, str] = None, ""

    def page(self, template: str, **values: Any) -> HTMLResponse:
        """The page that a template makes of these values."""
        return HTMLResponse(self.rendered(template, **values))

    def rendered(self, template: str, **values: Any) -> str:
        """The same as text."""
        return self._environment.get_template(template).render(values)

    def news(self, item: Item) -> str:
        """An alert as an event that carries the card of its meeting, or the id of one that is retracted.

        The last is remembered: all open streams ask for the same.
        """
        if item is not self._last[0]:
            self._last = item, self._event(item)
        return self._last[1]

    def _event(self, item: Item) -> str:
        told = item.told
        if told.alert.type is AlertType.RETRACTED:
            return event("retracted", told.number, told.alert.meeting_id)
        return event("alert", told.number, self.rendered("card.html", meeting=item.meeting))

    def problem(self, problem: Problem) -> HTMLResponse:
        """What went wrong."""
        return self.page("problem.html", problem=problem)


def router(pages: Pages, reader: Reader, live: Live, health: HealthCheck) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def timeline(asked: MeetingsOf) -> Response:
        newest = live.newest  # before the meetings are read: what comes in between is shown again, and not missed
        found = reader.meetings(asked.query, PAGE, asked.older)
        return pages.page(
            "timeline.html",
            asked=asked,
            meetings=found.items,
            older=found.older,
            newest=newest,
            number=reader.count(asked.query),
            known=reader.count(Query(recorded=True)),
            bars=shown.bars(reader.months(asked.query)),
            watches=reader.watches(),
            languages=list(reader.languages()),
            hosts=list(reader.hosts())[:CHOICES],
        )

    @routes.get("/calendar")
    async def calendar(asked: MonthOf) -> Response:
        months = reader.months(asked.query)
        month = asked.month or max(months, default=f"{datetime.now(UTC):%Y-%m}")
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).date()
        weeks = shown.weeks(month, reader.between(asked.query, *shown.bounds(first)))
        around = {"before": shown.moved(month, -1), "after": shown.moved(month, 1)}
        return pages.page("calendar.html", asked=asked, month=month, first=first, weeks=weeks, months=sorted(months), **around)

    @routes.get("/health")
    async def how_it_is() -> Response:
        return pages.page("health.html", health=await health.look())

    @routes.get("/events")
    async def events(asked: SinceOf, request: Request) -> Response:
        given = request.headers.get("last-event-id", "")
        after = int(given[:MOST_DIGITS]) if given.isdecimal() else asked.after

        stream = live.events(asked.query, after, pages.news)
        return StreamingResponse(stream, media_type="text/event-stream", headers=AT_ONCE)

    return routes
