"""Whether this process stood still for so long that others took its partitions: stopped by a signal, frozen with its machine.

When it goes on it holds an article in its hands that another worker has processed meanwhile, and more after it. What it would still
write of that article would take back what is known since.
"""
from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

from agents.lifecycle import Lifecycle
from agents.stage import Sink

BEAT = 0.1  # seconds


class Pulse(Lifecycle):
    """`async with Pulse(6.0) as pulse: await pulse.hold()`: beats in a thread of its own, for a busy loop does not stand still."""

    def __init__(self, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`longest`: seconds between two beats, after which partitions count as lost."""
        self._longest = longest
        self._clock = clock
        self._last = clock()
        self._stood: float | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)

    async def start(self) -> None:
        """Begin to beat."""
        self._last = self._clock()
        self._thread.start()

    async def stop(self) -> None:
        """Beat no more."""
        self._ended.set()

    @property
    def stood_still(self) -> float | None:
        """Seconds that it stood still, if that was too long; once it was, for ever."""
        silent = self._clock() - self._last  # also right where we go on before the thread does
        if self._stood is None and silent > self._longest and not self._ended.is_set():
            self._stood = silent
        return self._stood

    async def hold(self) -> None:
        """Return while the partitions are ours; never again once they may be another worker's."""
        if self.stood_still is not None:
            await asyncio.Event().wait()

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            if self.stood_still is None:
                self._last = self._clock()


class Fenced:
    """A topic to which nothing is sent, and behind which nothing is done, once the partitions may be another worker's."""

    def __init__(self, topic: Sink, pulse: Pulse) -> None:
        self._topic = topic
        self._pulse = pulse

    async def send(self, *, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]) -> Awaitable[Any]:
        """As a `Sink` does; the acknowledgement comes only while the partitions are ours."""
        await self._pulse.hold()
        sent = await self._topic.send(key=key, value=value, headers=headers)

        async def acknowledged() -> Any:
            told = await sent
            await self._pulse.hold()
            return told

        return acknowledged()
