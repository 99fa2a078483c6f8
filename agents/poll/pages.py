"""The article of an entry: its page where that can be had politely, else the feed's own text."""
from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from html import escape

from agents.poll.fetch import Fetcher
from agents.poll.hosts import Lanes
from agents.poll.robots import Robots
from pipeline.address import host
from pipeline.feeds.model import Entry
from pipeline.feeds.page import Found
from pipeline.feeds.safety import check_address
from pipeline.text.plain import without_control
from pipeline.text.tree import MAX_PAGE
from schemas.articles import ContentType, PageKind, RawArticle
from schemas.errors import FeedError, FetchFailed, TimedOut, TooLarge, UnsafeFeed
from schemas.feeds import Feed

Look = Callable[[int, Mapping[str, str], bytes, str, str], Awaitable[Found]]

_LONGEST_TITLE = 1_000  # characters
_MOST_HOSTS = 5  # from a link to its page
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


class PageReader:
    """`await reader.article(feed, entry, article_id, now)`: one request for the page of the entry, and one now and then for robots.txt."""

    def __init__(self, fetcher: Fetcher, lanes: Lanes, robots: Robots, look: Look) -> None:
        """`look`: `pipeline.feeds.page.look`, off the event loop; may raise UnsafeFeed."""
        self._fetcher = fetcher
        self._lanes = lanes
        self._robots = robots
        self._look = look

    async def article(self, feed: Feed, entry: Entry, article_id: str, now: datetime) -> RawArticle:
        """The entry with its page, or without; never raises for what a page is, and always fits into a message."""
        link, found = await self._found(entry.link)
        title = without_control(entry.title or "")[:_LONGEST_TITLE]
        dated = entry.published or entry.updated
        address = found.url or link
        return RawArticle(
            article_id=article_id,
            content_type=ContentType.HTML,
            body=found.html if found.html is not None else _as_page(title, entry.html or ""),
            url=address,
            source=host(address or feed.url),
            title=title or None,
            published_at=dated.moment if dated else None,
            fetched_at=now,
            page=found.kind,
        )

    async def _found(self, written: str | None) -> tuple[str | None, Found]:
        """The link that is `written`, None where it is no address that may be asked, and what was found there."""
        link = without_control(written or "").strip()
        if not link:
            return None, Found(PageKind.NO_ADDRESS)
        try:
            check_address(link)
        except UnsafeFeed:
            return None, Found(PageKind.UNSAFE)
        try:
            return link, await self._fetched(link)
        except TooLarge:
            return link, Found(PageKind.TOO_LARGE)
        except UnsafeFeed:
            return link, Found(PageKind.UNSAFE)
        except TimedOut:
            return link, Found(PageKind.TIMEOUT)
        except FeedError:
            return link, Found(PageKind.FAILED)

    async def _fetched(self, link: str) -> Found:
        """What is found at the end of all redirects. Each host on the way is asked for its rules, and in its own lane."""
        at = link
        for _ in range(_MOST_HOSTS):
            check_address(at)
            if not await self._robots.allows(at):
                return Found(PageKind.DISALLOWED)
            async with self._lanes.of(at):
                fetched = await self._fetcher.get(at, one_host=True)
            self._lanes.heed(at, fetched.status, fetched.headers, datetime.now(UTC))
            if fetched.leads_to is None:
                return await self._look(fetched.status, fetched.headers, fetched.body, link, fetched.url)
            at = fetched.leads_to
        raise FetchFailed(f"{link}: it redirects over more than {_MOST_HOSTS} hosts; nothing can be done but to try again")


def _as_page(title: str, written: str) -> str:
    """What the feed itself gives of an entry, as a page. What has no tag may be plain text, and its lines are paragraphs."""
    text = without_control(written[:MAX_PAGE])
    if not _TAG.search(text):
        text = "".join(f"<p>{line.replace('<', '&lt;')}</p>" for line in text.splitlines() if line.strip())[:MAX_PAGE]
    heading = f"<h1>{escape(title, quote=False)}</h1>" if title else ""
    return f"<html><body><article>{heading}<div>{text}</div></article></body></html>"
