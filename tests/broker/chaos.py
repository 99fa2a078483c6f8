"""Workers and their broker die again and again while articles flow: `python -m tests.broker.chaos FAULTS ARTICLES [SEED]`.

Once, in the middle, the broker is away for minutes. Afterwards the alerts that a subscriber gets must be those of a run in which nothing
died. Prints what happened; exits with 1 where one is lost, another one, or there twice.
"""
from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom

from agents.cluster import Cluster
from agents.producer import ArticleProducer
from agents.settings import Settings
from agents.subscriber import Subscriber
from agents.topic_changes import create_topics
from agents.topics import ALERTS
from schemas.articles import RawArticle
from schemas.errors import BrokerError
from schemas.meetings import Alert
from tests.broker.crowd import alerts_of, crowd
from tests.broker.faults import AGAIN_AFTER, Fault, Moment, Workers, moments
from tests.broker.jars import kafka_jars
from tests.broker.node import Node
from tests.broker.real_kafka import RealKafka
from tests.broker.stream import Stream

WORKERS = 2
PARTITIONS = 4  # of news.raw
APART = 2.0  # seconds between two faults, on average
AWAY = 150.0  # seconds
THROUGH_WITHIN = 600.0  # seconds, after the last fault and the last article


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a subscriber got, beside what it should have got."""

    expected: Sequence[Alert]
    got: Sequence[Alert]
    sent: int  # alerts in the topic; more than a subscriber gets where workers died with them
    dead: int
    exits: Counter[int]

    @property
    def lost(self) -> set[str]:
        """Ids of alerts that never came."""
        return {alert.alert_id for alert in self.expected} - {alert.alert_id for alert in self.got}

    @property
    def others(self) -> set[str]:
        """Ids of alerts that came and should not have."""
        return {alert.alert_id for alert in self.got} - {alert.alert_id for alert in self.expected}

    @property
    def repeated(self) -> int:
        """How many came again."""
        return len(self.got) - len({alert.alert_id for alert in self.got})

    @property
    def good(self) -> bool:
        """Whether it is as if nothing had happened."""
        return not (self.lost or self.others or self.repeated or self.dead)


async def endure(cluster: Cluster, broker: Node, folder: Path, plan: Sequence[Moment], articles: Sequence[RawArticle]) -> Outcome:
    """Let `plan` happen to workers while `articles` are sent; both go on until they are through."""
    settings = Settings(data_dir=folder, partitions=PARTITIONS, extraction_processes=1)
    expected = asyncio.create_task(asyncio.to_thread(alerts_of, iter(articles)))
    await create_topics(cluster, settings)
    workers = Workers(cluster, settings, WORKERS, broker)
    try:
        await workers.start()
        sending = asyncio.create_task(_send(cluster, articles))
        for moment in plan:
            await asyncio.sleep(moment.after)
            print(moment, file=sys.stderr, flush=True)
            await workers.suffer(moment)
        await sending
        async with Stream(cluster) as stream:
            await stream.through(THROUGH_WITHIN)
            await workers.stop()
            sent, dead = len(await stream.records(ALERTS)), len(await stream.dead_letters())
        async with Subscriber(cluster, from_beginning=True) as subscriber:
            got = [delivery.alert for delivery in await subscriber.read_to_end()]
    finally:
        await workers.abandon()
    return Outcome(await expected, got, sent, dead, workers.ended)


async def _send(cluster: Cluster, articles: Sequence[RawArticle]) -> None:
    """As any sender must: what the broker has not acknowledged is sent again."""
    async with ArticleProducer(cluster) as producer:
        for article in articles:
            while True:
                try:
                    await producer.send(article)
                    break
                except BrokerError:
                    await asyncio.sleep(AGAIN_AFTER)


async def run(faults: int, number: int, seed: int) -> int:
    """The whole run, told on standard output."""
    chance = Random(seed)
    plan = moments(chance, faults, WORKERS, APART)
    articles = list(crowd(number, seed))
    print(f"seed {seed}: {number} articles, {faults} faults: {_counted(moment.fault.value for moment in plan)}", flush=True)
    plan.insert(faults // 2, Moment(Fault.BROKER, worker=0, after=APART, pause=AWAY))
    with tempfile.TemporaryDirectory(prefix="dyadwatch-chaos-") as folder, RealKafka(Path(folder) / "kafka", kafka_jars()) as kafka:
        begun = time.monotonic()
        outcome = await endure(kafka.cluster, kafka.nodes[0], Path(folder) / "state", plan, articles)
        took = time.monotonic() - begun
    print(f"{len(outcome.expected)} alerts expected, {len(outcome.got)} got, {outcome.sent} in the topic, {outcome.dead} dead letters")
    print(f"{took:.0f} s; lost {len(outcome.lost)}, others {len(outcome.others)}, repeated through the subscriber {outcome.repeated}")
    print(f"exit codes: {dict(outcome.exits)}")
    return 0 if outcome.good else 1


def _counted(names: Iterable[str]) -> str:
    return ", ".join(f"{number} x {name}" for name, number in Counter(names).most_common())


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(asyncio.run(run(*given, *([SystemRandom().randrange(1_000_000)] if len(given) < 3 else []))))
