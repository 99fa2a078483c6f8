"""Many open pages: what they cost, and how soon each shows an alert. `python -m tests.broker.audience STREAMS ALERTS`, on Apache Kafka.

The page runs in a process of its own, over 10,000 meetings. Alerts come one after the other, and every stream must get each once, in order.
"""
from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles

import httpx2
from aiokafka import AIOKafkaProducer

from agents.cluster import Cluster
from agents.settings import Settings
from agents.topic_changes import create_topics
from agents.topics import ALERTS, CURRENT
from schemas.cloudevents import headers
from tests.agents.fakes import THEN
from tests.broker.jars import kafka_jars
from tests.broker.memory import megabytes
from tests.broker.real_kafka import RealKafka
from tests.outlets.conftest import simple
from tests.outlets.told import alert_of

KNOWN = 10_000  # meetings
RATE = 5.0  # alerts a second
PAGES = 20  # requests for the first page
_UP = (sys.executable, "-c", "from agents.cli import main; main()", "up", "--only", "web")


class Teller:
    """Says what the stream says of one meeting after the other, and knows when it said it."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self.told: list[float] = []

    async def tell(self) -> None:
        meeting = simple(f"m{len(self.told):05}", after=len(self.told))
        alert = alert_of(meeting, meeting.applied[0].source)
        key = meeting.meeting_id.encode()
        self.told.append(time.monotonic())
        await self._producer.send(ALERTS, alert.model_dump_json().encode(), key=key, headers=list(headers(alert, THEN).items()))
        await self._producer.send(CURRENT, meeting.model_dump_json().encode(), key=key)

    async def tell_on(self, number: int) -> None:
        """Of so many more, at `RATE`."""
        for _ in range(number):
            await self.tell()
            await asyncio.sleep(1 / RATE)


@asynccontextmanager
async def serving(cluster: Cluster, folder: Path) -> AsyncIterator[tuple[int, str]]:
    """The page in a process of its own: its pid and address."""
    environment = {"DYADWATCH_KAFKA_BOOTSTRAP": str(cluster), "DYADWATCH_DATA_DIR": str(folder), "DYADWATCH_WEB_PORT": "0"}
    process = await asyncio.create_subprocess_exec(*_UP, env=environment, stderr=asyncio.subprocess.PIPE)
    assert process.stderr
    try:
        async for line in process.stderr:
            if line.startswith(b"the page: "):
                break
        yield process.pid, line.decode().split()[-1]
    finally:
        process.terminate()
        await process.communicate()


async def watch(address: str, first: int, number: int, ready: asyncio.Semaphore) -> list[float]:
    """When each of the next alerts came to one open stream.

    Raises:
        AssertionError: another one came.
    """
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /events?after={first} HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    ready.release()
    came: list[float] = []
    while len(came) < number:
        line = await reader.readline()
        if line.startswith(b"id: "):
            assert int(line[4:]) == first + len(came) + 1
            came.append(time.monotonic())
    writer.close()
    return came


@asynccontextmanager
async def over_known() -> AsyncIterator[tuple[Teller, int, str]]:
    """A page over `KNOWN` meetings on Apache Kafka: who tells of further ones, the page's process and its address."""
    with tempfile.TemporaryDirectory() as name, RealKafka(Path(name) / "kafka", kafka_jars()) as kafka:
        await create_topics(kafka.cluster, Settings())
        async with AIOKafkaProducer(**kafka.cluster.client) as producer:
            teller = Teller(producer)
            for _ in range(KNOWN):
                await teller.tell()
            await producer.flush()
            async with serving(kafka.cluster, Path(name) / "state") as (pid, address):
                yield teller, pid, address


async def measure(streams: int, alerts: int) -> None:
    """All of it."""
    async with over_known() as (teller, pid, address):
        async with httpx2.AsyncClient(base_url=address) as client:
            took, size = [], 0
            for _ in range(PAGES):
                begun = time.monotonic()
                size = len((await client.get("/", headers={"accept": "text/html"})).content)
                took.append(time.monotonic() - begun)
        print(f"first page: {size / 1000:.0f} kB, median {median(took) * 1000:.0f} ms, at most {max(took) * 1000:.0f} ms")
        ready = asyncio.Semaphore(0)
        watching = [asyncio.create_task(watch(address, KNOWN, alerts, ready)) for _ in range(streams)]
        for _ in watching:
            await ready.acquire()
        await teller.tell_on(alerts)
        seen = await asyncio.gather(*watching)
        memory = megabytes(pid)
    delays = [came - told for one in seen for came, told in zip(one, teller.told[KNOWN:], strict=True)]
    cuts = quantiles(delays, n=20)
    print(f"{streams} streams, {alerts} alerts: p50 {median(delays) * 1000:.0f} ms, p95 {cuts[-1] * 1000:.0f} ms, {memory:.0f} MB")


if __name__ == "__main__":
    asyncio.run(measure(*map(int, sys.argv[1:])))
