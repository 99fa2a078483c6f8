"""A backup back onto a broker that has nothing of dyadwatch."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from agents.administration import make, set_entries
from agents.backup.lines import Bounds, Line, Place, Stored, read
from agents.backup.taking import IN_PLACE, ORDER
from agents.brokers import MAX_REQUEST, administration, profile_of, reaching, started
from agents.cluster import Cluster
from agents.settings import Settings
from agents.topic_states import topic_states
from agents.topics import TIMESTAMPS, Topic, declared
from schemas.errors import BackupError, BrokerError

AT_ONCE = 1_000  # messages that are on their way


async def restore(cluster: Cluster, settings: Settings, path: Path) -> Counter[str]:
    """Make the topics and write what the backup holds; returns how many of each. After a failure delete all topics, and begin again.

    Raises:
        BackupError: the file is no whole backup, or the broker has topics of dyadwatch. Nothing is changed then.
        BrokerError: nobody answers at `cluster`, or it refuses.
    """
    topics = {topic.name: topic for topic in declared(settings)}
    for line in read(path):  # the whole of it, before anything is changed
        if isinstance(line, Stored | Bounds) and line.topic not in topics:
            raise BackupError(f"{path}: this version knows no topic {line.topic}: restore it with the version that took it")
    async with administration(cluster) as admin:
        if there := [state.topic.name for state in await topic_states(admin, topics.values()) if state.found]:
            raise BackupError(f"the broker at {cluster} has {', '.join(there)}: a backup is restored where there is none of our topics")
        await make(admin, [replace(topic, dated_by_broker=False) for topic in topics.values()])  # messages keep their times
        async with _Writer(cluster, topics) as writer:
            for line in read(path):
                await writer.take(line)
            await writer.finish(admin)
        dated = {topic.name: {TIMESTAMPS: topic.configuration(1)[TIMESTAMPS]} for topic in topics.values() if topic.dated_by_broker}
        await set_entries(admin, dated)
    await _settle(cluster, (line for line in read(path) if isinstance(line, Place)))
    return writer.written


class _Writer:
    """Messages onto the broker, in their order; those of `IN_PLACE` at their offsets."""

    def __init__(self, cluster: Cluster, topics: dict[str, Topic]) -> None:
        self.written: Counter[str] = Counter(dict.fromkeys(ORDER, 0))
        self._cluster = cluster
        self._topics = topics
        self._stack = AsyncExitStack()
        self._producer: Any
        self._sent: list[Any] = []
        self._next: Counter[TopicPartition] = Counter()
        self._begins: dict[TopicPartition, int] = {}

    async def __aenter__(self) -> _Writer:
        batch = (await profile_of(self._cluster)).max_batch_size
        producer = AIOKafkaProducer(**self._cluster.client, acks="all", max_request_size=MAX_REQUEST, max_batch_size=batch)
        self._producer = await self._stack.enter_async_context(started(self._cluster, producer))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def take(self, line: Line) -> None:
        """Write it, if it is a message, and where one is to be at a certain offset, something before it."""
        match line:
            case Stored(topic=topic) if topic in IN_PLACE:
                await self._fill(TopicPartition(topic, line.partition), line.offset)
                await self._send(line, line.partition)
            case Stored(topic=topic):
                # More partitions, by the settings of now, share the messages by key; elsewhere their number never changes.
                await self._send(line, None if self._topics[topic].grows else line.partition)
            case Bounds(topic=topic) if topic in IN_PLACE:
                tp = TopicPartition(topic, line.partition)
                await self._fill(tp, line.end)
                self._begins[tp] = line.begin
            case _:
                pass

    async def finish(self, admin: Any) -> None:
        """Return when the broker has all, and nothing besides.

        Raises:
            BrokerError: it does not take something, or has something twice.
        """
        await self._acknowledged()
        if filled := {tp: RecordsToDelete(begin) for tp, begin in self._begins.items() if begin}:
            await admin.delete_records(filled)
        consumer: Any = AIOKafkaConsumer(**self._cluster.client)
        async with reaching(self._cluster), started(self._cluster, consumer):
            ends = await consumer.end_offsets(list(self._begins))
        if ends != {tp: self._next[tp] for tp in self._begins}:
            raise BrokerError("the broker has some messages twice: delete the topics, and restore again")

    async def _fill(self, tp: TopicPartition, until: int) -> None:
        """Put empty messages where some were forgotten: those before the first that was kept are deleted in the end."""
        while self._next[tp] < until:
            await self._put(tp.topic, tp.partition, None, None, b"", ())

    async def _send(self, line: Stored, partition: int | None) -> None:
        self.written[line.topic] += 1
        await self._put(line.topic, partition, line.timestamp, line.key, line.value, line.headers)

    async def _put(
        self,
        topic: str,
        partition: int | None,
        timestamp: int | None,
        key: bytes | None,
        value: bytes | None,
        headers: Iterable[tuple[str, bytes | None]],
    ) -> None:
        async with reaching(self._cluster):
            sent = await self._producer.send(topic, value, key=key, partition=partition, timestamp_ms=timestamp, headers=list(headers))
        self._sent.append(sent)
        if partition is not None:
            self._next[TopicPartition(topic, partition)] += 1
        if len(self._sent) >= AT_ONCE:
            await self._acknowledged()

    async def _acknowledged(self) -> None:
        sent, self._sent = self._sent, []
        try:
            for one in sent:
                await one
        except KafkaError as error:
            raise BrokerError(f"the broker did not take a message: {error}; delete the topics, and restore again") from error


async def _settle(cluster: Cluster, places: Iterable[Place]) -> None:
    """Have the groups stand where they stood."""
    groups: dict[str, dict[TopicPartition, OffsetAndMetadata]] = {}
    for place in places:
        groups.setdefault(place.group, {})[TopicPartition(place.topic, place.partition)] = OffsetAndMetadata(place.offset, "")
    for group, offsets in groups.items():
        consumer: Any = AIOKafkaConsumer(**cluster.client, group_id=group, enable_auto_commit=False)
        async with reaching(cluster), started(cluster, consumer):
            consumer.assign(list(offsets))
            await consumer.commit(offsets)
