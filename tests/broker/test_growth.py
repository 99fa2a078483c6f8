"""Partitions added to news.raw while workers run: they are taken up, and no alert is lost or raised twice."""
from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from agents import app, producer
from agents.cluster import Cluster
from agents.producer import ArticleProducer
from agents.service import Service
from agents.settings import Settings
from agents.topic_changes import apply_changes, create_topics, plan_changes
from agents.topics import ALERTS, RAW
from schemas.articles import RawArticle
from schemas.meetings import Alert
from tests.broker.articles import chained, text
from tests.broker.conftest import KAFKA
from tests.broker.stream import Stream

CITIES = (
    *("Beijing", "Moscow", "Astana", "Samarkand", "Vladivostok", "Shanghai", "Kazan", "Sochi", "Harbin", "Chengdu"),
    *("Nanjing", "Tashkent", "Bishkek", "Dushanbe", "Minsk", "Belgrade", "Geneva", "Vienna", "Istanbul", "Ankara"),
)
AGE = 0.5  # seconds
WITHIN = 30.0  # seconds


@pytest.fixture(scope="module")
def broker() -> str:
    """The embedded broker adds no partitions."""
    return KAFKA


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """New partitions are seen at once, and not after as long as in earnest."""
    for module in (app, producer):
        monkeypatch.setattr(module, "METADATA_AGE", AGE)


def visit(number: int, city: str) -> RawArticle:
    """A meeting, and a text, so much unlike the others that it raises the same alert in whichever order they come."""
    told = f"Russian Foreign Minister Sergey Lavrov met Chinese Foreign Minister Wang Yi in {city} on {number} July 2025."
    agenda = (f"Point {number * 1000 + k} of the {city} agenda was number {(number + 3) * (k + 7)}." for k in range(30))
    return text(f"visit-{city}", f"{told} They discussed bilateral relations in {city}.\n{' '.join(agenda)}")


VISITS = [visit(number, city) for number, city in enumerate(CITIES, 1)]


async def test_workers_and_producers_take_up_new_partitions_and_the_alerts_are_those_of_an_undisturbed_run(
    cluster: Cluster, settings: Settings, stream: Stream, tmp_path: Path
) -> None:
    grown = settings.model_copy(update={"partitions": 4})
    await create_topics(cluster, settings)
    async with (
        Service(settings, cluster),
        Service(settings.model_copy(update={"data_dir": tmp_path}), cluster),
        ArticleProducer(cluster) as poller,
    ):
        await stream.send(VISITS[:6])
        await poller.send(VISITS[0])  # and knows one partition from now on
        sending = asyncio.create_task(stream.send(VISITS[6:14]))
        await apply_changes(cluster, grown, await plan_changes(cluster, grown), lambda _: None)
        await sending
        async with asyncio.timeout(WITHIN):
            while not all(await lengths(cluster, 4)):  # of these, most were in the only partition there was before
                for article in VISITS:
                    await poller.send(article)
        await stream.through()
    assert by_id(await stream.alerts()) == by_id(chained(VISITS)[0])
    assert len(await stream.records(ALERTS)) == len(VISITS)  # a subscriber would have hidden one that was sent twice
    assert await stream.dead_letters() == []


async def lengths(cluster: Cluster, partitions: int) -> list[int]:
    """How many messages each partition of news.raw has."""
    tps = [TopicPartition(RAW, number) for number in range(partitions)]
    async with AIOKafkaConsumer(**cluster.client) as consumer:
        return list((await consumer.end_offsets(tps)).values())


def by_id(alerts: Iterable[Alert]) -> dict[str, Alert]:
    """Between partitions there is no order."""
    return {alert.alert_id: alert for alert in alerts}
