"""A poller in a process of its own, to be killed: `python -m tests.broker.polling_process BOOTSTRAP FOLDER [CONTACT]`."""
from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

from agents.cluster import Cluster
from agents.poll.poller import Poller
from agents.security import cluster_of
from agents.settings import Settings
from agents.together import run_until_stopped
from tests.broker.own_process import ended, launch

INTERVAL = timedelta(seconds=1)


def quick(settings: Settings, contact: str | None = None) -> Settings:
    """`settings` for feeds on loopback, asked again after `INTERVAL`. `contact` tells pollers apart: it is in the User-Agent."""
    loopback = (ip_network("127.0.0.0/8"),)
    return settings.model_copy(
        update={"feeds_interval": INTERVAL, "feeds_spacing": 0.05, "feeds_networks": loopback, "feeds_contact": contact}
    )


@asynccontextmanager
async def launched(cluster: Cluster, folder: Path, contact: str | None = None) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process, just started; it does not outlive the block."""
    command = ["tests.broker.polling_process", str(cluster), str(folder), *([contact] if contact else [])]
    async with ended(await launch(*command)) as process:
        yield process


def main() -> None:
    bootstrap, folder, *contact = sys.argv[1:]
    settings = quick(Settings(kafka_bootstrap=bootstrap, data_dir=Path(folder)), *contact)
    cluster = cluster_of(settings)
    assert cluster
    asyncio.run(run_until_stopped(Poller(settings, cluster)))


if __name__ == "__main__":
    main()
