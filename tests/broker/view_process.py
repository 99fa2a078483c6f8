"""A view of the topics in a process of its own, to be killed: `python -m tests.broker.view_process BOOTSTRAP PATH`."""
from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from agents.cluster import Cluster
from agents.outlets.view.follower import Follower
from agents.together import run_until_stopped

if __name__ == "__main__":
    bootstrap, path = sys.argv[1:]
    asyncio.run(run_until_stopped(Follower(Cluster(bootstrap), Path(path))))
