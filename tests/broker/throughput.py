"""Many feeds polled once: how fast, and in how much memory. `python -m tests.broker.throughput embedded|kafka FEEDS ENTRIES`.

The feeds have different entries without links, so that what is measured is the poller and not a site that answers slowly.
"""
from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from pathlib import Path

import feedparser
from aiohttp import web
from aiokafka import AIOKafkaConsumer

from agents.brokers import MAX_REQUEST
from agents.cluster import Cluster
from agents.embedded import EmbeddedBroker
from agents.poll.subscriptions import subscribe
from agents.settings import Settings
from agents.topics import RAW
from tests.broker.conftest import EMBEDDED
from tests.broker.feed_server import feed
from tests.broker.jars import kafka_jars
from tests.broker.memory import megabytes
from tests.broker.real_kafka import RealKafka

_UP = (sys.executable, "-c", "from agents.cli import main; main()", "up", "--only", "poll")
_AT_ONCE = {"DYADWATCH_FEEDS_NETWORKS": '["127.0.0.0/8"]', "DYADWATCH_FEEDS_SPACING": "0.1"}
_HOSTS = 50  # each of which is asked by one at a time
_PARSED_FOR_COMPARISON = 100  # feeds
_LOOK_EVERY = 0.5  # seconds
_TEXT = "Russian Foreign Minister Sergey Lavrov met his Chinese counterpart Wang Yi in Moscow, the ministry said. " * 4


def document(number: int, entries: int) -> bytes:
    """A feed of 25 KB for 50 entries."""
    items = "".join(
        f"<item><title>Talks {number}/{i}</title><guid isPermaLink='false'>{number}/{i}</guid>"
        f"<pubDate>Tue, 10 Mar 2026 09:{i % 60:02}:00 GMT</pubDate><description>{escape(_TEXT)}</description></item>"
        for i in range(entries)
    )
    return f'<rss version="2.0"><channel><title>{number}</title>{items}</channel></rss>'.encode()


async def measure(broker: str, feeds: int, entries: int) -> None:
    """Poll so many feeds of so many entries, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with _serving(entries) as (hosts, asked), _running(broker, Path(folder)) as cluster:
            settings = Settings(data_dir=Path(folder))
            addresses = [f"{hosts[number % len(hosts)]}/{number}" for number in range(feeds)]
            await subscribe(cluster, settings, list(map(feed, addresses)))
            poller = await asyncio.create_subprocess_exec(*_UP, env=os.environ | _AT_ONCE | {"DYADWATCH_KAFKA_BOOTSTRAP": str(cluster)})
            memory: list[float] = []
            watching = asyncio.create_task(_watch(poller.pid, memory))
            came = await _arrivals(cluster, feeds * entries)
            took = time.monotonic() - asked[0]
            watching.cancel()
            poller.terminate()
            await poller.wait()
    print(f"{feeds} feeds of {entries} entries, {len(asked)} requests: {len(came)} articles, {sum(came.values())} messages")
    print(f"{took:.0f} s, {feeds / took:.1f} feeds/s")
    print(f"poller and its parser together {max(memory):.0f} MB at most, {memory[-1]:.0f} MB at the end")
    documents = [document(number, entries) for number in range(_PARSED_FOR_COMPARISON)]
    begun = time.monotonic()
    for one in documents:
        feedparser.parse(one)
    print(f"feedparser alone, one process: {len(documents) / (time.monotonic() - begun):.1f} feeds/s")


async def _arrivals(cluster: Cluster, expected: int) -> Counter[str]:
    """How often each article came, once there are as many as `expected`."""
    came = Counter[str]()
    consumer = AIOKafkaConsumer(RAW, **cluster.client, auto_offset_reset="earliest", max_partition_fetch_bytes=MAX_REQUEST)
    await consumer.start()
    try:
        async for record in consumer:
            came[(record.key or b"").decode()] += 1
            if len(came) == expected:
                return came
    finally:
        await consumer.stop()
    return came


async def _watch(pid: int, memory: list[float]) -> None:
    """Add what a process and its children take, again and again."""
    while True:
        memory.append(megabytes(pid))
        await asyncio.sleep(_LOOK_EVERY)


@asynccontextmanager
async def _running(broker: str, folder: Path) -> AsyncIterator[Cluster]:
    if broker == EMBEDDED:
        async with EmbeddedBroker() as embedded:
            yield embedded.cluster
    else:
        with RealKafka(folder / "node", kafka_jars()) as kafka:
            yield kafka.cluster


@asynccontextmanager
async def _serving(entries: int) -> AsyncIterator[tuple[list[str], list[float]]]:
    """The addresses of a server under many names, and when it was asked."""
    asked: list[float] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(time.monotonic())
        return web.Response(body=document(int(request.match_info["number"]), entries), content_type="application/rss+xml")

    app = web.Application()
    app.add_routes([web.get("/{number}", answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    for host in range(1, _HOSTS + 1):
        await web.TCPSite(runner, f"127.0.0.{host}", 0).start()
    try:
        yield [f"http://{host}:{port}" for host, port in runner.addresses], asked
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    broker, *numbers = sys.argv[1:]
    asyncio.run(measure(broker, *map(int, numbers)))
