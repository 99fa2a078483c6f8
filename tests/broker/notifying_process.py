"""A notifier in a process of its own, to be killed: `python -m tests.broker.notifying_process BOOTSTRAP FOLDER FILE`."""
from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from agents.cluster import Cluster
from agents.outlets.notify.notifier import Notifier
from agents.settings import Settings
from agents.together import run_until_stopped
from tests.broker.own_process import ended, launch, ready, say_ready


class Announced(Notifier):
    """Says when it is ready."""

    async def start(self) -> None:
        await super().start()
        say_ready()


@asynccontextmanager
async def launched(cluster: Cluster, file: Path, *, wait: bool = True) -> AsyncIterator[Process]:
    """The process, when it delivers or stands by, or at once; it does not outlive the block."""
    async with ended(await launch("tests.broker.notifying_process", str(cluster), str(file.parent), str(file))) as process:
        if wait:
            await ready(process)
        yield process


def main() -> None:
    bootstrap, folder, file = sys.argv[1:]
    settings = Settings(kafka_bootstrap=bootstrap, data_dir=Path(folder), outlets=Path(file))
    asyncio.run(run_until_stopped(Announced(settings, Cluster(bootstrap))))


if __name__ == "__main__":
    main()
