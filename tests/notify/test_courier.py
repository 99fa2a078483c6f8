"""A courier between a topic and a real HTTP server, on a clock that a test moves: in order, each once, never in vain too often."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from agents.outlets.notify import courier as module
from agents.outlets.notify.courier import Courier
from agents.outlets.notify.webhook import Webhook
from pipeline.delivery import LONGEST_WAIT, enabled
from pipeline.selection import Selection
from schemas.errors import BrokerError, NotTaken
from schemas.meetings import Alert
from tests.notify.receiver import Receiver, receiver, target
from tests.notify.stands import BEGIN, Log, Time, running, until

HOUR = timedelta(hours=1)
IDS = [f"e{number}" for number in range(10)]


@pytest_asyncio.fixture
async def there() -> AsyncIterator[Receiver]:
    async with receiver() as one:
        yield one


@pytest_asyncio.fixture
async def webhook(there: Receiver) -> AsyncIterator[Webhook]:
    async with Webhook(target(there.url)) as one:
        yield one


@pytest.fixture
def log() -> Log:
    filled = Log()
    filled.add(*IDS)
    return filled


@dataclass
class Sink:
    """Takes alerts, or not."""

    refuses: NotTaken | None = None
    attempts: list[str] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    waits: asyncio.Event | None = None  # each attempt does, for it

    async def send(self, alert: Alert, _: datetime) -> None:
        self.attempts.append(alert.alert_id)
        if self.waits:
            await self.waits.wait()
        if self.refuses:
            raise self.refuses
        self.got.append(alert.alert_id)


async def test_a_target_that_fails_for_an_hour_gets_everything_in_order_and_once(there: Receiver, webhook: Webhook, log: Log) -> None:
    time = Time()

    def fail(_: object) -> None:
        there.status = 503 if time.now < BEGIN + HOUR else 204

    there.on_received = fail
    async with running(log, time, lambda one: one.alerts(webhook.alert)) as work:
        await until(lambda: len(there.taken) == 3)
        log.add("e10")  # comes as the target is back
        await until(work.inbox.idle.is_set)
    assert there.taken == [*IDS, "e10"]
    failed = [one for one in there.received if one.status == 503]
    assert {one.message_id for one in failed} == {"e0"}
    assert len(failed) == 11  # after 0, 5, 15, 35, 75 s, ... and then every quarter of an hour
    assert HOUR <= time.now - BEGIN <= HOUR + LONGEST_WAIT
    assert (log.state.place, log.state.failures, log.state.succeeded_at) == (11, 0, time.now)


async def test_a_target_that_fails_again_and_again_still_gets_each_once_and_in_order(there: Receiver, webhook: Webhook, log: Log) -> None:
    count = 0

    def sometimes(_: object) -> None:
        nonlocal count
        count += 1
        there.status = 204 if count % 3 == 0 else 500

    there.on_received = sometimes
    async with running(log, Time(), lambda one: one.alerts(webhook.alert)) as work:
        await until(work.inbox.idle.is_set)
    assert there.taken == IDS


async def test_who_asks_to_be_left_alone_is_not_asked_before(there: Receiver, webhook: Webhook, log: Log) -> None:
    time = Time()
    time.now = datetime.now(BEGIN.tzinfo)  # as the answer is dated by the real one
    begun = time.now
    asked: list[datetime] = []

    def busy(_: object) -> None:
        asked.append(time.now)
        there.status = 429 if len(asked) == 1 else 204

    there.answer, there.on_received = {"retry-after": "7200"}, busy
    async with running(log, time, lambda one: one.alerts(webhook.alert)) as work:
        await until(work.inbox.idle.is_set)
    assert asked[1] - begun >= 2 * HOUR
    assert there.taken == IDS


async def test_a_target_that_is_gone_gets_nothing_more_until_a_person_says_so_and_then_all(
    there: Receiver, webhook: Webhook, log: Log
) -> None:
    there.status = 410
    time = Time()
    async with running(log, time, lambda one: one.alerts(webhook.alert)) as work:
        await until(lambda: log.state.stopped is not None)
        await until(lambda: time.now > BEGIN + timedelta(days=30))
        assert len(there.received) == 1
        there.status = 204
        work.courier.hear(enabled(log.state, time.now))
        await until(work.inbox.idle.is_set)
    assert there.taken == IDS
    assert log.state.stopped is None


async def test_a_target_is_stopped_after_days_in_vain_and_loses_nothing(log: Log) -> None:
    sink, time = Sink(refuses=NotTaken("down")), Time()
    async with running(log, time, lambda one: one.alerts(sink.send)) as work:
        await until(lambda: log.state.stopped is not None)
        assert timedelta(days=5) <= time.now - BEGIN <= timedelta(days=5) + LONGEST_WAIT
        assert log.state.place == 0
        sink.refuses = None
        work.courier.hear(enabled(log.state, time.now))
        await until(work.inbox.idle.is_set)
    assert sink.got == IDS


@pytest.mark.parametrize(("place", "got"), [(None, IDS), (1, IDS[1:]), (10, [])])
async def test_a_person_may_pass_over_what_a_target_does_not_take(log: Log, place: int | None, got: list[str]) -> None:
    sink, time = Sink(refuses=NotTaken("not this one")), Time()
    async with running(log, time, lambda one: one.alerts(sink.send)) as work:
        await until(lambda: log.state.failures == 2)
        sink.refuses = None
        work.courier.hear(enabled(log.state, time.now, place))
        await until(work.inbox.idle.is_set)
    assert sink.got == got
    assert log.state.place == 10


async def test_a_word_is_not_drowned_by_what_is_written_beside_it(log: Log) -> None:
    sink, time = Sink(refuses=NotTaken("gone", gone=True)), Time()
    async with running(log, time, lambda one: one.alerts(sink.send)) as work:
        await until(lambda: log.state.stopped is not None)
        own, sink.refuses = log.state, None
        work.courier.hear(enabled(own, time.now, 4))
        work.courier.hear(own)  # written before, or without knowing of it
        await until(work.inbox.idle.is_set)
    assert sink.got == IDS[4:]


async def test_who_takes_over_in_a_pause_does_not_ask_before_its_end(log: Log) -> None:
    sink, time = Sink(refuses=NotTaken("down")), Time()
    async with running(log, time, lambda one: one.alerts(sink.send)):
        await until(lambda: log.state.failures == 8)
    paused = log.state.next_attempt
    assert paused is not None and paused - time.now > timedelta(minutes=10)
    time.ends = paused - timedelta(seconds=1)
    attempts = len(sink.attempts)
    for _ in range(20):  # as a supervisor does with a program that cannot go on
        async with running(log, time, lambda one: one.alerts(sink.send)):
            for _ in range(100):
                await asyncio.sleep(0)
    assert len(sink.attempts) == attempts
    sink.refuses, time.ends = None, Time().ends
    async with running(log, time, lambda one: one.alerts(sink.send)) as work:
        await until(work.inbox.idle.is_set)
    assert sink.got == IDS
    assert time.now >= paused


@pytest.mark.parametrize("place", [1, 3, 4, 10])
async def test_a_kill_between_delivery_and_state_repeats_one_alert_and_loses_none(log: Log, place: int) -> None:
    sink = Sink()
    log.full = place
    async with running(log, Time(), lambda one: one.alerts(sink.send)):
        await until(lambda: len(sink.got) == place)
    log.full = None
    async with running(log, Time(), lambda one: one.alerts(sink.send)) as work:
        await until(work.inbox.idle.is_set)
    assert sink.got == [*IDS[:place], *IDS[place - 1 :]]


async def test_nothing_is_sent_while_another_notifier_has_the_target(log: Log) -> None:
    sink = Sink()
    log.refusals = [BrokerError("another one has it")] * 5
    async with running(log, Time(), lambda one: one.alerts(sink.send)) as work:
        await until(lambda: len(log.refusals) == 1)
        assert sink.attempts == []
        await until(work.inbox.idle.is_set)
    assert sink.got == IDS


async def test_a_broker_that_is_away_when_a_state_is_to_be_written_is_waited_for_and_nothing_is_sent_again(log: Log) -> None:
    sink = Sink(waits=asyncio.Event())
    async with running(log, Time(), lambda one: one.alerts(sink.send)) as work:
        await until(lambda: len(sink.attempts) == 1)
        log.refusals = [BrokerError("nobody answers")] * 50
        assert sink.waits
        sink.waits.set()
        await until(work.inbox.idle.is_set)
    assert sink.attempts == IDS


async def test_what_is_not_asked_for_is_passed_over_and_never_looked_at_again(log: Log) -> None:
    log.add("wanted", sources=2, confidence=1.0)
    log.add("late")
    sink = Sink()
    async with running(log, Time(), lambda one: one.alerts(sink.send), Selection(confidence=0.95)) as work:
        await until(work.inbox.idle.is_set)
    assert (sink.got, log.state.place) == (["wanted"], 12)


async def test_a_delivery_in_progress_ends_before_the_target_goes_to_another_notifier(log: Log) -> None:
    sink = Sink(waits=asyncio.Event())
    async with running(log, Time(), lambda one: one.alerts(sink.send)) as work:
        await until(lambda: sink.attempts == ["e0"])
        work.task.cancel()
        await asyncio.gather(work.task, return_exceptions=True)
        ending = asyncio.create_task(work.courier.finish())
        assert sink.waits
        sink.waits.set()
        await ending
        assert (sink.got, log.state.place) == (["e0"], 1)


async def test_a_delivery_that_hangs_does_not_hold_up_the_end(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FINISH_WITHIN", 0.05)
    sink = Sink(waits=asyncio.Event())
    async with running(log, Time(), lambda one: one.alerts(sink.send)) as work:
        await until(lambda: sink.attempts == ["e0"])
        work.task.cancel()
        await asyncio.gather(work.task, return_exceptions=True)
        await work.courier.finish()
        assert (sink.got, log.state.place) == ([], 0)


async def test_a_courier_that_has_begun_nothing_has_nothing_to_finish(log: Log) -> None:
    async with running(log, Time(), lambda one: one.alerts(Sink().send)) as work:
        await Courier("other", Selection(), work.inbox, log.state).finish()
