"""Notifiers that are killed at any moment: every alert arrives, in order, and each kill repeats one at most.

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
    """A target of its own for each test."""
    await create_topics(cluster, settings)
    return written(tmp_path, str(request.node.originalname).replace("_", "-")[:60].strip("-"), there)


def written(folder: Path, name: str, there: Receiver) -> Path:
    """A file with one target."""
    path = folder / "outlets.toml"
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
