"""Who may do more than read: everybody on this machine, and elsewhere who knows the token; and that a form was one of ours."""
from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from starlette.responses import Response

SESSION = "dyadwatch-session"  # cookie of who gave the token
FORM = "dyadwatch-form"  # cookie that a form's own field must go with
FIELD = "form"
LASTS = 12 * 60 * 60  # seconds that a browser may judge after it gave the token
NOT_HERE = "Nobody may judge here: this page answers beyond this machine, and no token is set. DYADWATCH_WEB_TOKEN sets one"
_SAME = ("same-origin", "none")
_BEARER = {"www-authenticate": "Bearer"}


class Access:
    """Knows the token, and tells nobody."""

    def __init__(self, token: str | None, *, loopback: bool) -> None:
        """Without a `token` only a page that answers loopback alone lets anybody judge; with one, all must give it."""
        self.token_wanted = token is not None
        self.possible = self.token_wanted or loopback
        self._token = token or ""
        self._key = self._token.encode() or secrets.token_bytes(32)

    def may_judge(self, request: Request) -> bool:
        """Whether who asks may give verdicts: with the token as `Authorization: Bearer`, or with the cookie that it was exchanged for."""
        if not self.token_wanted:
            return self.possible
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        return (scheme.lower() == "bearer" and self.is_token(given.strip())) or self._has_session(request)

    def demand(self, request: Request) -> None:
        """Refuse who may not judge.

        Raises:
            HTTPException: 401 where a token would help, 403 where none is set.
        """
        if not self.possible:
            raise HTTPException(HTTPStatus.FORBIDDEN, NOT_HERE)
        if not self.may_judge(request):
            raise HTTPException(HTTPStatus.UNAUTHORIZED, "give the token of DYADWATCH_WEB_TOKEN as `Authorization: Bearer`", _BEARER)

    def is_token(self, given: str) -> bool:
        """Whether it is the token; takes as long for a wrong one."""
        return self.token_wanted and _equal(given, self._token)

    def let_in(self, request: Request, response: Response) -> None:
        """Give a browser that knows the token a cookie in its place, which says nothing of it."""
        until = int(time.time()) + LASTS
        _put(request, response, SESSION, f"{until}.{self._signed('session', str(until))}", LASTS)

    def let_out(self, request: Request, response: Response) -> None:
        """Take it back."""
        _put(request, response, SESSION, "", 0)

    def form_key(self, request: Request) -> tuple[str, str]:
        """What a page with a form puts into its cookie and into the form's field."""
        cookie = request.cookies.get(FORM) or secrets.token_urlsafe(24)
        return cookie, self._signed("form", cookie)

    def demand_form(self, request: Request, fields: Mapping[str, str]) -> None:
        """Refuse a form that no page of ours gave to this browser.

        Raises:
            HTTPException: 403.
        """
        _, field = self.form_key(request)
        if FORM not in request.cookies or not _equal(fields.get(FIELD, ""), field):
            raise HTTPException(HTTPStatus.FORBIDDEN, "this form is too old: load the page again, and allow its cookie")

    def _has_session(self, request: Request) -> bool:
        until, _, signature = request.cookies.get(SESSION, "").partition(".")
        return _equal(signature, self._signed("session", until)) and int(until) > time.time()

    def _signed(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"{purpose} {text}".encode("utf-8", "surrogatepass"), "sha256").hexdigest()


async def from_here(request: Request) -> None:
    """Refuse what a browser sends for another site's page. Programs, which say nothing of a page, pass.

    Raises:
        HTTPException: 403.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    ours = origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
    if not ours or (site is not None and site not in _SAME):
        raise HTTPException(HTTPStatus.FORBIDDEN, "this was sent by the page of another site")


def _equal(given: str, right: str) -> bool:
    """In a time that says nothing of what is right."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), right.encode())


def keep_form(request: Request, response: Response, cookie: str) -> None:
    """Have the browser keep what goes with the forms of `response`, and nobody else the page."""
    _put(request, response, FORM, cookie, None)
    response.headers["cache-control"] = "private, no-cache"


def _put(request: Request, response: Response, name: str, value: str, lasts: int | None) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=lasts, path="/", secure=secure, httponly=True, samesite="strict")
