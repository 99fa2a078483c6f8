"""The topics into a file, while the stream flows.

What says that something is done is read before what it was done with: places of groups before the messages, tables before alerts, what is
known of feeds before articles. So what is done in between is done again by who restores, with the same ids, and nothing is missing.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.backup.lines import Bounds, Head, Line, Place, Stored, writing
from agents.brokers import MAX_REQUEST, administration, cluster_id, reaching, started
from agents.cluster import Cluster
from agents.lag import READERS, Lag
from agents.reading import partitions_of, read_to_end
from agents.topics import (
    ALERTS,
    CLEAN,
    CURRENT,
    DEADLETTERS,
    FEED_STATES,
    FINGERPRINTS,
    MEETINGS,
    OUTLET_STATES,
    RAW,
    SUBSCRIPTIONS,
    TAGGED,
    UNIQUE,
    VERDICTS,
    changelog,
)

# Topics whose offsets others keep: places of groups and of targets, ids of dead letters. Restored, a message is at the offset where it was.
IN_PLACE = (ALERTS, VERDICTS, DEADLETTERS)
# What is known of articles that were read is in the tables: of these topics only what is still to be read is taken.
UNREAD = {topic: group for topic, group in READERS if topic not in IN_PLACE}
STANDINGS = (OUTLET_STATES, FEED_STATES, SUBSCRIPTIONS)
ORDER = (
    *STANDINGS,
    changelog(FINGERPRINTS),
    changelog(MEETINGS),
    DEADLETTERS,
    VERDICTS,
    RAW,
    CLEAN,
    UNIQUE,
    TAGGED,
    ALERTS,
    CURRENT,
)  # fmt: skip


async def take(cluster: Cluster, path: Path) -> Counter[str]:
    """Write the backup; returns how many messages of each topic are in it. Changes nothing on the broker.

    Raises:
        BrokerError: nobody answers at `cluster`, or a topic is missing.
        BackupError: the file cannot be written.
    """
    taken: Counter[str] = Counter()
    head = Head(version=version("dyadwatch"), begun_at=datetime.now(UTC), cluster_id=await cluster_id(cluster))
    partitions = {topic: await partitions_of(cluster, topic) for topic in ORDER}
    with writing(path, head) as write:
        begins = await _unread(cluster, partitions)
        for topic in STANDINGS:
            taken[topic] = await _topic(cluster, partitions[topic], {}, write)
        async for place in _places(cluster):
            write(place)
        for topic in ORDER[len(STANDINGS) :]:
            taken[topic] = await _topic(cluster, partitions[topic], begins, write)
    return taken


async def _unread(cluster: Cluster, partitions: dict[str, list[TopicPartition]]) -> dict[TopicPartition, int]:
    """The first message of each partition that its group has still to read."""
    begins = {}
    async with reaching(cluster), Lag(cluster) as lag:
        for topic, group in UNREAD.items():
            begins.update({tp: place.committed for tp, place in (await lag.of_partitions(group, partitions[topic])).items()})
    return begins


async def _places(cluster: Cluster) -> AsyncIterator[Place]:
    """Of all groups, also of those that are not ours."""
    async with administration(cluster) as admin:
        for group, *_ in await admin.list_consumer_groups():
            for tp, place in (await admin.list_consumer_group_offsets(group)).items():
                if tp.topic in IN_PLACE and place.offset >= 0:
                    yield Place(group=group, topic=tp.topic, partition=tp.partition, offset=place.offset)


async def _topic(
    cluster: Cluster, partitions: list[TopicPartition], begins: dict[TopicPartition, int], write: Callable[[Line], None]
) -> int:
    """Write what is there now, from `begins` or else from the first message on; returns how many messages that is."""
    count = 0
    consumer: Any = AIOKafkaConsumer(**cluster.client, enable_auto_commit=False, max_partition_fetch_bytes=MAX_REQUEST)
    async with reaching(cluster), started(cluster, consumer):
        consumer.assign(partitions)
        first = await consumer.beginning_offsets(partitions)
        places = {tp: max(first[tp], begins.get(tp, 0)) for tp in partitions}
        for tp, begin in places.items():
            consumer.seek(tp, begin)
        async for record in read_to_end(consumer, partitions):
            write(_stored(record))
            count += 1
        for tp, begin in places.items():
            write(Bounds(topic=tp.topic, partition=tp.partition, begin=begin, end=await consumer.position(tp)))
    return count


def _stored(record: Any) -> Stored:
    # Not validated: pydantic would take the bytes for Base64.
    return Stored.model_construct(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=record.timestamp,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
    )
