"""A worker that stops and starts again: nothing is lost, nothing is told twice."""
from __future__ import annotations

from pathlib import Path

from faust.stores.rocksdb import Store

from agents.cluster import Cluster
from agents.service import Service
from agents.settings import Settings
from agents.topic_changes import create_topics
from tests.broker.articles import VISITS, chained, meeting_in, seeds
from tests.broker.stream import Stream

BURST = [meeting_in(city, f"visit-{city}") for city in VISITS]


async def test_what_is_sent_while_no_worker_runs_or_when_one_stops_is_processed_by_the_next(
    cluster: Cluster, settings: Settings, stream: Stream
) -> None:
    await create_topics(cluster, settings)
    await stream.send(seeds())
    async with Service(settings, cluster):
        await stream.send(BURST)  # and stops at once, in the middle of it
    async with Service(settings, cluster):
        await stream.through()
    assert await stream.alerts() == chained([*seeds(), *BURST])[0]
    assert await stream.dead_letters() == []


async def test_a_worker_that_starts_again_knows_what_it_knew(cluster: Cluster, settings: Settings, stream: Stream) -> None:
    before = await stream.alerts()
    async with Service(settings, cluster):
        await stream.send([*seeds(), *BURST])
        await stream.through()
    assert before
    assert await stream.alerts() == before


async def test_files_of_tables_are_closed_with_the_worker_whoever_still_refers_to_them(
    cluster: Cluster, settings: Settings, stream: Stream
) -> None:
    async with Service(settings, cluster) as first:
        tables = [table.data for app in first._apps for table in app.tables.values()]
        held = [dict(table._dbs) for table in tables if isinstance(table, Store)]
    async with Service(settings, cluster):
        await stream.through()
    assert all(held)


async def test_a_second_worker_stands_by_and_takes_over_with_all_that_the_first_knew(
    cluster: Cluster, settings: Settings, stream: Stream, tmp_path: Path
) -> None:
    before = await stream.alerts()
    async with Service(settings, cluster) as first, Service(settings.model_copy(update={"data_dir": tmp_path}), cluster):
        await first.stop()
        await stream.send([*seeds(), *BURST, meeting_in("Harbin", "new")])
        await stream.through()
    after = await stream.alerts()
    assert after[:-1] == before
    assert after[-1].article.article_id == "new"
