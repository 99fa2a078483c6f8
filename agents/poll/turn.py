"""One poll of one feed: reserve, ask, read, tell what is new, remember."""
from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agents.poll.fetch import Fetched, Fetcher
from agents.poll.hosts import Lanes
from agents.sight.metrics import PAGES, POLLS
from agents.sight.work import logged_as
from pipeline.feeds.entries import Novelty, compare
from pipeline.feeds.model import Entry, ParsedFeed
from pipeline.feeds.schedule import Answer, Pace, after, reserved
from schemas.articles import RawArticle
from schemas.errors import FeedError
from schemas.feeds import Feed, FeedState

STAGE = "poll"

log = logging.getLogger(__name__)

_OK = 200


class Pages(Protocol):
    """Gives the article of an entry."""

    async def article(self, feed: Feed, entry: Entry, article_id: str, now: datetime) -> RawArticle:
        """With the entry's page, or the feed's own text."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a poll needs from outside. `parse` reads a feed off the event loop; `send` and `save` return once the broker has it."""

    fetcher: Fetcher
    lanes: Lanes
    pages: Pages
    parse: Callable[[bytes, str | None, str, datetime], Awaitable[ParsedFeed]]
    send: Callable[[RawArticle], Awaitable[None]]
    save: Callable[[FeedState], Awaitable[None]]
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    pace: Pace

    async def take(self, feed: Feed, state: FeedState) -> FeedState:
        """Poll `feed`; returns its new state, which the broker has.

        The reservation is saved right before the request, so that no kill leads to an early one; the rest only after all entries are with
        the broker: a kill between repeats them, with the same ids. Cancelled, it saves nothing more.

        Raises:
            BrokerError: the broker does not take an article or the state.
        """
        state, answer = await self._ask(feed, state)
        if answer.novelty is not None:
            for entry, article_id in (*answer.novelty.new, *answer.novelty.edited):
                await self._tell(feed, entry, article_id)
        state = after(state, feed, answer, self.clock(), self.pace, self.chance())
        await self.save(state)
        if state.outcome:
            POLLS.labels(state.outcome).inc()
        return state

    async def _tell(self, feed: Feed, entry: Entry, article_id: str) -> None:
        with logged_as(STAGE, article_id):
            article = await self.pages.article(feed, entry, article_id, self.clock())
            await self.send(article)
            log.debug("an article of %s: %s", feed.url, article.page)
        if article.page:
            PAGES.labels(article.page).inc()

    async def _ask(self, feed: Feed, state: FeedState) -> tuple[FeedState, Answer]:
        """The state as it is reserved, and what came of the request; as it was, where the host wants to be left alone."""
        fetched: Fetched | None = None
        parsed: ParsedFeed | None = None
        novelty: Novelty | None = None
        error: FeedError | None = None
        try:
            async with self.lanes.of(state.url):  # which may take long; the interval begins when the request goes out
                state = reserved(state, self.clock(), self.pace.of(feed))
                await self.save(state)
                fetched = await self.fetcher.get(state.url, headers=conditions(state))
            self.lanes.heed(fetched.url, fetched.status, fetched.headers, self.clock())
            if fetched.status == _OK:
                parsed = await self.parse(fetched.body, fetched.headers.get("content-type"), fetched.url, self.clock())
                novelty = compare(parsed.entries, state.seen, state.polls)
        except FeedError as failed:
            error = failed
        answer = Answer(
            status=fetched.status if fetched else None,
            headers=fetched.headers if fetched else {},
            permanent_url=fetched.permanent_url if fetched else None,
            parsed=parsed,
            novelty=novelty,
            error=error,
        )
        return state, answer


def conditions(state: FeedState) -> Mapping[str, str]:
    """The headers that ask for what is new since the last answer: the server's own validators, never one of ours."""
    headers = {}
    if state.etag is not None:
        headers["If-None-Match"] = state.etag
    if state.last_modified is not None:
        headers["If-Modified-Since"] = state.last_modified
    return headers
