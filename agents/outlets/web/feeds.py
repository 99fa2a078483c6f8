"""Feeds of alerts for feed readers, as Atom and as JSON Feed, and a calendar of meetings; each with the filters of the pages."""
from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from icalendar import Calendar, Event
from lxml import etree
from starlette.responses import JSONResponse, Response

from agents.outlets.view.reader import Reader, Told
from agents.outlets.web.asked import Asked, Filters
from agents.outlets.web.problems import ANSWERS
from agents.wording import headline, how, link, ruled, where, who
from schemas.meetings import Alert, Meeting, Status

ENTRIES = 100
EVENTS = 1_000  # of a calendar, those last told of: an application reads it again and again
LONGEST = timedelta(days=31)  # of what stands in a calendar: a meeting "in 2025" does not
_ATOM = "http://www.w3.org/2005/Atom"
_TITLE = "Meetings"
_STATUS = {Status.ANNOUNCED: "TENTATIVE", Status.CANCELLED: "CANCELLED"}
_NO_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])


def router(reader: Reader) -> APIRouter:
    """The routes."""
    routes = APIRouter(responses=ANSWERS, tags=["feeds"])

    @routes.get("/feed.atom", response_class=Response, responses={200: {"content": {"application/atom+xml": {}}}})
    async def as_atom(asked: Filters, request: Request) -> Response:
        """The newest alerts for a feed reader, without those that a retraction took back."""
        alerts = reader.alerts(asked.query, ENTRIES, all_sent=False).items
        return _unless_known(request, atom(alerts, _base(request), asked), "application/atom+xml; charset=utf-8")

    @routes.get("/feed.json", responses={200: {"content": {"application/feed+json": {}}}}, response_class=JSONResponse)
    async def as_json(asked: Filters, request: Request) -> Response:
        """The same as JSON Feed 1.1."""
        alerts = reader.alerts(asked.query, ENTRIES, all_sent=False).items
        body = JSONResponse(json_feed(alerts, _base(request), asked)).body
        return _unless_known(request, bytes(body), "application/feed+json; charset=utf-8")

    @routes.get("/calendar.ics", response_class=Response, responses={200: {"content": {"text/calendar": {}}}})
    async def as_calendar(asked: Filters, request: Request) -> Response:
        """Meetings whose day is known, as iCalendar."""
        meetings = reader.meetings(asked.query, EVENTS).items
        calendar = await asyncio.to_thread(ics, meetings, _base(request))  # takes half a second
        return _unless_known(request, calendar, "text/calendar; charset=utf-8")

    return routes


def atom(alerts: Sequence[Told], base: str, asked: Asked) -> bytes:
    """A feed of RFC 4287."""
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _add(feed, "id", f"urn:dyadwatch:alerts:{asked.string}")
    _add(feed, "title", _title(asked))
    _add(feed, "updated", alerts[0].time if alerts else "1970-01-01T00:00:00Z")
    _add(feed, "link", rel="self", href=f"{base}/feed.atom{asked.suffix}")
    _add(feed, "link", rel="alternate", type="text/html", href=f"{base}/{asked.suffix}")
    _add(_add(feed, "author"), "name", "dyadwatch")
    for told in alerts:
        alert = told.alert
        entry = _add(feed, "entry")
        _add(entry, "id", _urn(alert))
        _add(entry, "title", headline(alert))
        _add(entry, "updated", told.time)
        _add(entry, "link", rel="alternate", type="text/html", href=_page(base, alert.meeting_id))
        if address := link(alert.article.url):
            _add(entry, "link", rel="via", href=address)
        for term in (alert.type, alert.facts.status, alert.facts.mode, alert.facts.level):
            _add(entry, "category", term=term.value)
        _add(entry, "content", summary(alert), type="text")
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="UTF-8"))


def json_feed(alerts: Sequence[Told], base: str, asked: Asked) -> dict[str, Any]:
    """A feed of JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(asked),
        "home_page_url": f"{base}/{asked.suffix}",
        "feed_url": f"{base}/feed.json{asked.suffix}",
        "items": [
            {
                "id": _urn(told.alert),
                "url": _page(base, told.alert.meeting_id),
                "title": headline(told.alert),
                "content_text": summary(told.alert),
                "date_published": told.time,
                "tags": [told.alert.type, told.alert.facts.status, told.alert.facts.mode, told.alert.facts.level],
            }
            for told in alerts
        ],
    }


def ics(meetings: Sequence[Meeting], base: str) -> bytes:
    """A calendar of RFC 5545: all-day events."""
    calendar = Calendar()
    calendar.add("prodid", "-//dyadwatch//meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("name", _TITLE)
    for meeting in meetings:
        day = meeting.facts.date
        if day is None or day.end - day.start > LONGEST:
            continue
        event = Event()
        event.add("uid", f"{meeting.meeting_id}@dyadwatch")
        event.add("dtstamp", meeting.last_seen)
        event.add("sequence", meeting.revision)
        event.add("dtstart", day.start)
        event.add("dtend", day.end + timedelta(days=1) if day.end < date.max else day.end)
        event.add("summary", " – ".join(map(who, meeting.facts.participants)))
        event.add("status", _STATUS.get(meeting.facts.status, "CONFIRMED"))
        if meeting.facts.place:
            event.add("location", where(meeting.facts.place))
        said = [applied.evidence.sentence for applied in meeting.applied[:1]]
        event.add("description", "\n\n".join([how(meeting.facts), *said]))
        event.add("url", _page(base, meeting.meeting_id))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def summary(alert: Alert) -> str:
    """An alert in a few lines, with the sentence that says so."""
    lines = [how(alert.facts), f"Where: {where(alert.facts.place)}", f"“{alert.evidence.sentence}”"]
    if alert.verdict:
        lines.insert(0, f"Ruled {ruled(alert.verdict)}")
    return "\n".join([*lines, f"{alert.article.source or ''} {alert.article.url or ''}".strip()])


def _unless_known(request: Request, body: bytes, media_type: str) -> Response:
    """The answer, or that the reader has it already."""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _title(asked: Asked) -> str:
    return f"{_TITLE}: {asked.string}" if asked.string else _TITLE


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _page(base: str, meeting_id: str) -> str:
    return f"{base}/meetings/{meeting_id}"


def _urn(alert: Alert) -> str:
    return f"urn:dyadwatch:alert:{alert.alert_id}"


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    """A child, without what no XML can hold."""
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", {key: value.translate(_NO_XML) for key, value in attributes.items()})
    child.text = text.translate(_NO_XML) if text is not None else None
    return child
