"""What is new, for all who look."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agents.outlets.view.conditions import Query
from agents.outlets.view.reader import Reader
from agents.outlets.web import live
from agents.outlets.web.live import Item, Live
from agents.outlets.web.pages import Pages
from pipeline.selection import Selection
from schemas.meetings import AlertType, Meeting, Status
from schemas.verdicts import Ruling
from tests.outlets.conftest import simple, source
from tests.outlets.following import Following
from tests.outlets.told import MINISTERS, alert_of, current, retraction, told, verdict_on


@asynccontextmanager
async def running(path: Path) -> AsyncIterator[tuple[Following, Live]]:
    with Following(path) as follower, Reader(path) as reader:
        one = Live(follower, reader)
        task = asyncio.create_task(one.run())
        await asyncio.sleep(0)
        yield follower, one
        task.cancel()


async def first(stream: AsyncIterator[Item], number: int) -> Sequence[tuple[int, str]]:
    """Number and meeting of the next items."""
    seen: list[tuple[int, str]] = []
    async with asyncio.timeout(10):
        async for item in stream:
            seen.append((item.told.number, item.told.alert.meeting_id))
            if len(seen) == number:
                break
    return seen


async def test_each_stream_gets_what_it_asks_for_from_where_it_stands(tmp_path: Path) -> None:
    async with running(tmp_path / "view.sqlite") as (follower, one):
        cancelled = MINISTERS.model_copy(update={"status": Status.CANCELLED})
        wanted = Query(Selection(status=frozenset({Status.CANCELLED})))
        streams = [asyncio.create_task(first(one.items(Query(), 0), 4)), asyncio.create_task(first(one.items(wanted, 0), 2))]
        for n in range(4):
            meeting = simple(f"m{n}")
            await follower.tell(meeting if n % 2 else meeting.model_copy(update={"facts": cancelled}))
        assert await streams[0] == [(n + 1, f"m{n}") for n in range(4)]
        assert await streams[1] == [(1, "m0"), (3, "m2")]
        assert await first(one.items(Query(), 2), 2) == [(3, "m2"), (4, "m3")]


async def test_who_is_far_behind_is_told_all_the_same(tmp_path: Path) -> None:
    async with running(tmp_path / "view.sqlite") as (follower, one):
        one._items = type(one._items)(maxlen=3)
        for n in range(250):
            await follower.tell(simple(f"m{n}"))
        stream = one.items(Query(), 0)
        assert await first(stream, 250) == [(n + 1, f"m{n}") for n in range(250)]


async def test_an_alert_waits_for_the_message_of_its_meeting_and_is_shown_without_it_where_that_never_comes(tmp_path: Path) -> None:
    async with running(tmp_path / "view.sqlite") as (follower, one):
        known, later = simple("m"), simple("m").model_copy(update={"revision": 2})
        await follower.tell(known)
        stream = one.items(Query(), 1)
        waiting = asyncio.create_task(anext(aiter(stream)))
        await follower.messages(told(1, alert_of(later, source(), 2, AlertType.UPDATED)))
        await follower.messages(current(1, "m", later))
        async with asyncio.timeout(10):
            item = await waiting
        assert meeting_of(item).revision == 2


async def test_a_retraction_is_told_to_everybody_once_its_meeting_is_gone(tmp_path: Path) -> None:
    async with running(tmp_path / "view.sqlite") as (follower, one):
        meeting = simple("m")
        await follower.tell(meeting)
        wanted = Query(Selection(status=frozenset({Status.CANCELLED})))  # which the meeting is not, or no longer
        waiting = asyncio.create_task(anext(aiter(one.items(wanted, 1))))
        verdict, alert, tombstone, _ = retraction(1, meeting, verdict_on("m", Ruling.NO_MEETING))
        await follower.messages(verdict, alert)
        await asyncio.sleep(0)
        assert one.newest == 1  # a page that is made now still shows it, and is told
        await follower.messages(tombstone)
        async with asyncio.timeout(10):
            item = await waiting
        assert (item.told.alert.type, item.meeting) == (AlertType.RETRACTED, None)
        assert Pages().news(item) == "event: retracted\nid: 2\ndata: m\n\n"


def meeting_of(item: Item) -> Meeting:
    assert item.meeting is not None
    return item.meeting


async def test_streams_say_that_they_are_there_carry_what_comes_and_end_when_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SIGN_OF_LIFE", 0.01)
    async with running(tmp_path / "view.sqlite") as (follower, one), asyncio.timeout(10):
        stream = one.events(Query(), 0, lambda item: live.event("alert", item.told.number, "<li>\n<a>"))
        assert await anext(stream) == ":\n\n"
        await follower.tell(simple("m"))
        while (said := await anext(stream)) == ":\n\n":
            pass
        assert said == "event: alert\nid: 1\ndata: <li>\ndata: <a>\n\n"
        await one.end()
        assert [said async for said in stream if said != ":\n\n"] == []


async def test_alerts_that_were_there_before_are_not_new(tmp_path: Path) -> None:
    with Following(tmp_path / "view.sqlite") as follower:
        await follower.tell(simple("old"))
    async with running(tmp_path / "view.sqlite") as (follower, one):
        await asyncio.sleep(0)
        assert one.newest == 1
        stream = asyncio.create_task(first(one.items(Query(), one.newest), 1))
        await follower.tell(simple("new"))
        assert await stream == [(2, "new")]


def test_as_many_are_kept_as_come_while_a_page_is_loaded() -> None:
    assert live.KEPT >= live.AT_ONCE
