"""A site on loopback with feeds and pages, which keeps the score of how it is asked."""
from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape

from aiohttp import web

from pipeline.feeds.opml import feed_id
from schemas.feeds import Feed

HOST = "127.0.0.1"
WITHIN = 60.0  # seconds; a test that waits so long has failed
TEXT = "Russian Foreign Minister Sergey Lavrov met his Chinese counterpart Wang Yi in {city} on Thursday, the ministry said."


@dataclass
class Asked:
    """A request, and what it was answered."""

    path: str
    headers: dict[str, str]  # names in lower case
    at: float  # when it arrived, in seconds of the monotonic clock
    status: int | None = None
    etag: str | None = None

    @property
    def conditional(self) -> bool:
        """Whether it asks only for what is new."""
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass
class Site:
    """What it serves may be changed at any time; `asked` holds what it was asked for."""

    url: str = ""
    entries: dict[str, list[str]] = field(default_factory=dict)  # of each feed, newest first
    status: dict[str, int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    held: dict[str, asyncio.Event] = field(default_factory=dict)  # pages that come only when the event is set
    on_asked: Callable[[Asked], None] = lambda _: None  # called with each request before it is answered

    def times(self, path: str) -> int:
        """How often `path` was asked for."""
        return len(self.of(path))

    def of(self, path: str) -> list[Asked]:
        """The requests for `path`, in their order."""
        return [asked for asked in self.asked if asked.path == path]

    def _note(self, request: web.Request) -> Asked:
        asked = Asked(request.path, {key.lower(): value for key, value in request.headers.items()}, time.monotonic())
        self.asked.append(asked)
        self.on_asked(asked)
        return asked

    async def feed(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        asked = self._note(request)
        answer = self._feed(name, asked)
        asked.status, asked.etag = answer.status, answer.headers.get("ETag")
        return answer

    def _feed(self, name: str, asked: Asked) -> web.Response:
        if name in self.status:
            return web.Response(status=self.status[name])
        items = self.entries.get(name, [])
        etag = f'"{name} {",".join(items)}"'
        if asked.headers.get("if-none-match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        body = "".join(f"<item><title>Talks in {escape(c)}</title><link>{self.url}/page/{c}</link><guid>{c}</guid></item>" for c in items)
        document = f'<rss version="2.0"><channel><title>{name}</title>{body}</channel></rss>'
        return web.Response(text=document, content_type="application/rss+xml", headers={"ETag": etag, "Set-Cookie": "id=1"})

    async def page(self, request: web.Request) -> web.Response:
        self._note(request)
        city = escape(request.match_info["city"])
        if city in self.held:
            await self.held[city].wait()
        paragraphs = f"<p>{TEXT.format(city=city)}</p><p>{TEXT.format(city=city)} Once more.</p>"
        html = f"<html><body><article><h1>Talks in {city}</h1>{paragraphs}</article></body></html>"
        return web.Response(text=html, content_type="text/html")

    async def robots(self, request: web.Request) -> web.Response:
        self._note(request)
        return web.Response(text="User-agent: *\nDisallow: /private/\n")


def feed(url: str) -> Feed:
    """A subscription."""
    return Feed(feed_id=feed_id(url), url=url)


async def until(true: Callable[[], bool]) -> None:
    """Return when it is so."""
    async with asyncio.timeout(WITHIN):
        while not true():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    """A site that runs."""
    served = Site()
    app = web.Application()
    app.add_routes([web.get("/feed/{name}", served.feed), web.get("/page/{city}", served.page), web.get("/robots.txt", served.robots)])
    runner = web.AppRunner(app)
    await runner.setup()
    server = web.TCPSite(runner, HOST, 0)
    await server.start()
    served.url = f"http://{HOST}:{runner.addresses[0][1]}"
    try:
        yield served
    finally:
        await runner.cleanup()
