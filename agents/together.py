"""The parts of the service in one process, and its life from the start to a signal."""
from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack

from agents.lifecycle import LongLived


class Together(LongLived):
    """Several parts as one: started in order, stopped in the reverse."""

    def __init__(self, parts: Sequence[LongLived]) -> None:
        self._parts = parts
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Start all; if one cannot, stop those that did. Raises what their `start` raises."""
        for part in self._parts:
            try:
                await self._stack.enter_async_context(part)
            except BaseException:
                await self.stop()
                raise

    async def stop(self) -> None:
        """Stop all. Idempotent."""
        await self._stack.aclose()

    async def wait(self) -> None:
        """Return never while all is well with each. Raises what their `wait` raises."""
        await wait_for_each(self._parts)


async def wait_for_each(parts: Sequence[LongLived]) -> None:
    """Return never while all is well with each of `parts`, which run. Raises what their `wait` raises."""
    waiting = [asyncio.create_task(part.wait()) for part in parts]
    try:
        await asyncio.gather(*waiting)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def run_until_stopped(service: LongLived) -> None:
    """Start `service`, run until SIGTERM or SIGINT, and stop it; a second signal ends the process at once.

    Raises: what `start` and `wait` raise.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def on_signal(number: signal.Signals) -> None:
        stop.set()
        loop.remove_signal_handler(number)  # the default again: the next one ends us

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
    tasks = [asyncio.create_task(_serve(service)), asyncio.create_task(stop.wait())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await service.stop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _serve(service: LongLived) -> None:
    await service.start()
    await service.wait()
