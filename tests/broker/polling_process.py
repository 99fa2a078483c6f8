"""A poller in a process of its own, to be killed: `python -m tests.broker.polling_process BOOTSTRAP FOLDER`."""
from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

from agents.poll.poller import Poller
from agents.settings import Settings
from agents.together import run_until_stopped


def main() -> None:
    bootstrap, folder = sys.argv[1:]
    settings = Settings(data_dir=Path(folder))
    loopback = (ip_network("127.0.0.0/8"),)
    polite_to_nobody = {"feeds_interval": timedelta(seconds=1), "feeds_spacing": 0.05, "feeds_networks": loopback}
    asyncio.run(run_until_stopped(Poller(settings.model_copy(update=polite_to_nobody), bootstrap)))


if __name__ == "__main__":
    main()
