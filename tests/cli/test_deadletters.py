"""`dyadwatch deadletters` where no broker is needed, and how each of its commands ends where there is none."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console, RenderableType
from typer.testing import CliRunner, Result

from agents import clean, dedupe, meet, review, tag
from agents.cli.app import app
from agents.cli.content import readable
from agents.cli.deadletters import Stage
from agents.cli.exits import Exit
from agents.cli.letters import card, content, counted, counts_table, fields, table
from agents.deadletters import Whole
from tests.agents.letters import FOREIGN, NOON, letter

NOBODY_LISTENS = "127.0.0.1:1"
STEERING = "Odd: a\x1b[2Jb\u202ec\nd"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The settings of whoever runs the tests do not count."""
    monkeypatch.delenv("DYADWATCH_KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.setenv("DYADWATCH_DATA_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "80")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["deadletters", *arguments])


def printed(part: RenderableType, width: int = 80) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(part)
    return capture.get()


COMMANDS = [
    ["list"], ["list", "--json"], ["show", "0/17"], ["show", "0/17", "--raw"], ["redrive", "0/17"], ["redrive", "--all", "--dry-run"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_a_broker_set_one_is_told_how(command: list[str]) -> None:
    result = run(*command)
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert "DYADWATCH_KAFKA_BOOTSTRAP is not set" in result.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_broker_that_does_not_answer_is_named(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", NOBODY_LISTENS)
    result = run(*command)
    assert (result.exit_code, result.stdout) == (Exit.NO_BROKER, "")
    assert NOBODY_LISTENS in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["show"], id="no id"),
        pytest.param(["show", "17"], id="half an id"),
        pytest.param(["show", "0/17", "--raw", "--json"], id="two forms at once"),
        pytest.param(["redrive"], id="nothing to re-drive"),
        pytest.param(["redrive", "17"], id="half an id to re-drive"),
        pytest.param(["redrive", "0/17", "--all"], id="one and all"),
        pytest.param(["redrive", "0/17", "--stage", "tag"], id="one and a stage"),
        pytest.param(["list", "--stage", "sleep"], id="no such stage"),
        pytest.param(["list", "--limit", "0"], id="a limit of nothing"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == Exit.USAGE


def test_the_stages_are_the_agents() -> None:
    assert list(Stage) == [clean.STAGE, dedupe.STAGE, tag.STAGE, meet.STAGE, review.STAGE]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(b'{"b":1,"a":["\xd0\xad"]}', '{\n  "b": 1,\n  "a": [\n    "Э"\n  ]\n}', id="JSON, in its own order"),
        pytest.param(rb'{"a":"\u001b[2J\u202e\ud83d"}', '{\n  "a": "\\u001b[2J\\u202e\\ud83d"\n}', id="JSON with odd characters"),
        pytest.param(b"[" * 100_000, "[" * 100_000, id="JSON without an end"),
        pytest.param(b"9" * 5_000, "9" * 5_000, id="a number that is too long"),
        pytest.param("Талк\r\n\t王\x1b".encode(), "Талк\\r\n\t王\\x1b", id="text"),
        pytest.param("می\u200cخواهم".encode(), "می\u200cخواهم", id="a joiner, which is part of its word"),
        pytest.param(b"Lavrov met \xff\xfe in Beijing", "Lavrov met \\xff\\xfe in Beijing", id="text with bytes that are none"),
        pytest.param(b"\x00\x01A~\xff", f"00000000  {'00 01 41 7e ff':<47}  |..A~.|", id="bytes"),
        pytest.param(b"", "", id="nothing"),
    ],
)
def test_bytes_are_shown_as_what_they_are(value: bytes, shown: str) -> None:
    assert readable(value) == shown


def test_a_hexdump_has_all_bytes_in_lines_of_sixteen() -> None:
    lines = readable(bytes(range(250))).splitlines()
    assert [line[:8] for line in lines] == [f"{start:08x}" for start in range(0, 250, 16)]
    assert bytes.fromhex("".join(line[10:57] for line in lines)) == bytes(range(250))


LETTERS = [
    letter(1),
    letter(2, stage="tag", reason=STEERING, tries=4, complete=False),
    letter(123_456, topic="news.unique", offset=1_234_567, reason="Undecodable: " + "x" * 500),
    FOREIGN,
]


def test_the_table_tells_each_in_its_order_on_a_narrow_terminal() -> None:
    shown = printed(table(LETTERS))
    header, _, *rows = shown.splitlines()
    assert header.split() == ["id", "when", "stage", "reason", "from", "size"]
    assert [row.split()[0] for row in rows if row.startswith("0/")] == ["0/1", "0/2", "0/123456", "0/17"]
    assert max(map(len, shown.splitlines())) <= 80
    for part in ("DeadlineExceeded", "failed 4 times", "without its bytes", "no dead letter", "5 B"):
        assert part in " ".join(shown.split())
    assert "\x1b" not in shown and "\u202e" not in shown


def test_kinds_are_counted_the_most_first() -> None:
    counts = counted([letter(1), letter(2, stage="tag"), letter(3, stage="tag"), FOREIGN])
    assert [(one["letters"], one["stage"], one["error"]) for one in counts] == [
        (2, "tag", "DeadlineExceeded"), (1, "clean", "DeadlineExceeded"), (1, None, None),
    ]  # fmt: skip
    assert "no dead letter of ours" in printed(counts_table(counts))


def whole(value: bytes | None = b"v", key: bytes | None = b"\xff\x1bk") -> Whole:
    return Whole(letter(), key, value, (("original-via", b"\x1b]0;x"), ("stage", b"clean")), "Traceback\n  here")


def test_a_card_tells_all_of_it_and_steers_nothing() -> None:
    shown = printed(card(letter(reason=STEERING, tries=2), whole()))
    told = {"id": "0/17", "failed": "2 times", "from": "news.raw/0/3", "key": "\\xff\\x1bk", "header": "original-via: \\x1b]0;x"}
    for part in (f"{label:<11}{value}" for label, value in told.items()):
        assert part in shown
    assert "\x1b" not in shown
    assert "stage: clean" not in shown


def test_a_card_says_where_bytes_are_that_were_too_large() -> None:
    assert "bytes      too large for the dead letters: they are where it is from" in printed(card(letter(complete=False), whole()))


def test_for_programs_there_are_fields_and_the_value_as_text_or_base64() -> None:
    assert fields(letter())["id"] == "0/17"
    assert fields(letter())["at"] == NOON.isoformat()
    assert {value for name, value in fields(FOREIGN).items() if name not in {"id", "at", "size"}} == {None}
    text, binary, none = content(whole("王".encode())), content(whole(b"\xff")), content(whole(None, None))
    assert [(one["text"], one["base64"]) for one in (text, binary, none)] == [("王", None), (None, "/w=="), ("", None)]
    assert (text["key"], none["key"]) == ("\\xff\\x1bk", None)
    json.dumps([text, binary, none])
