"""Whole selections as files: CSV for spreadsheets, JSON, and JSON lines."""
from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from agents.outlets.view.reader import Reader
from agents.outlets.web.asked import Asked, Filters
from agents.outlets.web.problems import ANSWERS
from agents.wording import where, who
from schemas.meetings import Meeting

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute
_COLUMNS = (
    "meeting_id", "watch", "status", "mode", "format", "level", "participants", "place", "first_day", "last_day", "confidence",
    "sources", "last_seen", "judged", "sentence", "url",
)  # fmt: skip

Write = Callable[[Iterable[Meeting]], Iterator[str]]


def router(reader: Reader) -> APIRouter:
    """The routes."""
    routes = APIRouter(responses=ANSWERS, tags=["exports"])

    def exported(asked: Asked, media_type: str, name: str, write: Write) -> StreamingResponse:
        headers = {"content-disposition": f'attachment; filename="meetings.{name}"'}
        return StreamingResponse(_in_turns(write(reader.every_meeting(asked.query))), media_type=media_type, headers=headers)

    @routes.get("/meetings.csv", response_class=StreamingResponse)
    async def as_csv(asked: Filters) -> StreamingResponse:
        """For a spreadsheet: one meeting a line, with one of the sentences that tell of it."""
        return exported(asked, "text/csv; charset=utf-8", "csv", csv_lines)

    @routes.get("/meetings.json", response_class=StreamingResponse)
    async def as_json(asked: Filters) -> StreamingResponse:
        """An array of meetings."""
        return exported(asked, "application/json", "json", json_array)

    @routes.get("/meetings.jsonl", response_class=StreamingResponse)
    async def as_lines(asked: Filters) -> StreamingResponse:
        """One meeting a line."""
        return exported(asked, "application/jsonl", "jsonl", json_lines)

    return routes


def csv_lines(meetings: Iterable[Meeting]) -> Iterator[str]:
    """With a head; nothing in it is a formula."""
    yield _line(_COLUMNS)
    yield from (_line(map(harmless, _row(meeting))) for meeting in meetings)


def json_array(meetings: Iterable[Meeting]) -> Iterator[str]:
    """As one document."""
    before = "["
    for meeting in meetings:
        yield before + meeting.model_dump_json()
        before = ",\n"
    yield "[]" if before == "[" else "]"


def json_lines(meetings: Iterable[Meeting]) -> Iterator[str]:
    """One document a line."""
    yield from (f"{meeting.model_dump_json()}\n" for meeting in meetings)


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not compute."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row(meeting: Meeting) -> Iterator[str]:
    facts, told = meeting.facts, meeting.applied[0] if meeting.applied else None
    yield from (meeting.meeting_id, meeting.watch, facts.status, facts.mode, facts.format, facts.level)
    yield "; ".join(map(who, facts.participants))
    yield where(facts.place) if facts.place else ""
    yield from (str(facts.date.start), str(facts.date.end)) if facts.date else ("", "")
    yield from (f"{meeting.confidence:.2f}", str(meeting.sources), meeting.last_seen.isoformat())
    yield meeting.verdict.ruling if meeting.verdict else ""
    yield from ((told.evidence.sentence, told.source.url or "") if told else ("", ""))


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


async def _in_turns(lines: Iterator[str]) -> AsyncIterator[str]:
    """So that an export of everything keeps nobody waiting."""
    for line in lines:
        yield line
        await asyncio.sleep(0)
