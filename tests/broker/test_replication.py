"""Topics get copies on brokers that have none of them, while the service runs. The tests build on each other."""
from __future__ import annotations

import asyncio

import pytest

from agents.cluster import Cluster
from agents.service import Service
from agents.settings import Settings
from agents.topic_changes import apply_changes, plan_changes
from agents.topic_states import describe_topics
from agents.topics import IN_SYNC
from tests.broker.articles import VISITS, chained, meeting_in, seeds
from tests.broker.conftest import THREE_NODES
from tests.broker.real_kafka import RealKafka
from tests.broker.stream import Stream

WITHIN = 60.0  # seconds
BURST = [meeting_in(city, f"visit-{city}") for city in VISITS]


@pytest.fixture(scope="module")
def broker() -> str:
    """The embedded broker is alone."""
    return THREE_NODES


@pytest.fixture(scope="module")
def three(settings: Settings) -> Settings:
    return settings.model_copy(update={"replication": 3})


async def test_all_topics_get_copies_in_sync_and_the_articles_that_are_sent_meanwhile_their_alerts(
    service: Service, cluster: Cluster, stream: Stream, three: Settings
) -> None:
    await stream.send(seeds())
    sending = asyncio.create_task(stream.send(BURST))
    said: list[str] = []
    after = await apply_changes(cluster, three, await plan_changes(cluster, three), said.append)
    await sending
    await stream.through(WITHIN)
    assert (bool(after), after.refused, {difference for state in after.states for difference in state.differences}) == (False, (), set())
    assert said.index("news.raw: is copied to 3 brokers") < said.index("news.raw: min.insync.replicas=2")
    assert len({on[0] for state in after.states if state.found for on in state.found.replicas}) == 3  # each of them leads some
    assert await stream.alerts() == chained([*seeds(), *BURST])[0]
    assert await stream.dead_letters() == []


async def test_fewer_copies_are_refused_and_all_stay_in_sync_and_demanded(cluster: Cluster, settings: Settings, three: Settings) -> None:
    assert not await plan_changes(cluster, three)
    plan = await plan_changes(cluster, settings)
    assert not plan
    assert "3 copies, which stay: set DYADWATCH_REPLICATION to 3" in plan.refused[0]
    for state in await describe_topics(cluster, settings):
        assert state.found
        assert (state.found.replication, state.found.in_sync, state.found.configuration[IN_SYNC]) == (3, 3, "2")


async def test_then_one_broker_may_go_and_articles_still_raise_their_alerts(
    three_nodes: RealKafka, service: Service, stream: Stream
) -> None:
    three_nodes.nodes[2].kill()
    later = meeting_in("Harbin", "later")
    await stream.send([later])
    await stream.through(WITHIN)
    assert await stream.alerts() == chained([*seeds(), *BURST, later])[0]
