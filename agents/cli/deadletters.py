"""`dyadwatch deadletters`: what could not be processed, why, and once more when the cause is removed."""
from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.connection import connected_settings
from agents.cli.exits import Exit
from schemas.errors import DeadLetterError

if TYPE_CHECKING:
    from agents.cluster import Cluster
    from agents.deadletters import Letter, LetterId, Whole


class Stage(StrEnum):
    """The agents; written out, for they are not imported to print a help text. A test holds both together."""

    CLEAN = "clean"
    DEDUPE = "dedupe"
    TAG = "tag"
    MEET = "meet"
    REVIEW = "review"


deadletters = typer.Typer(help="List, show and re-drive what could not be processed.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
OfStage = Annotated[Stage | None, typer.Option("--stage", help="Only those of this agent.")]
OfReason = Annotated[str | None, typer.Option("--reason", help="Only those whose kind of error has this in it, such as deadline.")]


@deadletters.command("list")
def list_(
    stage: OfStage = None,
    reason: OfReason = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many, the newest.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Those that were re-driven too.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Only how many there are of each stage and kind of error.")] = False,
    as_json: AsJson = False,
) -> None:
    """The dead letters, the newest last, below how many there are of each kind. Those that were re-driven are left out."""
    from agents.cli.letters import counted, counts_table, fields, table
    from agents.deadletters import selected
    from agents.display import show

    known = asyncio.run(_known(connected_settings()[1]))
    to_do = [letter for letter in known if every or letter.redriven_at is None]
    chosen = selected(to_do, stage, reason)
    shown = chosen[-limit:] if limit else chosen
    if not chosen:
        print(_none(known, to_do), file=sys.stderr)
    elif as_json:
        for one in counted(chosen) if count else map(fields, shown):
            print(json.dumps(one, ensure_ascii=False))
    else:
        show(counts_table(counted(chosen)))
        if not count:
            show("", table(shown))
    if len(shown) < len(chosen) and not count:
        print(f"the newest {len(shown)} of {len(chosen)}; a larger --limit shows more", file=sys.stderr)


@deadletters.command("show")
def show_(
    name: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")],
    raw: Annotated[bool, typer.Option("--raw", help="Only the original bytes, unchanged.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object.")] = False,
) -> None:
    """All of one dead letter: why, where, its headers, the stack trace, and its bytes as JSON, text or a hexdump."""
    from agents.cli.content import escaped, readable
    from agents.cli.letters import card, content, fields
    from agents.display import show

    if raw and as_json:
        raise typer.BadParameter("--raw and --json exclude each other")
    (wanted,) = _ids([name])
    _, cluster = connected_settings()
    whole = asyncio.run(_whole(cluster, wanted))
    if raw:
        sys.stdout.buffer.write(whole.value or b"")
        sys.stdout.buffer.flush()
        return
    letter = next((one for one in asyncio.run(_known(cluster)) if one.id == wanted), whole.letter)
    if as_json:
        print(json.dumps(fields(letter) | content(whole), ensure_ascii=False))
    else:
        show(card(letter, whole))
        for part in filter(None, (escaped(whole.stacktrace).rstrip(), readable(whole.value or b""))):
            print(f"\n{part}")


@deadletters.command()
def redrive(
    names: Annotated[list[str] | None, typer.Argument(metavar="ID", help="As `list` shows them.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that were not re-driven yet.")] = False,
    stage: OfStage = None,
    reason: OfReason = None,
    again: Annotated[bool, typer.Option("--again", help="Also those that were re-driven.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be re-driven.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send dead letters once more to where they failed, as they were, and note that. One that fails again is a new dead letter.

    A worker has to run with the cause removed. An article that alerted before raises no second alert. Exit code 3 when one was refused.
    """
    if bool(names) == every:
        raise typer.BadParameter("name dead letters by their ids, or give --all")
    if (stage or reason) and not every:
        raise typer.BadParameter("--stage and --reason choose among all: give --all with them")
    ids, tally = _ids(names or ()), _Tally(as_json)
    _, cluster = connected_settings()

    def wanted(known: Sequence[Letter]) -> list[Letter]:
        return _named(known, ids) if ids else _all(known, stage, reason, again=again)

    try:
        asyncio.run((_only_told if dry_run else _redriven)(cluster, wanted, tally, again=again))
    finally:
        print(f"{tally.done} {'would be ' if dry_run else ''}re-driven, {tally.refused} refused", file=sys.stderr)
    raise typer.Exit(Exit.REFUSED if tally.refused else Exit.OK)


@dataclass
class _Tally:
    """How many were re-driven and refused; tells of each as it comes."""

    as_json: bool
    done: int = 0
    refused: int = 0

    def count(self, letter: Letter, error: DeadLetterError | None) -> None:
        """`error`: why it was refused; None if it was not."""
        if error:
            self.refused += 1
            print(f"dyadwatch: {error}", file=sys.stderr)
        else:
            self.done += 1
        if self.as_json:
            print(json.dumps({"id": str(letter.id), "refused": error and str(error)}, ensure_ascii=False), flush=True)


async def _redriven(cluster: Cluster, wanted: Callable[[Sequence[Letter]], list[Letter]], tally: _Tally, *, again: bool) -> None:
    from agents.cli.progress import counting
    from agents.deadletters import redrive

    letters = wanted(await _known(cluster))
    with counting("re-driven", len(letters)) as advance:
        async for letter, error in redrive(cluster, letters, again=again):
            advance()
            tally.count(letter, error)


async def _only_told(cluster: Cluster, wanted: Callable[[Sequence[Letter]], list[Letter]], tally: _Tally, *, again: bool) -> None:
    from agents.cli.letters import table
    from agents.deadletters import redrivable
    from agents.display import show

    letters = []
    for letter in wanted(await _known(cluster)):
        try:
            redrivable(letter, again=again)
        except DeadLetterError as error:
            tally.count(letter, error)
        else:
            tally.count(letter, None)
            letters.append(letter)
    if letters and not tally.as_json:
        show(table(letters))


def _all(known: Sequence[Letter], stage: str | None, reason: str | None, *, again: bool) -> list[Letter]:
    """All of ours that were not re-driven, or all of ours; those that fail once more meanwhile are not among them."""
    from agents.deadletters import selected

    return selected([letter for letter in known if letter.told and (again or letter.redriven_at is None)], stage, reason)


def _named(known: Sequence[Letter], ids: Sequence[LetterId]) -> list[Letter]:
    by_id = {letter.id: letter for letter in known}
    if missing := [str(one) for one in ids if one not in by_id]:
        raise DeadLetterError(f"there is no dead letter {', '.join(missing)}; `dyadwatch deadletters list --all` shows what there is")
    return [by_id[one] for one in dict.fromkeys(ids)]


async def _known(cluster: Cluster) -> list[Letter]:
    from agents.deadletters import DeadLetters

    async with DeadLetters(cluster) as dead_letters:
        return await dead_letters.listed()


async def _whole(cluster: Cluster, wanted: LetterId) -> Whole:
    from agents.deadletters import DeadLetters

    async with DeadLetters(cluster) as dead_letters:
        return await dead_letters.whole(wanted)


def _ids(names: Sequence[str]) -> list[LetterId]:
    from agents.deadletters import LetterId

    try:
        return [LetterId.parse(name) for name in names]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _none(known: Sequence[Letter], to_do: Sequence[Letter]) -> str:
    """Why nothing is listed."""
    if to_do:
        return f"none of {len(to_do)} dead letters is of that stage and kind of error"
    return f"no dead letters but {len(known)} that were re-driven: --all lists them" if known else "no dead letters"
