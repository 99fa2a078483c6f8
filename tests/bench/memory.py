"""What processes take, in megabytes; what several share counts once."""
from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice

from agents.lag import Lag
from agents.producer import ArticleProducer
from agents.settings import Settings
from agents.topic_changes import create_topics
from tests.bench.articles import mix
from tests.bench.brokers import running
from tests.bench.measure import Bar, Effort, Result, Way, side_by_side
from tests.broker.crowd import crowd
from tests.broker.memory import megabytes
from tests.broker.own_process import ready
from tests.broker.service_process import launch

ARTICLES = 2_000
PATIENCE = 300.0  # seconds
_LIBRARIES = "import faust, aiokafka, feedparser, trafilatura, htmldate, pydantic"
_READS = "from pipeline.lexicon.load import load_lexicon; lexicon = load_lexicon(); "
_ONE = "lexicon.languages['en'].tags('')"
_ALL = "[language.tags('') for language in lexicon.languages.values()]"


def measure(effort: Effort, bar: Bar) -> Iterator[Result]:
    """Of the lexicon, and of a worker."""
    number, broker = effort.of(ARTICLES), effort.brokers[0]
    worker = Worker(broker, number, effort)
    ways = [
        Way("python alone", _taken("pass")),
        Way("the libraries", _taken(_LIBRARIES)),
        Way("lexicon, one language", _taken(_READS + _ONE)),
        *([Way("lexicon, all languages", _taken(_READS + _ALL))] if effort.languages is None else []),
        Way("worker, all its processes, ready", worker.ready),
        Way("the same after articles in English", lambda: worker.english),
        Way("the same after articles in all languages", lambda: worker.all),
    ]
    note = f"{number} articles each, {broker}. A worker's two: the stream, and one process that cleans and tags."
    yield side_by_side("Memory", "MB", ways, effort.at_most(2).rounds, bar, warm=False, note=note)


def _taken(program: str) -> Callable[[], float]:
    def run() -> float:
        command = [sys.executable, "-c", f"{program}\nprint(flush=True)\ninput()"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            taken = megabytes(process.pid)
            process.communicate(b"\n")
        return taken

    return run


class Worker:
    """A worker is run once a round, for the first of its figures; the others are of the same run."""

    def __init__(self, broker: str, number: int, effort: Effort) -> None:
        self._broker = broker
        self._number = number
        self._languages = effort.languages
        self.english = self.all = 0.0

    def ready(self) -> float:
        """Of one that has its partitions."""
        return asyncio.run(self._run())

    async def _run(self) -> float:
        async with running(self._broker) as (cluster, folder):
            settings = Settings(data_dir=folder / "state", extraction_processes=1)
            await create_topics(cluster, settings)
            worker = await launch(cluster, settings)
            try:
                await ready(worker)
                first = megabytes(worker.pid)
                async with ArticleProducer(cluster) as producer, Lag(cluster) as lag:
                    taken = []
                    for articles in (islice(crowd(self._number, 0), self._number), mix(self._number, self._languages)):
                        await asyncio.gather(*map(producer.send, articles))
                        await lag.wait_until_none(PATIENCE)
                        taken.append(megabytes(worker.pid))
                self.english, self.all = taken
                return first
            finally:
                worker.terminate()
                await worker.wait()
