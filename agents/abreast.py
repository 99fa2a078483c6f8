"""Several articles at a time, whose results leave in the order in which they came, and are acknowledged together."""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, cast

import faust

from agents.stage import Event, Sink, Stream, hand_over
from schemas.message import Message

MANY = 50  # articles that wait for the broker together, where it is all that takes time; a worker that is killed repeats them


@dataclass(frozen=True, slots=True)
class Passed:
    """How far an event has come."""

    sent: asyncio.Event = field(default_factory=asyncio.Event)  # all that it sends, in the client's buffer
    done: asyncio.Event = field(default_factory=asyncio.Event)  # acknowledged by the broker, remembered, and the event acknowledged too


class Turn:
    """The turn of one event among those of its stream.

        async with turn:                          # begins when all before have sent what they send
            await turn.send(topic, key, message)
            turn.then(remember)                   # ends when this is done: the broker has what was sent, and all before are done

    Who comes next need not wait for the end to send. So the broker acknowledges at once what several have sent, and still nothing is
    remembered that it does not have, nor out of order.
    """

    def __init__(self, before: Passed, claims: dict[str, Passed], refused: Callable[[], None]) -> None:
        self.passed = Passed()
        self._before = before
        self._claims = claims
        self._claimed: set[str] = set()
        self._refused = refused
        self._refusal: Exception | None = None
        self._steps: list[Callable[[], Awaitable[None]]] = []

    async def begun(self) -> None:
        """Return when all before have sent what they send."""
        await self._before.sent.wait()

    async def __aenter__(self) -> Self:
        await self.begun()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.passed.sent.set()
        if error is None or isinstance(error, Exception):  # what was sent before it went wrong stands
            await self.settled()

    async def send(self, topic: Sink, key: str, message: Message | None, headers: Mapping[str, bytes] | None = None) -> None:
        """Send without waiting for the broker; None is a tombstone. Raises what `send_acked` raises, here or at the end."""
        self._steps.append(await hand_over(topic, key, message, headers))

    def then(self, remember: Callable[[], object]) -> None:
        """Do this when the broker has all that was sent so far; not if it refused any of it."""

        async def in_order() -> None:
            await self._before.done.wait()
            if self._refusal is None:
                remember()

        self._steps.append(in_order)

    async def settled(self) -> None:
        """Return when what was sent so far is acknowledged and remembered, and all events before are done.

        Raises what the broker said to the first message that it refused; behind it nothing was remembered.
        """
        steps, self._steps = self._steps, []
        for step in steps:
            try:
                await step()
            except Exception as error:  # noqa: BLE001
                self._refusal = self._refusal or error
        await self._before.done.wait()
        if self._refusal is not None:
            self._refused()
            raise self._refusal

    async def claim(self, *names: str) -> bool:
        """Return when no event before has anything left to remember of what has these names; whether that had to be waited for."""
        before = [self._claims[name] for name in names if name in self._claims and name not in self._claimed]
        self._claimed.update(names)
        self._claims.update(dict.fromkeys(names, self.passed))
        for passed in before:
            await passed.done.wait()
        return bool(before)

    async def end(self) -> None:
        """Let those behind go on, also where it was never entered; returns when all before are done."""
        await self.begun()
        self.passed.sent.set()
        await self._before.done.wait()

    def done(self) -> None:
        """It is acknowledged."""
        self.passed.done.set()
        for name in self._claimed:
            if self._claims[name] is self.passed:
                del self._claims[name]


async def abreast(
    stream: Stream, at_once: int, work: Callable[[Event, Turn], Awaitable[None]], refused: Callable[[], None] = lambda: None
) -> None:
    """Do `work` on up to `at_once` events of `stream` at a time, without end; it sends in its turn.

    Events are acknowledged in order, each when its work is done: Faust may commit past one that is left out. `refused` is called when the
    broker has refused a message, and something is not remembered that those behind know of already.
    """
    room = asyncio.Semaphore(at_once - 1)  # one more is begun before room is asked for
    claims: dict[str, Passed] = {}

    async def one(event: Event, turn: Turn) -> None:
        await work(event, turn)
        await turn.end()
        await stream.ack(event)
        turn.done()
        room.release()

    before = Passed()
    before.sent.set()
    before.done.set()
    async with asyncio.TaskGroup() as tasks:
        async for event in cast(faust.Stream[Any], stream).noack().events():
            turn = Turn(before, claims, refused)
            tasks.create_task(one(event, turn))
            before = turn.passed
            await room.acquire()
