"""Faust's Kafka transport with a fetch that waits as long as the broker's profile says; Faust itself fixes it at 1.5 s.

A broker that answers one request at a time on a connection, or that does not end a waiting fetch when a message comes, makes all
else wait for the fetch: a start waited 1.5 s, an article up to that at each stage.
"""
from __future__ import annotations

from typing import Any

import aiokafka
import faust
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport


class _ConsumerThread(AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: Transport) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = round(transport.fetch_wait * 1000)  # type: ignore[attr-defined]  # read when it starts
        return consumer


class _Consumer(Consumer):
    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)


class PromptTransport(Transport):
    """`app.transport = PromptTransport(app, fetch_wait)`."""

    Consumer = _Consumer

    def __init__(self, app: faust.App, fetch_wait: float, **kwargs: Any) -> None:
        """`fetch_wait`: seconds that a fetch may wait for a message."""
        super().__init__(app.conf.broker_consumer, app, **kwargs)
        self.fetch_wait = fetch_wait
