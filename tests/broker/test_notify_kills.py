"""Notifiers that are killed or stand still at any moment: every alert arrives, in order, and each kill repeats one at most.

The moments are of chance. `KILLS_SEED=1234`, with the number that a failure tells, repeats them.
"""
from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from agents.cluster import Cluster
from agents.settings import Settings
from agents.topic_changes import create_topics
from tests.broker.feed_server import until
from tests.broker.notifying_process import launched
from tests.broker.stream import Stream
from tests.broker.test_notify import send
from tests.notify.receiver import LOOPBACK, SECRET, Received, Receiver, receiver

KILLS = 6
DELAYS = (0, 0, 0.002, 0.005, 0.02)  # seconds after an alert has come
WITHIN = 60.0  # seconds; a test that waits so long has failed


@pytest_asyncio.fixture(loop_scope="module")
async def there() -> AsyncIterator[Receiver]:
    async with receiver() as one:
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def file(there: Receiver, tmp_path: Path, request: pytest.FixtureRequest, cluster: Cluster, settings: Settings) -> Path:
    """A target of its own for each test, and from now on."""
    await create_topics(cluster, settings)
    path = tmp_path / "outlets.toml"
    name = str(request.node.originalname).replace("_", "-")[-60:].strip("-")
    path.write_text(f'[[webhook]]\nid = "{name}"\nurl = "{there.url}"\nsecret = "{SECRET}"\nnetworks = ["{LOOPBACK}"]\n')
    return path


async def test_notifiers_that_are_killed_lose_nothing(
    cluster: Cluster, stream: Stream, there: Receiver, file: Path, kills_seed: int
) -> None:
    chance = Random(kills_seed)
    sent: list[str] = []
    async with launched(cluster, file):
        pass  # the target begins here
    for number in range(KILLS):
        new = [f"k{number}-{n}" for n in range(5)]
        async with launched(cluster, file, wait=chance.random() < 0.5) as process:
            there.on_received = partial(kill, process, chance.choice(new), chance.choice(DELAYS))
            await send(stream, *new)
            sent += new
            async with asyncio.timeout(WITHIN):
                assert await process.wait() == -signal.SIGKILL
    there.on_received = lambda _: None
    async with launched(cluster, file):
        await until(lambda: there.taken[-1:] == sent[-1:])
    told = f"KILLS_SEED={kills_seed}"
    assert list(dict.fromkeys(there.taken)) == sent, told
    assert len(there.received) <= len(sent) + KILLS, told


def kill(process: asyncio.subprocess.Process, doomed: str, delay: float, received: Received) -> None:
    """Kill `process` so many seconds after it has sent this alert."""
    if received.message_id == doomed:
        asyncio.get_running_loop().call_later(delay, process.kill)


async def test_one_that_stands_by_takes_over_from_one_that_is_killed(
    cluster: Cluster, stream: Stream, there: Receiver, file: Path
) -> None:
    async with launched(cluster, file) as first, launched(cluster, file) as second:
        await send(stream, "s1")
        await until(lambda: there.taken == ["s1"])
        for process, one in ((first, "s2"), (second, "s3")):
            if process is first:
                process.kill()
            await send(stream, one)
            await until(lambda one=one: one in there.taken)  # type: ignore[misc]
        second.terminate()
        assert await second.wait() == 0
    assert there.taken == ["s1", "s2", "s3"]


async def test_one_that_stood_still_sends_nothing_beside_its_successor(
    cluster: Cluster, stream: Stream, there: Receiver, file: Path
) -> None:
    async with launched(cluster, file) as first:
        await send(stream, "z1")
        await until(lambda: there.taken == ["z1"])
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


async def test_a_target_that_hangs_does_not_hold_up_the_end(cluster: Cluster, stream: Stream, there: Receiver, file: Path) -> None:
    there.hangs = True
    async with launched(cluster, file) as process:
        await send(stream, "h1")
        await until(lambda: len(there.received) == 1)
        process.terminate()
        async with asyncio.timeout(10):  # as Docker does not wait for longer
            assert await process.wait() == 0
    there.hangs = False
    async with launched(cluster, file):
        await until(lambda: len(there.received) == 2)
    assert [one.message_id for one in there.received] == ["h1", "h1"]
