"""Feeds asked once, for a person who wants to know what is in them."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from agents.poll.fetch import Fetcher
from agents.poll.hosts import Lanes
from agents.poll.parsing import Parsing
from agents.settings import Settings
from pipeline.feeds.model import ParsedFeed
from schemas.errors import FeedError, FetchFailed

AT_ONCE = 16  # feeds; each host is asked by one


@dataclass(frozen=True, slots=True)
class Checked:
    """A feed that was asked; `error` says why it could not be read."""

    url: str
    error: str | None
    format: str | None = None
    title: str | None = None
    entries: int = 0
    dated: int = 0


async def check_feeds(addresses: Sequence[str], settings: Settings) -> AsyncIterator[Checked]:
    """Ask each of `addresses` once; they come as they are answered."""
    async with AsyncExitStack() as stack:
        parsing = await stack.enter_async_context(Parsing())
        fetcher = await stack.enter_async_context(Fetcher(settings.feeds_contact, settings.feeds_networks))
        lanes, at_once = Lanes(settings.feeds_spacing), asyncio.Semaphore(AT_ONCE)

        async def one(url: str) -> Checked:
            async with at_once:
                try:
                    parsed = await read_feed(url, fetcher, lanes, parsing)
                except FeedError as error:
                    return Checked(url, str(error).removeprefix(f"{url}: "))
            dated = sum(entry.published is not None or entry.updated is not None for entry in parsed.entries)
            return Checked(url, None, parsed.format, parsed.title, len(parsed.entries), dated)

        for asked in asyncio.as_completed([one(url) for url in addresses]):
            yield await asked


async def read_feed(url: str, fetcher: Fetcher, lanes: Lanes, parsing: Parsing) -> ParsedFeed:
    """The feed at `url`.

    Raises:
        FeedError: it cannot be fetched or is no feed.
    """
    async with lanes.of(url):
        fetched = await fetcher.get(url)
    if fetched.status != 200:
        raise FetchFailed(f"the server answered {fetched.status}")
    return await parsing.parse(fetched.body, fetched.headers.get("content-type"), fetched.url, datetime.now(UTC))
