"""A worker that stops and starts again: nothing is lost, nothing is told twice."""
from __future__ import annotations

import shutil

import pytest

from agents.service import Service
from agents.settings import Settings
from agents.topics import create_topics
from tests.broker.articles import VISITS, chained, meeting_in, seeds
from tests.broker.stream import Stream

BURST = [meeting_in(city, f"visit-{city}") for city in VISITS]


async def test_articles_sent_while_no_worker_runs_are_processed_when_one_starts(bootstrap: str, settings: Settings, stream: Stream) -> None:
    await create_topics(bootstrap, settings)
    await stream.send(seeds()[:2])
    async with Service(settings, bootstrap):
        await stream.through()
    assert await stream.alerts() == chained(seeds()[:2])[0]


@pytest.mark.parametrize("tables", ["kept on disk", "lost and read from the broker again"])
async def test_a_worker_that_starts_again_knows_what_it_knew(bootstrap: str, settings: Settings, stream: Stream, tables: str) -> None:
    if tables != "kept on disk":
        shutil.rmtree(settings.data_dir)
    async with Service(settings, bootstrap):
        await stream.send(seeds())
        await stream.through()
    assert await stream.alerts() == chained([*seeds()[:2], *seeds()])[0]


async def test_a_worker_that_stops_in_the_middle_of_a_burst_loses_nothing(bootstrap: str, settings: Settings, stream: Stream) -> None:
    async with Service(settings, bootstrap):
        await stream.send(BURST)
    async with Service(settings, bootstrap):
        await stream.through()
    assert await stream.alerts() == chained([*seeds(), *BURST])[0]
    assert await stream.dead_letters() == []
