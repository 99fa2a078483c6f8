"""The API: meetings and alerts as JSON, page by page."""
from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from agents.outlets.view.reader import Reader
from agents.outlets.web.asked import AlertsOf, MeetingsOf
from agents.outlets.web.problems import ANSWERS, wants_page
from schemas.meetings import Alert, Meeting

NEXT = "give it as `older` for the next page; null at the end"


class Meetings(BaseModel):
    """A page of meetings."""

    model_config = ConfigDict(frozen=True)

    items: list[Meeting]
    next: str | None = Field(description=NEXT)


class Alerts(BaseModel):
    """A page of alerts."""

    model_config = ConfigDict(frozen=True)

    items: list[Alert]
    next: str | None = Field(description=NEXT)


def router(reader: Reader, page: Callable[[Meeting], Response]) -> APIRouter:
    """The routes. A meeting has one address, whoever asks: `page` shows it to people."""
    routes = APIRouter(responses=ANSWERS)

    @routes.get("/meetings", tags=["meetings"])
    async def meetings(asked: MeetingsOf) -> Meetings:
        """Meetings as they stand, those last told of first."""
        page = reader.meetings(asked.query, asked.limit, asked.older)
        return Meetings(items=list(page.items), next=page.older)

    @routes.get("/meetings/{meeting_id}", tags=["meetings"], response_model=Meeting)
    async def meeting(meeting_id: str, request: Request) -> Response:
        """A meeting as it stands, with all articles that tell of it; a page for browsers."""
        found = reader.meeting(meeting_id)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "there is no such meeting, or no longer")
        answer = page(found) if wants_page(request) else Response(found.model_dump_json(), media_type="application/json")
        answer.headers["vary"] = "accept"
        return answer

    @routes.get("/alerts", tags=["alerts"])
    async def alerts(asked: AlertsOf) -> Alerts:
        """Alerts as they were sent, the newest first."""
        page = reader.alerts(asked.query, asked.limit, asked.older)
        return Alerts(items=[told.alert for told in page.items], next=page.older)

    return routes
