"""Two notifiers share a target: one delivers, the other stands by, takes over, and nothing is sent by both.

On Apache Kafka alone: the embedded broker is for one program, and does not wait for all members when it shares out anew.
"""
from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from agents.cluster import Cluster
from agents.outlets.notify.standing import standings
from agents.settings import Settings
from agents.topic_changes import create_topics
from tests.broker.conftest import KAFKA
from tests.broker.feed_server import until
from tests.broker.notifying_process import launched
from tests.broker.stream import Stream
from tests.broker.test_notify import send
from tests.broker.test_notify_kills import written
from tests.notify.receiver import Receiver, receiver

WITHIN = 60.0  # seconds; a test that waits so long has failed


@pytest.fixture(scope="module")
def broker() -> str:
    return KAFKA


@pytest_asyncio.fixture(loop_scope="module")
async def there(cluster: Cluster, settings: Settings) -> AsyncIterator[Receiver]:
    await create_topics(cluster, settings)
    async with receiver() as one:
        yield one


async def written_down(cluster: Cluster, name: str) -> None:
    """Return when nothing waits for the target, and its state says so: a kill repeats nothing any more."""
    async with asyncio.timeout(WITHIN):
        while (await standings(cluster, [name]))[0].waiting:
            await asyncio.sleep(0.05)


async def test_one_that_stands_by_takes_over_from_one_that_is_killed(
    cluster: Cluster, stream: Stream, there: Receiver, tmp_path: Path
) -> None:
    file = written(tmp_path, "killed", there)
    async with launched(cluster, file) as first, launched(cluster, file) as second:
        await send(stream, "s1")
        await until(lambda: there.taken == ["s1"])
        await written_down(cluster, "killed")
        first.kill()
        await send(stream, "s2")
        await until(lambda: there.taken[-1] == "s2")
        second.terminate()
        assert await second.wait() == 0
    assert there.taken == ["s1", "s2"]


async def test_one_that_ends_hands_over_at_once(cluster: Cluster, stream: Stream, there: Receiver, tmp_path: Path) -> None:
    file = written(tmp_path, "ended", there)
    async with launched(cluster, file) as first, launched(cluster, file) as second:
        sent = [f"e{number}" for number in range(40)]
        sending = asyncio.create_task(send(stream, *sent))
        for process, place in ((first, 10), (second, 40)):
            await until(lambda place=place: len(there.taken) >= place)  # type: ignore[misc]
            process.terminate()
            assert await process.wait() == 0
        await sending
    assert there.taken == sent


async def test_one_that_stood_still_sends_nothing_beside_its_successor(
    cluster: Cluster, stream: Stream, there: Receiver, tmp_path: Path
) -> None:
    file = written(tmp_path, "still", there)
    async with launched(cluster, file) as first:
        await send(stream, "z1")
        await until(lambda: there.taken == ["z1"])
        await written_down(cluster, "still")
        first.send_signal(signal.SIGSTOP)
        async with launched(cluster, file) as second:
            await send(stream, "z2")
            await until(lambda: there.taken == ["z1", "z2"])
            first.send_signal(signal.SIGCONT)
            for number in range(3, 9):
                await send(stream, f"z{number}")
                await until(lambda number=number: there.taken[-1] == f"z{number}")  # type: ignore[misc]
            for process in (first, second):
                process.terminate()
                assert await process.wait() == 0
    assert there.taken == [f"z{number}" for number in range(1, 9)]
