"""Compacted topics as what they are: the last message of each key."""
from __future__ import annotations

import logging
from collections.abc import Iterable
from types import TracebackType
from typing import Generic, Self, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from agents.brokers import MAX_REQUEST, profile_of, unreachable
from schemas.errors import BrokerError
from schemas.message import Message

M = TypeVar("M", bound=Message)

log = logging.getLogger(__name__)


async def last_of_each(bootstrap: str, topic: str, model: type[M], partitions: Iterable[int]) -> dict[str, M]:
    """The last message of each key in `partitions` of `topic`, up to its end at this moment; keys whose last is a tombstone are left out.

    What is no `model` is left out and logged.

    Raises:
        BrokerError: nobody answers at `bootstrap`.
    """
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, max_partition_fetch_bytes=MAX_REQUEST)
    found: dict[str, M] = {}
    try:
        await consumer.start()
        wanted = [TopicPartition(topic, number) for number in partitions]
        if not wanted:
            return found
        consumer.assign(wanted)
        await consumer.seek_to_beginning(*wanted)
        end = await consumer.end_offsets(wanted)
        while any([await consumer.position(partition) < offset for partition, offset in end.items()]):
            for records in (await consumer.getmany(timeout_ms=100)).values():
                for record in records:
                    apply(found, model, record.key, record.value)
    except (KafkaError, OSError) as error:
        raise unreachable(bootstrap, error) from error
    finally:
        await consumer.stop()
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


class CompactedWriter(Generic[M]):
    """`async with CompactedWriter[Feed](bootstrap, topic) as feeds: await feeds.put(key, feed)`.

    Raises:
        BrokerError: nobody answers at `bootstrap`.
    """

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        profile = await profile_of(self._bootstrap)
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, acks="all", max_request_size=MAX_REQUEST, max_batch_size=profile.max_batch_size
        )
        try:
            await self._producer.start()
        except (KafkaError, OSError) as error:
            await self._producer.stop()
            raise unreachable(self._bootstrap, error) from error
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._producer is not None:
            await self._producer.stop()

    async def put(self, key: str, message: M) -> None:
        """Write and wait until the broker has it.

        Raises:
            BrokerError: the broker refused it or did not answer in time.
        """
        await self._send(key, message.model_dump_json().encode())

    async def remove(self, key: str) -> None:
        """Write a tombstone and wait until the broker has it. Raises what `put` raises."""
        await self._send(key, None)

    async def _send(self, key: str, value: bytes | None) -> None:
        if self._producer is None:
            raise RuntimeError("enter the writer first")
        try:
            await self._producer.send_and_wait(self._topic, value, key=key.encode())
        except KafkaError as error:
            raise BrokerError(f"the broker did not take {key} for {self._topic}: {error}") from error
