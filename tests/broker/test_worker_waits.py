"""A worker that is told to stop while its group still waits for a member does not wait with it: it has no articles to finish."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

from agents.brokers import administration
from agents.cluster import Cluster
from agents.groups import members
from agents.service import Service
from agents.settings import Settings
from agents.topic_changes import create_topics
from agents.topics import RAW, READ_APP
from tests.broker.conftest import KAFKA

WAITED_FOR = 600  # seconds that the group gives a member; more than the test takes


class FaustAssignor(RoundRobinPartitionAssignor):  # type: ignore[misc]  # aiokafka has no types
    """Any, under the name that all members of a group must know."""

    name = "faust"


class Silent(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Of a member that lives, and does not join again when another one comes."""

    def __init__(self) -> None:
        self.has_partitions = asyncio.Event()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        if revoked:
            await asyncio.Event().wait()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self.has_partitions.set()


@pytest.fixture(scope="module")
def broker() -> str:
    """The embedded broker has one worker."""
    return KAFKA


@pytest_asyncio.fixture(loop_scope="module")
async def silent(cluster: Cluster, settings: Settings) -> AsyncIterator[None]:
    """The group has a member that everybody waits for."""
    await create_topics(cluster, settings)
    consumer = AIOKafkaConsumer(
        **cluster.client, group_id=READ_APP, rebalance_timeout_ms=WAITED_FOR * 1000, partition_assignment_strategy=(FaustAssignor,)
    )
    listener = Silent()
    await consumer.start()
    consumer.subscribe([RAW], listener=listener)
    await listener.has_partitions.wait()
    yield
    consumer._coordinator._coordination_task.cancel()  # it would wait for its listener
    await asyncio.gather(consumer.stop(), return_exceptions=True)


async def test_a_worker_does_not_wait_for_its_group_to_stop(
    cluster: Cluster, settings: Settings, silent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for patience in ("agents.service.STOP_WITHIN", "agents.transport.ANSWER_WITHIN", "mode.services.Service.shutdown_timeout"):
        monkeypatch.setattr(patience, WAITED_FOR)  # whatever else would end its wait
    async with asyncio.timeout(60):
        starting = asyncio.create_task(Service(settings, cluster).start())
        async with administration(cluster) as admin:
            while len(await members(admin, READ_APP)) < 2:
                await asyncio.sleep(0.1)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
