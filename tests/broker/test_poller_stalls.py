"""A poller that stands still for so long that another takes its feeds, and then goes on."""
from __future__ import annotations

import signal
from pathlib import Path

from agents.cluster import Cluster
from agents.poll.subscriptions import subscribe
from agents.settings import Settings
from tests.broker.feed_server import Asked, Site, feed, until
from tests.broker.manners import askers, complaints
from tests.broker.polling_process import INTERVAL, launched

FEEDS = [f"f{number}" for number in range(8)]


async def test_a_poller_that_was_given_up_asks_nothing_beside_its_successor(
    cluster: Cluster, settings: Settings, served: Site, tmp_path: Path
) -> None:
    served.entries = {name: [name] for name in FEEDS}
    await subscribe(cluster, settings, [feed(f"{served.url}/feed/{name}") for name in FEEDS])

    async with launched(cluster, tmp_path, "https://first.example/") as first:

        def stop(asked: Asked) -> None:
            if asked.path == "/page/f3":
                first.send_signal(signal.SIGSTOP)

        served.on_asked = stop
        await until(lambda: served.times("/page/f3") == 1)
        served.on_asked = lambda _: None
        async with launched(cluster, tmp_path, "https://second.example/") as second:
            await until(lambda: all(answered_since(served, name, "second") for name in FEEDS))
            first.send_signal(signal.SIGCONT)
            asked = {name: served.times(f"/feed/{name}") for name in FEEDS}
            await until(lambda: all(served.times(f"/feed/{name}") >= asked[name] + 3 for name in FEEDS))
            for process in (first, second):
                process.terminate()
                assert await process.wait() == 0

    assert [told for name in FEEDS for told in complaints(served.of(f"/feed/{name}"), INTERVAL)] == []
    assert len({who for name in FEEDS for who in askers(served.of(f"/feed/{name}"))}) == 2


def answered_since(served: Site, name: str, contact: str) -> bool:
    """Whether a feed has told that poller that it has nothing new."""
    return any(asked.status == 304 and contact in asked.headers["user-agent"] for asked in served.of(f"/feed/{name}"))
