"""Articles that flow through the service while brokers fail, and one who follows the alerts."""
from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from contextlib import suppress
from types import TracebackType
from typing import Self

from agents.cluster import Cluster
from agents.subscriber import Subscriber
from pipeline.chain import Chain
from pipeline.lexicon.load import Lexicon
from schemas.meetings import Alert
from tests.broker.articles import talks
from tests.broker.stream import Stream

WITHIN = 90.0  # seconds; a client may have to wait several times for a broker that hangs


class Flow:
    """What is sent, and what alerts it raises where nothing fails."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.expected: list[Alert] = []
        self._chain = Chain(lexicon)
        self._meetings = 0

    async def send(self, stream: Stream, meetings: int) -> None:
        """Send the articles on so many further meetings; the order is that in which the broker has them."""
        for _ in range(meetings):
            for article in talks(self._meetings):
                await stream.send([article])
                self.expected += [decision.alert for _, decision in self._chain.observe(article).decisions if decision.alert]
            self._meetings += 1


class Follower:
    """`async with Follower(cluster) as follower: follower.alerts`, from the beginning, as our subscriber gives them."""

    def __init__(self, cluster: Cluster) -> None:
        self.alerts: list[Alert] = []
        self._subscriber = Subscriber(cluster, from_beginning=True)

    async def __aenter__(self) -> Self:
        await self._subscriber.__aenter__()
        self._following = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._following.cancel()
        with suppress(asyncio.CancelledError):
            await self._following
        await self._subscriber.__aexit__(kind, error, trace)

    async def has(self, expected: list[Alert]) -> None:
        """Wait until it has as many; whether they are the same, only a test that compares them can tell well."""
        async with asyncio.timeout(WITHIN):
            while len(self.alerts) < len(expected):
                if self._following.done():
                    self._following.result()
                await asyncio.sleep(0.05)

    async def _follow(self) -> None:
        async for delivery in self._subscriber:
            self.alerts.append(delivery.alert)


async def undisturbed(stream: Stream, flow: Flow, follower: Follower, service: Process) -> None:
    """All alerts are there as if nothing had failed, for who has followed and for who comes now, and the service is the same process."""
    await follower.has(flow.expected)
    await stream.through()
    assert follower.alerts == flow.expected
    assert await stream.alerts() == flow.expected
    assert await stream.dead_letters() == []
    assert service.returncode is None
