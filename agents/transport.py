"""Faust's Kafka transport, with waits of our own, and cures for what it skips in a rebalance and for a stop in the middle of one.

A fetch waits as long as the broker's profile says; Faust itself fixes it at 1.5 s. A broker that answers one request at a time on a
connection, or that does not end a waiting fetch when a message comes, makes all else wait for the fetch: a start waited 1.5 s, an
article up to that at each stage.

A request waits `ANSWER_WITHIN` and its message `SENT_WITHIN`, which to the client are one: either a broker that hangs holds up for
20 minutes what another one would take, or a message is given up while the broker is away. Nor may Faust's requests wait for less than
a session lasts, which is long for a worker with a name of its own.
"""
from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiokafka
import faust
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import OffsetResetStrategy
from aiokafka.errors import UnknownTopicOrPartitionError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Producer, Transport

ANSWER_WITHIN = 10.0  # seconds; then another broker may lead the partition. Longer than a join waits for the rest of its group
JOINS_WITHIN = 0.5  # seconds for a group to let in who is about to leave it; while it waits for a dead member it lets nobody in
SENT_WITHIN = 7 * 24 * 60 * 60.0  # seconds; what is lost after them is a row of a changelog, so nobody shall see the day


class _ConsumerThread(AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: Transport) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = round(transport.fetch_wait * 1000)  # type: ignore[attr-defined]  # read when it starts
        consumer._client._request_timeout_ms = consumer._request_timeout_ms = round(ANSWER_WITHIN * 1000)
        return consumer

    async def on_thread_stop(self) -> None:
        """Leave the group. The client would first wait to be let in, which takes as long as a dead member is missed."""
        stopping = asyncio.create_task(super().on_thread_stop())
        await asyncio.wait((stopping,), timeout=JOINS_WITHIN)
        if not stopping.done() and self._consumer is not None:
            coordinator = self._consumer._coordinator
            coordinator._coordination_task.cancel()
            await asyncio.gather(stopping, return_exceptions=True)
            await coordinator._maybe_leave_group()
            await self._consumer._client.close()

    def close(self) -> None:
        """Leave it to `on_thread_stop`: Faust asks for it when partitions are shared out while the application stops, which has yet to
        commit what it did, and would try to without end."""

    async def seek_to_committed(self) -> Mapping[Any, Any]:
        """Move every partition to what is committed of it; Faust asks for it when it has dropped what was fetched, as in a rebalance."""
        committed: Mapping[Any, Any] = await self.call_thread(self._seek, self._ensure_consumer())
        return committed

    async def _seek(self, consumer: aiokafka.AIOKafkaConsumer) -> Mapping[TopicPartition, int | None]:
        committed: Mapping[TopicPartition, int | None] = await consumer.seek_to_committed()
        # A partition of which nothing is committed stays behind what was dropped: these messages would be skipped until the next start.
        # Changelogs are never committed, and the recovery of the tables moves them. Not `seek_to_beginning`, which waits for the leader.
        fresh = [tp for tp, offset in committed.items() if not offset and not self.consumer._is_changelog_tp(tp)]
        consumer._fetcher.request_offset_reset([tp for tp in fresh if tp in consumer.assignment()], OffsetResetStrategy.EARLIEST)
        return committed


class _Consumer(Consumer):
    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def verify_all_partitions_active(self) -> None:
        """Leave it to `agents/progress.py`: Faust's own look ends the application where a partition waits for its leader."""


class PatientProducer(aiokafka.AIOKafkaProducer):  # type: ignore[misc]  # aiokafka has no types
    """Gives up on a broker that does not answer, and not on the message."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.client._request_timeout_ms = round(ANSWER_WITHIN * 1000)  # read by each new connection

    async def send(self, topic: str, *args: Any, **kwargs: Any) -> Any:
        """As the client's own, and waits for a broker that knows `topic`."""
        while True:
            try:
                return await super().send(topic, *args, **kwargs)
            except UnknownTopicOrPartitionError:  # within `ANSWER_WITHIN`; it was there when we started
                continue


class _Producer(Producer):
    @property
    def _producer_type(self) -> type[aiokafka.AIOKafkaProducer]:
        return PatientProducer


class PromptTransport(Transport):
    """`app.transport = PromptTransport(app, fetch_wait)`."""

    Consumer = _Consumer
    Producer = _Producer

    def __init__(self, app: faust.App, fetch_wait: float, **kwargs: Any) -> None:
        """`fetch_wait`: seconds that a fetch may wait for a message."""
        super().__init__(app.conf.broker_consumer, app, **kwargs)
        self.fetch_wait = fetch_wait
