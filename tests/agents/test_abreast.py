"""Several events at a time, in order on their way out."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka.errors import MessageSizeTooLargeError

from agents.abreast import Turn, abreast
from agents.stage import Event, Stream
from tests.agents.fakes import new_app, topic


@dataclass
class Slow:
    """A topic whose broker acknowledges what it is told to, or refuses it."""

    sent: list[bytes | None] = field(default_factory=list)
    waiting: dict[bytes | None, asyncio.Future[None]] = field(default_factory=dict)
    prompt: bool = True

    async def send(self, *, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]) -> asyncio.Future[None]:
        self.sent.append(key)
        future = self.waiting[key] = asyncio.get_running_loop().create_future()
        if self.prompt:
            future.set_result(None)
        return future

    async def acknowledge(self, *keys: bytes) -> None:
        for key in keys:
            self.waiting[key].set_result(None)
        await all_is_done_that_can_be()

    async def refuse(self, key: bytes) -> None:
        self.waiting[key].set_exception(MessageSizeTooLargeError("8 MB"))
        await all_is_done_that_can_be()


@dataclass
class Work:
    """Takes until it is allowed to end, for each event by itself; then sends what it read to `out`, and remembers it in `left`."""

    out: Slow = field(default_factory=Slow)
    begun: list[bytes] = field(default_factory=list)
    left: list[bytes] = field(default_factory=list)
    allowed: dict[bytes, asyncio.Event] = field(default_factory=dict)

    async def __call__(self, event: Event, turn: Turn) -> None:
        name = event.value
        self.begun.append(name)
        await self.allowed.setdefault(name, asyncio.Event()).wait()
        async with turn:
            await self.tell(name, turn)

    async def tell(self, name: bytes, turn: Turn) -> None:
        await turn.send(self.out, name.decode(), None)
        turn.then(lambda: self.left.append(name))

    async def allow(self, *names: bytes) -> None:
        for name in names:
            self.allowed.setdefault(name, asyncio.Event()).set()
        await all_is_done_that_can_be()


async def all_is_done_that_can_be() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


@asynccontextmanager
async def working(work: Work, at_once: int, names: str, refused: Callable[[], None] = lambda: None) -> AsyncIterator[list[Any]]:
    """An agent that does `work`, whatever comes of it, and the events of these one-letter names."""

    async def done(event: Event, turn: Turn) -> None:
        with suppress(MessageSizeTooLargeError):
            await work(event, turn)

    app = new_app()

    @app.agent(topic(app, "news.raw"), concurrency=1)
    async def agent(stream: Stream) -> None:
        await abreast(stream, at_once, done, refused)

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


async def test_what_never_takes_its_turn_is_acknowledged_in_order_all_the_same() -> None:
    class Silent(Work):
        async def __call__(self, event: Event, turn: Turn) -> None:
            if event.value != b"b":
                await super().__call__(event, turn)

    work = Silent()
    async with working(work, 2, "ab") as events:
        assert [event.message.acked for event in events] == [False, False]
        await work.allow(b"a")
        assert [event.message.acked for event in events] == [True, True]


async def test_several_send_before_the_broker_answers_and_are_remembered_in_order_whichever_it_acknowledges_first() -> None:
    work = Work(Slow(prompt=False))
    async with working(work, 3, "abc") as events:
        await work.allow(b"b", b"a", b"c")
        assert (work.out.sent, work.left) == ([b"a", b"b", b"c"], [])
        await work.out.acknowledge(b"b", b"c")
        assert (work.left, any(event.message.acked for event in events)) == ([], False)
        await work.out.acknowledge(b"a")
        assert (work.left, all(event.message.acked for event in events)) == ([b"a", b"b", b"c"], True)


async def test_what_the_broker_refuses_is_not_remembered_and_that_is_told_and_those_behind_stand() -> None:
    work = Work(Slow(prompt=False))
    told: list[bool] = []
    async with working(work, 3, "abc", lambda: told.append(True)) as events:
        await work.allow(b"a", b"b", b"c")
        await work.out.refuse(b"b")
        await work.out.acknowledge(b"c")
        assert (work.left, told) == ([], [])
        await work.out.acknowledge(b"a")
        assert (work.left, told) == ([b"a", b"c"], [True])
        assert all(event.message.acked for event in events)


async def test_a_name_is_waited_for_while_one_before_has_something_to_remember_of_it() -> None:
    waited: dict[bytes, bool] = {}

    class Claiming(Work):
        async def tell(self, name: bytes, turn: Turn) -> None:
            waited[name] = await turn.claim("odd" if name in b"ac" else "even")
            await super().tell(name, turn)

    work = Claiming(Slow(prompt=False))
    async with working(work, 4, "abcd"):
        await work.allow(b"a", b"b", b"c", b"d")
        assert work.out.sent == [b"a", b"b"]
        await work.out.acknowledge(b"a")
        assert (work.out.sent, work.left) == ([b"a", b"b", b"c"], [b"a"])
        await work.out.acknowledge(b"b")
        assert work.out.sent == [b"a", b"b", b"c", b"d"]
    assert waited == {b"a": False, b"b": False, b"c": True, b"d": True}


async def test_who_asks_for_what_is_settled_has_all_before_and_its_own_behind_it() -> None:
    seen: list[list[bytes]] = []

    class Asking(Work):
        async def tell(self, name: bytes, turn: Turn) -> None:
            await super().tell(name, turn)
            await turn.settled()
            seen.append(list(self.left))

    work = Asking()
    async with working(work, 2, "ab"):
        await work.allow(b"b", b"a")
    assert seen == [[b"a"], [b"a", b"b"]]
