"""`dyadwatch demo` and `up --embedded` as a user runs them: the right alerts, and nothing left behind, however they end."""
from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

WITHIN = 120  # seconds; 6 on an idle machine
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def broker() -> str:
    """The demonstration brings its own."""
    return "embedded broker"


@pytest.fixture(scope="module")
def cluster() -> None:
    """None is needed."""


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment whose temporary folder and home are ours; afterwards nothing of it is in use, and nothing is in it."""
    mark = f"{tmp_path.name}-{os.getpid()}"
    temporary, home = tmp_path / "temporary", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DYADWATCH_", "XDG_"))}
    ours = {"TMPDIR": str(temporary), "HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "80", "DYADWATCH_WEB_PORT": "0"}
    yield clean | ours | {"DEMO_TEST": mark}
    assert list(temporary.iterdir()) == []
    assert list(home.rglob("*")) == []
    assert processes_below(temporary, mark) == []


def processes_below(folder: Path, mark: str) -> list[str]:
    """Command lines of processes that inherited our mark or that work below the folder, as the broker does."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            marked = f"DEMO_TEST={mark}".encode() in (process / "environ").read_bytes()
            if marked or (process / "cwd").resolve().is_relative_to(folder):
                found.append((process / "cmdline").read_text())
        except OSError:
            continue  # it has ended, or is not ours
    return found


async def start(surroundings: dict[str, str], *arguments: str) -> Process:
    command = [sys.executable, "-c", "from agents.cli import main; main()", *arguments]
    return await asyncio.create_subprocess_exec(*command, env=surroundings, cwd="/", stdout=PIPE, stderr=PIPE)


async def finish(demo: Process) -> tuple[str, str]:
    """Standard output and standard error of the whole run."""
    try:
        out, err = await asyncio.wait_for(demo.communicate(), WITHIN)
    finally:
        if demo.returncode is None:
            demo.kill()
            await demo.wait()
    return out.decode(), err.decode()


async def test_the_seeds_raise_eight_new_alerts_and_one_corroboration_and_all_is_stopped(surroundings: dict[str, str]) -> None:
    demo = await start(surroundings, "demo", "--json")
    out, err = await finish(demo)
    assert demo.returncode == 0, err
    alerts = [json.loads(line) for line in out.splitlines()]
    assert Counter(alert["type"] for alert in alerts) == {"new": 8, "corroborated": 1}
    assert "9 alerts (8 new, 1 corroborated)" in err


async def test_people_see_a_card_for_each_alert_then_the_table_and_no_escape_sequence_where_no_terminal_is(
    surroundings: dict[str, str],
) -> None:
    demo = await start(surroundings, "demo")
    out, err = await finish(demo)
    assert demo.returncode == 0, err
    cards, _, table = out.partition("status, mode")
    assert cards.count("\nsays (") == 9
    assert [row.split()[0] for row in table.splitlines() if row.split()[:1] and row.split()[0].isdigit()] == [str(n) for n in range(1, 10)]
    assert "Sergey Lavrov (foreign minister, Russia)" in cards
    assert "\x1b" not in out + err
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
async def test_an_interrupted_demonstration_leaves_nothing_either(surroundings: dict[str, str], number: signal.Signals) -> None:
    demo = await start(surroundings, "demo")
    assert demo.stderr is not None
    while b"create the topics" not in (line := await demo.stderr.readline()):  # from here on the agents start
        assert line, "it ended too early"
    demo.send_signal(number)
    await finish(demo)
    assert demo.returncode == 130


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
async def test_the_service_with_a_broker_of_its_own_tells_its_address_and_ends_well(
    surroundings: dict[str, str], number: signal.Signals
) -> None:
    service = await start(surroundings, "up", "--embedded")
    assert service.stdout is not None
    assert service.stderr is not None
    name, _, address = (await service.stdout.readline()).decode().strip().partition("=")
    assert name == "export DYADWATCH_KAFKA_BOOTSTRAP"
    while not (line := await service.stderr.readline()).startswith(b"ready: "):
        assert line, "it ended too early"
    assert address in line.decode()
    assert (await service.stderr.readline()).startswith(b"the page: http://127.0.0.1:")
    service.send_signal(number)
    _, err = await finish(service)
    assert (service.returncode, err) == (0, "")
