"""What a person or a program sees of dead letters: tables, a card, fields. All of it may come from the web and steers no terminal."""
from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from agents.cli.content import escaped
from agents.deadletters import Letter, Whole
from agents.display import labelled
from agents.wording import local, plain

WORDS = 90  # characters of a reason in the table
FOREIGN = "no dead letter of ours"


def fields(letter: Letter) -> dict[str, Any]:
    """What is known of it, for JSON; nulls where a message is none of ours."""
    told = letter.told
    return {
        "id": str(letter.id),
        "at": letter.at.isoformat(),
        "stage": letter.stage,
        "error": letter.error,
        "reason": told and told.reason,
        "topic": told and told.topic,
        "partition": told and told.partition,
        "offset": told and told.offset,
        "tries": told and told.tries,
        "complete": told and told.complete,
        "size": letter.size,
        "redriven_at": letter.redriven_at and letter.redriven_at.isoformat(),
    }


def content(whole: Whole) -> dict[str, Any]:
    """The rest of it, for JSON: the value as `text`, or as `base64` where it is no UTF-8."""
    value = whole.value or b""
    try:
        text, base64 = value.decode(), None
    except UnicodeDecodeError:
        text, base64 = None, b64encode(value).decode()
    key = whole.key and _text(whole.key)
    headers = [[name, _text(value or b"")] for name, value in whole.headers]
    return {"key": key, "headers": headers, "stacktrace": whole.stacktrace, "text": text, "base64": base64}


def counted(letters: Iterable[Letter]) -> list[dict[str, Any]]:
    """How many there are of each stage and kind of error, the most first."""
    counts = Counter((letter.stage, letter.error) for letter in letters)
    return [{"stage": stage, "error": error, "letters": number} for (stage, error), number in counts.most_common()]


def counts_table(counts: Iterable[dict[str, Any]]) -> Table:
    """`counted` for people."""
    table = _empty_table()
    table.add_column("letters", justify="right")
    table.add_column("stage")
    table.add_column("kind of error", overflow="fold")
    for one in counts:
        table.add_row(str(one["letters"]), plain(one["stage"] or ""), plain(one["error"] or FOREIGN))
    return table


def table(letters: Sequence[Letter]) -> Table:
    """A row for each, in the order given; one that was re-driven, has failed several times or has no bytes says so."""
    table = _empty_table()
    table.add_column("id", no_wrap=True)
    table.add_column("when", no_wrap=True)
    table.add_column("stage", no_wrap=True)
    table.add_column("reason", overflow="fold")
    table.add_column("from", overflow="fold")
    table.add_column("size", justify="right", no_wrap=True)
    for letter in letters:
        remarks = [Text(f"\n{remark}", "yellow") for remark in _remarks(letter)]
        table.add_row(
            str(letter.id),
            local(letter.at),
            plain(letter.stage or ""),
            Text.assemble(_words(letter), *remarks),
            _origin(letter),
            _size(letter.size),
        )
    return table


def card(letter: Letter, whole: Whole) -> Table:
    """All but the stack trace and the bytes; `letter` knows whether it was re-driven."""
    told = letter.told
    rows: list[tuple[RenderableType, RenderableType]] = [
        ("id", str(letter.id)),
        ("when", f"{letter.at.astimezone():%Y-%m-%d %H:%M:%S %Z}"),
        ("stage", plain(letter.stage or FOREIGN)),
    ]
    if told:
        rows += [("reason", Text(plain(told.reason))), ("from", _origin(letter)), ("failed", _times(told.tries))]
    if letter.redriven_at:
        rows.append(("re-driven", f"{letter.redriven_at.astimezone():%Y-%m-%d %H:%M:%S %Z}"))
    if told and not told.complete:
        rows.append(("bytes", "too large for the dead letters: they are where it is from, as long as that is kept"))
    rows += [("key", Text(_text(whole.key) if whole.key else "none")), ("size", f"{letter.size:,} bytes")]
    own = {*type(told).model_fields} if told else set()
    rows += [("header", Text(f"{escaped(name)}: {_text(value or b'')}")) for name, value in whole.headers if name not in own]
    return labelled(rows, width=9)


def _empty_table() -> Table:
    return Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1), header_style="bold")


def _words(letter: Letter) -> str:
    reason = plain(letter.told.reason) if letter.told else FOREIGN
    return reason if len(reason) <= WORDS else f"{reason[:WORDS].rstrip()}…"


def _remarks(letter: Letter) -> list[str]:
    told, remarks = letter.told, []
    if told and told.tries > 1:
        remarks.append(f"failed {_times(told.tries)}")
    if told and not told.complete:
        remarks.append("without its bytes")
    if letter.redriven_at:
        remarks.append(f"re-driven {local(letter.redriven_at)}")
    return remarks


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _origin(letter: Letter) -> str:
    told = letter.told
    return plain(f"{told.topic}/{told.partition}/{told.offset}") if told else ""


def _size(size: int) -> str:
    if size < 1_000:
        return f"{size} B"
    return f"{size / 1_000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _text(value: bytes) -> str:
    return escaped(value.decode("utf-8", "surrogateescape"))
