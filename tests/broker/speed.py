"""What the stream costs beside its functions in a plain loop, and what a second worker adds: `python -m tests.broker.speed PAGES TIMES`.

On a real Apache Kafka. Pages are HTML of about 60 KB and tell of a meeting each, so that every one passes all stages. Then clean texts are
sent at a steady rate, to see how long one takes to its alert. Runs take turns, and the median of each kind counts.
"""
from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

from agents.cluster import Cluster
from agents.producer import ArticleProducer
from agents.settings import Settings
from agents.subscriber import Subscriber
from agents.topic_changes import create_topics
from pipeline.chain import Chain
from pipeline.lexicon.load import load_lexicon
from schemas.articles import ContentType, RawArticle
from tests.broker.crowd import reports
from tests.broker.jars import kafka_jars
from tests.broker.real_kafka import RealKafka
from tests.broker.service_process import launch, ready

PARTITIONS = 8  # of news.raw
RATE = 20.0  # clean texts a second
STEADY = 30.0  # seconds of them
_LINK = '<li class="item"><a href="/section/{n}/story-{n}.html" data-track="nav-{n}"><span>Section {n}: what else happened</span></a></li>'
_PARAGRAPH = "<p>The two sides spoke about trade, energy and transport for {n} minutes, and agreed to go on next year, officials said.</p>"


def page(article: RawArticle) -> RawArticle:
    """The article as a news site would give it: its text among 400 links and 40 paragraphs more."""
    links = "".join(_LINK.format(n=n) for n in range(200))
    more = "".join(_PARAGRAPH.format(n=n) for n in range(40))
    body = f"<main><article><h1>Talks</h1><p>{article.body}</p>{more}</article></main>"
    html = f"<html><head><title>Talks</title></head><body><nav><ul>{links}</ul></nav>{body}<footer><ul>{links}</ul></footer></body></html>"
    return article.model_copy(update={"body": html, "content_type": ContentType.HTML})


class Running:
    """A broker's stream with so many workers, ready and warm."""

    def __init__(self, folder: Path, workers: int) -> None:
        self._folder = folder
        self._workers = workers
        self._processes: list[Process] = []

    async def __aenter__(self) -> Running:
        self._kafka = RealKafka(self._folder / "kafka", kafka_jars())
        self._kafka.__enter__()
        self.cluster = Cluster(self._kafka.bootstrap)
        settings = Settings(data_dir=self._folder / "state", partitions=PARTITIONS, extraction_processes=1)
        await create_topics(self.cluster, settings)
        for number in range(self._workers):
            own = settings.model_copy(update={"data_dir": settings.data_dir / str(number)})
            self._processes.append(await launch(self.cluster, own))
        for process in self._processes:
            await ready(process)
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            await process.wait()
        self._kafka.__exit__(None, None, None)

    async def through(self, articles: Sequence[RawArticle], rate: float | None = None) -> dict[str, float]:
        """Send `articles`, at once or so many a second; the seconds from each to its alert."""
        sent: dict[str, float] = {}
        took: dict[str, float] = {}
        async with Subscriber(self.cluster) as alerts, ArticleProducer(self.cluster) as producer:
            watching = asyncio.create_task(_watch(alerts, sent, took, len(articles)))
            for article in articles:
                sent[article.article_id] = time.monotonic()
                await producer.send(article)
                if rate:
                    await asyncio.sleep(max(0, len(sent) / rate - (time.monotonic() - min(sent.values()))))
            await watching
        return took


async def _watch(alerts: Subscriber, sent: dict[str, float], took: dict[str, float], number: int) -> None:
    async for delivery in alerts:
        name = delivery.alert.article.article_id
        if name in sent:
            took[name] = time.monotonic() - sent[name]
        if len(took) == number:
            return


async def stream(workers: int, pages: Sequence[RawArticle]) -> float:
    """Pages a second that so many workers take."""
    with tempfile.TemporaryDirectory() as folder:
        async with Running(Path(folder), workers) as running:
            await running.through(pages[:20])
            begun = time.monotonic()
            await running.through(pages[20:])
            return (len(pages) - 20) / (time.monotonic() - begun)


def loop(pages: Sequence[RawArticle]) -> float:
    """Pages a second that one process takes without a stream."""
    chain = Chain(load_lexicon())
    for one in pages[:20]:
        chain.observe(one)
    begun = time.monotonic()
    for one in pages[20:]:
        chain.observe(one)
    return (len(pages) - 20) / (time.monotonic() - begun)


async def latency() -> list[float]:
    """Seconds from article to alert, at a steady rate of clean texts."""
    with tempfile.TemporaryDirectory() as folder:
        async with Running(Path(folder), 1) as running:
            told = reports()
            await running.through(list(islice(told, 100)), RATE)
            return list((await running.through(list(islice(told, round(RATE * STEADY))), RATE)).values())


async def measure(number: int, times: int) -> None:
    """All of it."""
    pages = [page(article) for article in islice(reports(), number + 20)]
    plain, one, two = [], [], []
    for _ in range(times):
        plain.append(loop(pages))
        one.append(await stream(1, pages))
        two.append(await stream(2, pages))
        print(f"plain loop {plain[-1]:.1f}, one worker {one[-1]:.1f}, two workers {two[-1]:.1f} pages/s", flush=True)
    print(f"one worker: {median(one) / median(plain):.2f} times the loop; two: {median(two) / median(one):.2f} times one")
    cuts = quantiles(await latency(), n=100)
    print(f"{RATE:g} clean texts a second: p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms to the alert")


if __name__ == "__main__":
    asyncio.run(measure(*map(int, sys.argv[1:])))
