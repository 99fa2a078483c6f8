"""A notifier in a process of its own, to be killed: `python -m tests.broker.notifying_process BOOTSTRAP FOLDER FILE`."""
from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from agents.cluster import Cluster
from agents.outlets.notify.notifier import Notifier
from agents.settings import Settings
from agents.together import run_until_stopped

READY = b"ready\n"


class Announced(Notifier):
    """Says when it is ready."""

    async def start(self) -> None:
        await super().start()
        sys.stdout.buffer.write(READY)
        sys.stdout.flush()


@asynccontextmanager
async def launched(cluster: Cluster, file: Path, *, wait: bool = True) -> AsyncIterator[Process]:
    """The process, when it delivers or stands by, or at once; it does not outlive the block."""
    command = [sys.executable, "-m", "tests.broker.notifying_process", str(cluster), str(file.parent), str(file)]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    try:
        if wait:
            assert process.stdout
            assert await process.stdout.readline() == READY
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def main() -> None:
    bootstrap, folder, file = sys.argv[1:]
    settings = Settings(kafka_bootstrap=bootstrap, data_dir=Path(folder), outlets=Path(file))
    asyncio.run(run_until_stopped(Announced(settings, Cluster(bootstrap))))


if __name__ == "__main__":
    main()
