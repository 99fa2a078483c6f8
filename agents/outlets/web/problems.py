"""Errors as their reader expects them: a page for people, RFC 9457's `application/problem+json` for programs."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What went wrong."""

    model_config = ConfigDict(frozen=True)

    title: str
    status: int = Field(description="of the HTTP answer")
    detail: str | None = Field(default=None, description="what was wrong, and what would be right")


class ProblemResponse(JSONResponse):
    """An answer that carries a problem."""

    media_type = MEDIA_TYPE


def answers(*codes: int) -> dict[int | str, dict[str, Any]]:
    """What a route may answer besides what it is for."""
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {code: {"description": HTTPStatus(code).phrase, "content": content} for code in codes}


ANSWERS = answers(404, 422)


def wants_page(request: Request) -> bool:
    """Whether a person asks, with a browser."""
    return "text/html" in request.headers.get("accept", "")


class Answers:
    """Tells of every error in these forms; `page` makes the one for people, and `details` says more of a status where nobody else does."""

    def __init__(self, page: Callable[[Problem], Response], details: Mapping[int, str]) -> None:
        self._page = page
        self._details = details

    def of(self, request: Request, status: int, detail: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
        """The answer to a request that failed."""
        title = HTTPStatus(status).phrase
        problem = Problem(title=title, status=status, detail=self._details.get(status) if detail in (None, title) else detail)
        response = self._page(problem) if wants_page(request) else ProblemResponse(problem.model_dump())
        response.status_code = status
        response.headers.update({"vary": "accept", **(headers or {})})
        return response

    def register(self, app: FastAPI) -> None:
        """Have `app` answer so where a route refuses."""

        @app.exception_handler(HTTPException)
        async def refused(request: Request, error: HTTPException) -> Response:
            return self.of(request, error.status_code, str(error.detail), error.headers)

        @app.exception_handler(RequestValidationError)
        async def invalid(request: Request, error: RequestValidationError) -> Response:
            told = (f"{'.'.join(map(str, one['loc'][1:])) or one['loc'][0]}: {one['msg']}" for one in error.errors())
            return self.of(request, HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(told))


class EveryError:
    """Middleware that answers so where no route does: what others refuse in plain words, and what nobody caught, which is raised on."""

    def __init__(self, app: ASGIApp, answers: Answers) -> None:
        self._app = app
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, but for errors that are neither a page nor a problem."""
        started, refused = False, 0

        async def ours(message: Message) -> None:
            nonlocal started, refused
            if message["type"] == "http.response.start":
                plain = Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")
                refused = message["status"] if plain and message["status"] >= HTTPStatus.BAD_REQUEST else 0
                started = not refused
            if not refused:
                await send(message)

        try:
            await self._app(scope, receive, ours if scope["type"] == "http" else send)
        except Exception:
            if scope["type"] == "http" and not started:
                await self._answers.of(Request(scope), HTTPStatus.INTERNAL_SERVER_ERROR)(scope, receive, send)
            raise
        if refused:
            await self._answers.of(Request(scope), refused)(scope, receive, send)
