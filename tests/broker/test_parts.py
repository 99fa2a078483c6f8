"""The parts of docker-compose.yml as processes, each with its command and settings: what one makes, the others find."""
from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from agents.cluster import Cluster
from agents.embedded import free_port
from tests.broker import conftest
from tests.broker.articles import seeds
from tests.broker.feed_server import until
from tests.broker.own_process import ended
from tests.broker.stream import Stream
from tests.deploy.compose import COMPOSE, environment, read
from tests.deploy.declared import PARTS
from tests.deploy.image import well
from tests.notify.receiver import LOOPBACK, SECRET, Receiver, receiver

WITHIN = 90.0  # seconds


@pytest.fixture(scope="module", params=[broker for broker in conftest.brokers if broker != conftest.EMBEDDED])
def broker(request: pytest.FixtureRequest) -> str:
    """Other processes than one share no embedded broker."""
    return str(request.param)


@dataclass(frozen=True, slots=True)
class Running:
    """A part that runs."""

    process: Process
    supervisor: socket.socket  # what systemd would hear
    metrics: int  # port

    async def hears(self, line: str) -> None:
        """Return when the supervisor has been told `line`."""
        async with asyncio.timeout(WITHIN):
            while line not in (await asyncio.get_running_loop().sock_recv(self.supervisor, 4096)).decode().splitlines():
                pass


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def target() -> AsyncIterator[Receiver]:
    """One who is sent all alerts."""
    async with receiver() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parts(cluster: Cluster, target: Receiver, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Running]]:
    """All parts, started at the same moment, on a broker that has no topic yet."""
    folder = tmp_path_factory.mktemp("parts")
    outlets(folder, target)
    async with AsyncExitStack() as stack:
        yield {part: await started(stack, part, cluster, folder) for part in PARTS}


def outlets(folder: Path, target: Receiver) -> None:
    """Write the file that `started` names to its part: all alerts go to `target`."""
    (folder / "outlets.toml").write_text(
        f'[[webhook]]\nid = "all"\nurl = "{target.url}"\nsecret = "${{HOOK_SECRET}}"\nnetworks = ["{LOOPBACK}"]\n'
    )


async def started(stack: AsyncExitStack, part: str, cluster: Cluster, folder: Path) -> Running:
    """`part` with what its container has, where this machine is not as a container is."""
    service, metrics, state = read(COMPOSE)["services"][part], free_port(), folder / part
    state.mkdir()
    here = {
        "DYADWATCH_KAFKA_BOOTSTRAP": str(cluster),
        "DYADWATCH_METRICS_HOST": "127.0.0.1",
        "DYADWATCH_WEB_HOST": "127.0.0.1",
        "DYADWATCH_OUTLETS": str(folder / "outlets.toml"),
    }
    own = {name: here.get(name, value) for name, value in environment(service).items()} | {
        "DYADWATCH_METRICS_PORT": str(metrics),
        "DYADWATCH_DATA_DIR": str(state),
        "DYADWATCH_WEB_PORT": "0",
        "HOOK_SECRET": SECRET,
        "NOTIFY_SOCKET": str(state / "notify"),
        "WATCHDOG_USEC": "30000000",
    }
    supervisor = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    supervisor.bind(str(state / "notify"))
    supervisor.setblocking(False)
    command = [sys.executable, "-c", "from agents.cli import main; main()", *service["command"]]
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | own, stderr=DEVNULL)
    await stack.enter_async_context(ended(process))
    return Running(process, supervisor, metrics)


async def test_each_part_tells_its_supervisor_that_it_is_ready_and_that_it_gets_on(parts: dict[str, Running]) -> None:
    for part in parts.values():
        await part.hears("READY=1")
        await part.hears("WATCHDOG=1")


async def test_each_container_is_well_and_each_pod_is_ready(parts: dict[str, Running]) -> None:
    for part in parts.values():
        assert await well(part.metrics)
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{part.metrics}") as client, asyncio.timeout(WITHIN):
            while (await client.get("/ready")).status_code != 200:
                await asyncio.sleep(0.1)


async def test_what_one_part_makes_the_others_find_up_to_who_is_notified(
    parts: dict[str, Running], target: Receiver, stream: Stream
) -> None:
    await stream.send(seeds())
    await stream.through()
    alerts = await stream.alerts()
    assert alerts
    await until(lambda: len(target.taken) == len(alerts))
    assert target.taken == [alert.alert_id for alert in alerts]


async def test_each_part_finishes_and_says_so(parts: dict[str, Running]) -> None:
    for part in parts.values():
        part.process.send_signal(signal.SIGTERM)
    for part in parts.values():
        await part.hears("STOPPING=1")
        assert await part.process.wait() == 0
