"""The brokers of the tests themselves: none is left behind, nor the disk of one."""
from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.broker.jars import Jars
from tests.broker.small_disk import SmallDisk

OWNER = """
import sys, time
from pathlib import Path
from tests.broker.jars import kafka_jars
from tests.broker.real_kafka import RealKafka
from tests.broker.small_disk import SmallDisk
folder = Path(sys.argv[1])
(folder / "disk").mkdir()
with SmallDisk(folder / "disk") as disk, RealKafka(folder / "kafka", kafka_jars(), data={1: disk.folder}) as kafka:
    print(kafka.nodes[0].pid, disk.folder, flush=True)
    time.sleep(600)
"""
WITHIN = 60.0  # seconds


async def test_they_end_with_a_test_run_that_is_killed(jars: Jars, small_disk: SmallDisk, tmp_path: Path) -> None:
    owner = await asyncio.create_subprocess_exec(sys.executable, "-c", OWNER, str(tmp_path), stdout=PIPE)
    try:
        assert owner.stdout
        pid, folder = (await owner.stdout.readline()).decode().split()
        assert running(pid)
        assert names(folder) == ["data"]
    finally:
        owner.kill()
        await owner.wait()
    async with asyncio.timeout(WITHIN):
        while running(pid) or names(folder):
            await asyncio.sleep(0.05)


def running(pid: str) -> bool:
    """A zombie waits only to be counted."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return ") Z " not in stat.read_text()
    except OSError:
        return False


def names(folder: str) -> list[str]:
    """What is in it; nothing where it is gone."""
    try:
        return [path.name for path in Path(folder).iterdir()]
    except OSError:
        return []
