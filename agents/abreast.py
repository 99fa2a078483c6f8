"""Several articles at a time, whose results leave in the order in which they came."""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import faust

from agents.stage import Event, Stream

Turn = Callable[[], Awaitable[object]]  # returns when all articles before have left


async def abreast(stream: Stream, at_once: int, work: Callable[[Event, Turn], Awaitable[None]]) -> None:
    """Do `work` on up to `at_once` events of `stream` at a time, without end.

    `work` awaits its turn before it sends anything on. Events are acknowledged in order, each when its work is done: Faust may commit past
    one that is left out.
    """
    room = asyncio.Semaphore(at_once - 1)  # one more is begun before room is asked for

    async def one(event: Event, before: asyncio.Event, done: asyncio.Event) -> None:
        await work(event, before.wait)
        await before.wait()
        await stream.ack(event)
        done.set()
        room.release()

    before = asyncio.Event()
    before.set()
    async with asyncio.TaskGroup() as tasks:
        async for event in cast(faust.Stream[Any], stream).noack().events():
            done = asyncio.Event()
            tasks.create_task(one(event, before, done))
            before = done
            await room.acquire()
