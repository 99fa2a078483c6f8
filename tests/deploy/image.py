"""What the Dockerfile says."""
from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
METRICS_PORT = 9464


def final_stage() -> list[str]:
    """The instructions of the last stage, comments left out and continued lines joined."""
    lines = DOCKERFILE.read_text().replace("\\\n", " ").splitlines()
    instructions = [line for line in lines if line and not line.startswith("#")]
    last = max(n for n, line in enumerate(instructions) if line.startswith("FROM "))
    return instructions[last:]


def health_check() -> list[str]:
    """The command that says by its exit code whether a container is well."""
    (check,) = (line for line in final_stage() if line.startswith("HEALTHCHECK "))
    command: list[str] = json.loads(check.partition(" CMD ")[2])
    return command


async def well(port: int) -> bool:
    """What the health check says of a container whose metrics are at `port` of this machine."""
    _, *arguments = (one.replace(str(METRICS_PORT), str(port)) for one in health_check())
    return await (await asyncio.create_subprocess_exec(sys.executable, *arguments, stderr=DEVNULL)).wait() == 0
