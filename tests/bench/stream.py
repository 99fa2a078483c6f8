"""The stream: what passing a message on costs, what our stages cost beside their functions in a loop, and how soon an alert comes.

Each worker has one core for all its processes, as the loop has; the broker has none of its own.
"""
from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import islice
from statistics import quantiles

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import NewTopic

from agents.brokers import administration
from agents.cluster import Cluster
from agents.lag import Lag
from agents.producer import ArticleProducer
from agents.settings import Settings
from agents.subscriber import Subscriber
from agents.topic_changes import create_topics
from agents.topics import RAW
from schemas.articles import RawArticle
from tests.bench.articles import ONE_IN, lexicon, mix, observing, others, page, relevant
from tests.bench.brokers import running
from tests.bench.measure import Bar, Effort, Result, Way, side_by_side
from tests.broker.crowd import reports
from tests.broker.own_process import ready
from tests.broker.service_process import launch

MESSAGES = 10_000
SIZE = 330  # bytes of each
PARTITIONS = 8  # of news.raw
PAGES = 2_000  # of a mix; where all are relevant, a third of them
AT_ONCE = 100  # articles whose acknowledgements are awaited together
WARM = 300  # articles that are not measured, so that the languages are ready
RATE = 20.0  # clean texts a second
STEADY = 15.0  # seconds of them
PATIENCE = 600.0  # seconds for all that was sent


def measure(effort: Effort, bar: Bar) -> Iterator[Result]:
    """Messages a second by library; pages a second by number of workers; time to the alert."""
    broker, rounds, number = effort.brokers[0], effort.at_most(3).rounds, effort.of(MESSAGES)
    note = f"{number} messages of {SIZE} bytes from one topic of one partition to another, from the first that arrives there. {broker}."
    libraries = {"plain aiokafka": "aiokafka", "FastStream": "faststream", "Faust": "faust", "Faust, each acknowledged": "faust_acked"}
    ways = [Way(name, _passed(broker, library, number)) for name, library in libraries.items()]
    yield side_by_side("Stream: passing messages on", "messages/s", ways, rounds, bar, warm=False, note=note)
    known, warm = lexicon(effort.languages), others(effort.languages)[: effort.of(WARM)]
    for one_in in (ONE_IN, 1):
        number = effort.of(PAGES if one_in > 1 else PAGES // 3, least=5)
        chosen = mix(number, effort.languages) if one_in > 1 else relevant(effort.languages)[:number]
        pages = [page(article) for article in chosen]
        share = "all" if one_in == 1 else f"1 in {one_in}"
        ways = [Way("functions in a loop, one core", observing(pages, known))]
        ways.append(Way("one worker, one core", _streamed(broker, 1, warm, pages)))
        ways.append(Way("two workers, two cores", _streamed(broker, 2, warm, pages)))
        title, note = f"Stream: pages to the alert, {share} relevant", f"{number} pages. {broker}."
        yield side_by_side(title, "pages/s", ways, rounds, bar, warm=False, note=note)
    told = Steady(broker, effort.of(round(RATE * STEADY), least=10))
    ways = [Way("half within", told.median), Way("99 of 100 within", told.late)]
    note = f"{told.number} clean texts at {RATE:g} a second, one worker on one core. {broker}."
    yield side_by_side("Stream: from article to alert", "ms", ways, rounds, bar, warm=False, note=note)


def _passed(broker: str, library: str, number: int) -> Callable[[], float]:
    return lambda: asyncio.run(_pass(broker, library, number))


async def _pass(broker: str, library: str, number: int) -> float:
    """Messages a second, from the first that comes out to the last."""
    async with running(broker) as (cluster, _):
        async with administration(cluster) as admin:
            await admin.create_topics([NewTopic("in", 1, 1), NewTopic("out", 1, 1)])
        async with AIOKafkaProducer(**cluster.client) as producer:
            for sent in [await producer.send("in", os.urandom(SIZE // 2).hex().encode()) for _ in range(number)]:
                await sent
        command = (sys.executable, "-m", "tests.bench.passing", library, str(cluster), "in", "out")
        process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
        try:
            return await asyncio.wait_for(_came(cluster, number), PATIENCE)
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()


async def _came(cluster: Cluster, number: int) -> float:
    consumer = AIOKafkaConsumer("out", **cluster.client, auto_offset_reset="earliest")
    await consumer.start()
    try:
        await consumer.getone()
        begun = time.monotonic()
        for _ in range(number - 1):
            await consumer.getone()
        return (number - 1) / (time.monotonic() - begun)
    finally:
        await consumer.stop()


class Running:
    """A broker's stream with so many workers on a core each, ready."""

    def __init__(self, broker: str, workers: int) -> None:
        self._broker = broker
        self._workers = workers
        self._processes: list[Process] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Running:
        self.cluster, folder = await self._stack.enter_async_context(running(self._broker))
        self._stack.push_async_callback(self._end)
        settings = Settings(data_dir=folder / "state", partitions=PARTITIONS, extraction_processes=1)
        await create_topics(self.cluster, settings)
        for number in range(self._workers):
            own = settings.model_copy(update={"data_dir": settings.data_dir / str(number)})
            self._processes.append(await launch(self.cluster, own))
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(self._processes[-1].pid, {cores[number % len(cores)]})
        for process in self._processes:
            await ready(process)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _end(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            await process.wait()

    async def through(self, articles: Sequence[RawArticle]) -> float:
        """Articles a second that pass all stages, of those that are left when the last is sent: sending takes time on the same cores."""
        async with Lag(self.cluster) as lag, ArticleProducer(self.cluster) as producer:
            for begin in range(0, len(articles), AT_ONCE):
                await asyncio.gather(*map(producer.send, articles[begin : begin + AT_ONCE]))
            begun, left = time.monotonic(), (await lag.of_topics())[RAW]
            await lag.wait_until_none(PATIENCE)
            return max(1, left) / (time.monotonic() - begun)

    async def steadily(self, articles: Sequence[RawArticle]) -> list[float]:
        """Seconds from each article to its alert, sent one after the other at RATE."""
        sent: dict[str, float] = {}
        async with Subscriber(self.cluster) as alerts, ArticleProducer(self.cluster) as producer:
            watching = asyncio.create_task(_watch(alerts, sent, len(articles)))
            begun = time.monotonic()
            for article in articles:
                sent[article.article_id] = time.monotonic()
                await producer.send(article)
                await asyncio.sleep(max(0, begun + len(sent) / RATE - time.monotonic()))
            return await watching


async def _watch(alerts: Subscriber, sent: dict[str, float], number: int) -> list[float]:
    took: list[float] = []
    async for delivery in alerts:
        took.append(time.monotonic() - sent[delivery.alert.article.article_id])
        if len(took) == number:
            break
    return took


def _streamed(broker: str, workers: int, warm: Sequence[RawArticle], pages: Sequence[RawArticle]) -> Callable[[], float]:
    """Pages a second that so many workers take."""

    async def run() -> float:
        async with Running(broker, workers) as stream:
            await stream.through(warm)
            return await stream.through(pages)

    return lambda: asyncio.run(run())


@dataclass
class Steady:
    """Texts at a steady rate. Each round is run once: for the first figure; the second is of the same run."""

    broker: str
    number: int

    def median(self) -> float:
        """Milliseconds within which half of the alerts come."""
        self._took = quantiles(asyncio.run(self._run()), n=100)
        return self._took[49] * 1000

    def late(self) -> float:
        """Milliseconds within which 99 of 100 of the same run come."""
        return self._took[98] * 1000

    async def _run(self) -> list[float]:
        async with Running(self.broker, 1) as stream:
            told = reports()
            await stream.steadily(list(islice(told, self.number // 3 + 1)))
            return await stream.steadily(list(islice(told, self.number)))
