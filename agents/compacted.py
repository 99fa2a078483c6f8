"""Compacted topics as what they are: the last message of each key."""
from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Generic, TypeVar

from aiokafka import TopicPartition
from pydantic import ValidationError

from agents.cluster import Cluster
from agents.producer import AckedProducer
from agents.reading import records
from schemas.message import Message

M = TypeVar("M", bound=Message)

log = logging.getLogger(__name__)


async def last_of_each(cluster: Cluster, topic: str, model: type[M], partitions: Iterable[int]) -> dict[str, M]:
    """The last message of each key in `partitions` of `topic`, up to its end at this moment; keys whose last is a tombstone are left out.

    What is no `model` is left out and logged.

    Raises:
        BrokerError: nobody answers at `cluster`.
    """
    found: dict[str, M] = {}
    if wanted := [TopicPartition(topic, number) for number in partitions]:
        async for record in records(cluster, wanted):
            apply(found, model, record.key, record.value)
    return found


def apply(table: dict[str, M], model: type[M], key: bytes | None, value: bytes | None) -> None:
    """Do to `table` what a message of a compacted topic says."""
    name = (key or b"").decode("utf-8", "replace")
    if value is None:
        table.pop(name, None)
        return
    try:
        table[name] = model.model_validate_json(value)
    except ValidationError as error:
        log.warning("the message of key %s is no %s, left out: %s", name, model.__name__, error)


class CompactedWriter(AckedProducer, Generic[M]):
    """`async with CompactedWriter[Feed](cluster, topic) as feeds: await feeds.put(key, feed)`. Raises what `AckedProducer` raises."""

    def __init__(self, cluster: Cluster, topic: str) -> None:
        super().__init__(cluster)
        self._topic = topic

    async def put(self, key: str, message: M) -> None:
        """Write and wait until the broker has it.

        Raises:
            BrokerError: the broker refused it or did not answer in time.
        """
        await self._send(self._topic, key.encode(), message.model_dump_json().encode())

    async def remove(self, key: str) -> None:
        """Write a tombstone and wait until the broker has it. Raises what `put` raises."""
        await self._send(self._topic, key.encode(), None)
