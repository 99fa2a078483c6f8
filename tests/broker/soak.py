"""A worker over very many articles: its memory, and what its tables take. `python -m tests.broker.soak ARTICLES`.

On a real Apache Kafka, with a retention of minutes, so that what is kept reaches its full size early and must then stay flat.
"""
from __future__ import annotations

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from aiokafka.errors import KafkaError
from rich.console import Console
from rich.progress import Progress, TextColumn

from agents.lag import Lag
from agents.producer import ArticleProducer
from agents.settings import SECONDS_A_DAY, Settings
from agents.topic_changes import create_topics
from agents.topics import RAW
from schemas.articles import RawArticle
from tests.broker.crowd import OTHER_DAYS, crowd
from tests.broker.jars import kafka_jars
from tests.broker.memory import megabytes
from tests.broker.real_kafka import RealKafka
from tests.broker.service_process import launch

RETENTION = 120.0  # seconds
LOOK_EVERY = 5.0  # seconds
AHEAD = 5_000  # articles that may wait to be read
AT_ONCE = 100  # articles sent together
LIMIT = 400.0  # megabytes that a worker may take
FLAT = 1.1  # times what it took in the quarter before


@dataclass(frozen=True, slots=True)
class Look:
    """What a worker takes."""

    articles: int  # read so far
    memory: float  # megabytes, of all its processes
    tables: float  # megabytes on disk


async def soak(number: int) -> int:
    """Run it; 0 where memory and tables are flat and within their limit."""
    looks: list[Look] = []
    with tempfile.TemporaryDirectory(prefix="dyadwatch-soak-") as folder, RealKafka(Path(folder) / "kafka", kafka_jars()) as kafka:
        cluster, days = kafka.cluster, RETENTION / SECONDS_A_DAY
        kept = {"fingerprints_days": days, "meetings_days": days, "articles_days": days}
        settings = Settings(data_dir=Path(folder) / "state", extraction_processes=1, **kept)
        await create_topics(cluster, settings)
        worker = await launch(cluster, settings)
        begun = time.monotonic()
        try:
            async with Lag(cluster) as lag, ArticleProducer(cluster) as producer:
                articles, sent = _endless(), 0
                with Progress(*Progress.get_default_columns(), TextColumn("{task.fields[told]}"), console=Console(stderr=True)) as bar:
                    task = bar.add_task("soak", total=number, told="")
                    while not looks or looks[-1].articles < number:
                        try:
                            waiting = (await lag.of_topics())[RAW]
                        except KafkaError:  # a new cluster has no coordinator for a moment
                            waiting = sent
                        while sent < number and waiting < AHEAD:
                            await asyncio.gather(*(producer.send(article) for article in itertools.islice(articles, AT_ONCE)))
                            sent, waiting = sent + AT_ONCE, waiting + AT_ONCE
                        looks.append(Look(sent - waiting, megabytes(worker.pid), _size(settings.data_dir)))
                        told = f"{looks[-1].memory:.0f} MB, tables {looks[-1].tables:.1f} MB"
                        bar.update(task, completed=looks[-1].articles, told=told)
                        await asyncio.sleep(LOOK_EVERY)
        finally:
            worker.terminate()
            await worker.wait()
    return _judge(looks, time.monotonic() - begun)


def _judge(looks: list[Look], took: float) -> int:
    quarters = [looks[len(looks) * n // 4 : len(looks) * (n + 1) // 4] for n in range(4)]
    print(f"{looks[-1].articles} articles in {took:.0f} s, {looks[-1].articles / took:.0f} a second")
    for n, quarter in enumerate(quarters, 1):
        memory, tables = median(look.memory for look in quarter), median(look.tables for look in quarter)
        print(f"quarter {n}: memory {memory:.0f} MB, tables {tables:.1f} MB (medians)")
    most = max(look.memory for look in looks)
    print(f"at most {most:.0f} MB")
    before, last = (median(look.memory for look in quarter) for quarter in quarters[-2:])
    return 0 if most < LIMIT and last < FLAT * before else 1


def _endless() -> Iterator[RawArticle]:
    """The crowd again and again, each time under other names and on other meetings: those of the time before may still be kept."""
    for time_ in itertools.count():
        for article in crowd(100_000, time_, OTHER_DAYS[time_ % len(OTHER_DAYS)]):
            yield article.model_copy(update={"article_id": f"{time_}-{article.article_id}", "body": f"{article.body} Edition {time_}."})


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    sys.exit(asyncio.run(soak(int(sys.argv[1]))))
