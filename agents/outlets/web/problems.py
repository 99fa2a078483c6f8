"""Errors as their reader expects them: a page for people, RFC 9457's `application/problem+json` for programs."""
from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

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


def register(app: FastAPI, page: Callable[[Problem], Response]) -> None:
    """Have `app` tell of every error in these forms; `page` makes the one for people."""

    def answer(request: Request, status: int, detail: str, headers: dict[str, str]) -> Response:
        title = HTTPStatus(status).phrase
        problem = Problem(title=title, status=status, detail=None if detail == title else detail)
        response = page(problem) if wants_page(request) else ProblemResponse(problem.model_dump())
        response.status_code = status
        response.headers.update({"vary": "accept"} | headers)
        return response

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return answer(request, error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        told = (f"{'.'.join(map(str, one['loc'][1:])) or one['loc'][0]}: {one['msg']}" for one in error.errors())
        return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(told), {})
