"""The API: meetings and alerts as JSON, page by page."""
from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from agents.outlets.view.reader import Reader
from agents.outlets.web.asked import AlertsOf, MeetingsOf
from agents.outlets.web.meeting_page import MeetingPage
from agents.outlets.web.problems import ANSWERS, answers, wants_page
from agents.wording import ruled
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


def router(reader: Reader, page: MeetingPage) -> APIRouter:
    """The routes. A meeting has one address, whoever asks: `page` shows it to people."""
    routes = APIRouter(responses=ANSWERS)

    @routes.get("/meetings", tags=["meetings"])
    async def meetings(asked: MeetingsOf) -> Meetings:
        """Meetings as they stand, those last told of first."""
        page = reader.meetings(asked.query, asked.limit, asked.older)
        return Meetings(items=list(page.items), next=page.older)

    @routes.get("/meetings/{meeting_id}", tags=["meetings"], response_model=Meeting, responses=answers(410))
    async def meeting(meeting_id: str, request: Request) -> Response:
        """A meeting as it stands, with all articles that tell of it; a page for browsers. Of one that was taken back it says why."""
        found = reader.meeting(meeting_id) or reader.retracted(meeting_id)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "there is no such meeting, or no longer")
        if wants_page(request):
            answer: Response = page.of(found, request)
        elif isinstance(found, Meeting):
            answer = Response(found.model_dump_json(), media_type="application/json")
        else:
            raise HTTPException(HTTPStatus.GONE, f"retracted, as it was ruled {ruled(found.verdict)}")
        answer.headers["vary"] = "accept"
        return answer

    @routes.get("/alerts", tags=["alerts"])
    async def alerts(asked: AlertsOf) -> Alerts:
        """Alerts as they were sent, the newest first."""
        page = reader.alerts(asked.query, asked.limit, asked.older)
        return Alerts(items=[told.alert for told in page.items], next=page.older)

    return routes
