"""One poll of one feed, against a server on loopback."""
from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from agents.poll.fetch import Fetcher
from agents.poll.hosts import Lanes
from agents.poll.turn import Turn
from pipeline.feeds.model import ParsedFeed
from pipeline.feeds.parse import parse
from pipeline.feeds.schedule import Pace
from schemas.articles import RawArticle
from schemas.feeds import Feed, FeedState
from tests.poll.hostile import saying, serving
from tests.poll.scoring import NoPages

RSS = b'<rss version="2.0"><channel><item><title>Talks</title></item></channel></rss>'
INTERVAL = timedelta(hours=1)


async def read(body: bytes, kind: str | None, url: str, now: datetime) -> ParsedFeed:
    return parse(body, kind, url, now)


async def test_a_feed_is_reserved_when_its_host_can_be_asked_and_not_before() -> None:
    saved: list[FeedState] = []
    sent: list[RawArticle] = []

    async def save(state: FeedState) -> None:
        saved.append(state)

    async def send(article: RawArticle) -> None:
        sent.append(article)

    lanes, pace = Lanes(0), Pace(interval=INTERVAL)
    async with serving(saying(RSS)) as server, Fetcher(allowed=[ip_network("127.0.0.0/8")]) as fetcher:
        url = server.url()
        turn = Turn(fetcher, lanes, NoPages(), read, send, save, lambda: datetime.now(UTC), lambda: 0.0, pace)
        async with lanes.of(url):  # another request, which takes long
            poll = asyncio.create_task(turn.take(Feed(feed_id="f", url=url), FeedState(feed_id="f", url=url)))
            await asyncio.sleep(0)  # the poll goes as far as it can
            assert saved == []
            free = datetime.now(UTC)
        assert await poll == saved[-1]
    first, last = saved
    assert first.attempted_at is not None and first.next_poll is not None
    assert free <= first.attempted_at <= first.next_poll - INTERVAL
    assert (first.outcome, last.polls, len(last.seen), len(sent)) == (None, 1, 1, 1)
