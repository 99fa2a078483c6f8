"""Each broker test runs on the embedded broker and once more on a real Apache Kafka, where java and mvn can run one."""
from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from agents.cluster import Cluster
from agents.embedded import EmbeddedBroker
from agents.service import Service
from agents.settings import Settings
from tests.broker.jars import Jars, KafkaUnavailableError, kafka_jars, missing
from tests.broker.real_kafka import RealKafka
from tests.broker.stream import Stream

EMBEDDED = "embedded broker"
KAFKA = "Apache Kafka"

ran: Counter[str] = Counter()
not_run: dict[str, str] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder share the loop of their module, in which the broker and the service live."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which brokers the tests ran on."""
    terminalreporter.section("brokers")
    for broker, tests in ran.items():
        terminalreporter.line(f"{broker}: {tests} tests ran on it")
    for broker, why in not_run.items():
        terminalreporter.line(f"{broker}: NOT RUN: {why}", yellow=True)


@pytest.fixture(scope="session")
def jars() -> Jars:
    try:
        return kafka_jars()
    except KafkaUnavailableError as why:
        not_run[KAFKA] = str(why)
        if os.environ.get("CI") and missing() is None:
            raise
        pytest.skip(str(why))


@pytest.fixture(scope="module", params=[EMBEDDED, KAFKA])
def broker(request: pytest.FixtureRequest) -> str:
    """The name of the broker that the tests of a module run on."""
    return str(request.param)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cluster(broker: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    """A broker that has nothing on it yet."""
    if broker == EMBEDDED:
        async with EmbeddedBroker() as embedded:
            yield embedded.cluster
    else:
        jars: Jars = request.getfixturevalue("jars")
        with RealKafka(tmp_path_factory.mktemp("kafka") / "node", jars) as kafka:
            yield Cluster(kafka.bootstrap)


@pytest.fixture(autouse=True)
def count(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep account of what really ran on a broker."""
    name = ""
    if "cluster" in request.fixturenames:
        request.getfixturevalue("cluster")
        name = str(request.getfixturevalue("broker"))
        name = f"{name} {request.getfixturevalue('jars').version}" if name == KAFKA else name
    yield
    if name:
        ran[name] += 1


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
