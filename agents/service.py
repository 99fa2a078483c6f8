"""All agents in one process: start, run, stop."""
from __future__ import annotations

import asyncio
import itertools
import logging
import math
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import cast

import faust
from aiokafka.errors import KafkaError
from faust.stores.rocksdb import Store
from faust.tables.manager import TableManager

from agents.app import meet_app, read_app
from agents.brokers import profile_of
from agents.cluster import Cluster
from agents.extraction import Extraction
from agents.lag import READERS, Lag
from agents.lifecycle import LongLived
from agents.progress import Progress, Rounds
from agents.pulse import Pulse
from agents.settings import Settings
from agents.topic_changes import create_topics
from agents.topic_states import differing
from pipeline.lexicon.load import load_watches
from schemas.errors import BrokerError, WorkerError

log = logging.getLogger(__name__)

READY_WITHIN = 60.0  # seconds; 3 s on an idle machine, more while a killed worker's session lasts or a large table is read
STOP_WITHIN = 7.0  # seconds; an article in progress is finished first; Docker kills after 10 s
AFTER_A_CRASH = 1.0  # seconds; nothing that an application that failed still does is worth more
CANCELLATIONS = 10  # of a stop that does not end even then: each may end no more than a step of it
LOOK_EVERY = 0.02  # seconds
LOOKS_FOR_PROGRESS = 25  # looks at whether it lives between two at whether it gets on
ANSWERS_WITHIN = 60.0  # seconds for the broker to tell where an application stands
LOOKS_WITHIN = 300.0  # seconds from look to look


class Service(LongLived):
    """`async with Service(settings, cluster) as service: await service.wait()`. Enter it in the main thread."""

    def __init__(self, settings: Settings, cluster: Cluster) -> None:
        self._settings = settings
        self._cluster = cluster
        self._stack = AsyncExitStack()
        self._pulse = Pulse(math.inf)
        self._apps: Sequence[faust.App] = ()
        self._looks = Rounds("looking whether the agents get on", LOOKS_WITHIN)

    async def start(self) -> None:
        """Make the topics, start the agents, and return when they have their partitions and the tables are read.

        Raises:
            BrokerError: no broker answers, it refuses, or the agents were not ready in time.
            LexiconError: a lexicon file is wrong.
            OSError: the data folder cannot be written.
        """
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        self._settings.data_dir.mkdir(parents=True, exist_ok=True)
        extraction = Extraction(self._settings.extraction_processes, self._settings.extraction_deadline, self._settings.watches)
        self._stack.push_async_callback(extraction.stop)
        # Each process loads and checks the lexicon, which takes longest of all: meanwhile the groups form.
        starting = asyncio.create_task(extraction.start())
        try:
            profile = await profile_of(self._cluster)
            self._pulse = await self._stack.enter_async_context(Pulse(profile.longest_pause(self._settings)))
            for difference in differing(await create_topics(self._cluster, self._settings)):
                log.warning("not as the settings say, which `dyadwatch topics --apply` changes: %s", difference)
            self._lag = await self._stack.enter_async_context(Lag(self._cluster))
            self._apps = (
                read_app(self._settings, self._cluster, profile, extraction),
                meet_app(self._settings, self._cluster, profile, load_watches(self._settings.watches), self._pulse),
            )
            async with asyncio.timeout(READY_WITHIN):
                await asyncio.gather(*(_ready(app) for app in self._apps), starting)
        except TimeoutError as error:
            raise BrokerError(f"the agents had no partitions from {self._cluster} within {READY_WITHIN:g} s") from error
        finally:
            starting.cancel()

    async def stop(self) -> None:
        """Finish the articles in progress, commit, and end; what was not begun is read at the next start. Idempotent."""
        apps, self._apps = self._apps, ()
        await asyncio.gather(*(_stopped(app, 0 if app.crashed or self._pulse.stood_still else STOP_WITHIN) for app in apps))
        await self._stack.aclose()

    async def wait(self) -> None:
        """Return never while all is well.

        Raises:
            BrokerError: an application ended by itself.
            WorkerError: it stood still for so long that others have its partitions, or it gets nowhere.
        """
        patience = self._settings.progress_deadline + self._settings.extraction_deadline
        progress = {app: Progress(patience) for app in self._apps}
        for look in itertools.count(1):
            for app in self._apps:
                if app.crashed:
                    raise BrokerError(f"{app.conf.id} cannot go on: {app.crash_reason!r}") from app.crash_reason
                if look % LOOKS_FOR_PROGRESS == 0:
                    await _check_progress(app, progress[app], self._lag)
            if (stood := self._pulse.stood_still) is not None:
                raise WorkerError(f"it stood still for {stood:.0f} s, and others have its partitions; started afresh it goes on")
            self._looks.done()
            await asyncio.sleep(LOOK_EVERY * 10)

    def stuck(self) -> str | None:
        """Whether the looks at its progress come round; what they find ends it."""
        return self._looks.late

    def unready(self) -> str | None:
        """Which application lacks partitions that are to be its, or the tables of those."""
        waiting = [app.conf.id for app in self._apps if app.rebalancing or not _recovered(app)]
        return f"{', '.join(waiting)}: partitions are being shared out, or tables read" if waiting else None


async def _check_progress(app: faust.App, progress: Progress, lag: Lag) -> None:
    read = {topic for topic, group in READERS if group == app.conf.id}  # of changelogs nothing is committed
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            positions = await lag.of_partitions(app.conf.id, [p for p in app.consumer.assignment() if _recovered(app) and p.topic in read])
    except (KafkaError, TimeoutError) as error:  # a worker is not to blame for a broker that is away
        log.info("whether %s gets on cannot be told: %r", app.conf.id, error)
        positions = {}
    for partition, messages in progress.stuck(positions, time.monotonic()):
        raise WorkerError(
            f"{app.conf.id} has not got on with {partition.topic}, partition {partition.partition}, for too long,"
            f" and {messages} messages wait there: it ends to start afresh; DYADWATCH_PROGRESS_DEADLINE allows more"
        )


async def _stopped(app: faust.App, within: float) -> None:
    """Stop `app`, whose articles in progress have so many seconds left. Faust would wait for them without end, and take no cancellation."""
    stores = [table.data for table in app.tables.values() if isinstance(table.data, Store)]
    files = [file for store in stores for file in store._dbs.values()]
    stopping = asyncio.create_task(app.stop())
    await asyncio.wait((stopping,), timeout=within)
    if not stopping.done():
        await _break_off(app, stopping, within)
    if stopping.done() and not stopping.cancelled() and (error := stopping.exception()) is not None:
        log.error("%s stopped in disorder: %r", app.conf.id, error)
    # Faust only lets go of them, and they would stay locked while anything, such as the trace of an error, still refers to them.
    files += (file for store in stores for file in store._dbs.values() if file not in files)
    for file in files:
        file.close()


async def _break_off(app: faust.App, stopping: asyncio.Task[None], within: float) -> None:
    """Return when the stop of `app`, which took longer than so many seconds, has ended in disorder, or some time later all the same."""
    await app.crash(WorkerError(f"{app.conf.id} leaves what it was doing to the next start: it was not done within {within:g} s"))
    for agent in app.agents.values():
        agent._stopped_set()  # else it starts anew what the end of the loop cancels, which then never ends
    await asyncio.wait((stopping,), timeout=AFTER_A_CRASH)
    for _ in range(CANCELLATIONS):
        if stopping.done():
            break
        stopping.cancel()
        await asyncio.wait((stopping,), timeout=LOOK_EVERY * 5)


async def _ready(app: faust.App) -> None:
    """Start `app` and return when it processes articles, or stands by because other workers have all partitions."""
    await app.start()
    while not _recovered(app):
        if app.crashed:
            raise BrokerError(f"{app.conf.id} did not start: {app.crash_reason!r}") from app.crash_reason
        await asyncio.sleep(LOOK_EVERY)


def _recovered(app: faust.App) -> bool:
    """Whether the first partitions have been shared out, and their tables read."""
    return cast(TableManager, app.tables).recovery.completed.is_set()
