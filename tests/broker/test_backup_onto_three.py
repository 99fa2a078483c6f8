"""A backup of three brokers comes back onto three: each of them leads some of the topics."""
from __future__ import annotations

from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from agents.brokers import administration
from agents.cluster import Cluster
from agents.service import Service
from agents.settings import Settings
from agents.topic_changes import plan_changes
from agents.topic_states import describe_topics
from agents.topics import ALERTS
from tests.broker.articles import chained, meeting_in, seeds
from tests.broker.conftest import THREE_NODES
from tests.broker.given import _empty
from tests.broker.stream import Stream
from tests.broker.test_backup import command, known

FORGOTTEN = 2  # alerts


@pytest.fixture(scope="module")
def broker() -> str:
    """The embedded broker is alone."""
    return THREE_NODES


async def test_what_is_restored_is_as_it_was_and_goes_on(
    cluster: Cluster, settings: Settings, stream: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYADWATCH_REPLICATION", "3")
    three, later = settings.model_copy(update={"replication": 3}), meeting_in("Harbin", "later")
    async with Service(three, cluster):
        await stream.send(seeds())
        await stream.through()
    async with administration(cluster) as admin:  # as retention does
        await admin.delete_records({TopicPartition(ALERTS, 0): RecordsToDelete(FORGOTTEN)})
    before, file = await known(cluster, tmp_path / "before"), tmp_path / "dyadwatch.backup"
    taken = await command(cluster, tmp_path, "backup", file, "--json")
    async with administration(cluster) as admin:
        await _empty(admin, cluster, three)

    restored = await command(cluster, tmp_path, "restore", file, "--json")
    assert (restored.code, restored.out) == (0, taken.out), restored.err
    assert await known(cluster, tmp_path / "after") == before
    assert not await plan_changes(cluster, three)
    assert len({on[0] for state in await describe_topics(cluster, three) if state.found for on in state.found.replicas}) == 3

    async with Service(three.model_copy(update={"data_dir": tmp_path / "new"}), cluster):
        await stream.send([later])
        await stream.through()
    assert await stream.alerts() == chained([*seeds(), later])[0][FORGOTTEN:]
