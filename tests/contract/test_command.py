"""`python -m agents.contract`: the file is written; what is stale or breaks readers is told, and no release."""
from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.contract import __main__ as command
from pipeline.lexicon.load import Lexicon

Run = Callable[..., int]


@pytest.fixture
def run(lexicon: Lexicon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, on files of its own: the contract is not there yet, and the one of the last release is what it would be."""
    monkeypatch.setattr(command, "load_lexicon", lambda: lexicon)
    monkeypatch.setattr(command, "CONTRACT", tmp_path / "asyncapi.json")
    monkeypatch.setattr(command, "RELEASED", tmp_path / "released.json")
    command.RELEASED.write_text(command.generated(lexicon), "utf-8")

    def main(*options: str) -> int:
        monkeypatch.setattr(sys, "argv", ["contract", *options])
        return command.main()

    return main


def released_had(change: Callable[[dict[str, dict[str, object]]], None]) -> str:
    """Change the alert of the last release; returns what its file is then."""
    contract = json.loads(command.RELEASED.read_text("utf-8"))
    change(contract["components"]["schemas"]["Alert"]["properties"])
    command.RELEASED.write_text(json.dumps(contract), "utf-8")
    return command.RELEASED.read_text("utf-8")


def test_the_contract_of_the_repository_is_current_and_breaks_no_reader_of_the_last_release(lexicon: Lexicon) -> None:
    assert command.wrong(command.generated(lexicon)) == []


def test_the_file_is_written_and_then_nothing_is_wrong(run: Run) -> None:
    assert (run(), run("--check")) == (0, 0)
    assert command.CONTRACT.read_text("utf-8") == command.RELEASED.read_text("utf-8")


def test_a_file_that_is_missing_or_stale_is_told_with_the_command_that_writes_it(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--check") == 1
    command.CONTRACT.write_text("{}", "utf-8")
    assert run("--check") == 1
    told = f"{command.CONTRACT} does not match the code: run `make schemas`\n"
    assert capsys.readouterr().err == told * 2
    assert command.CONTRACT.read_text("utf-8") == "{}"


def test_a_change_that_breaks_readers_is_told_and_not_released(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    before = released_had(lambda properties: properties.update(tone={"type": "string"}))
    run()
    assert (run("--check"), run("--release")) == (1, 1)
    told = "breaks readers of 0.1.0: meetings-alerts/Alert/payload.tone: is gone: readers rely on it; keep it"
    assert capsys.readouterr().err.count(told) == 2
    assert command.RELEASED.read_text("utf-8") == before


def test_what_was_added_is_part_of_the_contract_once_it_is_released(run: Run) -> None:
    before = released_had(lambda properties: properties["changes"].pop("description"))
    run()
    assert (run("--check"), run("--release")) == (0, 0)
    assert command.RELEASED.read_text("utf-8") == command.CONTRACT.read_text("utf-8") != before
