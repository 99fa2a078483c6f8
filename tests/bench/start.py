"""How long it takes to start: the command, and a worker until it has told of its first article."""
from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from agents.producer import ArticleProducer
from agents.settings import Settings
from agents.subscriber import Subscriber
from agents.topic_changes import create_topics
from tests.bench.brokers import KAFKA, running
from tests.bench.measure import Bar, Effort, Result, Target, Way, side_by_side
from tests.broker.articles import meeting_in
from tests.broker.service_process import launch

_COMMAND = "from agents.cli import main; main()"


def measure(effort: Effort, bar: Bar) -> Iterator[Result]:
    """Seconds."""
    ways = [Way("python alone", _seconds("pass")), Way("dyadwatch --help", _seconds(_COMMAND, "--help"), Target(0.5, least=False))]
    yield side_by_side("Start of the command", "s", ways, effort.rounds, bar, note="The second start and later ones.")
    limits = {KAFKA: Target(4, least=False)}
    ways = [Way(f"worker, {broker}", partial(_first_alert, broker), limits.get(broker)) for broker in effort.brokers]
    note = "From the start of the process to the alert on an article that waits, topics made, nothing known."
    yield side_by_side("Start of a worker to its first article", "s", ways, effort.rounds, bar, warm=False, note=note)


def _seconds(program: str, *arguments: str) -> Callable[[], float]:
    def run() -> float:
        begun = time.monotonic()
        subprocess.run([sys.executable, "-c", program, *arguments], check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - begun

    return run


def _first_alert(broker: str) -> float:
    return asyncio.run(_start(broker))


async def _start(broker: str) -> float:
    async with running(broker) as (cluster, folder):
        settings = Settings(data_dir=folder / "state", extraction_processes=1)
        await create_topics(cluster, settings)
        async with ArticleProducer(cluster) as producer, Subscriber(cluster, from_beginning=True) as alerts:
            await producer.send(meeting_in("Beijing", "first"))
            begun = time.monotonic()
            worker = await launch(cluster, settings)
            try:
                async for _ in alerts:
                    break
                return time.monotonic() - begun
            finally:
                worker.terminate()
                await worker.wait()
