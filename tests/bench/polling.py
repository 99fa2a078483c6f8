"""Many feeds polled once: how fast, beside feedparser alone, and in how much memory.

The feeds have different entries without links, so that what is measured is the poller and not a site that answers slowly.
"""
from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import escape

import feedparser
from aiohttp import web
from aiokafka import AIOKafkaConsumer

from agents.brokers import MAX_REQUEST
from agents.cluster import Cluster
from agents.poll.subscriptions import subscribe
from agents.settings import Settings
from agents.topics import RAW
from tests.bench.brokers import running
from tests.bench.measure import Bar, Curve, Effort, Result, Way, side_by_side
from tests.broker.feed_server import feed
from tests.broker.memory import megabytes

FEEDS = 200
ENTRIES = 50  # of each
GROWTH = (50, 200, 800)  # feeds
_UP = (sys.executable, "-c", "from agents.cli import main; main()", "up", "--only", "poll")
_AT_ONCE = {"DYADWATCH_FEEDS_NETWORKS": '["127.0.0.0/8"]', "DYADWATCH_FEEDS_SPACING": "0.1"}
_HOSTS = 50  # each of which is asked by one at a time
_LOOK_EVERY = 0.5  # seconds
_TEXT = "Russian Foreign Minister Sergey Lavrov met his Chinese counterpart Wang Yi in Moscow, the ministry said. " * 4


@dataclass(frozen=True, slots=True)
class Polled:
    """What polling all feeds once took."""

    rate: float  # feeds a second
    memory: float  # megabytes of the poller and its parser, at most


def measure(effort: Effort, bar: Bar) -> Iterator[Result]:
    """Feeds a second and memory, and how both go with the number of feeds."""
    feeds = effort.of(FEEDS, least=5)
    ways = [Way("feedparser alone, one process", lambda: _parsed(feeds))]
    ways += [Way(f"poller, {broker}", _polled(broker, feeds)) for broker in effort.brokers]
    note = f"{feeds} feeds of {ENTRIES} entries and 25 kB, on {_HOSTS} hosts that are asked by one at a time, every 0.1 s at most."
    rounds = effort.at_most(3).rounds
    yield side_by_side("Polling: feeds asked, parsed and told to the broker", "feeds/s", ways, rounds, bar, warm=False, note=note)
    points = [effort.of(number, least=5) for number in GROWTH]
    with bar.steps("Polling: growth", len(points)) as step:
        found = []
        for number in points:
            found.append(asyncio.run(poll(effort.brokers[0], number)))
            step()
    took = [(float(n), 1000 / one.rate) for n, one in zip(points, found, strict=True)]
    yield Curve("feeds", "Polling, by number of feeds", "feeds", "ms a feed", {"poller": took})
    memory = [(float(n), one.memory) for n, one in zip(points, found, strict=True)]
    yield Curve("feeds-memory", "Memory of the poller, by number of feeds", "feeds", "MB", {"poller and its parser": memory})


def document(number: int) -> bytes:
    """A feed of 25 KB."""
    items = "".join(
        f"<item><title>Talks {number}/{i}</title><guid isPermaLink='false'>{number}/{i}</guid>"
        f"<pubDate>Tue, 10 Mar 2026 09:{i % 60:02}:00 GMT</pubDate><description>{escape(_TEXT)}</description></item>"
        for i in range(ENTRIES)
    )
    return f'<rss version="2.0"><channel><title>{number}</title>{items}</channel></rss>'.encode()


def _parsed(feeds: int) -> float:
    documents = [document(number) for number in range(feeds)]
    begun = time.monotonic()
    for one in documents:
        feedparser.parse(one)
    return len(documents) / (time.monotonic() - begun)


def _polled(broker: str, feeds: int) -> Callable[[], float]:
    return lambda: asyncio.run(poll(broker, feeds)).rate


async def poll(broker: str, feeds: int) -> Polled:
    """Poll so many feeds once, from the first request to the last article."""
    async with _serving() as (hosts, asked), running(broker) as (cluster, folder):
        settings = Settings(data_dir=folder)
        addresses = [f"{hosts[number % len(hosts)]}/{number}" for number in range(feeds)]
        await subscribe(cluster, settings, list(map(feed, addresses)))
        environment = os.environ | _AT_ONCE | {"DYADWATCH_KAFKA_BOOTSTRAP": str(cluster)}
        poller = await asyncio.create_subprocess_exec(*_UP, env=environment, stderr=asyncio.subprocess.DEVNULL)
        memory: list[float] = []
        watching = asyncio.create_task(_watch(poller.pid, memory))
        try:
            await _arrivals(cluster, feeds * ENTRIES)
            took = time.monotonic() - asked[0]
            memory.append(megabytes(poller.pid))
        finally:
            watching.cancel()
            poller.terminate()
            await poller.wait()
    return Polled(feeds / took, max(memory))


async def _arrivals(cluster: Cluster, expected: int) -> None:
    """Return when as many articles have come."""
    came: set[bytes] = set()
    consumer = AIOKafkaConsumer(RAW, **cluster.client, auto_offset_reset="earliest", max_partition_fetch_bytes=MAX_REQUEST)
    await consumer.start()
    try:
        async for record in consumer:
            came.add(record.key or b"")
            if len(came) == expected:
                return
    finally:
        await consumer.stop()


async def _watch(pid: int, memory: list[float]) -> None:
    """Add what a process and its children take, again and again."""
    while True:
        memory.append(megabytes(pid))
        await asyncio.sleep(_LOOK_EVERY)


@asynccontextmanager
async def _serving() -> AsyncIterator[tuple[list[str], list[float]]]:
    """The addresses of a server under many names, and when it was asked."""
    asked: list[float] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(time.monotonic())
        return web.Response(body=document(int(request.match_info["number"])), content_type="application/rss+xml")

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
