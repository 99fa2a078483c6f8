"""The commands that need no broker, and how every command ends: data on standard output, messages on standard error, an exit code."""
from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agents.cli.app import app
from agents.cli.exits import Exit
from agents.cli.subscribe import FORMATS, LEVELS, MODES, STATUSES, TYPES
from schemas.meetings import AlertType, Format, Level, Mode, Status

MET = "Russian Foreign Minister Sergey Lavrov met Chinese Foreign Minister Wang Yi in Beijing on Tuesday and they discussed trade."
OTHER = "The town council of Springfield met on Tuesday and decided to repair the old bridge over the river before the winter comes."
ONE_SIDE = "Russian Foreign Minister Sergey Lavrov met the French ambassador in Moscow on Tuesday and they discussed the trade of wine."
NOBODY_LISTENS = "127.0.0.1:1"  # port 1 is below those that anybody starts a broker on


def run(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), input=stdin)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The settings of whoever runs the tests do not count."""
    monkeypatch.delenv("DYADWATCH_KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.setenv("DYADWATCH_DATA_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "80")


def lines(path: Path, *objects: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(o) + "\n" for o in objects))
    return path


def test_observe_prints_each_meeting_of_each_article_as_the_yardstick_wants_it(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "x.jsonl",
        {"doc_id": "first", "text": MET, "published_at": "2026-01-28", "url": "https://a.example/1"},
        {"doc_id": "none", "text": OTHER},
    )
    result = run("observe", path)
    assert result.exit_code == Exit.OK, result.output
    (line,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert set(line) == {"doc_id", "watch", "meeting_id", "alert", "meeting"}
    assert (line["doc_id"], line["alert"]) == ("first", "new")
    meeting = line["meeting"]
    assert {p["side"]: p["name"] for p in meeting["participants"]} == {"RU": "Sergey Lavrov", "CN": "Wang Yi"}
    assert (meeting["salience"], meeting["status"], meeting["mode"], meeting["format"]) == ("main", "held", "in_person", "bilateral")
    assert meeting["place"] == {"city": "Beijing", "country": "CN"}
    assert meeting["date"] == {"start": "2026-01-27", "end": "2026-01-27", "told": True}
    assert 0 <= meeting["confidence"] <= 1
    assert MET.startswith(meeting["evidence"]["sentence"])
    assert meeting["evidence"]["end"] - meeting["evidence"]["start"] == len(meeting["evidence"]["sentence"])


def test_observe_knows_in_later_articles_what_earlier_ones_told(tmp_path: Path) -> None:
    article = {"text": MET, "published_at": "2026-01-28"}
    path = lines(tmp_path / "x.jsonl", {**article, "url": "https://a.example/1"}, {**article, "url": "https://a.example/1"})
    first, again = [json.loads(line) for line in run("observe", path).stdout.splitlines()]
    assert first["meeting_id"] == again["meeting_id"]
    assert (first["alert"], again["alert"]) == ("new", None)


def test_what_is_refused_is_one_line_each_on_standard_error_and_exit_code_3(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(f"{{broken\n{json.dumps({'text': MET})}\n{json.dumps({'title': 'T'})}\n")
    result = run("observe", path, tmp_path / "gone")
    assert result.exit_code == Exit.REFUSED
    assert len(result.stdout.splitlines()) == 1
    assert [line.partition(": ")[0] for line in result.stderr.splitlines()] == [f"{path}:1", f"{path}:3", f"{tmp_path / 'gone'}"]


@pytest.mark.parametrize("command", ["observe", "explain"])
def test_an_article_that_cannot_be_processed_is_refused_and_the_next_is_not(tmp_path: Path, command: str) -> None:
    (tmp_path / "a.html").write_text("<html><script>var x = 1</script></html>")
    (tmp_path / "b.txt").write_text(MET)
    result = run(command, tmp_path)
    assert result.exit_code == Exit.REFUSED
    assert result.stderr.startswith(f"{tmp_path / 'a.html'}: ")
    assert "Lavrov" in result.stdout


def test_standard_input_is_read(tmp_path: Path) -> None:
    result = run("observe", "-", stdin=json.dumps({"text": MET}))
    assert json.loads(result.stdout)["doc_id"] == "stdin:1"


@pytest.mark.parametrize(
    "told",
    [
        "language en",
        "both sides are named",
        MET,
        "Sergey Lavrov",
        "Wang Yi",
        "Beijing, China",
        "confidence",
        "weighed",
        "a new meeting",
        "alert: new",
    ],
)
def test_explain_tells_what_each_stage_made_of_an_article(tmp_path: Path, told: str) -> None:
    (tmp_path / "x.txt").write_text(MET)
    result = run("explain", tmp_path / "x.txt")
    assert result.exit_code == Exit.OK, result.output
    assert told in " ".join(result.stdout.split())
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("text", "stage", "reason"),
    [
        pytest.param(OTHER, "clean", "it does not name both sides of any watch", id="no side"),
        pytest.param(ONE_SIDE, "clean", "it does not name both sides of any watch", id="one side"),
        pytest.param("Lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod " * 3, "clean", "it", id="no language of ours"),
        pytest.param(
            "Russia and China export more gas than a year ago, and oil prices rose.", "tag", "both sides are named, but", id="no meeting"
        ),
    ],
)
def test_explain_tells_where_an_article_ended_and_why(tmp_path: Path, text: str, stage: str, reason: str) -> None:
    (tmp_path / "x.txt").write_text(text)
    assert f"ends at {stage}: {reason}" in " ".join(run("explain", tmp_path / "x.txt").stdout.split())
    stopped = json.loads(run("explain", "--json", tmp_path / "x.txt").stdout)["stopped"]
    assert stopped["stage"] == stage
    assert stopped["reason"].startswith(reason)


def test_explain_as_json_holds_evidence_weights_and_verdict(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(MET)
    (watch,) = json.loads(run("explain", "--json", tmp_path / "x.txt").stdout)["watches"]
    (mention,) = watch["mentions"]
    text = "\n".join(block["text"] for block in watch["blocks"])
    evidence = mention["evidence"]
    assert text[evidence["start"] : evidence["end"]] == evidence["sentence"]
    assert evidence["features"]
    assert {cue["value"] for cue in evidence["cues"]} >= {"lavrov", "wang_yi"}
    assert mention["verdict"].endswith("alert: new")


def test_a_dry_run_counts_and_needs_no_broker(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a"}\n{broken\n{"text": "b"}\n')
    result = run("replay", "--dry-run", "--json", path)
    assert result.exit_code == Exit.REFUSED
    figures = json.loads(result.stdout)
    assert (figures["read"], figures["sent"], figures["refused"], figures["dry_run"]) == (2, 0, 1, True)
    assert "2 articles read, none sent (--dry-run), 1 refused" in result.stderr


@pytest.mark.parametrize("command", [["replay", "{seeds}"], ["subscribe"], ["topics"], ["topics", "--apply"], ["up"]], ids=" ".join)
def test_a_broker_that_does_not_answer_is_named_once_with_what_to_do(
    command: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", NOBODY_LISTENS)
    (tmp_path / "x.txt").write_text(MET)
    result = run(*(part.format(seeds=tmp_path / "x.txt") for part in command))
    assert result.exit_code == Exit.NO_BROKER, result.output
    told = [line for line in result.stderr.splitlines() if line.startswith("dyadwatch: ")]
    assert len(told) == 1
    assert NOBODY_LISTENS in told[0]
    assert "DYADWATCH_KAFKA_BOOTSTRAP" in told[0]
    assert result.stdout == ""


@pytest.mark.parametrize("command", [["replay", "-"], ["subscribe"], ["topics"], ["up"]], ids=" ".join)
def test_without_a_broker_set_one_is_told_how(command: list[str]) -> None:
    result = run(*command)
    assert result.exit_code == Exit.USAGE
    assert "DYADWATCH_KAFKA_BOOTSTRAP is not set" in result.stderr
    assert "dyadwatch up --embedded" in result.stderr


def test_a_wrong_setting_is_a_usage_error_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", "no address")
    result = run("topics")
    assert result.exit_code == Exit.USAGE
    assert "DYADWATCH_KAFKA_BOOTSTRAP='no address'" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["replay"], id="no path"),
        pytest.param(["replay", "--rate", "0", "x"], id="a rate of nothing"),
        pytest.param(["subscribe", "--status", "over"], id="no such status"),
        pytest.param(["subscribe", "--level", "king"], id="no such level"),
        pytest.param(["subscribe", "--limit", "0"], id="a limit of nothing"),
        pytest.param(["up", "--port", "9092"], id="a port without its broker"),
        pytest.param(["up", "--only", "sleep"], id="no such part"),
        pytest.param(["topics", "--yes"], id="agreement to nothing"),
        pytest.param(["dance"], id="no such command"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == Exit.USAGE


def test_an_embedded_broker_beside_a_set_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", NOBODY_LISTENS)
    result = run("up", "--embedded")
    assert result.exit_code == Exit.USAGE
    assert "unset it, or leave out --embedded" in result.stderr


def test_the_help_names_every_exit_code() -> None:
    told = " ".join(run("--help").stdout.split())
    assert all(f"{code.value} {code.explanation}" in told for code in Exit)


@pytest.mark.parametrize(
    ("written", "values"),
    [(TYPES, AlertType), (STATUSES, Status), (MODES, Mode), (FORMATS, Format), (LEVELS, Level)],
    ids=["types", "statuses", "modes", "formats", "levels"],
)
def test_the_choices_of_subscribe_are_those_of_the_schemas(written: Sequence[str], values: type[StrEnum]) -> None:
    assert list(written) == [one.value for one in values]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--status", "perhaps"], "'perhaps' is none of announced"),
        (["--since", "yesterday"], "'yesterday' does not match the formats '%Y-%m-%d'"),
        (["--exec", "no-such-command -x"], "there is no command 'no-such-command -x'"),
        (["--exec", ""], "there is no command ''"),
        (["--exec", "cat", "--json"], "leave out --json"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_subscribe_cannot_do_is_told_before_anything_is_read(arguments: list[str], told: str) -> None:
    result = run("subscribe", *arguments)
    assert result.exit_code == Exit.USAGE
    assert told in re.sub(r"[\s│╭╮╰╯─]+", " ", result.stderr)


@pytest.mark.parametrize("heavy", ["faust", "aiokafka", "trafilatura", "pydantic", "structlog", "fastapi"])
def test_the_help_does_not_wait_for_heavy_libraries(heavy: str) -> None:
    asked = f"import sys, agents.cli.app; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
