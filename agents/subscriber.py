"""Alerts out of the stream: each once, for whoever follows the topic."""
from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import ValidationError

from agents.brokers import reaching, started
from agents.cluster import Cluster
from agents.reading import partitions_of, read_to_end
from agents.topics import ALERTS
from schemas.cloudevents import ID, TIME
from schemas.meetings import Alert

log = logging.getLogger(__name__)

GROUP_PREFIX = "dyadwatch-subscriber-"
MOST_SEEN = 100_000  # ids of alerts that are remembered: one that is sent again is so soon after
LOOK_BACK = 1_000  # alerts before where a group stopped whose ids are read again: one of them may have been sent twice


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert as it came."""

    alert: Alert
    time: datetime  # of the article that caused it
    headers: dict[str, bytes]
    value: bytes
    behind: dict[TopicPartition, int]  # the place behind it


class Sieve:
    """Messages of the topic as alerts, each `ce_id` once."""

    def __init__(self, wanted_from: Mapping[TopicPartition, int]) -> None:
        """`wanted_from`: offsets in each partition; what is before is only remembered."""
        self._wanted_from = wanted_from
        self._seen: dict[bytes, None] = {}

    def delivery(self, record: Any) -> Delivery | None:
        """The alert of a message; None where it was there before, is not wanted, or is no alert, which is logged."""
        headers: dict[str, bytes] = dict(record.headers)
        ce_id = headers.get(ID, b"")
        partition = TopicPartition(record.topic, record.partition)
        if record.offset < self._wanted_from[partition]:
            self._remember(ce_id)
        if ce_id in self._seen:
            return None
        try:
            alert = Alert.model_validate_json(record.value or b"")
            time = datetime.fromisoformat(headers[TIME].decode())
        except (ValidationError, KeyError, ValueError) as error:
            log.warning("offset %d of %s is no alert of ours, left out: %s", record.offset, ALERTS, error)
            return None
        self._remember(ce_id)
        return Delivery(alert, time, headers, record.value, {partition: record.offset + 1})

    def _remember(self, ce_id: bytes) -> None:
        self._seen[ce_id] = None
        if len(self._seen) > MOST_SEEN:
            del self._seen[next(iter(self._seen))]


class Subscriber:
    """`async with Subscriber(cluster, from_beginning=True) as alerts: async for delivery in alerts: ...`, without end.

    Every alert from the beginning of the topic, or every one sent after it was entered; each `ce_id` once. Two subscribers both see
    everything. With a `group`, the broker remembers under that name what was done, and the next of that name goes on behind it.

    Raises:
        BrokerError: nobody answers at `cluster`, or the topic does not exist.
    """

    def __init__(self, cluster: Cluster, *, from_beginning: bool = False, group: str | None = None) -> None:
        """`from_beginning` counts where nothing is remembered under the name of the group."""
        self._cluster = cluster
        self._from_beginning = from_beginning
        self._group = group and f"{GROUP_PREFIX}{group}"
        self._stack = AsyncExitStack()
        self._consumer = AIOKafkaConsumer(
            **cluster.client, group_id=self._group, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        self._partitions: list[TopicPartition] = []
        self._wanted_from: dict[TopicPartition, int] = {}
        self._sieve = Sieve(self._wanted_from)

    async def __aenter__(self) -> Self:
        self._partitions = await partitions_of(self._cluster, ALERTS)
        async with AsyncExitStack() as stack, reaching(self._cluster):
            await stack.enter_async_context(started(self._cluster, self._consumer))
            self._consumer.assign(self._partitions)
            # Asked now, not at the first message: what is sent from here on is seen.
            begin = await self._consumer.beginning_offsets(self._partitions)
            new = begin if self._from_beginning else await self._consumer.end_offsets(self._partitions)
            for partition in self._partitions:
                done = await self._consumer.committed(partition) if self._group else None
                self._wanted_from[partition] = new[partition] if done is None else done
                self._consumer.seek(partition, max(begin[partition], self._wanted_from[partition] - (0 if done is None else LOOK_BACK)))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        async for record in self._consumer:
            if (delivery := self._sieve.delivery(record)) is not None:
                yield delivery

    async def done(self, delivery: Delivery) -> None:
        """Have the broker remember that this alert and all before it are done, where there is a group.

        Raises:
            BrokerError: it does not.
        """
        if self._group:
            async with reaching(self._cluster):
                await self._consumer.commit(delivery.behind)

    async def read_to_end(self) -> list[Delivery]:
        """What is there now and has not been read yet."""
        records = read_to_end(self._consumer, self._partitions)
        return [delivery async for record in records if (delivery := self._sieve.delivery(record)) is not None]
