"""The web application: its routes, and what surrounds them."""
from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from agents.outlets.view.reader import Reader
from agents.outlets.web import api, exports, feeds, pages, problems, reviews
from agents.outlets.web.access import Access
from agents.outlets.web.desk import Desk
from agents.outlets.web.health import HealthCheck
from agents.outlets.web.live import Live
from agents.outlets.web.meeting_page import MeetingPage
from agents.outlets.web.security import SecurityHeaders

DETAILS: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "this page is not called by that name; DYADWATCH_WEB_NAME says how a proxy calls it",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: f"at most {reviews.LARGEST:,} bytes are taken",
    HTTPStatus.INTERNAL_SERVER_ERROR: "the fault is ours: the log of this service has more",
}


def web_app(reader: Reader, live: Live, health: HealthCheck, hosts: list[str], access: Access, desk: Desk) -> FastAPI:
    """The application; `hosts` are the names under which it may be asked, `*` any, and `access` says who may give verdicts to `desk`."""
    made = pages.Pages()
    answers = problems.Answers(made.problem, DETAILS)
    app = FastAPI(
        title="dyadwatch",
        summary="Meetings of officials, as the news tells of them.",
        version=version("dyadwatch"),
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(problems.EveryError, answers=answers),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts),
        ],
    )
    one = MeetingPage(made, reader, access)
    answers.register(app)
    app.include_router(pages.router(made, reader, live, health))
    app.include_router(api.router(reader, one))
    app.include_router(reviews.router(reader, one, access, desk))
    app.include_router(exports.router(reader))
    app.include_router(feeds.router(reader))
    app.mount("/static", StaticFiles(packages=[("agents.outlets.web", "static")]), name="static")
    return app
