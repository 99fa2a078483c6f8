"""`dyadwatch review` where no broker is needed, and what becomes of labelled articles that were made before."""
from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agents.cli.app import app
from agents.cli.exits import Exit
from agents.labelling import Labelled, together
from pipeline.labels import Label, Omission

NOBODY_LISTENS = "127.0.0.1:1"
COMMANDS = (["right", "m"], ["wrong", "m"], ["none", "m"], ["same", "m", "n"], ["list"], ["export"])


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The settings of whoever runs the tests do not count."""
    monkeypatch.delenv("DYADWATCH_KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.setenv("DYADWATCH_DATA_DIR", str(tmp_path / "state"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["review", *map(str, arguments)])


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_without_a_broker_each_says_what_to_do(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (Exit.USAGE, "")
    assert "DYADWATCH_KAFKA_BOOTSTRAP is not set" in done.stderr
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", NOBODY_LISTENS)
    assert (run(*arguments).exit_code, done.stdout) == (Exit.NO_BROKER, "")


@pytest.mark.parametrize(
    ("content", "told"), [("{broken", "cannot be read"), ("[]", ":1: is no labelled article"), ('{"doc_id": 1}', ":1: is no labelled")]
)
def test_a_file_that_holds_something_else_is_left_alone(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(content)
    done = run("export", file)
    assert (done.exit_code, told in done.stderr) == (Exit.FAILED, True)
    assert file.read_text() == content


def one(name: str, *verdicts: str, text: str = "") -> Label:
    return {"doc_id": name, "verdicts": list(verdicts), "text": text}


@pytest.mark.parametrize(
    ("case", "judged", "made", "before", "expected"),
    [
        ("a new one", {"a": ["1"]}, {"a": one("a", "1")}, [], [one("a", "1")]),
        ("its text is gone", {"a": ["1"]}, {}, [], [Omission.GONE]),
        ("it was made before, and its text is gone", {"a": ["1"]}, {}, [one("a", "1", text="old")], [one("a", "1", text="old")]),
        ("somebody has changed it", {"a": ["1"]}, {"a": one("a", "1")}, [one("a", "1", text="changed")], [one("a", "1", text="changed")]),
        ("it was judged anew", {"a": ["2"]}, {"a": one("a", "2")}, [one("a", "1", text="old")], [one("a", "2")]),
        ("it was judged anew, and its text is gone", {"a": ["2"]}, {}, [one("a", "1")], [Omission.GONE]),
        ("it is wrong now", {"a": ["2"]}, {"a": Omission.WRONG}, [one("a", "1")], [Omission.WRONG]),
        ("its meetings are forgotten", {}, {}, [one("a", "1")], [one("a", "1")]),
        ("it is somebody's own", {}, {}, [{"doc_id": "x"}], [{"doc_id": "x"}]),
        ("before comes first", {"a": ["1"], "b": ["2"]}, {"a": one("a", "1")}, [one("b", "2")], [one("b", "2"), one("a", "1")]),
    ],
)
def test_what_was_made_before_stays_unless_it_was_judged_anew(
    case: str, judged: dict[str, list[str]], made: dict[str, Label | Omission], before: list[Label], expected: list[Label | Omission]
) -> None:
    articles = [label for label in expected if not isinstance(label, Omission)]
    omitted = {why: 1 for why in expected if isinstance(why, Omission)}
    assert together(judged, made, before) == Labelled(articles, omitted)
