"""The memory over a table: what is in which watch's index, and that it can be made anew."""
from __future__ import annotations

from agents.memory import Memory
from schemas.meetings import Meeting
from tests.agents.meetings import meeting


def table(*meetings: Meeting) -> dict[bytes, bytes]:
    return {m.meeting_id.encode(): m.model_dump_json().encode() for m in meetings}


async def settled() -> None:
    """The table has all that was on its way."""


async def test_an_index_holds_the_rows_of_its_watch_in_the_order_of_their_keys_whatever_the_order_of_the_table() -> None:
    rows = table(meeting("b"), meeting("x", watch="russia-india"), meeting("a"))
    memory = Memory(rows, Meeting, list)
    assert await memory.of("russia-china", settled) == [meeting("a"), meeting("b")]
    assert await memory.of("russia-india", settled) == [meeting("x", watch="russia-india")]


async def test_an_index_stays_the_same_until_it_is_forgotten_and_is_then_read_from_the_table_again() -> None:
    rows = table(meeting("a"))
    memory = Memory(rows, Meeting, list)
    first = await memory.of("russia-china", settled)
    rows |= table(meeting("b"))
    assert await memory.of("russia-china", settled) is first
    memory.forget()
    assert await memory.of("russia-china", settled) == [meeting("a"), meeting("b")]


async def test_what_is_on_its_way_to_the_table_is_waited_for_before_it_is_read() -> None:
    rows = table(meeting("a"))

    async def arriving() -> None:
        rows.update(table(meeting("b")))

    assert await Memory(rows, Meeting, list).of("russia-china", arriving) == [meeting("a"), meeting("b")]
