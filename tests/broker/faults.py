"""What can happen to workers and their broker, at moments of chance."""
from __future__ import annotations

import asyncio
import shutil
import signal
from asyncio.subprocess import Process
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from agents.brokers import KAFKA
from agents.cluster import Cluster
from agents.settings import Settings
from tests.broker.node import Node
from tests.broker.service_process import launch

FROZEN = KAFKA.session_timeout + 3.0  # seconds that a worker stands still: the group has given it up
STOP_WITHIN = 10.0  # seconds
LOOK_EVERY = 0.02  # seconds
AGAIN_AFTER = 0.5  # seconds; as a supervisor waits


class Fault(StrEnum):
    """What happens."""

    KILL = "a worker is killed and starts again"
    WIPE = "a worker is killed, its folder is deleted, and it starts again"
    FREEZE = "a worker stands still for longer than its session, and goes on"
    STOP = "a worker is told to stop and starts again"
    BROKER = "the broker is killed and starts again"


# The others take more time than kills, and are rarer in life.
_CHANCES = {Fault.KILL: 8, Fault.WIPE: 3, Fault.STOP: 3, Fault.FREEZE: 2, Fault.BROKER: 2}


@dataclass(frozen=True, slots=True)
class Moment:
    """`fault` befalls worker number `worker`, `after` seconds after the one before; what was ended starts again after `pause` seconds."""

    fault: Fault
    worker: int
    after: float
    pause: float

    def __str__(self) -> str:
        return f"{self.after:.2f} s later: {self.fault} (no. {self.worker}, after {self.pause:.2f} s)"


def moments(chance: Random, count: int, workers: int, apart: float) -> list[Moment]:
    """So many moments, `apart` seconds from each other on average; every fault among them, if there are enough."""
    faults = [*Fault, *chance.choices(list(_CHANCES), list(_CHANCES.values()), k=max(0, count - len(Fault)))][:count]
    chance.shuffle(faults)
    pauses = (chance.choice((0.0, chance.uniform(0, 3))) for _ in faults)
    return [Moment(fault, chance.randrange(workers), chance.uniform(0, 2 * apart), next(pauses)) for fault in faults]


@dataclass
class Workers:
    """`count` workers, each with a folder of its own; whatever ends is started again, as a supervisor does."""

    cluster: Cluster
    settings: Settings
    count: int
    broker: Node
    ended: Counter[int] = field(default_factory=Counter)  # exit codes
    _processes: dict[int, Process] = field(default_factory=dict)
    _supervisors: list[asyncio.Task[None]] = field(default_factory=list)
    _next: dict[int, Moment] = field(default_factory=dict)  # what happens to a worker before it starts again
    _stopping: bool = False

    async def start(self) -> None:
        """Return when each has a process; they are ready when they are."""
        self._supervisors = [asyncio.create_task(self._supervise(number)) for number in range(self.count)]
        async with asyncio.timeout(STOP_WITHIN):
            while len(self._processes) < self.count:
                await asyncio.sleep(LOOK_EVERY)

    async def stop(self) -> None:
        """End all as an operator does; none may take longer than it is given."""
        self._stopping = True
        for process in self._processes.values():
            _send(process, signal.SIGTERM)
        async with asyncio.timeout(STOP_WITHIN):
            await asyncio.gather(*self._supervisors)

    async def abandon(self) -> None:
        """Leave none, whatever happened."""
        for supervisor in self._supervisors:
            supervisor.cancel()
        await asyncio.gather(*self._supervisors, return_exceptions=True)
        for process in self._processes.values():
            _send(process, signal.SIGKILL)
            await process.wait()

    async def suffer(self, moment: Moment) -> None:
        """Let it happen; workers start again by themselves."""
        process = self._processes[moment.worker]
        if moment.fault is Fault.BROKER:  # for which no worker waits before it starts again
            self.broker.kill()
            await asyncio.sleep(moment.pause)
            self.broker.launch()
            await asyncio.to_thread(self.broker.wait_ready)
            return
        self._next[moment.worker] = moment
        if moment.fault is Fault.STOP:
            _send(process, signal.SIGTERM)
        elif moment.fault is Fault.FREEZE:
            _send(process, signal.SIGSTOP)
            await asyncio.sleep(FROZEN)
            _send(process, signal.SIGCONT)
        else:
            _send(process, signal.SIGKILL)

    async def _supervise(self, number: int) -> None:
        settings = self.settings.model_copy(update={"data_dir": self.settings.data_dir / str(number)})
        while not self._stopping:
            self._processes[number] = await launch(self.cluster, settings)
            self.ended[await self._processes[number].wait()] += 1
            moment = self._next.pop(number, None)
            if moment and moment.fault is Fault.WIPE:
                shutil.rmtree(settings.data_dir, ignore_errors=True)
            await asyncio.sleep(moment.pause if moment else AGAIN_AFTER)


def _send(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(number)
