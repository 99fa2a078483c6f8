"""A cluster of three of which one fails: the service goes on with the other two, and no alert is lost, told twice or another one.

The tests build on each other: one cluster, one service in a process of its own, one who follows the alerts all the time.
"""
from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from agents.cluster import Cluster
from agents.poll.poller import Poller
from agents.poll.subscriptions import subscribe
from agents.settings import Settings
from agents.topics import ALERTS, RAW
from schemas.articles import RawArticle
from tests.broker.conftest import THREE_NODES
from tests.broker.feed_server import Site, feed, until
from tests.broker.flow import WITHIN, Flow, Follower, undisturbed
from tests.broker.jars import Jars
from tests.broker.node import Node
from tests.broker.polling_process import quick
from tests.broker.probe import brokers_seen
from tests.broker.real_kafka import RealKafka
from tests.broker.small_disk import SmallDisk
from tests.broker.stream import Stream


@pytest.fixture(scope="module")
def broker() -> str:
    """None of those that other tests run on can lose a node."""
    return THREE_NODES


@pytest.fixture(scope="module")
def kafka(jars: Jars, disk: SmallDisk | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealKafka]:
    """Three nodes, the last of them on a small disk."""
    data = {3: disk.folder} if disk else {}
    with RealKafka(tmp_path_factory.mktemp("kafka") / "cluster", jars, nodes=3, data=data) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def cluster(kafka: RealKafka) -> Cluster:
    return kafka.cluster


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"replication": 3})


async def test_a_broker_that_is_killed_is_done_without_whichever_it_is(
    kafka: RealKafka, stream: Stream, flow: Flow, follower: Follower, service_process: Process
) -> None:
    for node in kafka.nodes:
        await flow.send(stream, 4)
        node.kill()  # in the middle of them
        await flow.send(stream, 4)
        await follower.has(flow.expected)
        await back(kafka, node)
    await undisturbed(stream, flow, follower, service_process)


async def test_a_broker_that_is_stopped_and_started_again_is_not_missed(
    kafka: RealKafka, stream: Stream, flow: Flow, follower: Follower, service_process: Process
) -> None:
    node = await leader(kafka, ALERTS)
    await flow.send(stream, 4)
    await asyncio.to_thread(node.stop)
    await flow.send(stream, 4)
    await follower.has(flow.expected)
    await back(kafka, node)
    await undisturbed(stream, flow, follower, service_process)


async def test_a_broker_that_hangs_is_done_without_too(
    kafka: RealKafka, stream: Stream, flow: Flow, follower: Follower, service_process: Process
) -> None:
    node = await leader(kafka, ALERTS)
    await flow.send(stream, 4)
    node.pause()
    others = [other for other in kafka.nodes if other is not node]
    await missed(node, others[0])
    living = Cluster(",".join(other.address for other in others))
    async with Stream(living) as at_the_others, Follower(living) as new:
        await flow.send(at_the_others, 4)
        await new.has(flow.expected)
        assert new.alerts == flow.expected
    node.resume()
    await in_sync(kafka)
    await undisturbed(stream, flow, follower, service_process)


async def test_a_broker_whose_disk_is_full_ends_and_is_done_without_until_there_is_space(
    kafka: RealKafka, small_disk: SmallDisk, stream: Stream, flow: Flow, follower: Follower, service_process: Process
) -> None:
    node = kafka.nodes[-1]
    await flow.send(stream, 2)
    small_disk.fill()
    await flow.send(stream, 8)
    assert await asyncio.to_thread(node.wait_ended) != 0
    await follower.has(flow.expected)
    small_disk.free()
    await back(kafka, node)
    await undisturbed(stream, flow, follower, service_process)


async def test_a_poller_goes_on_whichever_broker_is_killed(
    kafka: RealKafka, cluster: Cluster, settings: Settings, served: Site, stream: Stream
) -> None:
    polling, told = quick(settings), [f"Harbin-{node.number}" for node in kafka.nodes]
    await subscribe(cluster, polling, [feed(f"{served.url}/feed/world")])
    async with Poller(polling, cluster):
        for node, title in zip(kafka.nodes, told, strict=True):
            node.kill()
            served.entries["world"] = [title, *served.entries.get("world", [])]
            await until(lambda title=title: served.times(f"/page/{title}") == 1)
            await back(kafka, node)
    found = [RawArticle.model_validate_json(record.value or b"") for record in await stream.records(RAW)]
    assert {one.title for one in found if (one.url or "").startswith(served.url)} == {f"Talks in {title}" for title in told}


async def back(kafka: RealKafka, node: Node) -> None:
    """Start `node` again, and wait until it has all that it missed, so that another one may fail."""
    node.launch()
    await asyncio.to_thread(node.wait_ready, len(kafka.nodes) - 1)
    await in_sync(kafka)


async def in_sync(kafka: RealKafka) -> None:
    """Wait until each node has all of each topic."""
    async with asyncio.timeout(WITHIN):
        while not all(len(partition["isr"]) == len(kafka.nodes) for _, partition in await partitions(kafka)):
            await asyncio.sleep(0.1)


async def missed(node: Node, other: Node) -> None:
    """Wait until `other` tells clients of `node` no more."""
    async with asyncio.timeout(WITHIN):
        while node.number in await asyncio.to_thread(brokers_seen, other.host, other.port):
            await asyncio.sleep(0.1)


async def leader(kafka: RealKafka, topic: str) -> Node:
    (number,) = [partition["leader"] for name, partition in await partitions(kafka) if name == topic]
    return kafka.nodes[number - 1]


async def partitions(kafka: RealKafka) -> list[tuple[str, dict[str, Any]]]:
    """Every partition of every topic, with the topic's name."""
    admin = AIOKafkaAdminClient(**kafka.cluster.client)
    await admin.start()
    try:
        return [(topic["topic"], partition) for topic in await admin.describe_topics() for partition in topic["partitions"]]
    finally:
        await admin.close()
