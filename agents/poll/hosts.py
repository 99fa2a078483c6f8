"""One request at a time for each host, with a pause between two of them."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from pipeline import address
from pipeline.feeds.caching import host_held_until
from schemas.errors import FetchFailed

PATIENCE = 30.0  # seconds to wait for a host that asked for a pause; for longer ones a request fails at once, so that none piles up
_FORGOTTEN_AFTER = 600.0  # seconds idle; longer than any pause between two requests


@dataclass(slots=True)
class _Lane:
    """Times are of the loop's clock."""

    spacing: float
    free_at: float
    held_until: float
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Lanes:
    """`async with lanes.of(url): ...` around each request. Hosts with and without `www.` are one.

    A host that was not asked for ten minutes is forgotten, so that the rate of requests bounds the memory.
    """

    def __init__(self, spacing: float = 1.0) -> None:
        """`spacing`: least seconds between the end of a request and the start of the next."""
        self._spacing = spacing
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def of(self, url: str) -> AsyncIterator[None]:
        """Wait for the turn of this request, first come, first served, and for the pause after the one before.

        Raises:
            FetchFailed: the host has asked for a pause that lasts longer than `PATIENCE`.
        """
        host = address.host(url) or ""
        lane = self._lane(host)
        clock = asyncio.get_running_loop().time
        async with lane.turn:
            while (left := max(lane.free_at, lane.held_until) - clock()) > 0:  # again, for a pause may have been asked for meanwhile
                if lane.held_until - clock() > PATIENCE:
                    raise FetchFailed(f"{host} has asked for a pause of another {left:.0f} s and is left alone so long")
                await asyncio.sleep(left)
            try:
                yield
            finally:
                lane.free_at = clock() + lane.spacing

    def delay(self, host: str, seconds: float) -> None:
        """Let `host` rest so long between two requests, as its robots.txt asks; never less than the spacing."""
        self._lane(host).spacing = max(self._spacing, seconds)

    def hold(self, host: str, until: datetime) -> None:
        """Leave `host` alone until then, as its Retry-After asks. A later end that it has asked for before stays."""
        lane = self._lane(host)
        left = (until - datetime.now(UTC)).total_seconds()
        lane.held_until = max(lane.held_until, asyncio.get_running_loop().time() + left)

    def heed(self, url: str, status: int, headers: Mapping[str, str], now: datetime) -> None:
        """Leave the host of `url` alone as long as its answer asks."""
        if (until := host_held_until(status, headers, now)) is not None:
            self.hold(address.host(url) or "", until)

    def _lane(self, host: str) -> _Lane:
        host = host.removeprefix("www.")
        if host not in self._lanes:
            now = asyncio.get_running_loop().time()
            self._forget_idle(now)
            self._lanes[host] = _Lane(self._spacing, free_at=now, held_until=now)
        return self._lanes[host]

    def _forget_idle(self, now: float) -> None:
        """Look at the two longest not looked at: with two for each new one, all are looked at in time."""
        for host in list(islice(self._lanes, 2)):
            lane = self._lanes.pop(host)
            if lane.turn.locked() or max(lane.free_at + _FORGOTTEN_AFTER, lane.held_until) > now:
                self._lanes[host] = lane
