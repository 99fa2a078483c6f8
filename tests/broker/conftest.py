"""Each broker test runs on the embedded broker and once more on a real Apache Kafka.

That is the one of DYADWATCH_KAFKA_BOOTSTRAP, or else one that is started where java and mvn can run it. Tests of what brokers
suffer start their own in any case.
"""
from __future__ import annotations

import os
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom

import pytest
import pytest_asyncio

from agents.cluster import Cluster, Protocol
from agents.embedded import EmbeddedBroker
from agents.security import cluster_of
from agents.service import Service
from agents.settings import Settings
from agents.topic_changes import create_topics
from pipeline.lexicon.load import Lexicon
from tests.broker.feed_server import Site, site
from tests.broker.flow import Flow, Follower
from tests.broker.given import NotLentError, lent
from tests.broker.jars import Jars, KafkaUnavailableError, kafka_jars
from tests.broker.node import Node
from tests.broker.real_kafka import RealKafka
from tests.broker.service_process import launched
from tests.broker.small_disk import NoSmallDiskError, SmallDisk
from tests.broker.stream import Stream
from tests.broker.tally import not_run, ran

EMBEDDED = "embedded broker"
KAFKA = "Apache Kafka"
THREE_NODES = "three nodes of Apache Kafka"
GIVEN = "Kafka of DYADWATCH_KAFKA_BOOTSTRAP"
FULL_DISK = "a broker with a full disk"

given = cluster_of(Settings())
brokers = [EMBEDDED, GIVEN if given else KAFKA]
if given and given.security.protocol is not Protocol.PLAINTEXT:
    brokers.remove(EMBEDDED)  # commands have all their settings from the environment


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder share the loop of their module, in which the broker and the service live."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest.fixture(scope="session")
def jars() -> Jars:
    try:
        return kafka_jars()
    except KafkaUnavailableError as why:
        not_run[KAFKA] = str(why)
        if os.environ.get("CI"):
            pytest.fail(f"{why}; with CI set, no test may go without Apache Kafka", pytrace=False)
        pytest.skip(str(why))


@pytest.fixture(scope="module", params=brokers)
def broker(request: pytest.FixtureRequest) -> str:
    """The name of the broker that the tests of a module run on."""
    return str(request.param)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cluster(broker: str, request: pytest.FixtureRequest) -> AsyncIterator[Cluster]:
    """A broker that has nothing on it yet."""
    if broker == EMBEDDED:
        async with EmbeddedBroker() as embedded:
            yield embedded.cluster
    elif broker == GIVEN:
        assert given
        if GIVEN in not_run:
            pytest.fail(not_run[GIVEN], pytrace=False)
        try:
            async with lent(given, Settings()):
                yield given
        except NotLentError as why:
            not_run[GIVEN] = str(why)
            pytest.fail(str(why), pytrace=False)
    elif broker == THREE_NODES:
        yield request.getfixturevalue("three_nodes").cluster
    else:
        yield Cluster(request.getfixturevalue("node").address)


@pytest.fixture(scope="module")
def node(jars: Jars, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """The only broker of `KAFKA`, for a module that does something to it."""
    with RealKafka(tmp_path_factory.mktemp("kafka") / "node", jars) as kafka:
        yield kafka.nodes[0]


@pytest.fixture(scope="module")
def three_nodes(jars: Jars, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealKafka]:
    """The brokers of `THREE_NODES`, for a module whose `broker` that is."""
    with RealKafka(tmp_path_factory.mktemp("kafka") / "three", jars, nodes=3) as running:
        yield running


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk | None]:
    """For the data of a broker; None where the system has none."""
    with ExitStack() as stack:
        small = None
        try:
            small = stack.enter_context(SmallDisk(tmp_path_factory.mktemp("disk")))
        except NoSmallDiskError as why:
            not_run[FULL_DISK] = str(why)
        yield small


@pytest.fixture
def small_disk(disk: SmallDisk | None) -> SmallDisk:
    """The same, for a test that fills it."""
    if disk is None:
        pytest.skip(not_run[FULL_DISK])
    return disk


@pytest.fixture(autouse=True)
def count(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep account of what really ran on a broker."""
    name = ""
    if "cluster" in request.fixturenames:
        request.getfixturevalue("cluster")
        name = str(request.getfixturevalue("broker"))
        if name in (KAFKA, THREE_NODES):
            name += f" {request.getfixturevalue('jars').version}"
        elif name == GIVEN:
            name += f" at {given}"
    yield
    if name:
        ran[name] += 1


@pytest.fixture
def kills_seed() -> int:
    """What the moments of kills follow from; the environment can repeat them."""
    return int(os.environ.get("KILLS_SEED") or SystemRandom().randrange(1_000_000))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("state"), extraction_processes=1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(cluster: Cluster, settings: Settings) -> AsyncIterator[Service]:
    """All agents, running."""
    async with Service(settings, cluster) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stream(cluster: Cluster) -> AsyncIterator[Stream]:
    """What a test does to the stream from outside."""
    async with Stream(cluster) as outside:
        yield outside


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service_process(cluster: Cluster, settings: Settings) -> AsyncIterator[Process]:
    """All agents, in a process of their own."""
    await create_topics(cluster, settings)
    async with launched(cluster, settings) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def served() -> AsyncIterator[Site]:
    """A site with feeds."""
    async with site() as running:
        yield running


@pytest.fixture(scope="module")
def flow(lexicon: Lexicon) -> Flow:
    """Articles for `service_process`."""
    return Flow(lexicon)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def follower(cluster: Cluster, service_process: Process) -> AsyncIterator[Follower]:
    """One who follows the alerts of `service_process` from the beginning."""
    async with Follower(cluster) as following:
        yield following
