"""What systemd is told over a real socket of its kind: that a service is ready, that it gets on, that it stops."""
from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agents.supervisor import LOOKS, Supervisor

WITHIN = 30.0  # seconds
PATIENCE = 0.3  # seconds, of a supervisor
ON = {"WATCHDOG_USEC": f"{PATIENCE * 1_000_000:.0f}", "WATCHDOG_PID": str(os.getpid())}


@contextmanager
def supervising(address: str) -> Iterator[socket.socket]:
    """The socket of one who hears there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(address)
        bound.setblocking(False)
        yield bound


async def heard(bound: socket.socket) -> list[str]:
    """The lines of what comes next."""
    async with asyncio.timeout(WITHIN):
        return (await asyncio.get_running_loop().sock_recv(bound, 4096)).decode().splitlines()


def waiting(bound: socket.socket) -> list[str]:
    """The lines of all that has come."""
    lines = []
    while True:
        try:
            lines += bound.recv(4096).decode().splitlines()
        except BlockingIOError:
            return lines


def getting_on() -> None:
    """It is not stuck."""


async def test_it_hears_when_the_service_is_ready_and_when_it_stops(tmp_path: Path) -> None:
    with supervising(str(tmp_path / "notify")) as bound:
        async with Supervisor(getting_on, {"NOTIFY_SOCKET": str(tmp_path / "notify")}) as supervisor:
            assert waiting(bound) == []
            supervisor.ready()
            assert (await heard(bound))[0] == "READY=1"
            supervisor.stopping()
            assert (await heard(bound))[0] == "STOPPING=1"
        assert waiting(bound) == []  # it asked for no sign of life


@pytest.mark.skipif(not hasattr(socket, "SO_PASSCRED"), reason="only Linux has names of sockets that are no files")
async def test_a_name_that_is_no_file_is_reached_too() -> None:
    with supervising(f"\0dyadwatch-test-{os.getpid()}") as bound:
        async with Supervisor(getting_on, {"NOTIFY_SOCKET": f"@dyadwatch-test-{os.getpid()}"}) as supervisor:
            supervisor.ready()
            assert (await heard(bound))[0] == "READY=1"


async def test_a_watchdog_hears_of_a_service_that_gets_on_and_nothing_of_one_that_is_stuck_but_why(tmp_path: Path) -> None:
    reason: list[str] = []
    with supervising(str(tmp_path / "notify")) as bound:
        async with Supervisor(lambda: "\n".join(reason) or None, {"NOTIFY_SOCKET": str(tmp_path / "notify"), **ON}):
            for _ in range(2 * LOOKS):
                assert await heard(bound) == ["WATCHDOG=1"]
            reason += ["work: looking has taken 400 s", "web: it follows no more"]
            while (lines := await heard(bound)) == ["WATCHDOG=1"]:
                pass
            assert lines == ["STATUS=work: looking has taken 400 s; web: it follows no more"]
            await asyncio.sleep(PATIENCE)  # longer than the watchdog waits
            assert waiting(bound) == []
            reason.clear()
            assert await heard(bound) == ["STATUS=it gets on again"]
            assert await heard(bound) == ["WATCHDOG=1"]


async def test_a_watchdog_of_another_process_is_not_spoken_to(tmp_path: Path) -> None:
    environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), **ON, "WATCHDOG_PID": str(os.getppid())}
    with supervising(str(tmp_path / "notify")) as bound:
        async with Supervisor(getting_on, environment):
            await asyncio.sleep(PATIENCE)
            assert waiting(bound) == []


@pytest.mark.parametrize("environment", [{}, ON])
async def test_where_nobody_supervises_nobody_is_told(environment: dict[str, str]) -> None:
    async with Supervisor(getting_on, environment) as supervisor:
        supervisor.ready()
        supervisor.stopping()


async def test_a_supervisor_that_is_gone_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with Supervisor(getting_on, {"NOTIFY_SOCKET": str(tmp_path / "nobody")}) as supervisor:
        supervisor.ready()
    assert "NOTIFY_SOCKET cannot be told READY=1" in caplog.text
