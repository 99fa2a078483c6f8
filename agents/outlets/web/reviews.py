"""Verdicts, given by a form of a meeting's page or as JSON."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import RedirectResponse, Response

from agents.outlets.view.reader import Reader, Retracted
from agents.outlets.web.access import Access, from_here
from agents.outlets.web.desk import Desk
from agents.outlets.web.meeting_page import MeetingPage
from agents.outlets.web.problems import answers
from schemas.errors import BrokerError
from schemas.meetings import Meeting
from schemas.verdicts import LONGEST_NAME, LONGEST_NOTE, Correction, Ruling, Verdict

LARGEST = 64 * 1024  # bytes of a form or of JSON
MOST_FIELDS = 30
WHO = "who_"  # begins the name of a field with the participants of a side
_MAY_ANSWER = answers(401, 403, 404, 422, 503)


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str | None = Field(default=None, max_length=LONGEST_NOTE, description="why, for everybody who reads the meeting or its alerts")
    reviewer: str | None = Field(default=None, max_length=LONGEST_NAME, description="who judges, as they call themselves")


class Judgement(_Said):
    """What holds of a meeting."""

    ruling: Literal[Ruling.RIGHT, Ruling.NO_MEETING]


class Right(Correction):
    """What is right instead. What is left out is as it was told, or nobody knows."""

    model_config = ConfigDict(extra="forbid")


class Wrongness(_Said):
    """That it is not as it was told, and what is right instead."""

    ruling: Literal[Ruling.WRONG]
    correction: Right | None = None


class Sameness(_Said):
    """Which meeting it is."""

    ruling: Literal[Ruling.SAME_AS]
    same_as: str = Field(description="id of a meeting that stands")


Ruled = Annotated[Judgement | Wrongness | Sameness, Field(discriminator="ruling")]


def router(reader: Reader, page: MeetingPage, access: Access, desk: Desk) -> APIRouter:
    """The routes."""
    bearer = [Depends(HTTPBearer(auto_error=False, description="the token of DYADWATCH_WEB_TOKEN"))] if access.token_wanted else []
    routes = APIRouter(max_body_size=LARGEST)

    @routes.get("/meetings/{meeting_id}/verdicts", tags=["verdicts"], responses=answers(404, 422))
    async def verdicts(meeting_id: str) -> list[Verdict]:
        """What was ruled of a meeting, or that another one is the same, in the order in which that came; the last ruling on each counts."""
        _known(reader, meeting_id)
        return list(reader.verdicts(meeting_id))

    @routes.post(
        "/meetings/{meeting_id}/verdicts",
        tags=["verdicts"],
        status_code=HTTPStatus.CREATED,
        responses=_MAY_ANSWER,
        dependencies=[Depends(from_here), *bearer],
    )
    async def judge(meeting_id: str, said: Ruled, request: Request) -> Verdict:
        """Rule on a meeting. The broker has the verdict when this answers; a worker takes it up at once, if one runs."""
        access.demand(request)
        verdict = _verdict(reader, meeting_id, said.model_dump())
        await _give(desk, verdict)
        return verdict

    @routes.post("/meetings/{meeting_id}/review", include_in_schema=False, dependencies=[Depends(from_here)])
    async def review(meeting_id: str, request: Request) -> Response:
        """The form of the page. A form that makes no sense is shown again with what is wrong with it."""
        fields = await _fields(request)
        access.demand_form(request, fields)
        access.demand(request)
        found = _known(reader, meeting_id)
        try:
            verdict = _verdict(reader, meeting_id, _chosen(fields))
            await _give(desk, verdict)
        except HTTPException as error:
            return _again(page, found, request, fields, error.status_code, error.detail)
        await desk.shown(verdict)
        return _to(meeting_id)

    @routes.post("/login", include_in_schema=False, dependencies=[Depends(from_here)])
    async def login(request: Request) -> Response:
        """Exchange the token for a cookie."""
        fields = await _fields(request)
        access.demand_form(request, fields)
        meeting_id = fields.get("meeting", "")
        if not access.is_token(fields.get("token", "")):
            return _again(page, _known(reader, meeting_id), request, {}, HTTPStatus.FORBIDDEN, "That is not the token.")
        answer = _to(meeting_id)
        access.let_in(request, answer)
        return answer

    @routes.post("/logout", include_in_schema=False, dependencies=[Depends(from_here)])
    async def logout(request: Request) -> Response:
        """Take the cookie back."""
        fields = await _fields(request)
        access.demand_form(request, fields)
        answer = _to(fields.get("meeting", ""))
        access.let_out(request, answer)
        return answer

    return routes


async def _fields(request: Request) -> Mapping[str, str]:
    """The fields of a form as browsers send it."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "that is no form of this page") from error


def _chosen(fields: Mapping[str, str]) -> dict[str, Any]:
    """What the form says. The other meeting is typed, as id or address, or chosen from the list; what is right counts of `wrong` alone."""
    same = fields.get("ruling") == Ruling.SAME_AS
    typed = unquote(urlsplit(fields.get("other", "").strip()).path.rstrip("/").rpartition("/")[2])
    return {
        "ruling": fields.get("ruling"),
        "same_as": (typed or fields.get("same_as") or None) if same else None,
        "note": fields.get("note"),
        "reviewer": fields.get("reviewer"),
        "correction": _right(fields) if fields.get("ruling") == Ruling.WRONG else None,
    }


def _right(fields: Mapping[str, str]) -> dict[str, Any]:
    """What is right instead, as the fields of the form say it."""
    said = {name: text for name, value in fields.items() if (text := value.strip())}
    people = [
        {"side": name.removeprefix(WHO), "name": one.strip(), "office": None}
        for name, several in said.items()
        if name.startswith(WHO)
        for one in several.split(",")
        if one.strip()
    ]
    city, country = said.get("city"), said.get("country", "").upper() or None
    first = said.get("first") or said.get("last")
    return {
        **{name: said.get(f"right_{name}") for name in ("status", "mode", "format")},
        "participants": people,
        "place": {"city": city, "country": country} if city or country else None,
        "date": {"start": first, "end": said.get("last") or first} if first else None,
    }


def _verdict(reader: Reader, meeting_id: str, said: Mapping[str, Any]) -> Verdict:
    """What is said as a verdict, if it can be.

    Raises:
        HTTPException: 404, 422.
    """
    meeting = _known(reader, meeting_id)
    watch = meeting.watch if isinstance(meeting, Meeting) else meeting.verdict.watch
    same_as = said.get("same_as")
    if said.get("ruling") == Ruling.SAME_AS:
        other = reader.meeting(same_as) if same_as else None
        if other is None or other.watch != watch or other.meeting_id == meeting_id:
            told = f"“{same_as}” is no other meeting that stands." if same_as else "Name the meeting that it is the same as."
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, told)
    try:
        ruling = Ruling(said.get("ruling") or "")
        note, reviewer = ((said.get(name) or "").replace("\r\n", "\n") for name in ("note", "reviewer"))
        right = Correction.model_validate(said["correction"], strict=False) if said.get("correction") else None
        now = datetime.now(UTC)
        return Verdict.given(meeting_id, watch, ruling, now, same_as=same_as, note=note, reviewer=reviewer, correction=right)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'verdict'}: {one['msg']}" for one in error.errors())
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, told) from error
    except ValueError as error:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "Choose what holds of the meeting.") from error


async def _give(desk: Desk, verdict: Verdict) -> None:
    try:
        await desk.give(verdict)
    except BrokerError as error:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from error


def _known(reader: Reader, meeting_id: str) -> Meeting | Retracted:
    """Raises HTTPException: 404."""
    found = reader.meeting(meeting_id) or reader.retracted(meeting_id)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is no such meeting, or no longer")
    return found


def _again(
    page: MeetingPage, found: Meeting | Retracted, request: Request, fields: Mapping[str, str], status: int, wrong: str
) -> Response:
    answer = page.of(found, request, fields, wrong)
    answer.status_code = status
    return answer


def _to(meeting_id: str) -> Response:
    """To the page of a meeting, or of all, and nowhere else."""
    return RedirectResponse(f"/meetings/{quote(meeting_id, safe='')}#verdicts" if meeting_id else "/", HTTPStatus.SEE_OTHER)
