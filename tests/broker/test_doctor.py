"""dyadwatch doctor beside a broker: each fault, one after the other, is found with its remedy, and gone once that is done.

The tests build on each other. What can be wrong with the machine itself, tests/cli/test_doctor.py shows.
"""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaConsumer

from agents.cli.checks.check import Check
from agents.cli.checks.stream import check_broker
from agents.cluster import Cluster
from agents.deadletters import DeadLetters, redrive
from agents.poll.poller import Poller
from agents.poll.subscriptions import subscribe, unsubscribe
from agents.service import Service
from agents.settings import Settings
from agents.topic_changes import apply_changes, plan_changes
from agents.topics import POLL_GROUP, RAW, SUBSCRIPTIONS, TAGGED
from tests.broker.articles import meeting_in
from tests.broker.conftest import EMBEDDED
from tests.broker.feed_server import Site, feed, until
from tests.broker.polling_process import quick
from tests.broker.stream import Stream

HOUR = timedelta(hours=1)


async def checks(settings: Settings, cluster: Cluster) -> dict[str, Check]:
    return {check.name: check for check in await check_broker(settings, cluster)}


def wrong(found: dict[str, Check]) -> dict[str, str]:
    """What is not in order, and how urgent that is."""
    return {name: check.verdict for name, check in found.items() if check.verdict != "ok"}


async def test_topics_that_are_missing_fail_and_nothing_is_asked_of_them(cluster: Cluster, settings: Settings) -> None:
    found = await checks(settings, cluster)
    assert (list(found), wrong(found)) == (["broker", "copies", "topics"], {"topics": "failed"})
    assert "dyadwatch topics --apply" in (found["topics"].remedy or "")


async def test_more_copies_than_brokers_fail(cluster: Cluster, settings: Settings) -> None:
    found = await checks(settings.model_copy(update={"replication": 9}), cluster)
    assert wrong(found)["copies"] == "failed"
    assert "DYADWATCH_REPLICATION" in (found["copies"].remedy or "")


async def test_too_few_partitions_fail(cluster: Cluster, settings: Settings) -> None:
    await apply_changes(cluster, settings, await plan_changes(cluster, settings), print)  # the remedy, which waits until they show
    found = await checks(settings.model_copy(update={"partitions": 3}), cluster)
    assert wrong(found)["topics"] == "failed"
    assert "1 partition, not 3" in found["topics"].found


async def test_where_nobody_works_and_nothing_waits_a_look_is_enough(cluster: Cluster, settings: Settings) -> None:
    found = await checks(settings, cluster)
    assert wrong(found) == {"workers": "look", "feeds": "look"}
    assert "feeds import" in (found["feeds"].remedy or "")


async def test_an_article_that_nobody_reads_fails(cluster: Cluster, settings: Settings, stream: Stream) -> None:
    await stream.send([meeting_in("Astana", "waits")])
    found = await checks(settings, cluster)
    assert wrong(found)["workers"] == "failed"
    assert found["workers"].found == f"none has joined dyadwatch-read, and there waits 1 in {RAW}"


async def test_a_poller_of_another_version_wants_a_look(cluster: Cluster, broker: str, settings: Settings) -> None:
    if broker == EMBEDDED:
        pytest.skip("the embedded broker goes on naming the first who left a group")
    named = cluster.client | {"client_id": "dyadwatch-0.0.9"}
    other = AIOKafkaConsumer(SUBSCRIPTIONS, **named, group_id=POLL_GROUP, enable_auto_commit=False)
    await other.start()
    try:
        found = await checks(settings, cluster)
    finally:
        await other.stop()
    assert wrong(found)["versions"] == "look"
    assert found["versions"].found.startswith("0.0.9; this command is ")


async def test_once_a_worker_runs_all_is_well_and_it_is_of_this_version(
    cluster: Cluster, settings: Settings, service: Service, stream: Stream
) -> None:
    await stream.through()
    found = await checks(settings, cluster)
    assert wrong(found) == {"feeds": "look"}
    assert found["workers"].found == "1 is there; there waits nothing"
    assert found["versions"].found.endswith(", as this command")


async def test_feeds_that_nobody_polls_fail_and_one_that_cannot_be_read_wants_a_look(
    cluster: Cluster, settings: Settings, service: Service, served: Site
) -> None:
    address = f"{served.url}/feed/nowhere"
    served.status["nowhere"] = 404
    await subscribe(cluster, settings, [feed(address)])
    assert wrong(await checks(settings, cluster)) == {"feeds": "failed"}
    async with Poller(quick(settings), cluster):
        await until(lambda: served.times("/feed/nowhere") >= 2)  # the first is remembered
        found = await checks(settings, cluster)
    assert wrong(found) == {"feeds": "look"}
    assert found["feeds"].found == "1 subscribed, 1 of them need a look"
    await unsubscribe(cluster, settings, [address])


async def test_dead_letters_that_wait_want_a_look_until_they_are_sent_again(
    cluster: Cluster, settings: Settings, service: Service, stream: Stream
) -> None:
    for value in (b"{broken", b"{}"):
        await stream.send_bytes(RAW, value, b"k")
    await stream.through()
    found = await checks(settings, cluster)
    assert wrong(found) == {"dead letters": "look", "feeds": "look"}
    assert found["dead letters"].found == "2 wait: 2 Undecodable"
    async with DeadLetters(cluster) as dead_letters:
        first, _ = await dead_letters.listed()
    assert [error async for _, error in redrive(cluster, [first], again=False)] == [None]
    await stream.through()
    assert (await checks(settings, cluster))["dead letters"].found == "2 wait: 2 Undecodable"  # the same one, again


async def test_a_poller_whose_clock_is_ahead_wants_a_look(cluster: Cluster, settings: Settings, service: Service, stream: Stream) -> None:
    await stream.send([meeting_in("Harbin", "ahead").model_copy(update={"fetched_at": datetime.now(UTC) + HOUR})])
    await stream.through()
    found = await checks(settings, cluster)
    assert wrong(found)["clock"] == "look"
    assert "that of who fetched the last article is 3" in found["clock"].found  # 3600 s, less the way to the broker


async def test_nothing_that_it_looks_at_is_changed(cluster: Cluster, settings: Settings, service: Service, stream: Stream) -> None:
    before = {topic: len(await stream.records(topic)) for topic in (RAW, TAGGED)}
    first, second = await checks(settings, cluster), await checks(settings, cluster)
    assert first == second
    assert {topic: len(await stream.records(topic)) for topic in before} == before
