"""From the address that a person gives to the feed: the address itself, or the feed of the site."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from agents.poll.fetch import Fetched, Fetcher
from agents.poll.hosts import Lanes
from agents.poll.parsing import Parsing
from agents.settings import Settings
from pipeline.feeds.discover import candidates, guesses
from pipeline.feeds.model import ParsedFeed
from pipeline.feeds.opml import feed_id
from pipeline.text.charset import page_text
from schemas.errors import FeedError, NoFeed
from schemas.feeds import Feed

_TRIED = 12  # candidates of one site
_OK = 200


async def find_feed(address: str, settings: Settings) -> Feed:
    """The feed at `address`, else the first that the page there names, else the first of the usual places that has one.

    Raises:
        FeedError: the address cannot be fetched, or there is no feed; the message says where it was looked for.
    """
    address = address.strip()
    if "://" not in address:
        address = f"https://{address}"
    async with AsyncExitStack() as stack:
        parsing = await stack.enter_async_context(Parsing())
        fetcher = await stack.enter_async_context(Fetcher(settings.feeds_contact, settings.feeds_networks))
        lanes = Lanes(settings.feeds_spacing)

        async def read(url: str) -> tuple[Fetched, ParsedFeed | None]:
            async with lanes.of(url):
                fetched = await fetcher.get(url)
            try:
                kind = fetched.headers.get("content-type")
                return fetched, await parsing.parse(fetched.body, kind, fetched.url, datetime.now(UTC)) if fetched.status == _OK else None
            except NoFeed:
                return fetched, None

        first, parsed = await read(address)
        if parsed is not None:
            return _feed(first.permanent_url or address, parsed)
        tried = 0
        for candidate in _candidates(first):
            tried += 1
            try:
                found, parsed = await read(candidate)
            except FeedError:
                continue
            if parsed is not None:
                return _feed(found.permanent_url or candidate, parsed)
        there = "no feed" if first.status == _OK else f"the server answered {first.status}"
        raise NoFeed(f"{address}: {there}, and no feed at {tried} addresses that it names or that are usual; look for one on the site")


def _candidates(page: Fetched) -> Iterator[str]:
    try:
        html = page_text(page.body, page.headers.get("content-type"))
    except ValueError:
        html = ""
    named = [candidate.url for candidate in candidates(html, page.url)]
    yield from list(dict.fromkeys([*named, *guesses(page.url)]))[:_TRIED]


def _feed(url: str, parsed: ParsedFeed) -> Feed:
    return Feed(feed_id=feed_id(url), url=url, title=parsed.title, site=parsed.site, language=parsed.language)
