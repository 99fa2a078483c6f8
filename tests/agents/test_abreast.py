"""Several events at a time, in order on their way out."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from agents.abreast import Turn, abreast
from agents.stage import Event, Stream
from tests.agents.fakes import new_app, topic


@dataclass
class Work:
    """Takes until it is allowed to end, for each event by itself."""

    begun: list[bytes] = field(default_factory=list)
    left: list[bytes] = field(default_factory=list)
    allowed: dict[bytes, asyncio.Event] = field(default_factory=dict)

    async def __call__(self, event: Event, turn: Turn) -> None:
        name = event.value
        self.begun.append(name)
        await self.allowed.setdefault(name, asyncio.Event()).wait()
        await turn()
        self.left.append(name)

    async def allow(self, *names: bytes) -> None:
        for name in names:
            self.allowed.setdefault(name, asyncio.Event()).set()
        await all_is_done_that_can_be()


async def all_is_done_that_can_be() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


@asynccontextmanager
async def working(work: Work, at_once: int, names: str) -> AsyncIterator[list[Any]]:
    """An agent that does `work`, and the events of these one-letter names."""
    app = new_app()

    @app.agent(topic(app, "news.raw"), concurrency=1)
    async def agent(stream: Stream) -> None:
        await abreast(stream, at_once, work)

    app.finalize()
    app.flow_control.resume()
    async with agent.test_context() as channel:
        events = [await channel.put(name.encode(), wait=False) for name in names]
        await all_is_done_that_can_be()
        yield events


@pytest.mark.parametrize("at_once", [1, 2, 3])
async def test_as_many_are_begun_as_there_is_room_for_and_the_next_when_one_has_left(at_once: int) -> None:
    work = Work()
    async with working(work, at_once, "abcde"):
        assert len(work.begun) == at_once
        await work.allow(b"a")
        assert len(work.begun) == at_once + 1


async def test_what_is_done_early_waits_for_its_turn_and_is_not_acknowledged_before() -> None:
    work = Work()
    async with working(work, 3, "abc") as events:
        await work.allow(b"c", b"b")
        assert work.left == []
        assert not any(event.message.acked for event in events)
        await work.allow(b"a")
        assert work.left == [b"a", b"b", b"c"]
        assert all(event.message.acked for event in events)


async def test_what_never_asks_for_its_turn_is_acknowledged_in_order_all_the_same() -> None:
    class Silent(Work):
        async def __call__(self, event: Event, turn: Turn) -> None:
            await super().__call__(event, self.at_once if event.value == b"b" else turn)

        async def at_once(self) -> None: ...

    work = Silent()
    async with working(work, 2, "ab") as events:
        await work.allow(b"b")
        assert work.left == [b"b"]
        assert [event.message.acked for event in events] == [False, False]
        await work.allow(b"a")
        assert [event.message.acked for event in events] == [True, True]
