"""How much of the stream is still to be processed, as the broker knows it; so any program can ask, not only the worker."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from agents import topics
from agents.brokers import started, unreachable
from agents.cluster import Cluster
from agents.topic_states import partitions
from schemas.errors import BrokerError

# In the order in which an article, or a verdict, passes them: a stage's output is acknowledged before its input is committed, so when
# all of them are found empty in this order, nothing is on its way.
READERS = (
    (topics.RAW, topics.READ_APP),
    (topics.CLEAN, topics.MEET_APP),
    (topics.UNIQUE, topics.READ_APP),
    (topics.VERDICTS, topics.MEET_APP),
    (topics.TAGGED, topics.MEET_APP),
)
LOOK_EVERY = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class Position:
    """Where a group stands in a partition: offsets of the next message that it will read and of the next that will come."""

    committed: int
    end: int

    @property
    def lag(self) -> int:
        """How many messages are still to be read."""
        return max(0, self.end - self.committed)


class Lag:
    """`async with Lag(cluster) as lag: await lag.of_topics()`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._stack = AsyncExitStack()
        self._admin: Any
        self._consumer: Any

    async def __aenter__(self) -> Lag:
        async with AsyncExitStack() as stack:
            self._admin = await stack.enter_async_context(started(self._cluster, AIOKafkaAdminClient(**self._cluster.client)))
            self._consumer = await stack.enter_async_context(started(self._cluster, AIOKafkaConsumer(**self._cluster.client)))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def of_topics(self) -> dict[str, int]:
        """The number of messages that are not processed yet, by topic that a stage reads."""
        # Counted each time: partitions may be added while we look.
        counts = await partitions(self._admin, (topic for topic, _ in READERS))
        return {topic: await self._of(topic, counts.get(topic, 0), group) for topic, group in READERS}

    async def wait_until_none(self, within: float) -> None:
        """Return when every article that was sent has passed all stages.

        Raises:
            BrokerError: it took longer than `within` seconds, also because the broker did not answer.
        """
        deadline = time.monotonic() + within
        lag: object = "not known"
        while True:
            try:
                lag = await self.of_topics()
                if not any(lag.values()):
                    return
            except KafkaError as error:
                if not error.retriable:
                    raise await unreachable(self._cluster, error) from error
                lag = error  # leaders and coordinators move when a broker goes, and a new cluster has none for a moment
            if time.monotonic() > deadline:
                raise BrokerError(f"the stream is not through after {within:g} s, still to be read: {lag}; does a worker run?")
            await asyncio.sleep(LOOK_EVERY)

    async def of_partitions(self, group: str, tps: Sequence[TopicPartition]) -> dict[TopicPartition, Position]:
        """Where `group` stands in each partition."""
        committed = await self._admin.list_consumer_group_offsets(group, partitions=tps)
        begin = await self._consumer.beginning_offsets(tps)
        end = await self._consumer.end_offsets(tps)
        return {p: Position(max(begin[p], committed[p].offset if p in committed else 0), end[p]) for p in tps}

    async def _of(self, topic: str, count: int, group: str) -> int:
        tps = [TopicPartition(topic, number) for number in range(count)]
        return sum(position.lag for position in (await self.of_partitions(group, tps)).values())
