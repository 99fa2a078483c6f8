"""The database kept as the topics are: what comes is taken in as it comes, and whoever waits for it is woken."""
from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from agents.brokers import MAX_REQUEST, cluster_id, reaching, started
from agents.cluster import Cluster
from agents.lifecycle import LongLived
from agents.outlets.view.store import TOPICS, Record, Store
from agents.progress import Rounds
from agents.reading import partitions_of
from schemas.errors import BrokerError, WorkerError

log = logging.getLogger(__name__)

AT_ONCE = 500  # messages in one transaction
WAIT = 1_000  # milliseconds that one look for messages takes where there are none
TAKES_WITHIN = 120.0  # seconds for one look and what it brings


class Follower(LongLived):
    """`async with Follower(cluster, path) as follower: await follower.wait()`: the one that writes the database at `path`.

    It is in no consumer group: how far it has read stands in the database, in the transaction of what was read, so that a kill loses and
    doubles nothing, and a file that is deleted is made again from the topics.
    """

    def __init__(self, cluster: Cluster, path: Path) -> None:
        self.path = path
        self._cluster = cluster
        self._stack = AsyncExitStack()
        self._woken = asyncio.Condition()
        self._rounds = Rounds("taking up what has come", TAKES_WITHIN)
        self._store: Store
        self._consumer: Any

    async def start(self) -> None:
        """Return when all is in the database that the topics hold at this moment.

        Raises:
            BrokerError: no broker answers, or it has not these topics.
            WorkerError: the database cannot be written.
        """
        with self._writing():
            async with AsyncExitStack() as stack:
                partitions = [p for topic in TOPICS for p in await partitions_of(self._cluster, topic)]
                self._store = stack.enter_context(Store(self.path, await cluster_id(self._cluster)))
                consumer = AIOKafkaConsumer(
                    **self._cluster.client, enable_auto_commit=False, auto_offset_reset="none", max_partition_fetch_bytes=MAX_REQUEST
                )
                self._consumer = await stack.enter_async_context(started(self._cluster, consumer))
                async with reaching(self._cluster):
                    await self._catch_up(partitions)
                self._stack = stack.pop_all()

    async def stop(self) -> None:
        """Leave the database as it is. Idempotent."""
        await self._stack.aclose()

    async def wait(self) -> None:
        """Take in what comes, for ever.

        Raises:
            BrokerError: the topics were made again, or forgot what was not read yet.
            WorkerError: the database cannot be written.
        """
        try:
            with self._writing():
                while True:
                    self._rounds.done()
                    await self._take()
        except OffsetOutOfRangeError as error:
            raise BrokerError(f"the topics at {self._cluster} are not those that were read: started afresh it reads them again") from error

    def stuck(self) -> str | None:
        """Whether it takes up what comes."""
        return self._rounds.late

    def unready(self) -> str | None:
        """Nothing: once started, it has what the topics held."""

    async def news(self, after: int) -> int:
        """The number of the newest alert in the database, as soon as it is beyond `after`."""
        await self.until(lambda: self._store.last_alert > after)
        return self._store.last_alert

    async def until(self, true: Callable[[], bool]) -> None:
        """Return when that is so of the database."""
        async with self._woken:
            await self._woken.wait_for(true)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            told = f"{self.path} cannot be written: {error}: is the disk full? `dyadwatch doctor` looks; the file may be deleted"
            raise WorkerError(told) from error

    async def _catch_up(self, partitions: list[TopicPartition]) -> None:
        self._consumer.assign(partitions)
        begins, ends = await self._consumer.beginning_offsets(partitions), await self._consumer.end_offsets(partitions)
        if any(offset > ends.get(TopicPartition(*partition), 0) for partition, offset in self._store.offsets.items()):
            log.warning("the topics are not those that were read, and are read from their beginning")
            self._store.clear()
        known = self._store.offsets
        for partition, begin in begins.items():
            self._consumer.seek(partition, max(begin, known.get(partition, 0)))  # what was deleted meanwhile cannot be read
        while any([await self._consumer.position(partition) < end for partition, end in ends.items()]):
            await self._take()

    async def _take(self) -> None:
        batches = await self._consumer.getmany(timeout_ms=WAIT, max_records=AT_ONCE)
        records = [_record(message) for batch in batches.values() for message in batch]
        if records:
            self._store.apply(records)
            async with self._woken:
                self._woken.notify_all()


def _record(message: Any) -> Record:
    return Record(message.topic, message.partition, message.offset, message.key or b"", message.value, dict(message.headers))
