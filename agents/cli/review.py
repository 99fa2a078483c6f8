"""`dyadwatch review`: an analyst's verdicts on meetings, and labelled articles made of them."""
from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.connection import connected_settings
from agents.cli.subscribe import FORMATS, MODES, STATUSES
from schemas.errors import InputError, VerdictError

if TYPE_CHECKING:
    from rich.table import Table

    from agents.labelling import Labelled
    from pipeline.labels import Label
    from schemas.meetings import Meeting
    from schemas.verdicts import Ruling, Verdict

review = typer.Typer(help="Judge meetings, list verdicts, and make labelled articles of them.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="Of a meeting, as alerts and pages show it.")]
Note = Annotated[str | None, typer.Option(help="Why. Everybody sees it: on the meeting's page, and in the alert.")]
Reviewer = Annotated[str | None, typer.Option(help="Who judges, as you call yourself.")]


@review.command()
def right(meeting_id: Id, note: Note = None, reviewer: Reviewer = None) -> None:
    """There was, is or will be such a meeting, and what is said of it is so. One that was retracted stands again."""
    _judge("right", meeting_id, None, note, reviewer)


@review.command()
def wrong(
    meeting_id: Id,
    note: Note = None,
    reviewer: Reviewer = None,
    status: Annotated[str | None, typer.Option(metavar="TERM", help=f"What is right: {', '.join(STATUSES)}.")] = None,
    mode: Annotated[str | None, typer.Option(metavar="TERM", help=f"What is right: {', '.join(MODES)}.")] = None,
    format_: Annotated[str | None, typer.Option("--format", metavar="TERM", help=f"What is right: {', '.join(FORMATS)}.")] = None,
    who: Annotated[list[str] | None, typer.Option(metavar="SIDE:NAME", help='Who met, all of them, each as "RU:Sergey Lavrov".')] = None,
    city: Annotated[str | None, typer.Option(help="Where, in English.")] = None,
    country: Annotated[str | None, typer.Option(help="The place's country, in two letters.")] = None,
    date: Annotated[str | None, typer.Option(metavar="DAY", help="When: 2025-05-03, or 2025-05-03/2025-05-05.")] = None,
) -> None:
    """There is a meeting, but not as it is told: who, when, where, how, or whether it was held. It is retracted.

    What you say is right goes into labelled articles; what you leave out is as told.
    """
    people = [dict(zip(("side", "name", "office"), (*one.split(":", 1), None), strict=False)) for one in who or ()]
    first, _, last = (date or "").partition("/")
    right = {
        "status": status,
        "mode": mode,
        "format": format_,
        "participants": people,
        "place": {"city": city, "country": country} if city or country else None,
        "date": {"start": first, "end": last or first} if first else None,
    }
    _judge("wrong", meeting_id, None, note, reviewer, right)


@review.command("none")
def none_(meeting_id: Id, note: Note = None, reviewer: Reviewer = None) -> None:
    """Nobody met or will meet: the articles tell of something else. It is retracted."""
    _judge("no_meeting", meeting_id, None, note, reviewer)


@review.command()
def same(
    meeting_id: Id,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Id of the meeting that it is.")],
    note: Note = None,
    reviewer: Reviewer = None,
) -> None:
    """It is a meeting that is known under another id, which gains its articles. This one is retracted."""
    _judge("same_as", meeting_id, other, note, reviewer)


@review.command("list")
def list_(
    meeting_id: Annotated[str | None, typer.Option("--meeting", help="Only those on this meeting, or that another is the same.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One verdict a line, as it travels.")] = False,
) -> None:
    """All verdicts, the newest last. The last on a meeting counts; those before it are marked."""
    from agents.display import show
    from agents.reviews import given_verdicts, known_meetings

    cluster = connected_settings()[1]
    given = [one for one in asyncio.run(given_verdicts(cluster)) if meeting_id in (None, one.meeting_id, one.same_as)]
    if as_json:
        for verdict in given:
            print(verdict.model_dump_json())
    elif given:
        show(_table(given, asyncio.run(known_meetings(cluster))))
    else:
        print("nobody has judged it" if meeting_id else "no verdicts: `dyadwatch review right ID` gives one", file=sys.stderr)


@review.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="JSON lines; what it has stays. Without it, all goes to standard output.")] = None,
) -> None:
    """Labelled articles in the form of tests/corpus/, for `make train` and `make eval`, of those whose text the stream still has.

    FILE keeps what earlier runs have written, and what you have changed there, unless its meetings were judged anew since.
    """
    from agents.labelling import labelled

    before = _labels(file) if file and file.exists() else []
    made = asyncio.run(labelled(connected_settings()[1], before))
    lines = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in made.articles)
    if file is None:
        sys.stdout.write(lines)
    else:
        unfinished = file.with_name(f"{file.name}.part")
        unfinished.write_text(lines, encoding="utf-8")
        unfinished.replace(file)
    _tell(made, len(before))


def _judge(
    ruling: str, meeting_id: str, same_as: str | None, note: str | None, reviewer: str | None, right: dict[str, Any] | None = None
) -> None:
    from schemas.verdicts import Ruling

    asyncio.run(_given(Ruling(ruling), meeting_id, same_as, note, reviewer, right or {}))


async def _given(
    ruling: Ruling, meeting_id: str, same_as: str | None, note: str | None, reviewer: str | None, right: dict[str, Any]
) -> None:
    from pydantic import ValidationError

    from agents.reviews import give, known_meetings
    from agents.wording import plain, ruled
    from schemas.verdicts import Correction, Verdict

    _, cluster = connected_settings()
    meetings = await known_meetings(cluster)
    if (meeting := meetings.get(meeting_id)) is None:
        raise VerdictError(f"there is no meeting {meeting_id}, or no longer: alerts, pages and `dyadwatch subscribe --json` show their ids")
    try:
        correction, now = Correction.model_validate(right), datetime.now(UTC)
        verdict = Verdict.given(
            meeting_id, meeting.watch, ruling, now, same_as=same_as, note=note, reviewer=reviewer, correction=correction
        )
    except ValidationError as error:
        told = (": ".join(filter(None, (".".join(map(str, one["loc"])), one["msg"]))) for one in error.errors())
        raise typer.BadParameter("; ".join(told)) from error
    await give(cluster, verdict, meetings)
    print(f"{plain(_who(meeting))}: ruled {ruled(verdict)}; a worker takes it up", file=sys.stderr)


def _table(given: Sequence[Verdict], meetings: Mapping[str, Meeting]) -> Table:
    """A row for each, in the order given."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from agents.wording import local, plain, words

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1), header_style="bold")
    for column in ("when", "ruling", "meeting", "by", "note"):
        table.add_column(column, overflow="fold", no_wrap=column == "when", min_width=24 if column == "meeting" else None)
    last = {one.meeting_id: one.verdict_id for one in given}
    for one in given:
        counts = last[one.meeting_id] == one.verdict_id
        known, other = meetings.get(one.meeting_id), one.same_as
        ruling = words(one.ruling) + ("" if counts else "\n(before)")
        meeting = "\n".join([one.meeting_id, *([_who(known)] if known else []), *([f"= {other}"] if other else [])])
        cells = (local(one.at), ruling, meeting, plain(one.reviewer or ""), plain(one.note or ""))
        table.add_row(*map(Text, cells), style="" if counts else "dim")
    return table


def _who(meeting: Meeting) -> str:
    from agents.wording import words

    return " – ".join(person.name or words(person.office or "an official") for person in meeting.facts.participants)


def _labels(file: Path) -> list[Label]:
    """What an earlier run wrote.

    Raises:
        InputError: it is something else.
    """
    labels = []
    try:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            label = json.loads(line)
            if not isinstance(label, dict) or not isinstance(label.get("doc_id"), str):
                raise InputError(f"{file}:{number}: is no labelled article; name a file that holds nothing else, or a new one")
            labels.append(label)
    except (OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read as labelled articles: {error}") from error
    return labels


def _tell(made: Labelled, before: int) -> None:
    print(f"{len(made.articles)} articles, {before} before", file=sys.stderr)
    for why, number in sorted(made.omitted.items()):
        print(f"left out: {number} that {why}", file=sys.stderr)
