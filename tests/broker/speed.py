"""What the stream costs beside its functions in a plain loop, and what a second worker adds: `python -m tests.broker.speed PAGES TIMES`.

On a real Apache Kafka. Pages are HTML of about 60 KB: once every one tells of a meeting, so that it passes all stages, and once one in 20,
as in news. Each worker has one core for all its processes, as the loop has; the broker has none of its own. Then clean texts are sent at a
steady rate, to see how long one takes to its alert. Runs take turns, and the median of each kind counts.
"""
from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from statistics import median, quantiles

from agents.lag import Lag
from agents.producer import ArticleProducer
from agents.settings import Settings
from agents.subscriber import Subscriber
from agents.topic_changes import create_topics
from pipeline.chain import Chain
from pipeline.lexicon.load import load_lexicon
from schemas.articles import ContentType, RawArticle
from tests.broker.articles import text
from tests.broker.crowd import ONE_IN, reports
from tests.broker.jars import kafka_jars
from tests.broker.own_process import ready
from tests.broker.real_kafka import RealKafka
from tests.broker.service_process import launch

PARTITIONS = 8  # of news.raw
RATE = 20.0  # clean texts a second
STEADY = 30.0  # seconds of them
WARM = 20  # pages that are not measured
PATIENCE = 600.0  # seconds for all pages
_LINK = '<li class="item"><a href="/section/{n}/story-{n}.html" data-track="nav-{n}"><span>Section {n}: what else happened</span></a></li>'
_PARAGRAPH = "<p>The two sides spoke about trade, energy and transport for {n} minutes, and agreed to go on next year, officials said.</p>"


def page(article: RawArticle) -> RawArticle:
    """The article as a news site would give it: its text among 400 links and 40 paragraphs more."""
    links = "".join(_LINK.format(n=n) for n in range(200))
    more = "".join(_PARAGRAPH.format(n=n) for n in range(40))
    body = f"<main><article><h1>Talks</h1><p>{article.body}</p>{more}</article></main>"
    html = f"<html><head><title>Talks</title></head><body><nav><ul>{links}</ul></nav>{body}<footer><ul>{links}</ul></footer></body></html>"
    return article.model_copy(update={"body": html, "content_type": ContentType.HTML})


def pages(one_in: int) -> Iterator[RawArticle]:
    """Pages without end, of which one in so many tells of a meeting and the others are of no interest."""
    told = reports()
    for n in count():
        yield page(next(told) if n % one_in == 0 else text(f"other-{n}", f"The cyclist won stage {n} after a long climb in the rain."))


class Running:
    """A broker's stream with so many workers on a core each, ready."""

    def __init__(self, folder: Path, workers: int) -> None:
        self._folder = folder
        self._workers = workers
        self._processes: list[Process] = []

    async def __aenter__(self) -> Running:
        self._kafka = RealKafka(self._folder / "kafka", kafka_jars())
        self._kafka.__enter__()
        self.cluster = self._kafka.cluster
        settings = Settings(data_dir=self._folder / "state", partitions=PARTITIONS, extraction_processes=1)
        await create_topics(self.cluster, settings)
        for number in range(self._workers):
            own = settings.model_copy(update={"data_dir": settings.data_dir / str(number)})
            self._processes.append(await launch(self.cluster, own))
            os.sched_setaffinity(self._processes[-1].pid, {number})
        for process in self._processes:
            await ready(process)
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            await process.wait()
        self._kafka.__exit__(None, None, None)

    async def through(self, articles: Sequence[RawArticle]) -> float:
        """Articles a second that pass all stages, sent at once."""
        async with Lag(self.cluster) as lag, ArticleProducer(self.cluster) as producer:
            begun = time.monotonic()
            await asyncio.gather(*map(producer.send, articles))
            await lag.wait_until_none(PATIENCE)
            return len(articles) / (time.monotonic() - begun)

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


async def stream(workers: int, articles: Sequence[RawArticle]) -> float:
    """Pages a second that so many workers take."""
    with tempfile.TemporaryDirectory() as folder:
        async with Running(Path(folder), workers) as running:
            await running.through(articles[:WARM])
            return await running.through(articles[WARM:])


def loop(articles: Sequence[RawArticle]) -> float:
    """Pages a second that one process takes without a stream."""
    chain = Chain(load_lexicon())
    for one in articles[:WARM]:
        chain.observe(one)
    begun = time.monotonic()
    for one in articles[WARM:]:
        chain.observe(one)
    return (len(articles) - WARM) / (time.monotonic() - begun)


async def latency() -> list[float]:
    """Seconds from article to alert, at a steady rate of clean texts, to a worker that has one core."""
    with tempfile.TemporaryDirectory() as folder:
        async with Running(Path(folder), 1) as running:
            told = reports()
            await running.steadily(list(islice(told, 100)))
            return await running.steadily(list(islice(told, round(RATE * STEADY))))


async def compare(one_in: int, number: int, times: int) -> None:
    """Loop, one worker and two, in turn."""
    articles = list(islice(pages(one_in), number + WARM))
    plain, one, two = [], [], []
    print(f"one page in {one_in} tells of a meeting:")
    for _ in range(times):
        plain.append(loop(articles))
        one.append(await stream(1, articles))
        two.append(await stream(2, articles))
        print(f"plain loop {plain[-1]:.1f}, one worker {one[-1]:.1f}, two workers {two[-1]:.1f} pages/s", flush=True)
    overhead = median(plain) / median(one) - 1
    more = median(two) / median(one)
    print(f"medians: the stream takes {overhead:.0%} more than the loop; two workers do {more:.2f} times what one does")


async def measure(number: int, times: int) -> None:
    """All of it."""
    cuts = quantiles(await latency(), n=100)
    print(f"{RATE:g} clean texts a second: p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms to the alert", flush=True)
    await compare(1, number, times)
    await compare(ONE_IN, number * 3, times)


if __name__ == "__main__":
    asyncio.run(measure(*map(int, sys.argv[1:])))
