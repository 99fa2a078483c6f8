"""A part of the service in a process of its own, to be killed: it says when it is ready, and does not outlive the block."""
from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

READY = b"ready\n"
STOP_WITHIN = 10.0  # seconds, which an operator gives what is told to stop


def say_ready() -> None:
    """What the process calls once it is."""
    sys.stdout.buffer.write(READY)
    sys.stdout.flush()


async def launch(module: str, *arguments: str) -> Process:
    """The process that runs `module`, just started. Who starts it ends it."""
    return await asyncio.create_subprocess_exec(sys.executable, "-m", module, *arguments, stdout=PIPE)


async def ready(process: Process) -> None:
    """Return when it says that it is."""
    assert process.stdout
    assert await process.stdout.readline() == READY


@asynccontextmanager
async def ended(process: Process) -> AsyncIterator[Process]:
    """Kill the process at the end of the block."""
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
