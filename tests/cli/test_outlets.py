"""`dyadwatch outlets` where no broker is needed, and what is told of each target."""
from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from rich.console import Console
from typer.testing import CliRunner, Result

from agents.cli.app import app
from agents.cli.checks import machine
from agents.cli.exits import Exit
from agents.cli.outlets import _fields, _table
from agents.outlets.notify.outlets import outlets_of
from agents.outlets.notify.standing import Standing
from agents.settings import Settings
from pipeline.delivery import failed, taken
from schemas.errors import NotTaken
from schemas.outlets import OutletState
from tests.notify.receiver import LOOPBACK, SECRET, Receiver, receiver

NOBODY_LISTENS = "127.0.0.1:1025"
THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEW = OutletState(outlet_id="phone", place=7, since=THEN)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two targets, where nobody listens."""
    path = tmp_path / "outlets.toml"
    path.write_text(text(f"http://{NOBODY_LISTENS}"))
    monkeypatch.setenv("DYADWATCH_OUTLETS", str(path))
    monkeypatch.delenv("DYADWATCH_KAFKA_BOOTSTRAP", raising=False)
    return path


@pytest_asyncio.fixture
async def there(file: Path) -> AsyncIterator[Receiver]:
    """Somebody listens."""
    async with receiver() as one:
        await asyncio.to_thread(file.write_text, text(one.url))
        yield one


def text(url: str) -> str:
    return (
        f'[[notify]]\nid = "phone"\nurl = "{url.replace("http", "json")}/token"\n'
        f'[[webhook]]\nid = "hook"\nurl = "{url}/token"\n'
        f'secret = "{SECRET}"\nnetworks = ["{LOOPBACK}"]\n'
    )


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize(("outlet", "kind"), [("phone", "JSON"), ("hook", "webhook http://127.0.0.1")])
async def test_a_sample_is_sent_without_a_broker_and_says_that_it_is_one(there: Receiver, outlet: str, kind: str) -> None:
    result = await asyncio.to_thread(run, "outlets", "test", outlet)
    assert (result.exit_code, result.stderr) == (Exit.OK, f"{outlet} has taken a sample ({kind})\n")
    (got,) = there.received
    assert got.body.get("type") == "org.dyadwatch.test.v1" or got.body["title"] == "A test of dyadwatch"


async def test_a_target_that_does_not_take_it_is_exit_code_1_with_the_reason(there: Receiver) -> None:
    there.status = 403
    result = await asyncio.to_thread(run, "outlets", "test", "hook")
    assert (result.exit_code, result.stderr) == (Exit.FAILED, "dyadwatch: it answered 403 Forbidden\n")


@pytest.mark.parametrize("command", [["test", "nobody"], ["enable", "nobody"]], ids=" ".join)
def test_a_target_that_is_not_in_the_file_is_told_with_those_that_are(
    file: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", NOBODY_LISTENS)
    result = run("outlets", *command)
    assert (result.exit_code, result.stderr) == (Exit.USAGE, f"dyadwatch: {file} has no target nobody; it has phone, hook\n")


@pytest.mark.parametrize("command", [["outlets", "list"], ["outlets", "enable", "phone"], ["up", "--only", "notify"]], ids=" ".join)
def test_without_a_file_one_is_told_how(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", NOBODY_LISTENS)
    result = run(*command)
    assert result.exit_code == Exit.USAGE
    assert "DYADWATCH_OUTLETS is not set" in result.stderr


@pytest.mark.parametrize("command", [["outlets", "list"], ["outlets", "enable", "phone"], ["up", "--only", "notify"]], ids=" ".join)
def test_a_broker_that_does_not_answer_is_named(file: Path, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", NOBODY_LISTENS)
    result = run(*command)
    assert result.exit_code == Exit.NO_BROKER
    assert NOBODY_LISTENS in result.stderr


def test_a_mistake_in_the_file_ends_the_start_with_all_its_mistakes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", NOBODY_LISTENS)
    file.write_text('[[notify]]\nid = "a"\nurl = "nosuch://x"\ndigest = "noon"\n')
    result = run("up")
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert f"dyadwatch: {file}: [[notify]] a: digest: " in result.stderr


def test_the_doctor_tells_of_the_file(file: Path) -> None:
    assert machine.check_outlets(Settings(outlets=None)) is None
    check = machine.check_outlets(Settings(outlets=file))
    assert check is not None
    assert (check.ok, check.found) == (True, "phone: JSON; hook: webhook http://127.0.0.1")
    file.write_text("[[notify]]\n")
    check = machine.check_outlets(Settings(outlets=file))
    assert check is not None
    assert (check.ok, check.remedy) == (False, "correct the file there")
    assert "[[notify]] number 1: id: Field required" in check.found


def test_what_a_list_tells_of_a_target(file: Path) -> None:
    outlets = outlets_of(Settings(outlets=file))
    failing = failed(taken(NEW, 8, THEN), NotTaken("it answered 503 Service Unavailable"), THEN + timedelta(hours=1), 0.0)
    gone = failed(NEW, NotTaken("it answered 410 Gone", gone=True), THEN, 0.0)
    found = [Standing("phone", failing, 3), Standing("hook", gone, 12)]
    assert json.loads(json.dumps(_fields(outlets[0], found[0]))) == {
        "id": "phone",
        "kind": "JSON",
        "condition": "failing",
        "waiting": 3,
        "last_success": "2026-03-01T12:00:00+00:00",
        "failing_since": "2026-03-01T13:00:00+00:00",
        "failures": 1,
        "next_attempt": "2026-03-01T13:00:05+00:00",
        "error": "it answered 503 Service Unavailable",
        "stopped": None,
    }
    assert _fields(outlets[1], Standing("hook", None, 0))["condition"] == "new"
    console = Console(width=200)
    with console.capture() as printed:
        console.print(_table(outlets, found))
    told = " ".join(printed.get().split())
    assert "failing" in told and "it answered 503 Service Unavailable" in told
    assert "stopped" in told and "it answered 410 Gone: it wants nothing any more" in told
    assert "token" not in told
