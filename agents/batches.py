"""Articles for processes, several at a time: what comes while all are busy is gathered, and goes together.

To hand over an article and to take its result costs more than some articles, and makes whoever waits go on for each by itself: what comes
together goes on together, to the broker as well. An article that comes while a process is free waits for no other.
"""
from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from schemas.errors import ArticleError, DeadlineExceeded

A = TypeVar("A")
B = TypeVar("B")

TOGETHER = 16  # articles, at most
# Seconds, or a tenth of an article's deadline; what is not begun by then comes in another batch, so that no article waits long for others.
BEGUN_WITHIN = 0.25

Reached = MutableSequence[int]  # in memory that processes share: at the place of each batch the number of the article that is being read
_WAITING = 2  # batches for each process: the next is there when one is done


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with one article."""

    step: Callable[[Any], Any]  # a function of a module, so that a process finds it
    article: Any
    result: asyncio.Future[Any]


class Batches:
    """Keeps the processes of a pool busy. Each of them calls `prepare` with `reached` first."""

    def __init__(self, processes: int, deadline: float) -> None:
        """`deadline`: seconds for each article."""
        self._deadline = deadline
        self._begun_within = min(BEGUN_WITHIN, deadline / 10)
        self._gathered: deque[Task] = deque()
        self._free = list(range(_WAITING * processes))  # places for batches
        self._running: set[asyncio.Task[None]] = set()
        self.reached: Reached = get_context("spawn").RawArray("i", len(self._free))

    async def run(self, pool: ProcessPool, step: Callable[[A], B], article: A) -> B:
        """`step(article)` in a process of `pool`.

        Raises:
            DeadlineExceeded: it took too long; its process is killed and replaced.
            ArticleError: its process died of it and is replaced.
        """
        task = Task(step, article, asyncio.get_running_loop().create_future())
        self._gathered.append(task)
        self._hand_out(pool)
        result: B = await task.result
        return result

    def stop(self) -> None:
        """Wait for nothing more."""
        for running in self._running:
            running.cancel()
        for task in self._gathered:
            task.result.cancel()

    def _hand_out(self, pool: ProcessPool) -> None:
        while self._gathered and self._free:
            batch = [self._gathered.popleft() for _ in range(min(TOGETHER, len(self._gathered)))]
            running = asyncio.create_task(self._read(pool, batch, self._free.pop()))
            self._running.add(running)
            running.add_done_callback(self._running.discard)

    async def _read(self, pool: ProcessPool, batch: Sequence[Task], place: int) -> None:
        self.reached[place] = 0
        given = [(task.step, task.article) for task in batch]
        try:
            # Each has its deadline, for the last that is read is begun in time.
            timeout = self._deadline + (self._begun_within if len(batch) > 1 else 0)
            results = await asyncio.wrap_future(pool.schedule(read, args=(place, given, self._begun_within), timeout=timeout))
        except asyncio.CancelledError:
            for task in batch:
                task.result.cancel()
            raise
        except Exception as error:  # noqa: BLE001
            failed = batch[self.reached[place]]
            if not failed.result.done():
                failed.result.set_exception(self._told(error))
            left = [task for task in batch if task is not failed]  # with it the results of those before it are lost
        else:
            for task, result in zip(batch, results, strict=False):
                if not task.result.done():
                    task.result.set_result(result)
            left = list(batch[len(results) :])
        self._gathered.extendleft(task for task in reversed(left) if not task.result.done())
        self._free.append(place)
        self._hand_out(pool)

    def _told(self, error: Exception) -> Exception:
        told: Exception
        if isinstance(error, TimeoutError):
            told = DeadlineExceeded(f"not done within {self._deadline:g} s; DYADWATCH_EXTRACTION_DEADLINE allows more")
        elif isinstance(error, ProcessExpired):
            told = ArticleError(f"its process died of it, exit code {error.exitcode}")
        else:
            return error
        told.__cause__ = error
        return told


_reached: Reached


def prepare(reached: Reached) -> None:
    """Prepare this process."""
    global _reached  # noqa: PLW0603
    _reached = reached


def read(place: int, given: Sequence[tuple[Callable[[Any], Any], Any]], begun_within: float) -> list[Any]:
    """What the steps make of their articles, as far as they come in the time of one batch, before one that fails.

    Raises what the first raises.
    """
    until = time.monotonic() + begun_within
    results: list[Any] = []
    for number, (step, article) in enumerate(given):
        if results and time.monotonic() > until:
            break
        _reached[place] = number
        try:
            results.append(step(article))
        except Exception:  # told when it is the first
            if not results:
                raise
            break
    return results
