"""How long the stream stands still when workers come and go, or a broker goes: `python -m tests.broker.pauses TIMES`, on Apache Kafka.

Articles that tell of a meeting each are sent all the time. A pause is the longest time from an article to its alert, around the change.
"""
from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count, cycle, islice
from pathlib import Path
from statistics import quantiles

from agents.cluster import Cluster
from agents.producer import ArticleProducer
from agents.settings import Settings
from agents.subscriber import Subscriber
from agents.topic_changes import create_topics
from agents.topic_states import describe_topics
from tests.broker.crowd import reports
from tests.broker.jars import kafka_jars
from tests.broker.node import Node
from tests.broker.real_kafka import RealKafka
from tests.broker.service_process import launch, launched

RATE = 10.0  # articles a second
SETTLED = 12.0  # seconds before and after a change
PARTITIONS = 4  # of news.raw

Found = dict[str, list[float]]  # seconds, by kind of change


class Delays:
    """Sends articles, and knows how long each took to its alert."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._sent: dict[str, float] = {}
        self._took: dict[str, float] = {}

    async def send(self) -> None:
        """Send articles until there are no more, which is an error."""
        async with ArticleProducer(self._cluster) as producer:
            for article in reports():
                self._sent[article.article_id] = time.monotonic()
                await producer.send(article)
                await asyncio.sleep(1 / RATE)
        raise RuntimeError("all meetings are told; measure fewer changes")

    async def watch(self) -> None:
        """Note when alerts come."""
        async with Subscriber(self._cluster, from_beginning=True) as alerts:
            async for delivery in alerts:
                name = delivery.alert.article.article_id
                self._took.setdefault(name, time.monotonic() - self._sent[name])

    async def longest(self, since: float) -> float:
        """The longest time of an article sent after `since`, once all of now have come."""
        names = [name for name, sent in self._sent.items() if sent >= since]
        while not all(name in self._took for name in names):
            await asyncio.sleep(0.05)
        return max(self._took[name] for name in names)


@asynccontextmanager
async def flowing(cluster: Cluster) -> AsyncIterator[Delays]:
    """Articles flow, and alerts come."""
    delays = Delays(cluster)
    tasks = [asyncio.create_task(delays.send()), asyncio.create_task(delays.watch())]
    try:
        yield delays
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def pause(delays: Delays, change: Callable[[], Awaitable[None]]) -> float:
    """How long the stream stands still around `change`."""
    since = time.monotonic()
    await change()
    await asyncio.sleep(SETTLED)
    return await delays.longest(since)


@asynccontextmanager
async def clustered(nodes: int) -> AsyncIterator[tuple[RealKafka, Cluster, Settings]]:
    """So many brokers, with a copy of all topics on each."""
    with tempfile.TemporaryDirectory() as folder, RealKafka(Path(folder) / "kafka", kafka_jars(), nodes) as kafka:
        cluster = kafka.cluster
        settings = Settings(data_dir=Path(folder) / "state", partitions=PARTITIONS, extraction_processes=1, replication=nodes)
        await create_topics(cluster, settings)
        yield kafka, cluster, settings


async def of_workers(times: int) -> Found:
    """Workers join, leave, are killed, and are killed and started again."""
    found: Found = {}
    running: list[Process] = []
    numbers = count()

    async def join(settings: Settings) -> None:
        own = settings.data_dir / (settings.worker_id or str(next(numbers)))
        running.append(await launch(cluster, settings.model_copy(update={"data_dir": own})))

    async def end(how: signal.Signals) -> None:
        process = running.pop(0)
        process.send_signal(how)
        await process.wait()

    async def restart() -> None:
        await end(signal.SIGKILL)
        await join(named)

    async with clustered(1) as (_, cluster, plain), flowing(cluster) as delays:
        named = plain.model_copy(update={"worker_id": "worker-0"})
        try:
            await join(plain)
            await asyncio.sleep(SETTLED)
            for _ in range(times):
                found.setdefault("a worker joins", []).append(await pause(delays, lambda: join(plain)))
                found.setdefault("a worker leaves", []).append(await pause(delays, lambda: end(signal.SIGTERM)))
            for _ in range(times):
                await join(plain)
                await asyncio.sleep(SETTLED)
                found.setdefault("a worker of two is killed", []).append(await pause(delays, lambda: end(signal.SIGKILL)))
            await join(named)
            await end(signal.SIGTERM)
            await asyncio.sleep(SETTLED)
            for _ in range(times):
                found.setdefault("the only worker is killed and starts again under its name", []).append(await pause(delays, restart))
        finally:
            for process in running:
                process.kill()
                await process.wait()
    return found


async def of_brokers(times: int) -> Found:
    """One of three brokers is killed, each in turn."""
    pauses: list[float] = []
    async with clustered(3) as (kafka, cluster, settings), launched(cluster, settings), flowing(cluster) as delays:
        await asyncio.sleep(SETTLED)
        for node in islice(cycle(kafka.nodes), times):

            async def kill(node: Node = node) -> None:
                node.kill()

            pauses.append(await pause(delays, kill))
            node.launch()
            await asyncio.to_thread(node.wait_ready, len(kafka.nodes) - 1)
            while any(state.found and state.found.in_sync < len(kafka.nodes) for state in await describe_topics(cluster, settings)):
                await asyncio.sleep(0.1)
    return {"one of three brokers is killed": pauses}


async def measure(times: int) -> None:
    """All kinds of changes, so often each."""
    for measured in (of_workers, of_brokers):
        for name, pauses in (await measured(times)).items():
            told = " ".join(f"{seconds:.1f}" for seconds in sorted(pauses))
            print(f"{name}: p95 {quantiles(pauses, n=20, method='inclusive')[-1]:.1f} s, all {told}", flush=True)


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1])))
