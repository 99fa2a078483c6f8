"""The whole service in a process of its own, to be killed: `python -m tests.broker.service_process BOOTSTRAP SETTINGS`."""
from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agents.cluster import Cluster
from agents.service import Service
from agents.settings import Settings
from agents.together import run_until_stopped
from tests.broker import own_process


class Announced(Service):
    """Says when it is ready."""

    async def start(self) -> None:
        await super().start()
        own_process.say_ready()


async def launch(cluster: Cluster, settings: Settings) -> Process:
    """The process, just started. Who starts it ends it."""
    return await own_process.launch("tests.broker.service_process", str(cluster), settings.model_dump_json(exclude_defaults=True))


@asynccontextmanager
async def launched(cluster: Cluster, settings: Settings) -> AsyncIterator[Process]:
    """The process, when it has its partitions or stands by; it does not outlive the block."""
    async with own_process.ended(await launch(cluster, settings)) as process:
        await own_process.ready(process)
        yield process


def main() -> None:
    bootstrap, settings = sys.argv[1:]
    asyncio.run(run_until_stopped(Announced(Settings.model_validate_json(settings), Cluster(bootstrap))))


if __name__ == "__main__":
    main()
