"""Parts of a service that stand as a test says."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2

from agents.cluster import Cluster
from agents.lifecycle import LongLived
from agents.settings import Settings
from agents.sight.server import Sight
from agents.together import Together

NOWHERE = Cluster("127.0.0.1:1")


@dataclass
class Part(LongLived):
    """Starts when it may, and is as it is told to be."""

    may_start: asyncio.Event = field(default_factory=asyncio.Event)
    may_stop: asyncio.Event = field(default_factory=asyncio.Event)
    failing: asyncio.Event = field(default_factory=asyncio.Event)
    stands: str | None = None
    lacks: str | None = None
    measured: int = 0

    async def start(self) -> None:
        await self.may_start.wait()

    async def stop(self) -> None:
        await self.may_stop.wait()

    async def wait(self) -> None:
        await self.failing.wait()
        raise RuntimeError("it cannot go on")

    def stuck(self) -> str | None:
        return self.stands

    def unready(self) -> str | None:
        return self.lacks

    def measure(self) -> None:
        self.measured += 1


def started(stands: str | None = None) -> Part:
    """One that starts and stops at once."""
    part = Part(stands=stands)
    part.may_start.set()
    part.may_stop.set()
    return part


@asynccontextmanager
async def seen(service: Together, cluster: Cluster = NOWHERE) -> AsyncIterator[httpx2.AsyncClient]:
    """Who asks how `service` is, whatever becomes of it."""
    async with Sight(0, Settings(), cluster, service) as sight, httpx2.AsyncClient(base_url=sight.address, timeout=10) as client:
        yield client


async def said(client: httpx2.AsyncClient, path: str) -> tuple[int, str]:
    """Status and text."""
    answer = await client.get(path)
    return answer.status_code, answer.text
