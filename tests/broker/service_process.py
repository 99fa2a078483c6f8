"""The whole service in a process of its own, to be killed: `python -m tests.broker.service_process BOOTSTRAP SETTINGS`."""
from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from agents.cluster import Cluster
from agents.service import Service
from agents.settings import Settings
from agents.together import run_until_stopped

READY = b"ready\n"


class Announced(Service):
    """Says when it is ready."""

    async def start(self) -> None:
        await super().start()
        sys.stdout.buffer.write(READY)
        sys.stdout.flush()


async def launch(cluster: Cluster, settings: Settings) -> Process:
    """The process, just started. Who starts it ends it."""
    command = [sys.executable, "-m", "tests.broker.service_process", str(cluster), settings.model_dump_json(exclude_defaults=True)]
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE)


async def ready(process: Process) -> None:
    """Return when it has its partitions, or stands by."""
    assert process.stdout
    assert await process.stdout.readline() == READY


@asynccontextmanager
async def launched(cluster: Cluster, settings: Settings) -> AsyncIterator[Process]:
    """The process, when it is ready; it does not outlive the block."""
    process = await launch(cluster, settings)
    try:
        await ready(process)
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def main() -> None:
    bootstrap, settings = sys.argv[1:]
    asyncio.run(run_until_stopped(Announced(Settings.model_validate_json(settings), Cluster(bootstrap))))


if __name__ == "__main__":
    main()
