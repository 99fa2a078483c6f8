"""What one target gets, in order, each alert until it is taken; whatever becomes of it, no other target waits for this one."""
from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from agents.sight.metrics import DELIVERIES, Delivering
from agents.sight.work import logged_as
from pipeline.delivery import digested, failed, heard, passed, taken, wait
from pipeline.digest import Digest, Entry, Schedule
from pipeline.selection import Selection
from schemas.errors import BrokerError, NotTaken
from schemas.meetings import Alert
from schemas.outlets import OutletState
from schemas.tracing import Trace

log = logging.getLogger(__name__)

STAGE = "notify"
LOOK_EVERY = 60.0  # seconds, at most, between two looks at the clock: it may be set, and a machine may sleep
BROKER_RETRY = 1.0  # seconds between attempts while no broker answers
FINISH_WITHIN = 4.0  # seconds that a delivery in progress has before the target goes to another notifier, or this one stops

T = TypeVar("T")
SendAlert = Callable[[Alert, datetime], Awaitable[None]]  # raises NotTaken
SendDigest = Callable[[Sequence[Entry]], Awaitable[None]]  # raises NotTaken


@dataclass(frozen=True, slots=True)
class Incoming:
    """An alert with its offset, its time and its trace."""

    offset: int
    alert: Alert
    time: datetime
    trace: Trace | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Alerts in their order, and the place behind them and all that is no alert."""

    alerts: Sequence[Incoming]
    behind: int


class Inbox(Protocol):
    """Where the alerts of a target come from, and where how it stands is kept."""

    async def next(self) -> Batch:
        """What comes next; waits for it."""

    async def rest(self) -> Batch:
        """All that is there now."""

    async def hold(self, place: int) -> None:
        """Make sure that no other notifier has the target; it stands at `place`.

        Raises:
            BrokerError: another one has it, or nobody answers.
        """

    async def save(self, state: OutletState) -> None:
        """Keep `state`. Raises what `hold` raises."""


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, and waiting: until an event comes or so many seconds are over."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    wait: Callable[[asyncio.Event, float], Awaitable[None]] = _wait


class Courier:
    """`await Courier(target_id, selection, inbox, state).alerts(send)`, for ever.

    Before each attempt it makes sure that the target is its own; after each, how the target stands is written before anything else
    happens. So who takes over goes on behind what was taken, and not before the time of the next attempt. A kill between attempt and
    state repeats that one delivery.
    """

    def __init__(
        self,
        target_id: str,
        selection: Selection,
        inbox: Inbox,
        state: OutletState,
        clock: Clock = Clock(),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.state = state
        self._id = target_id
        self._selection = selection
        self._inbox = inbox
        self._clock = clock
        self._chance = chance
        self._ordered = asyncio.Event()
        self._order = state
        self._busy: asyncio.Task[None] | None = None

    async def alerts(self, send: SendAlert) -> None:
        """Bring each alert that is asked for, as it comes."""
        while True:
            batch = await self._inbox.next()
            for one in batch.alerts:
                if self._selection.of_alert(one.alert):
                    while self.state.place <= one.offset:
                        await self._allowed()
                        if self.state.place <= one.offset:
                            await self._undisturbed(self._alert(one, send))
            if batch.behind > self.state.place:
                await self._save(passed(self.state, batch.behind))

    async def digests(self, send: SendDigest, schedule: Schedule) -> None:
        """Bring, each time that one is due, a digest of what has come since; none where nothing has.

        One that is late, or was not taken at first, holds all that is there by then. Until it is sent, the target's place is before its
        alerts, so that no restart loses them.
        """
        while True:
            due = schedule.after(self.state.since)
            while (left := (due - self._clock.now()).total_seconds()) > 0:
                await self._look(left)
            gathered = _Gathered(self.state.place)
            while self.state.since < due:
                await self._allowed()
                if gathered.begins != self.state.place:  # a person has passed over what was gathered
                    gathered = _Gathered(self.state.place)
                await self._undisturbed(self._digest(gathered, send, due))

    def hear(self, order: OutletState) -> None:
        """Take note of a state that somebody wrote, as we do ourselves; a person's word counts, before the next attempt."""
        if heard(self._order, order) != self._order:
            self._order = order
            self._ordered.set()

    async def finish(self) -> None:
        """Let a delivery in progress end, and end one that takes too long: who is next does it again."""
        if self._busy is not None:
            await asyncio.wait((self._busy,), timeout=FINISH_WITHIN)
            self._busy.cancel()
            await asyncio.gather(self._busy, return_exceptions=True)

    async def _alert(self, one: Incoming, send: SendAlert) -> None:
        with logged_as(STAGE, one.alert.article.article_id, one.trace):
            await self._patiently(partial(self._inbox.hold, one.offset))
            await self._attempt(partial(send, one.alert, one.time), passed(self.state, one.offset), one.offset + 1)

    async def _digest(self, gathered: _Gathered, send: SendDigest, due: datetime) -> None:
        await self._patiently(partial(self._inbox.hold, self.state.place))
        gathered.take(await self._patiently(self._inbox.rest), self._selection)
        done = digested(self.state, max(due, self._clock.now()))  # a clock may be set back
        if gathered.digest.entries:
            await self._attempt(partial(send, gathered.digest.entries), self.state, gathered.behind, done)
        else:
            await self._save(passed(done, gathered.behind))

    async def _attempt(self, send: Callable[[], Awaitable[None]], now: OutletState, behind: int, done: OutletState | None = None) -> None:
        try:
            await send()
        except NotTaken as error:
            state = failed(now, error, self._clock.now(), self._chance())
            level = logging.WARNING if state.stopped or state.failures == 1 else logging.INFO
            log.log(level, "%s: %s: %s", self._id, "stopped" if state.stopped else f"attempt {state.failures} failed", error)
            DELIVERIES.labels(self._id, Delivering.FAILED).inc()
        else:
            state = taken(done or now, behind, self._clock.now())
            DELIVERIES.labels(self._id, Delivering.TAKEN).inc()
        await self._save(state)

    async def _allowed(self) -> None:
        """Wait until the target may be tried."""
        await self._obey()
        while True:
            left = wait(self.state, self._clock.now())
            if left is not None and left.total_seconds() <= 0:
                return
            await self._look(LOOK_EVERY if left is None else left.total_seconds())

    async def _look(self, seconds: float) -> None:
        """Wait so long, or until a person gives the word, or at most until it is time to look at the clock again."""
        await self._clock.wait(self._ordered, min(seconds, LOOK_EVERY))
        await self._obey()

    async def _obey(self) -> None:
        self._ordered.clear()
        if (state := heard(self.state, self._order)) != self.state:
            await self._save(state)  # again, for we may have written another one over it

    async def _undisturbed(self, delivery: Coroutine[Any, Any, None]) -> None:
        """Where this task is cancelled, the delivery goes on, for `finish`."""
        self._busy = asyncio.create_task(delivery)
        await asyncio.shield(self._busy)

    async def _save(self, state: OutletState) -> None:
        self.state = state
        await self._patiently(partial(self._inbox.save, state))

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What the broker answers, however long it takes."""
        while True:
            try:
                return await ask()
            except BrokerError as error:
                log.warning("%s waits: %s", self._id, error)
                await self._clock.wait(asyncio.Event(), BROKER_RETRY)


class _Gathered:
    """What will be in a digest."""

    def __init__(self, begins: int) -> None:
        self.begins = begins
        self.behind = begins
        self.digest = Digest()

    def take(self, batch: Batch, selection: Selection) -> None:
        for one in batch.alerts:
            if one.offset >= self.begins and selection.of_alert(one.alert):
                self.digest.add(one.alert)
        self.behind = max(self.behind, batch.behind)
