"""What each host's robots.txt lets us ask, and how fast. RFC 9309."""
from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from protego import Protego

from agents.poll.fetch import Fetcher
from agents.poll.hosts import Lanes
from pipeline.feeds.caching import fresh_for
from pipeline.feeds.robots import EVERYBODY, rules_for
from schemas.errors import FetchFailed, TooLarge

AGENT = "dyadwatch"
MOST_DELAY = 30.0  # seconds; a host that asks for more is asked each of its pages all the same
MOST_RULES = 5_000  # of a host; who has more is taken to forbid all: matching them would hold up everything else
MOST_KEPT = 100_000  # rules of all hosts together, 1 KB each; a host without any counts as ten

_KEPT_FOR = timedelta(hours=24)
_LEAST = timedelta(hours=1)
_FORBID_ALL = ("Disallow: /",)


@dataclass(frozen=True, slots=True)
class _Rules:
    said: Protego
    size: int
    until: datetime


class Robots:
    """What hosts allow, each asked once a day at most, or once an hour where that brought no answer."""

    def __init__(self, fetcher: Fetcher, lanes: Lanes, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._fetcher = fetcher
        self._lanes = lanes
        self._clock = clock
        self._rules: OrderedDict[str, _Rules] = OrderedDict()  # by origin, the one asked about last at the end
        self._kept = 0
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # they go with the last who waits for the answer

    async def allows(self, url: str) -> bool:
        """Whether the page at `url`, a web address, may be asked for. Sets the pace that its host asks for.

        Raises:
            UnsafeFeed: the host is not of the public web.
        """
        parts = urlsplit(url)
        said = (await self._of(f"{parts.scheme}://{parts.netloc.lower()}")).said
        if (delay := said.crawl_delay(AGENT)) is not None:
            self._lanes.delay(parts.hostname or "", min(delay, MOST_DELAY))
        return bool(said.can_fetch(url, AGENT))

    async def _of(self, origin: str) -> _Rules:
        asking = self._asking.setdefault(origin, asyncio.Lock())
        async with asking:
            now = self._clock()
            rules = self._rules.get(origin)
            if rules is None or rules.until <= now:
                rules = await self._ask(origin, now)
                self._keep(origin, rules)
            self._rules.move_to_end(origin)
            return rules

    def _keep(self, origin: str, rules: _Rules) -> None:
        if (old := self._rules.pop(origin, None)) is not None:
            self._kept -= old.size
        self._rules[origin] = rules
        self._kept += rules.size
        while self._kept > MOST_KEPT:
            _, forgotten = self._rules.popitem(last=False)
            self._kept -= forgotten.size

    async def _ask(self, origin: str, now: datetime) -> _Rules:
        """A host that has no rules allows all; one that fails allows nothing."""
        address = f"{origin}/robots.txt"
        try:
            async with self._lanes.of(address):
                fetched = await self._fetcher.get(address)
            self._lanes.heed(fetched.url, fetched.status, fetched.headers, now)
        except (FetchFailed, TooLarge):
            return _parsed(_FORBID_ALL, now + _LEAST)
        if fetched.status >= 500 or fetched.status == 429:
            return _parsed(_FORBID_ALL, now + _LEAST)
        until = now + min(_KEPT_FOR, max(_LEAST, fresh_for(fetched.headers, now) or _KEPT_FOR))
        rules = rules_for(AGENT, fetched.body) if fetched.status == 200 else []
        return _parsed(rules if len(rules) <= MOST_RULES else _FORBID_ALL, until)


def _parsed(rules: Sequence[str], until: datetime) -> _Rules:
    return _Rules(Protego.parse("\n".join((f"User-agent: {EVERYBODY}", *rules))), len(rules) + 10, until)
