"""A backup taken while the stream has something to do, everything deleted, and restored: it goes on as if nothing had been.

The embedded broker forgets all when it ends, and what it cannot do is needed here: deleting the messages before an offset.
"""
from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from typer.testing import CliRunner

from agents.backup.taking import IN_PLACE
from agents.brokers import administration
from agents.cli.app import app
from agents.cluster import Cluster
from agents.compacted import CompactedWriter, last_of_each
from agents.deadletters import DeadLetters, Letter
from agents.outlets.view.follower import Follower
from agents.poll.subscriptions import subscribe
from agents.producer import VerdictProducer
from agents.reading import records
from agents.service import Service
from agents.settings import Settings
from agents.subscriber import Subscriber
from agents.topics import ALERTS, CLEAN, CURRENT, FEED_PARTITIONS, OUTLET_STATES, RAW, SUBSCRIPTIONS, VERDICTS
from schemas.feeds import Feed
from schemas.meetings import Alert
from schemas.outlets import OutletState
from schemas.verdicts import Ruling, Verdict
from tests.agents.fakes import THEN
from tests.broker.articles import meeting_in, seeds
from tests.broker.conftest import EMBEDDED
from tests.broker.feed_server import feed
from tests.broker.given import _empty
from tests.broker.stream import Stream
from tests.broker.test_cli_commands import Done

FEED = feed("https://news.example.org/feed")
KNOWN = [*seeds(), meeting_in("Astana", "astana"), meeting_in("Dalian", "dalian")]


async def command(cluster: Cluster, folder: Path, *arguments: object) -> Done:
    environment = {"DYADWATCH_KAFKA_BOOTSTRAP": str(cluster), "DYADWATCH_DATA_DIR": str(folder)}
    result = await asyncio.to_thread(CliRunner().invoke, app, [*map(str, arguments)], env=environment, catch_exceptions=False)
    return Done(result.exit_code, result.stdout, result.stderr)


async def viewed(cluster: Cluster, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that the pages' database holds, made anew; but for how far each topic was read, which says nothing of compacted ones."""
    async with Follower(cluster, folder / "view.sqlite"):
        pass
    with closing(sqlite3.connect(folder / "view.sqlite")) as view:
        return {table: view.execute(f"SELECT * FROM {table}").fetchall() for table in ("meetings", "alerts", "verdicts", "words")}


async def listed(cluster: Cluster) -> list[Letter]:
    async with DeadLetters(cluster) as dead_letters:
        return await dead_letters.listed()


async def of_desk(cluster: Cluster) -> list[Alert]:
    """What a subscriber of the group `desk` has not had yet; now it has."""
    async with Subscriber(cluster, group="desk", from_beginning=True) as subscriber:
        deliveries = await subscriber.read_to_end()
        for delivery in deliveries:
            await subscriber.done(delivery)
        return [delivery.alert for delivery in deliveries]


async def known(cluster: Cluster, folder: Path) -> tuple[object, ...]:
    """What must be as it was: the view, dead letters, feeds, targets, and where and of when the messages are that others refer to."""
    partitions = [TopicPartition(topic, 0) for topic in IN_PLACE]
    return (
        await viewed(cluster, folder),
        await listed(cluster),
        await last_of_each(cluster, SUBSCRIPTIONS, Feed, range(FEED_PARTITIONS)),
        await last_of_each(cluster, OUTLET_STATES, OutletState, [0]),
        [sorted([(record.offset, record.timestamp) async for record in records(cluster, [partition])]) for partition in partitions],
    )


@pytest.fixture(autouse=True)
def real(broker: str) -> None:
    if broker == EMBEDDED:
        pytest.skip("the embedded broker keeps nothing that a backup could be of")


async def test_what_is_backed_up_deleted_and_restored_goes_on_as_it_would_have(
    cluster: Cluster, settings: Settings, stream: Stream, tmp_path: Path
) -> None:
    file, folder = tmp_path / "dyadwatch.backup", tmp_path / "new"
    async with Service(settings, cluster):
        await subscribe(cluster, settings, [FEED])
        async with CompactedWriter[OutletState](cluster, OUTLET_STATES) as states:
            await states.put("desk", OutletState(outlet_id="desk", place=3, since=THEN))
        await stream.send(KNOWN)
        await stream.send_bytes(RAW, b"{broken", b"k")
        await stream.through()
        *_, last = await stream.alerts()
        async with VerdictProducer(cluster) as verdicts:
            await verdicts.send(Verdict.given(last.meeting_id, last.watch, Ruling.WRONG, THEN))
        await stream.through()
    assert len(await of_desk(cluster)) == len(await stream.alerts())
    await stream.send([meeting_in("Harbin", "unread")])
    async with administration(cluster) as admin:  # as retention does
        await admin.delete_records({TopicPartition(ALERTS, 0): RecordsToDelete(2)})
    told = await stream.alerts()
    before = await known(cluster, tmp_path / "before")

    backup = await command(cluster, folder, "backup", file, "--json")
    assert backup.code == 0, backup.err
    counted = {line["topic"]: line["messages"] for line in map(json.loads, backup.out.splitlines())}
    assert (counted[RAW], counted[CLEAN], counted[ALERTS], counted[VERDICTS]) == (1, 0, len(told), 1)
    assert file.stat().st_mode & 0o077 == 0
    refused = await command(cluster, folder, "restore", file)
    assert (refused.code, CURRENT in refused.err) == (1, True)

    async with administration(cluster) as admin:
        await _empty(admin, cluster, settings)
    restored = await command(cluster, folder, "restore", file, "--json")
    assert (restored.code, restored.out) == (0, backup.out), restored.err
    assert await known(cluster, tmp_path / "after") == before
    assert (await command(cluster, folder, "topics")).code == 0

    async with Service(settings.model_copy(update={"data_dir": folder}), cluster):
        await stream.send(KNOWN)
        await stream.through()
    new = await stream.alerts()
    assert new[:-1] == told
    assert new[-1].article.article_id == "unread"
    assert await of_desk(cluster) == new[-1:]


async def test_a_file_that_is_not_whole_is_refused_before_anything_is_made(cluster: Cluster, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "dyadwatch.backup"
    assert (await command(cluster, tmp_path, "backup", file)).code == 0
    async with administration(cluster) as admin:
        await _empty(admin, cluster, settings)
        whole = file.read_bytes()
        lines = gzip.decompress(whole).splitlines(keepends=True)
        for broken in (whole[:-20], gzip.compress(b"".join(lines[:-1])), gzip.compress(b"{}\n" + b"".join(lines)), b"no backup"):
            file.write_bytes(broken)
            done = await command(cluster, tmp_path, "restore", file)
            assert (done.code, str(file) in done.err) == (1, True), done.err
        assert CURRENT not in await admin.list_topics()
