"""The topics on the broker: made as declared, once, and refused where the service cannot work with them. The tests build on each other."""
from __future__ import annotations

import asyncio
import re

import pytest
from aiokafka.admin import NewTopic

from agents.administration import make, set_entries
from agents.brokers import EMBEDDED, KAFKA, administration, profile_of
from agents.cluster import Cluster
from agents.service import Service
from agents.settings import Settings
from agents.subscriber import Subscriber
from agents.topic_changes import LOOK_EVERY, apply_changes, create_topics, plan_changes
from agents.topic_states import describe_topics
from agents.topics import ALERTS, RAW, Topic, declared
from schemas.errors import BrokerError
from tests.broker import conftest

WITHIN = 20.0  # seconds
DAYS = {"articles_days": 2.0, "alerts_days": 400.0}  # shorter, and longer, than the defaults


async def configuration(cluster: Cluster, settings: Settings, topic: str) -> dict[str, str]:
    """Every entry of a topic that is in force."""
    found = {state.topic.name: state.found for state in await describe_topics(cluster, settings)}[topic]
    assert found
    return dict(found.configuration)


async def test_each_broker_is_told_apart_by_what_it_says_of_itself(cluster: Cluster, broker: str) -> None:
    assert await profile_of(cluster) is (EMBEDDED if broker == conftest.EMBEDDED else KAFKA)


async def test_a_subscriber_of_a_broker_without_our_topics_is_told_so(cluster: Cluster) -> None:
    with pytest.raises(BrokerError, match=r"has no topic meetings\.alerts: `dyadwatch topics --apply` makes it"):
        async with Subscriber(cluster):
            pass


async def test_a_topic_by_key_with_other_partitions_is_refused_with_what_to_do_and_nothing_is_made(
    cluster: Cluster, settings: Settings
) -> None:
    async with administration(cluster) as admin:
        await admin.create_topics([NewTopic(ALERTS, 3, 1)])
    with pytest.raises(BrokerError, match=r"meetings\.alerts: 3 partitions, not 1, which cannot change.*delete the topic"):
        await create_topics(cluster, settings)
    assert [state.topic.name for state in await describe_topics(cluster, settings) if state.found] == [ALERTS]
    async with administration(cluster) as admin, asyncio.timeout(WITHIN):
        await admin.delete_topics([ALERTS])
        while ALERTS in await admin.list_topics():
            await asyncio.sleep(0.1)


async def test_topics_that_another_process_is_making_are_waited_for(
    cluster: Cluster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere: list[asyncio.Task[None]] = []

    async def make_later(topics: list[Topic]) -> None:
        await asyncio.sleep(3 * LOOK_EVERY)
        async with administration(cluster) as admin:
            await make(admin, topics)

    async def exist(_: object, topics: list[Topic]) -> None:
        elsewhere.append(asyncio.create_task(make_later(topics)))

    monkeypatch.setattr("agents.topic_changes.make", exist)
    assert await create_topics(cluster, settings) == ()
    assert all(state.found for state in await describe_topics(cluster, settings))
    await asyncio.gather(*elsewhere)


async def test_they_are_made_as_declared_and_making_them_again_changes_nothing(cluster: Cluster, settings: Settings) -> None:
    states = await create_topics(cluster, settings)
    assert [state.topic for state in states] == list(declared(settings))
    assert not any(state.differences for state in states)
    assert not await plan_changes(cluster, settings)


async def test_fewer_partitions_of_articles_than_the_settings_say_are_refused_with_the_command_that_adds_them(
    cluster: Cluster, settings: Settings
) -> None:
    with pytest.raises(BrokerError, match=r"news\.raw: 1 partition, not 3: `dyadwatch topics --apply` adds them"):
        await create_topics(cluster, settings.model_copy(update={"partitions": 3}))


async def test_other_retention_is_told_at_the_start_and_set_by_apply_which_leaves_all_else(
    cluster: Cluster, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    other = settings.model_copy(update=DAYS)
    async with administration(cluster) as admin:
        await set_entries(admin, {RAW: {"segment.ms": "3600000"}})
    async with Service(other, cluster):
        told = [record.getMessage() for record in caplog.records if "dyadwatch topics --apply" in record.getMessage()]
    assert len(told) == 2  # four topics of articles in one line, alerts in another
    assert "news.raw, news.clean, news.unique, news.tagged: retention.ms is 604800000 (7 days), not 172800000 (2 days)" in told[0]

    plan = await plan_changes(cluster, other)
    assert plan.losses[0] == "news.raw: messages older than 2 days are deleted (kept now: 7 days)"
    assert not any(loss.startswith(ALERTS) for loss in plan.losses)
    said: list[str] = []
    assert not await apply_changes(cluster, other, plan, said.append)
    assert "news.raw: retention.ms=172800000" in said
    entries = await configuration(cluster, other, RAW)
    assert (entries["retention.ms"], entries["segment.ms"]) == ("172800000", "3600000")
    assert (await configuration(cluster, other, ALERTS))["retention.ms"] == "34560000000"


async def test_partitions_are_added_where_the_broker_can_and_else_one_is_told_in_a_sentence(
    cluster: Cluster, broker: str, settings: Settings
) -> None:
    grown = settings.model_copy(update={**DAYS, "partitions": 3})
    plan = await plan_changes(cluster, grown)
    if broker == conftest.EMBEDDED:
        with pytest.raises(BrokerError, match=r"this broker cannot add partitions to news\.raw; an embedded one .* start it again"):
            await apply_changes(cluster, grown, plan, lambda _: None)
        return
    after = await apply_changes(cluster, grown, plan, lambda _: None)
    assert (after.refused, [state.differences for state in after.states if state.differences]) == ((), [])
    states = await create_topics(cluster, settings.model_copy(update=DAYS))  # one is well, too, with more than the settings say
    assert {state.topic.name: state.found.partitions for state in states if state.found}[RAW] == 3


async def test_more_copies_than_brokers_are_refused_in_a_sentence(cluster: Cluster, settings: Settings) -> None:
    plan = await plan_changes(cluster, settings.model_copy(update={**DAYS, "replication": 9}))
    assert not plan
    assert re.search(r"there cannot be 9 copies on \d brokers?: add brokers, or lower DYADWATCH_REPLICATION", plan.refused[0])
