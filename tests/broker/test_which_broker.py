"""Which broker the tests run on: never one by accident, and never fewer than one thinks."""
from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.brokers import administration
from agents.cluster import Cluster
from agents.settings import Settings
from agents.topic_changes import create_topics
from agents.topics import CLEAN, MEET_APP, RAW, READ_APP, declared
from tests.broker import given
from tests.broker.articles import seeds
from tests.broker.conftest import KAFKA
from tests.broker.given import MARK, NotLentError, delete, lent
from tests.broker.jars import Jars
from tests.broker.real_kafka import RealKafka
from tests.broker.stream import Stream

ROOT = Path(__file__).parents[2]
OURS = {topic.name for topic in declared(Settings())}


@pytest.fixture(scope="module")
def broker() -> str:
    """One that is ours to ruin."""
    return KAFKA


@pytest.fixture(scope="module")
def cluster(jars: Jars, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with RealKafka(tmp_path_factory.mktemp("kafka") / "node", jars) as kafka:
        yield kafka.cluster


async def topics(cluster: Cluster) -> set[str]:
    """All but Kafka's own."""
    async with administration(cluster) as admin:
        return {name for name in await admin.list_topics() if not name.startswith("__")}


async def run_of_tests(**environment: str) -> tuple[int, str]:
    """Exit code and output of a run of some broker tests that does not see our own environment's choice."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("CI", "DYADWATCH_KAFKA_BOOTSTRAP")}
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/broker/test_topics.py", "-k", "not embedded",
        cwd=ROOT, env=inherited | environment, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    out, _ = await run.communicate()
    assert run.returncode is not None
    return run.returncode, out.decode()


async def test_a_kafka_is_lent_empty_and_given_back_empty(cluster: Cluster, settings: Settings) -> None:
    async with lent(cluster, settings):
        assert await topics(cluster) == {MARK}
        await create_topics(cluster, settings)
    assert await topics(cluster) == set()


async def test_what_a_run_that_was_killed_has_left_is_deleted_with_what_it_had_read(cluster: Cluster, settings: Settings) -> None:
    async with lent(cluster, settings):
        await leave(cluster, settings)
        async with lent(cluster, settings):
            assert await topics(cluster) == {MARK}
            await create_topics(cluster, settings)
            async with member(cluster) as reader:
                assert await reader.committed(TopicPartition(RAW, 0)) is None


async def test_topics_that_no_test_has_made_are_not_touched(cluster: Cluster, settings: Settings) -> None:
    await leave(cluster, settings)
    with pytest.raises(NotLentError, match=r"topics of dyadwatch that no test has made: .*news\.raw.* Unset DYADWATCH_KAFKA_BOOTSTRAP"):
        async with lent(cluster, settings):
            pass
    assert await topics(cluster) == OURS
    async with Stream(cluster) as stream:
        assert len(await stream.records(RAW)) == len(seeds())
    async with administration(cluster) as admin:
        await delete(admin, OURS)


async def test_nor_is_a_kafka_on_which_a_worker_works(cluster: Cluster, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async with lent(cluster, settings):
        await create_topics(cluster, settings)
        async with member(cluster) as worker:
            worker.subscribe([RAW])
            await worker.getmany(timeout_ms=1)
            with monkeypatch.context() as impatient:
                impatient.setattr(given, "GONE_WITHIN", 0)
                with pytest.raises(NotLentError, match="a worker of dyadwatch is connected"):
                    async with lent(cluster, settings):
                        pass
        assert await topics(cluster) == {MARK, *OURS}


async def test_tests_run_on_the_kafka_that_is_given_and_say_so(cluster: Cluster) -> None:
    code, out = await run_of_tests(DYADWATCH_KAFKA_BOOTSTRAP=str(cluster))
    assert code == 0, out
    assert re.search(rf"Kafka of DYADWATCH_KAFKA_BOOTSTRAP at {re.escape(str(cluster))}: [1-9]\d* tests ran on it", out)
    assert await topics(cluster) == set()


@pytest.mark.parametrize(
    ("variables", "code", "told"), [({}, 0, r" [1-9]\d* skipped"), ({"CI": "true"}, 1, r" [1-9]\d* errors")], ids=["here", "with CI set"]
)
async def test_without_java_they_say_that_they_did_not_run_and_with_ci_set_they_fail(
    variables: dict[str, str], code: int, told: str
) -> None:
    ended, out = await run_of_tests(PATH="", **variables)
    assert ended == code, out
    assert re.search(told, out)
    assert "Apache Kafka: NOT RUN: no java on the path: install Java 17 or newer" in out


async def leave(cluster: Cluster, settings: Settings) -> None:
    """Topics with articles, and groups that have read some."""
    await create_topics(cluster, settings)
    async with Stream(cluster) as stream:
        await stream.send(seeds())
    for group, topic in ((READ_APP, RAW), (MEET_APP, CLEAN)):
        async with member(cluster, group) as reader:
            partition = TopicPartition(topic, 0)
            reader.assign([partition])
            await reader.commit({partition: 1})


def member(cluster: Cluster, group: str = READ_APP) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(**cluster.client, group_id=group, enable_auto_commit=False)
