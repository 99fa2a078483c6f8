"""The only broker is away for a while: the service waits for it and goes on, and no alert is lost, told twice or another one.

The tests build on each other: one broker, one service in a process of its own, one who follows the alerts all the time.
"""
from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import Callable, Iterator

import pytest
from aiokafka.admin import NewTopic

from agents import transport
from agents.brokers import administration
from agents.cluster import Cluster
from tests.broker.conftest import KAFKA
from tests.broker.flow import Flow, Follower, undisturbed
from tests.broker.jars import Jars
from tests.broker.node import Node
from tests.broker.own_process import STOP_WITHIN
from tests.broker.real_kafka import RealKafka
from tests.broker.small_disk import SmallDisk
from tests.broker.stream import Stream

AWAY = 8.0  # seconds; longer than the sessions of the workers


@pytest.fixture(scope="module")
def broker() -> str:
    """One that may be killed."""
    return KAFKA


@pytest.fixture(scope="module")
def node(jars: Jars, disk: SmallDisk | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """The only one."""
    data = {1: disk.folder} if disk else {}
    with RealKafka(tmp_path_factory.mktemp("kafka") / "node", jars, data=data) as kafka:
        yield kafka.nodes[0]


@pytest.mark.parametrize(
    ("goes", "comes_back"), [(Node.kill, Node.launch), (Node.pause, Node.resume)], ids=["it is killed", "it hangs"]
)
async def test_when_the_broker_is_back_all_goes_on(
    node: Node,
    goes: Callable[[Node], None],
    comes_back: Callable[[Node], None],
    stream: Stream,
    flow: Flow,
    follower: Follower,
    service_process: Process,
) -> None:
    await flow.send(stream, 4)
    goes(node)  # in the middle of them
    sending = asyncio.create_task(flow.send(stream, 4))
    await asyncio.sleep(AWAY)
    assert not sending.done()
    waiting = asyncio.create_task(stream.through())
    comes_back(node)
    await sending
    await waiting
    await undisturbed(stream, flow, follower, service_process)


async def test_a_message_waits_longer_for_the_broker_than_a_request(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "ANSWER_WITHIN", 0.2)
    async with transport.PatientProducer(**cluster.client) as producer, administration(cluster) as admin:
        sending = asyncio.create_task(producer.send_and_wait("late", b"is better than never"))
        await asyncio.wait([sending], timeout=2)
        assert not sending.done()  # it waits for a broker that knows the topic
        await admin.create_topics([NewTopic("late", 1, 1)])
        await sending


async def test_when_the_disk_of_the_broker_was_full_and_has_space_again_all_goes_on(
    node: Node, small_disk: SmallDisk, stream: Stream, flow: Flow, follower: Follower, service_process: Process
) -> None:
    await flow.send(stream, 2)
    small_disk.fill()
    sending = asyncio.create_task(flow.send(stream, 8))
    assert await asyncio.to_thread(node.wait_ended) != 0
    assert not sending.done()
    small_disk.free()
    node.launch()
    await sending
    await undisturbed(stream, flow, follower, service_process)


async def test_a_worker_that_is_told_to_stop_meanwhile_ends_in_time(
    node: Node, stream: Stream, flow: Flow, service_process: Process
) -> None:
    await flow.send(stream, 4)
    node.kill()
    service_process.terminate()
    async with asyncio.timeout(STOP_WITHIN):
        assert await service_process.wait() == 0
    node.launch()
    node.wait_ready()
