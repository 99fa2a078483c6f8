"""The parts of the service in one process, and its life from the start to a signal."""
from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agents.garbage import economize
from agents.lifecycle import LongLived


@dataclass(frozen=True, slots=True)
class Standing:
    """How a part stands: why it does not get on, and what it lacks before it can do its work; None where there is nothing to tell."""

    stuck: str | None
    unready: str | None


class Together(LongLived):
    """Several parts as one: started in order, stopped at the same time."""

    def __init__(self, parts: Mapping[str, LongLived]) -> None:
        """`parts`: by name, in the order in which they start."""
        self._parts = parts
        self._started: dict[str, LongLived] = {}
        self._failed: dict[str, str] = {}

    async def start(self) -> None:
        """Start all; if one cannot, stop those that did. Raises what their `start` raises."""
        for name, part in self._parts.items():
            try:
                await part.start()
            except BaseException:
                await self.stop()
                raise
            self._started[name] = part

    async def stop(self) -> None:
        """Stop all; it takes as long as the slowest. Idempotent. Raises what one of them raises, when all have ended."""
        parts, self._started = self._started, {}
        for failure in await asyncio.gather(*(part.stop() for part in parts.values()), return_exceptions=True):
            if isinstance(failure, BaseException):
                raise failure

    def standings(self) -> dict[str, Standing]:
        """How each part stands, by name, in whatever state the whole is."""
        return {name: self._standing(name) for name in self._parts}

    def stuck(self) -> str | None:
        """Which parts do not get on, and why."""
        return _listed({name: standing.stuck for name, standing in self.standings().items()})

    def unready(self) -> str | None:
        """Which parts cannot do their work yet, and what they lack."""
        return _listed({name: standing.unready for name, standing in self.standings().items()})

    def measure(self) -> None:
        """Have all parts that are started set their gauges."""
        for part in self._started.values():
            part.measure()

    def _standing(self, name: str) -> Standing:
        part = self._started.get(name)
        if part is None:
            return Standing(self._failed.get(name), "it is not started, or no longer")
        return Standing(self._failed.get(name) or part.stuck(), part.unready())

    async def wait(self) -> None:
        """Return never while all is well with each. Raises what their `wait` raises."""
        await wait_for_each(self._wait_for(name, part) for name, part in self._parts.items())

    async def _wait_for(self, name: str, part: LongLived) -> None:
        try:
            await part.wait()
        except Exception as error:
            self._failed[name] = str(error) or repr(error)
            raise


def _listed(reasons: Mapping[str, str | None]) -> str | None:
    return "\n".join(f"{name}: {reason}" for name, reason in reasons.items() if reason) or None


async def wait_for_each(waits: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Return never while all of `waits` go on. Raises what the first of them raises; the others are cancelled and have ended then."""
    waiting = [asyncio.create_task(wait) for wait in waits]
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
    economize()
    await service.wait()
