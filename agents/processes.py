"""Processes that read what may take long or never end."""
from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable

from pebble import CONSTS, ProcessPool

from agents.lifecycle import Lifecycle

TASKS = 100_000  # that a process reads before it is replaced: parsers of other people's documents may leak; to be ready anew costs seconds

CONSTS.term_timeout = 0.1  # seconds from SIGTERM to SIGKILL: what hangs in C hears only the latter


class Processes(Lifecycle):
    """A pool of processes, each prepared by `prepare`. Enter it in the main thread."""

    def __init__(self, processes: int, deadline: float, prepare: Callable[[], None]) -> None:
        """`deadline`: seconds for each task."""
        self._deadline = deadline
        # A forked process would inherit our broker connections and locks that our threads hold.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPool(max_workers=processes, max_tasks=TASKS, initializer=prepare, context=context)

    async def start(self) -> None:
        """Start the processes; returns when the first is prepared."""
        await asyncio.wrap_future(self._pool.schedule(ready))

    async def stop(self) -> None:
        """End the processes, busy or not."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        await asyncio.to_thread(self._pool.join)


def ready() -> None:
    """A task that asks for nothing but a process that is prepared."""
