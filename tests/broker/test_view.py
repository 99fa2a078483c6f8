"""The database that pages read: as the topics are, whatever happens to who writes it. The tests build on each other."""
from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from agents.brokers import profile_of
from agents.cluster import Cluster
from agents.outlets.view.conditions import Query
from agents.outlets.view.follower import Follower
from agents.outlets.view.reader import Reader
from agents.outlets.view.store import connected
from agents.settings import Settings
from agents.topic_changes import create_topics
from agents.topics import ALERTS, CURRENT
from schemas.cloudevents import headers
from schemas.errors import WorkerError
from schemas.meetings import AlertType, Meeting
from tests.agents.fakes import THEN
from tests.agents.meetings import SOURCE, meeting
from tests.outlets.told import alert_of

KILLS = 20
MEETINGS, REVISIONS = 400, 25  # 10,000 alerts
TABLES = ("meetings", "alerts", "retracted", "meeting_sources", "alert_sources", "offsets", "words")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("view") / "view.sqlite"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def topics(cluster: Cluster, settings: Settings) -> Cluster:
    """The cluster, with all topics."""
    await create_topics(cluster, settings)
    return cluster


@asynccontextmanager
async def producing(cluster: Cluster) -> AsyncIterator[AIOKafkaProducer]:
    """Who says what the stream says."""
    async with AIOKafkaProducer(**cluster.client, max_batch_size=(await profile_of(cluster)).max_batch_size) as producer:
        yield producer


async def tell(producer: AIOKafkaProducer, name: str, revision: int, gone: bool = False) -> None:
    """What the stream says when a meeting changes."""
    one = of(name, revision)
    alert = alert_of(one, SOURCE, revision, AlertType.NEW if revision == 1 else AlertType.UPDATED)
    key = name.encode()
    await producer.send(ALERTS, alert.model_dump_json().encode(), key=key, headers=list(headers(alert, THEN).items()))
    await producer.send(CURRENT, None if gone else one.model_dump_json().encode(), key=key)


def of(name: str, revision: int) -> Meeting:
    return meeting(name).model_copy(update={"revision": revision})


async def test_what_the_topics_hold_is_there_at_the_start_and_what_comes_wakes_who_waits(topics: Cluster, path: Path) -> None:
    async with producing(topics) as producer:
        await tell(producer, "first", 1)
        await producer.flush()
        async with Follower(topics, path) as follower, asyncio.timeout(30):
            with Reader(path) as reader:
                assert reader.meeting("first") == of("first", 1)
            assert await follower.news(0) == 1
            working = asyncio.create_task(follower.wait())
            waiting = asyncio.create_task(follower.news(1))
            await tell(producer, "second", 1)
            assert await waiting == 2
            with Reader(path) as reader:
                assert [one.alert.meeting_id for one in reader.alerts_after(1, 9)] == ["second"]
            working.cancel()


async def test_a_view_that_is_killed_again_and_again_is_that_which_was_never_killed(
    topics: Cluster, path: Path, tmp_path: Path, kills_seed: int
) -> None:
    chance = Random(kills_seed)

    async def telling() -> None:
        async with producing(topics) as producer:
            for revision in range(1, REVISIONS + 1):
                for number in range(MEETINGS):
                    await tell(producer, f"m{number}", revision, gone=(number + revision) % 40 == 0)
                    if number % 20 == 0:
                        await asyncio.sleep(0)

    tellers = asyncio.create_task(telling())
    for _ in range(KILLS):
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.broker.view_process", str(topics), str(path))
        await asyncio.sleep(chance.uniform(0.5, 1.5))
        process.send_signal(signal.SIGKILL)
        await process.wait()
    await tellers
    built = tmp_path / "in-one-go.sqlite"
    for one in (path, built):
        async with Follower(topics, one):
            pass
    assert contents(path) == contents(built), f"KILLS_SEED={kills_seed}"
    with Reader(path) as reader:
        assert len(reader.alerts(Query(), 20_000).items) == 2 + MEETINGS * REVISIONS


async def test_topics_that_are_made_again_are_read_from_their_beginning(topics: Cluster, path: Path) -> None:
    with closing(connected(path)) as connection:
        connection.execute("UPDATE offsets SET next = next + 1000000")
        connection.execute("DELETE FROM alerts")
    async with Follower(topics, path):
        with Reader(path) as reader:
            assert len(reader.alerts(Query(), 20_000).items) == 2 + MEETINGS * REVISIONS


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with closing(sqlite3.connect(path)) as connection:
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES[:-1]} | {
            "words": connection.execute("SELECT rowid, text FROM words ORDER BY 1").fetchall()
        }


async def test_a_database_that_cannot_be_written_is_told_with_its_path(topics: Cluster, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no folder", "utf-8")
    with pytest.raises(WorkerError, match=r"taken/view\.sqlite cannot be written"):
        async with Follower(topics, tmp_path / "taken" / "view.sqlite"):
            pass
