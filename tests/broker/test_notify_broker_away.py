"""The only broker goes as an alert is delivered: the notifier waits for it, goes on, and repeats that one at most."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from agents.cluster import Cluster
from agents.settings import Settings
from agents.topic_changes import create_topics
from tests.broker.conftest import KAFKA
from tests.broker.feed_server import until
from tests.broker.node import Node
from tests.broker.notifying_process import launched
from tests.broker.stream import Stream
from tests.broker.test_notify import send
from tests.broker.test_notify_kills import written
from tests.notify.receiver import Received, Receiver, receiver

AWAY = 8.0  # seconds; longer than the session of a notifier


@pytest.fixture(scope="module")
def broker() -> str:
    """One that may be killed."""
    return KAFKA


@pytest_asyncio.fixture(loop_scope="module")
async def there() -> AsyncIterator[Receiver]:
    async with receiver() as one:
        yield one


@pytest.mark.parametrize(
    ("name", "goes", "comes_back"),
    [("killed", Node.kill, Node.launch), ("hangs", Node.pause, Node.resume)],
    ids=["it is killed", "it hangs"],
)
async def test_when_the_broker_is_back_all_goes_on(
    name: str,
    goes: Callable[[Node], None],
    comes_back: Callable[[Node], None],
    node: Node,
    cluster: Cluster,
    stream: Stream,
    settings: Settings,
    there: Receiver,
    tmp_path: Path,
) -> None:
    await create_topics(cluster, settings)
    file = written(tmp_path, name, there)
    sent = [f"{name}-{number}" for number in range(6)]

    def go(one: Received) -> None:
        if one.message_id == sent[1] and sent[1] not in there.taken:
            goes(node)

    there.on_received = go
    async with launched(cluster, file) as process:
        await send(stream, *sent[:3])
        await until(lambda: there.taken[:2] == sent[:2])
        await asyncio.sleep(AWAY)
        comes_back(node)
        await send(stream, *sent[3:])
        await until(lambda: there.taken[-1] == sent[-1])
        process.terminate()
        assert await process.wait() == 0
    assert list(dict.fromkeys(there.taken)) == sent
    assert len(there.taken) <= len(sent) + 1
