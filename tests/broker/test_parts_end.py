"""Each part is told to stop while the only broker is away: it ends in time all the same."""
from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from agents.cluster import Cluster
from agents.poll.subscriptions import subscribe
from agents.settings import Settings
from tests.broker.conftest import KAFKA
from tests.broker.feed_server import Asked, Site, feed, until
from tests.broker.node import Node
from tests.broker.own_process import STOP_WITHIN
from tests.broker.polling_process import launched
from tests.broker.test_parts import outlets, started
from tests.deploy.declared import PARTS
from tests.notify.receiver import receiver

FEEDS = [f"f{number}" for number in range(8)]


@pytest.fixture(scope="module")
def broker() -> str:
    """One that may be killed."""
    return KAFKA


async def test_each_part_ends_in_time_while_the_broker_is_away(node: Node, cluster: Cluster, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        target = await stack.enter_async_context(receiver())
        outlets(tmp_path, target)
        parts = [await started(stack, part, cluster, tmp_path) for part in PARTS]
        for part in parts:
            await part.hears("READY=1")
        node.kill()
        for part in parts:
            part.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_WITHIN):
            assert [await part.process.wait() for part in parts] == [0] * len(parts)
    node.launch()
    node.wait_ready()


async def test_so_does_a_poller_whose_articles_wait_for_the_broker(
    node: Node, cluster: Cluster, settings: Settings, served: Site, tmp_path: Path
) -> None:
    served.entries = {name: [name] for name in FEEDS}
    await subscribe(cluster, settings, [feed(f"{served.url}/feed/{name}") for name in FEEDS])
    gone = asyncio.Event()

    def kill(asked: Asked) -> None:
        if asked.path == "/page/f3":
            node.kill()
            gone.set()

    served.on_asked = kill
    async with launched(cluster, tmp_path) as poller:
        await gone.wait()
        await until(lambda: all(served.times(f"/page/{name}") for name in FEEDS))
        poller.terminate()
        async with asyncio.timeout(STOP_WITHIN):
            assert await poller.wait() == 0
    node.launch()
    node.wait_ready()
