"""What a courier works with, without a broker: a clock that a test moves, and a topic that is a list."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from agents.outlets.notify.courier import Batch, Clock, Courier, Incoming
from pipeline.selection import Selection
from schemas.errors import BrokerError
from schemas.meetings import Alert
from schemas.outlets import OutletState
from schemas.tracing import Trace
from tests.cli.alerts import PUBLISHED, alert

BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
AT_ONCE = 3
TRACE = Trace.of("an article")
WITHIN = 30.0  # seconds; a test that waits so long has failed


class Time:
    """A clock on which waiting takes no time."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.ends = datetime.max.replace(tzinfo=UTC)  # who waits beyond this waits for ever

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.now, wait=self._wait)

    async def _wait(self, event: asyncio.Event, seconds: float) -> None:
        await asyncio.sleep(0)
        if event.is_set():
            return
        if self.now + timedelta(seconds=seconds) > self.ends:
            await event.wait()
        self.now += timedelta(seconds=seconds)


@dataclass
class Log:
    """The topic, and how the target stands by what was last written; what is changed in between is lost with its courier."""

    state: OutletState = field(default_factory=lambda: OutletState(outlet_id="desk", place=0, since=BEGIN))
    alerts: list[Alert] = field(default_factory=list)
    refusals: list[BrokerError] = field(default_factory=list)  # raised by `hold` and `save`, one a time
    full: int | None = None  # a state at this place or behind it is not written, and waited for in vain

    def add(self, *ids: str, **changes: Any) -> None:
        self.alerts += [alert(alert_id=one, meeting_id=f"m-{one}", **changes) for one in ids]


class ListInbox:
    """Reads a log from where the target stands."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._read = log.state.place
        self.idle = asyncio.Event()

    async def next(self) -> Batch:
        while self._read >= len(self._log.alerts):
            self.idle.set()
            await asyncio.sleep(0)
        self.idle.clear()
        return self._batch(self._log.alerts[self._read : self._read + AT_ONCE])

    async def rest(self) -> Batch:
        return self._batch(self._log.alerts[self._read :])

    async def hold(self, place: int) -> None:
        await asyncio.sleep(0)
        if self._log.refusals:
            raise self._log.refusals.pop(0)

    async def save(self, state: OutletState) -> None:
        await self.hold(state.place)
        while self._log.full is not None and state.place >= self._log.full:
            await asyncio.sleep(0)
        self._log.state = state

    def _batch(self, alerts: Sequence[Alert]) -> Batch:
        found = [Incoming(self._read + n, one, PUBLISHED, TRACE) for n, one in enumerate(alerts)]
        self._read += len(alerts)
        return Batch(found, self._read)


@dataclass
class Running:
    """A courier at work."""

    courier: Courier
    inbox: ListInbox
    task: asyncio.Task[None]


@asynccontextmanager
async def running(
    log: Log, time: Time, work: Callable[[Courier], Any], selection: Selection = Selection()  # noqa: B008  # frozen
) -> AsyncIterator[Running]:
    """A courier that begins where the target stands, and is killed at the end of the block."""
    inbox = ListInbox(log)
    courier = Courier("desk", selection, inbox, log.state, time.clock, lambda: 0.0)
    task = asyncio.create_task(work(courier))
    try:
        yield Running(courier, inbox, task)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if courier._busy:
            courier._busy.cancel()
            await asyncio.gather(courier._busy, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    """Return when it is so."""
    async with asyncio.timeout(WITHIN):
        while not true():
            await asyncio.sleep(0)
