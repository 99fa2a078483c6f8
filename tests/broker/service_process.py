"""The whole service in a process of its own: `python -m tests.broker.service_process BOOTSTRAP FOLDER REPLICATION`."""
from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

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


@asynccontextmanager
async def launched(cluster: Cluster, settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process, when it is ready; it does not outlive the block."""
    command = [sys.executable, "-m", "tests.broker.service_process", str(cluster), str(settings.data_dir), str(settings.replication)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout
        assert await process.stdout.readline() == READY
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def main() -> None:
    bootstrap, folder, replication = sys.argv[1:]
    settings = Settings(data_dir=Path(folder), replication=int(replication), extraction_processes=1)
    asyncio.run(run_until_stopped(Announced(settings, Cluster(bootstrap))))


if __name__ == "__main__":
    main()
