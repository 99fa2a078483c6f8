"""A process that stood still: noticed, whoever goes on first, and nothing goes out any more."""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from agents.pulse import BEAT, Fenced, Pulse
from tests.agents.fakes import Topic


class Clock:
    """Moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def never(waiting: Awaitable[object]) -> bool:
    """Whether it does not end, as far as a few turns of the loop can tell."""
    task = asyncio.ensure_future(waiting)
    for _ in range(20):
        await asyncio.sleep(0)
    done = task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return not done


@pytest.mark.parametrize(("gap", "stood"), [(5.9, None), (6.1, 6.1)])
async def test_a_gap_that_the_session_outlasts_is_nothing_and_a_longer_one_is_told(gap: float, stood: float | None) -> None:
    clock = Clock()
    pulse = Pulse(6.0, clock)
    clock.now = gap
    assert pulse.stood_still == stood


async def test_what_was_lost_stays_lost_however_long_it_beats_afterwards() -> None:
    clock = Clock()
    async with Pulse(6.0, clock) as pulse:
        clock.now = 10.0
        assert pulse.stood_still == 10.0
        await asyncio.sleep(2 * BEAT)
        clock.now = 10.1
        assert pulse.stood_still == 10.0


async def test_a_process_that_runs_is_never_told_to_have_stood_still() -> None:
    async with Pulse(3 * BEAT) as pulse:
        await asyncio.sleep(10 * BEAT)  # longer than it may stand still
        assert pulse.stood_still is None
        await pulse.hold()


async def send(topic: Fenced) -> None:
    await (await topic.send(key=b"k", value=b"v", headers=[]))


async def test_nothing_is_sent_once_it_stood_still() -> None:
    clock, topic = Clock(), Topic()
    fenced = Fenced(topic, Pulse(6.0, clock))
    await send(fenced)
    clock.now = 7.0
    assert await never(send(fenced))
    assert topic.values == [b"v"]


async def test_what_was_on_its_way_when_it_stood_still_is_sent_but_nothing_is_done_after_it() -> None:
    clock = Clock()

    def freeze() -> None:
        clock.now = 7.0

    topic = Topic(on_ack=freeze)
    went_on: list[bool] = []

    async def send_and_go_on(send: Callable[[], Awaitable[None]]) -> None:
        await send()
        went_on.append(True)

    assert await never(send_and_go_on(lambda: send(Fenced(topic, Pulse(6.0, clock)))))
    assert (topic.values, went_on) == ([b"v"], [])
