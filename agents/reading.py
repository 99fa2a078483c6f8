"""Reading topics outside a consumer group: it leaves nothing on the broker, and any number of readers see everything."""
from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.brokers import MAX_REQUEST, administration, reaching, started
from agents.cluster import Cluster
from agents.topic_states import partitions
from schemas.errors import BrokerError


async def partitions_of(cluster: Cluster, topic: str) -> list[TopicPartition]:
    """The partitions of a topic.

    Raises:
        BrokerError: nobody answers at `cluster`, or the topic does not exist.
    """
    async with administration(cluster) as admin:
        count = (await partitions(admin, [topic])).get(topic)
    if count is None:
        raise BrokerError(f"the broker at {cluster} has no topic {topic}: `dyadwatch topics --apply` makes it")
    return [TopicPartition(topic, number) for number in range(count)]


async def read_to_end(consumer: AIOKafkaConsumer, wanted: Sequence[TopicPartition]) -> AsyncIterator[Any]:
    """Each record of `wanted`, which `consumer` has, from where it is to the end at this moment. Raises what the client raises."""
    end = await consumer.end_offsets(wanted)
    while any([await consumer.position(partition) < offset for partition, offset in end.items()]):
        for records in (await consumer.getmany(timeout_ms=100)).values():
            for record in records:
                yield record


async def records(cluster: Cluster, wanted: Sequence[TopicPartition]) -> AsyncIterator[Any]:
    """Each record that these partitions have at this moment, from their beginning.

    Raises:
        BrokerError: nobody answers at `cluster`.
    """
    consumer = AIOKafkaConsumer(**cluster.client, enable_auto_commit=False, max_partition_fetch_bytes=MAX_REQUEST)
    async with reaching(cluster), started(cluster, consumer):
        consumer.assign(wanted)
        await consumer.seek_to_beginning(*wanted)
        async for record in read_to_end(consumer, wanted):
            yield record
