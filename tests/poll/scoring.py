"""Many feeds polled for many days of simulated time, against a server on loopback that keeps the score of how it is asked.

`python -m tests.poll.scoring FEEDS DAYS KILLS` prints the score.
"""
from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network

from aiohttp import web

from agents.poll.fetch import Fetcher
from agents.poll.hosts import Lanes
from agents.poll.turn import Turn
from pipeline.feeds.model import Entry, ParsedFeed
from pipeline.feeds.parse import parse
from pipeline.feeds.schedule import Pace, due
from schemas.articles import ContentType, RawArticle
from schemas.feeds import Feed, FeedState

START = datetime(2026, 1, 1, tzinfo=UTC)
PACE = Pace(interval=timedelta(hours=1))
_OURS = {"host", "user-agent", "accept", "accept-encoding", "if-none-match", "if-modified-since", "connection"}


@dataclass
class Score:
    """What went against the rules, and what was asked."""

    requests: int = 0
    unconditional: dict[str, int] = field(default_factory=dict)
    early: int = 0
    invented: int = 0
    cookies: int = 0
    other_headers: set[str] = field(default_factory=set)
    parameters: int = 0


@dataclass
class Server:
    """Feed n has an entry more every n + 2 hours, and validators by its number: both, only one of them, or odd ones."""

    score: Score = field(default_factory=Score)
    now: datetime = START
    sent: dict[str, set[tuple[str | None, str | None]]] = field(default_factory=dict)
    last: dict[str, datetime] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        name = request.match_info["number"]
        self._judge(name, request)
        number = int(name)
        version = int((self.now - START) / timedelta(hours=number % 24 + 2))
        etag = None if number % 4 == 1 else f'W/"{name}-{version}"' if number % 4 else f'"{name}, {version} é"'
        changed = format_datetime(START + version * timedelta(hours=number % 24 + 2), usegmt=True) if number % 4 != 2 else None
        self.sent.setdefault(name, set()).add((etag, changed))
        headers = {"Set-Cookie": "reader=1; Path=/"} | ({"Last-Modified": changed} if changed else {}) | ({"ETag": etag} if etag else {})
        if number % 5 == 0:
            headers["Cache-Control"] = "max-age=7200"
        asked = request.headers
        if (etag and asked.get("If-None-Match") == etag) or (not etag and changed and asked.get("If-Modified-Since") == changed):
            return web.Response(status=304, headers=headers)
        names = [f"{name}/{number}" for number in range(version, -1, -1)[:40]]
        items = "".join(f"<item><title>{one}</title><guid isPermaLink='false'>{one}</guid></item>" for one in names)
        return web.Response(text=f'<rss version="2.0"><channel>{items}</channel></rss>', content_type="text/xml", headers=headers)

    def _judge(self, name: str, request: web.Request) -> None:
        score = self.score
        score.requests += 1
        score.early += name in self.last and self.now - self.last[name] < PACE.interval
        self.last[name] = self.now
        told = (request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since"))
        if told == (None, None):
            score.unconditional[name] = score.unconditional.get(name, 0) + 1
        else:
            score.invented += told not in self.sent.get(name, set())
        score.cookies += "Cookie" in request.headers
        score.parameters += bool(request.query_string)
        score.other_headers |= {header.lower() for header in request.headers} - _OURS


class NoPages:
    """The entry alone."""

    async def article(self, feed: Feed, entry: Entry, article_id: str, now: datetime) -> RawArticle:
        return RawArticle(article_id=article_id, content_type=ContentType.HTML, body="", title=entry.title, fetched_at=now)


async def simulate(feeds: int, days: int, kills: int, seed: int = 1) -> tuple[Score, dict[str, int]]:
    """The score, and how often each entry came; a kill ends all polls at once, with what is saved kept."""
    chance, came, states = random.Random(seed), dict[str, int](), dict[str, FeedState]()
    async with _running() as (server, url), Fetcher(allowed=[ip_network("127.0.0.0/8")]) as fetcher:
        known = {f"{number}": Feed(feed_id=f"{number}", url=f"{url}/{number}") for number in range(feeds)}

        async def read(body: bytes, kind: str | None, at: str, now: datetime) -> ParsedFeed:
            return parse(body, kind, at, now)

        async def send(article: RawArticle) -> None:
            came[article.title or ""] = came.get(article.title or "", 0) + 1

        async def save(state: FeedState) -> None:
            states[state.feed_id] = state

        turn = Turn(fetcher, Lanes(0), NoPages(), read, send, save, lambda: server.now, chance.random, PACE)
        hours = days * 24
        killed = set(chance.sample(range(2, hours), kills))
        for hour in range(hours):
            server.now = START + timedelta(hours=hour)
            waiting = {feed_id: states.get(feed_id) or FeedState(feed_id=feed_id, url=feed.url) for feed_id, feed in known.items()}
            polls = [asyncio.ensure_future(turn.take(known[name], waiting[name])) for name in due(waiting.values(), server.now)]
            if hour in killed and polls:
                await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
                for poll in polls:
                    poll.cancel()
            await asyncio.gather(*polls, return_exceptions=True)
        return server.score, came


@asynccontextmanager
async def _running() -> AsyncIterator[tuple[Server, str]]:
    server = Server()
    app = web.Application()
    app.add_routes([web.get("/{number}", server.answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield server, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def main() -> None:
    feeds, days, kills = map(int, sys.argv[1:])
    score, came = asyncio.run(simulate(feeds, days, kills))
    again = sum(times > 1 for times in came.values())
    print(f"{score.requests} requests for {feeds} feeds in {days} days with {kills} kills; {len(came)} entries, {again} sent again")
    print(f"feeds asked without validators more than once: {sum(times > 1 for times in score.unconditional.values())}")
    print(f"early {score.early}, invented {score.invented}, cookies {score.cookies}, parameters {score.parameters}")
    print(f"other headers {sorted(score.other_headers)}")


if __name__ == "__main__":
    main()
