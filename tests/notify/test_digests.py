"""A courier that brings digests, on a clock that a test moves: one when it is due, none on an empty day, and no restart loses an alert."""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from agents.outlets.notify.courier import Batch, Courier
from pipeline.delivery import enabled
from pipeline.digest import Daily, Entry
from pipeline.selection import Selection
from schemas.errors import NotTaken
from tests.cli.alerts import alert
from tests.notify.stands import BEGIN, Log, Time, running, until

MORNINGS = Daily(time(8), ZoneInfo("Europe/Athens"))
FIRST = datetime(2026, 3, 3, 6, tzinfo=UTC)
A_DAY = timedelta(days=1)


@dataclass
class Reader:
    """Who reads digests: when each came, and the newest alert of each meeting in it."""

    clock: Time
    refuses: NotTaken | None = None
    attempts: int = 0
    got: list[tuple[datetime, list[str]]] = field(default_factory=list)

    async def read(self, entries: Sequence[Entry]) -> None:
        self.attempts += 1
        if self.refuses:
            raise self.refuses
        self.got.append((self.clock.now, [entry.newest.alert_id for entry in entries]))

    @property
    def work(self) -> Callable[[Courier], Awaitable[None]]:
        return lambda courier: courier.digests(self.read, MORNINGS)


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def reader(clock: Time) -> Reader:
    return Reader(clock)


async def test_what_came_in_a_day_comes_in_one_message_in_the_morning(clock: Time, reader: Reader) -> None:
    log = Log()
    log.add("a", "b")
    log.alerts.append(alert(alert_id="a2", meeting_id="m-a"))
    clock.ends = FIRST
    async with running(log, clock, reader.work):
        await until(lambda: log.state.place == 3)
    assert reader.got == [(FIRST, ["a2", "b"])]


async def test_a_day_on_which_nothing_came_is_quiet(clock: Time, reader: Reader) -> None:
    log = Log()
    async with running(log, clock, reader.work):
        await until(lambda: clock.now > BEGIN + 10 * A_DAY)
        log.add("a")
        await until(lambda: bool(reader.got))
    ((when, ids),) = reader.got
    assert (ids, when - FIRST) == (["a"], round((when - FIRST) / A_DAY) * A_DAY)


async def test_only_what_is_asked_for_is_in_it(clock: Time, reader: Reader) -> None:
    log = Log()
    log.add("a", "b")
    log.add("c", confidence=1.0)
    async with running(log, clock, reader.work, Selection(confidence=0.95)):
        await until(lambda: log.state.place == 3)
    assert [ids for _, ids in reader.got] == [["c"]]


async def test_restarts_through_the_day_lose_nothing_and_send_nothing_early(clock: Time, reader: Reader) -> None:
    log = Log()
    for hour in range(1, 18):
        log.add(f"at-{hour}")
        clock.ends = BEGIN + timedelta(hours=hour)
        async with running(log, clock, reader.work):
            await until(lambda: clock.now == clock.ends)
    assert reader.got == []
    clock.ends = FIRST
    async with running(log, clock, reader.work):
        await until(lambda: bool(reader.got))
    assert [ids for _, ids in reader.got] == [[f"at-{hour}" for hour in range(1, 18)]]


async def test_one_that_was_missed_comes_as_soon_as_it_can_and_only_once(clock: Time, reader: Reader) -> None:
    log = Log()
    log.add("a")
    clock.now = late = FIRST + 3 * A_DAY + timedelta(hours=2)
    async with running(log, clock, reader.work):
        await until(lambda: bool(reader.got))
        await until(lambda: clock.now > late + 3 * A_DAY)
    assert reader.got == [(late, ["a"])]


async def test_a_kill_after_it_was_sent_repeats_it_and_loses_nothing(clock: Time, reader: Reader) -> None:
    log = Log()
    log.add("a", "b")
    log.full = 1
    async with running(log, clock, reader.work):
        await until(lambda: bool(reader.got))
    log.full = None
    log.add("c")
    async with running(log, clock, reader.work):
        await until(lambda: len(reader.got) > 1)
    assert [ids for _, ids in reader.got] == [["a", "b"], ["a", "b", "c"]]


async def test_one_that_is_not_taken_is_tried_again_with_what_came_meanwhile(clock: Time, reader: Reader) -> None:
    log = Log()
    log.add("a")
    reader.refuses = NotTaken("mailbox full")
    async with running(log, clock, reader.work):
        await until(lambda: clock.now > FIRST + A_DAY)
        assert 90 < reader.attempts < 130
        assert (log.state.place, log.state.error) == (0, "mailbox full")
        log.add("b")
        reader.refuses = None
        await until(lambda: log.state.place == 2)
    assert [ids for _, ids in reader.got] == [["a", "b"]]
    assert log.state.failures == 0


async def test_a_clock_that_is_set_back_as_a_digest_is_due_does_no_harm(clock: Time, reader: Reader) -> None:
    log = Log()
    log.add("a")
    async with running(log, clock, reader.work) as work:
        rest = work.inbox.rest

        async def set_back() -> Batch:
            clock.now = min(clock.now, FIRST - timedelta(minutes=5))
            return await rest()

        work.inbox.rest = set_back  # type: ignore[method-assign]
        await until(lambda: log.state.place == 1)
        assert log.state.since == FIRST
        await until(lambda: clock.now > FIRST)
    assert [ids for _, ids in reader.got] == [["a"]]


async def test_a_person_may_pass_over_what_is_gathered(clock: Time, reader: Reader) -> None:
    log = Log()
    log.add("a", "b")
    reader.refuses = NotTaken("mailbox full")
    async with running(log, clock, reader.work) as work:
        await until(lambda: log.state.failures == 2)
        work.courier.hear(enabled(log.state, clock.now, 2))
        log.add("c")
        reader.refuses = None
        await until(lambda: bool(reader.got))
    assert [ids for _, ids in reader.got] == [["c"]]
