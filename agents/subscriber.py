"""Alerts out of the stream: each once, for whoever follows the topic."""
from __future__ import annotations

import logging
from collections.abc import AsyncIterator
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


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert as it came."""

    alert: Alert
    time: datetime  # of the article that caused it
    headers: dict[str, bytes]
    value: bytes


class Subscriber:
    """`async with Subscriber(cluster, from_beginning=True) as alerts: async for delivery in alerts: ...`, without end.

    Every alert from the beginning of the topic, or every one sent after it was entered; each `ce_id` once. It is in no consumer group:
    it leaves nothing on the broker, and two subscribers both see everything.

    Raises:
        BrokerError: nobody answers at `cluster`, or the topic does not exist.
    """

    def __init__(self, cluster: Cluster, *, from_beginning: bool = False) -> None:
        self._cluster = cluster
        self._from_beginning = from_beginning
        self._stack = AsyncExitStack()
        self._consumer = AIOKafkaConsumer(**cluster.client, enable_auto_commit=False, auto_offset_reset="earliest")
        self._partitions: list[TopicPartition] = []
        self._seen: set[bytes] = set()

    async def __aenter__(self) -> Self:
        self._partitions = await partitions_of(self._cluster, ALERTS)
        async with AsyncExitStack() as stack, reaching(self._cluster):
            await stack.enter_async_context(started(self._cluster, self._consumer))
            self._consumer.assign(self._partitions)
            # Asked now, not at the first message: what is sent from here on is seen.
            begin = self._consumer.beginning_offsets if self._from_beginning else self._consumer.end_offsets
            for partition, offset in (await begin(self._partitions)).items():
                self._consumer.seek(partition, offset)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        async for record in self._consumer:
            if (delivery := self._delivery(record)) is not None:
                yield delivery

    async def read_to_end(self) -> list[Delivery]:
        """What is there now and has not been read yet."""
        records = read_to_end(self._consumer, self._partitions)
        return [delivery async for record in records if (delivery := self._delivery(record)) is not None]

    def _delivery(self, record: Any) -> Delivery | None:
        headers: dict[str, bytes] = dict(record.headers)
        ce_id = headers.get(ID, b"")
        if ce_id in self._seen:
            return None
        try:
            alert = Alert.model_validate_json(record.value or b"")
            time = datetime.fromisoformat(headers[TIME].decode())
        except (ValidationError, KeyError, ValueError) as error:
            log.warning("offset %d of %s is no alert of ours, left out: %s", record.offset, ALERTS, error)
            return None
        self._seen.add(ce_id)
        return Delivery(alert, time, headers, record.value)
