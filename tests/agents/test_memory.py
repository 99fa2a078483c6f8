"""The memory over a table: what is in which watch's index, and that it can be made anew."""
from __future__ import annotations

from agents.memory import Memory
from schemas.meetings import Meeting
from tests.agents.meetings import meeting


def table(*meetings: Meeting) -> dict[bytes, bytes]:
    return {m.meeting_id.encode(): m.model_dump_json().encode() for m in meetings}


def test_an_index_holds_the_rows_of_its_watch_in_the_order_of_their_keys_whatever_the_order_of_the_table() -> None:
    rows = table(meeting("b"), meeting("x", watch="russia-india"), meeting("a"))
    memory = Memory(rows, Meeting, list)
    assert memory.of("russia-china") == [meeting("a"), meeting("b")]
    assert memory.of("russia-india") == [meeting("x", watch="russia-india")]


def test_an_index_stays_the_same_until_it_is_forgotten_and_is_then_read_from_the_table_again() -> None:
    rows = table(meeting("a"))
    memory = Memory(rows, Meeting, list)
    first = memory.of("russia-china")
    rows |= table(meeting("b"))
    assert memory.of("russia-china") is first
    memory.forget()
    assert memory.of("russia-china") == [meeting("a"), meeting("b")]
