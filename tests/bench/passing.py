"""A program that passes each message on, by one of several libraries: `python -m tests.bench.passing LIBRARY BOOTSTRAP SOURCE SINK`.

It runs until it is ended.
"""
from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiokafka

GROUP = "passing"


async def by_aiokafka(bootstrap: str, source: str, sink: str) -> None:
    """The client that all others stand on."""
    async with _started(bootstrap, source) as (consumer, producer):
        async for record in consumer:
            await producer.send(sink, record.value)


@asynccontextmanager
async def _started(bootstrap: str, source: str) -> AsyncIterator[tuple[aiokafka.AIOKafkaConsumer, aiokafka.AIOKafkaProducer]]:
    options = {"bootstrap_servers": bootstrap}
    consumer = aiokafka.AIOKafkaConsumer(source, **options, group_id=GROUP, auto_offset_reset="earliest")
    async with aiokafka.AIOKafkaProducer(**options, acks=-1) as producer, consumer:
        yield consumer, producer


async def by_faststream(bootstrap: str, source: str, sink: str) -> None:
    """FastStream over aiokafka, as its documentation shows it; each message is sent before the next is read."""
    from faststream import FastStream
    from faststream.kafka import KafkaBroker

    broker = KafkaBroker(bootstrap, acks="all")

    @broker.subscriber(source, group_id=GROUP, auto_offset_reset="earliest")
    @broker.publisher(sink)
    async def _pass(message: bytes) -> bytes:
        return message

    await FastStream(broker).run()


def by_faust(bootstrap: str, source: str, sink: str) -> None:
    """Faust as it comes."""
    _faust(bootstrap, source, sink, acked=False)


def by_faust_acked(bootstrap: str, source: str, sink: str) -> None:
    """The same, and the broker has each message before the next is read: what the agents of dyadwatch do."""
    _faust(bootstrap, source, sink, acked=True)


def _faust(bootstrap: str, source: str, sink: str, *, acked: bool) -> None:
    import faust

    app = faust.App(
        GROUP, broker=f"kafka://{bootstrap}", store="memory://", value_serializer="raw", key_serializer="raw", web_enabled=False,
        topic_allow_declare=False, topic_disable_leader=True, producer_acks=-1,
    )  # fmt: skip
    out = app.topic(sink, value_serializer="raw")

    @app.agent(app.topic(source, value_serializer="raw"))
    async def _pass(stream: faust.StreamT[bytes]) -> None:
        async for message in stream:
            sent = await out.send(value=message)
            if acked:
                await sent

    faust.Worker(app, loglevel="ERROR").execute_from_commandline()


LIBRARIES = {"aiokafka": by_aiokafka, "faststream": by_faststream, "faust": by_faust, "faust_acked": by_faust_acked}


if __name__ == "__main__":
    library, *where = sys.argv[1:]
    running = LIBRARIES[library](*where)
    if running is not None:
        asyncio.run(running)
