"""What polls and fetches count."""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest

from agents.poll.fetch import Fetcher
from agents.poll.hosts import Lanes
from agents.poll.turn import Turn
from agents.sight.metrics import Fetching
from pipeline.feeds.model import Entry, ParsedFeed
from pipeline.feeds.parse import parse
from pipeline.feeds.schedule import Pace
from schemas.articles import PageKind, RawArticle
from schemas.errors import BrokerError, FeedError
from schemas.feeds import Feed, FeedState, Outcome
from tests.poll.hostile import Answer, saying, serving, silent
from tests.poll.scoring import NoPages
from tests.sight.counting import Since

LOOPBACK = [ip_network("127.0.0.0/8")]
TWO = b'<rss version="2.0"><channel><item><title>Talks</title></item><item><title>More talks</title></item></channel></rss>'


async def read(body: bytes, kind: str | None, url: str, now: datetime) -> ParsedFeed:
    return parse(body, kind, url, now)


class Paywalled(NoPages):
    """No page can be read."""

    async def article(self, feed: Feed, entry: Entry, article_id: str, now: datetime) -> RawArticle:
        return (await super().article(feed, entry, article_id, now)).model_copy(update={"page": PageKind.PAYWALL})


async def take(_: RawArticle) -> None: ...


async def refuse(_: RawArticle) -> None:
    raise BrokerError("no broker answers")


async def poll(answer: Answer, send: Callable[[RawArticle], Awaitable[None]] = take) -> None:
    async def save(_: FeedState) -> None: ...

    async with serving(answer) as server, Fetcher(allowed=LOOPBACK) as fetcher:
        turn = Turn(fetcher, Lanes(0), Paywalled(), read, send, save, lambda: datetime.now(UTC), lambda: 0.0, Pace())
        await turn.take(Feed(feed_id="f", url=server.url()), FeedState(feed_id="f", url=server.url()))


@pytest.mark.parametrize(
    ("answer", "outcome", "articles"),
    [
        (saying(TWO), Outcome.NEW, 2),
        (saying(b"<html>"), Outcome.BROKEN, 0),
        (saying(status=304), Outcome.NOT_MODIFIED, 0),
        (saying(status=503), Outcome.FAILED, 0),
        (saying(status=410), Outcome.GONE, 0),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)
async def test_a_poll_is_counted_by_how_it_ended_and_its_articles_by_what_their_pages_were(
    answer: Answer, outcome: Outcome, articles: int
) -> None:
    since = Since()
    await poll(answer)
    assert since.of("dyadwatch_polls_total") == {(outcome,): 1}
    assert since.of("dyadwatch_pages_total").get((PageKind.PAYWALL,), 0) == articles


async def test_what_the_broker_does_not_take_is_not_counted() -> None:
    since = Since()
    with pytest.raises(BrokerError):
        await poll(saying(TWO), refuse)
    assert since.of("dyadwatch_polls_total") == since.of("dyadwatch_pages_total") == {}


@pytest.mark.parametrize(
    ("answer", "limit", "outcome"),
    [
        (saying(b"talks", status=404), 100, Fetching.ANSWERED),
        (saying(b"x" * 200), 100, Fetching.UNSAFE),
        (silent, 100, Fetching.TIMED_OUT),
    ],
    ids=["answered", "too large", "silent"],
)
async def test_a_fetch_is_timed_by_how_it_ended(answer: Answer, limit: int, outcome: Fetching) -> None:
    since = Since()
    async with serving(answer) as server, Fetcher(allowed=LOOPBACK, deadline=0.2, limit=limit) as fetcher:
        try:
            await fetcher.get(server.url())
        except FeedError:
            assert outcome is not Fetching.ANSWERED
    assert since.of("dyadwatch_fetch_duration_seconds_count") == {(outcome,): 1}
