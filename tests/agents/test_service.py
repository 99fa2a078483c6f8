"""The service's life: refused starts, signals, failures. What it does when all is well, tests/broker/ shows."""
from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from agents.cluster import Cluster
from agents.embedded import HOST, free_port
from agents.service import Service
from agents.settings import Settings
from agents.together import Together, run_until_stopped
from schemas.errors import BrokerError


class Recorded(Service):
    """Starts and stops nothing, and writes down that it did."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.happened: list[str] = []
        self._failure = failure

    async def start(self) -> None:
        self.happened.append("started")

    async def wait(self) -> None:
        if self._failure:
            raise self._failure
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    async def stop(self) -> None:
        self.happened.append("stopped")


async def test_without_a_broker_the_start_is_refused_and_the_message_names_the_address(tmp_path: Path) -> None:
    address = f"{HOST}:{free_port()}"
    with pytest.raises(BrokerError, match=f"no broker answers at {address}.*DYADWATCH_KAFKA_BOOTSTRAP"):
        await Service(Settings(data_dir=tmp_path), Cluster(address)).start()


async def test_a_signal_stops_it_in_good_order() -> None:
    service = Recorded()
    await run_until_stopped(service)
    assert service.happened == ["started", "stopped"]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_parts_stop_at_the_same_time_also_when_one_does_not_start() -> None:
    happened: list[str] = []
    both_stop = asyncio.Barrier(2)

    class Part(Recorded):
        def __init__(self, name: str, fails: bool = False) -> None:
            super().__init__()
            self.name, self.fails = name, fails

        async def start(self) -> None:
            if self.fails:
                raise BrokerError("refused")
            happened.append(f"{self.name} started")

        async def stop(self) -> None:
            await both_stop.wait()
            happened.append(f"{self.name} stopped")

    async with asyncio.timeout(10):
        with pytest.raises(BrokerError, match="refused"):
            await Together({name: Part(name, fails=name == "c") for name in "abc"}).start()
    assert happened[:2] == ["a started", "b started"]
    assert sorted(happened[2:]) == ["a stopped", "b stopped"]


async def test_when_it_cannot_go_on_it_is_stopped_and_the_reason_told() -> None:
    service = Recorded(BrokerError("dyadwatch-read cannot go on"))
    with pytest.raises(BrokerError, match="cannot go on"):
        await run_until_stopped(service)
    assert service.happened == ["started", "stopped"]


async def test_it_can_do_its_work_once_partitions_are_shared_out_and_tables_read(tmp_path: Path) -> None:
    recovery = SimpleNamespace(completed=asyncio.Event())
    app = SimpleNamespace(conf=SimpleNamespace(id="dyadwatch-read"), rebalancing=False, tables=SimpleNamespace(recovery=recovery))
    service = Service(Settings(data_dir=tmp_path), Cluster(f"{HOST}:1"))
    service._apps = (app,)  # type: ignore[assignment]
    lacking = "dyadwatch-read: partitions are being shared out, or tables read"
    assert service.unready() == lacking
    recovery.completed.set()
    assert service.unready() is None
    app.rebalancing = True
    assert service.unready() == lacking
