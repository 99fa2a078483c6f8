"""The stream as a test sees it from outside: send, wait until it is through, read."""
from __future__ import annotations

from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from agents.brokers import MAX_REQUEST
from agents.cluster import Cluster
from agents.lag import Lag
from agents.producer import ArticleProducer
from agents.subscriber import Subscriber
from agents.topics import DEADLETTERS
from schemas.articles import RawArticle
from schemas.deadletters import DeadLetterHeaders
from schemas.meetings import Alert

THROUGH_WITHIN = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Record:
    """A message as any client sees it."""

    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]


class Stream:
    """`async with Stream(cluster) as stream`; the topics need not exist yet."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._stack = AsyncExitStack()
        self._articles = ArticleProducer(cluster)
        self._lag = Lag(cluster)
        self._bytes = AIOKafkaProducer(**cluster.client, max_request_size=MAX_REQUEST, max_batch_size=1)

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._articles)
        await self._stack.enter_async_context(self._lag)
        await self._bytes.start()
        self._stack.push_async_callback(self._bytes.stop)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    async def send(self, articles: Iterable[RawArticle]) -> None:
        for article in articles:
            await self._articles.send(article)

    async def send_bytes(self, topic: str, value: bytes | None, key: bytes | None = None, headers: dict[str, bytes] | None = None) -> None:
        await self._bytes.send_and_wait(topic, value, key=key, headers=list((headers or {}).items()))

    async def through(self, within: float = THROUGH_WITHIN) -> None:
        """Wait until all that was sent has passed all stages."""
        await self._lag.wait_until_none(within)

    async def alerts(self) -> list[Alert]:
        """All alerts so far, as a subscriber gets them."""
        async with Subscriber(self.cluster, from_beginning=True) as subscriber:
            return [delivery.alert for delivery in await subscriber.read_to_end()]

    async def records(self, topic: str) -> list[Record]:
        """All messages of a topic, with a plain client."""
        consumer = AIOKafkaConsumer(**self.cluster.client, max_partition_fetch_bytes=MAX_REQUEST)
        await consumer.start()
        try:
            partition = TopicPartition(topic, 0)
            consumer.assign([partition])
            await consumer.seek_to_beginning(partition)
            end = (await consumer.end_offsets([partition]))[partition]
            found: list[Record] = []
            while await consumer.position(partition) < end:
                for batch in (await consumer.getmany(timeout_ms=100)).values():
                    found += [Record(record.key, record.value, dict(record.headers)) for record in batch]
            return found
        finally:
            await consumer.stop()

    async def dead_letters(self) -> list[tuple[DeadLetterHeaders, Record]]:
        """All dead letters so far."""
        return [(DeadLetterHeaders.decoded(record.headers.items()), record) for record in await self.records(DEADLETTERS)]
