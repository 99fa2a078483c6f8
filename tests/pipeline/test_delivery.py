"""When a target is tried again: sooner at first, later and later, never in vain for ever; and a person has the last word."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.delivery import (
    GIVEN_UP_AFTER,
    LONGEST_HOLD,
    LONGEST_WAIT,
    Condition,
    condition,
    enabled,
    failed,
    heard,
    passed,
    taken,
    wait,
)
from schemas.errors import NotTaken
from schemas.outlets import OutletState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEW = OutletState(outlet_id="desk", place=7, since=NOW)
DOWN = NotTaken("it answered 503 Service Unavailable")


def after(failures: int, error: NotTaken = DOWN, chance: float = 0.0) -> tuple[OutletState, datetime]:
    """A target that has failed so often, each time at the moment when it was due; and when that was the last time."""
    state, now = NEW, NOW
    for number in range(failures):
        now += wait(state, now) or timedelta(0)
        state = failed(state, error, now, chance if number == failures - 1 else 0.0)
    return state, now


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 80), (6, 160), (7, 320), (8, 640), (9, 900), (10, 900), (40, 900)]
)
def test_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    state, now = after(failures)
    assert wait(state, now) == timedelta(seconds=seconds)
    assert (state.failures, state.failing_since, state.place) == (failures, NOW, NEW.place)


@given(st.integers(min_value=1, max_value=60), st.floats(min_value=0, max_value=1, exclude_max=True))
def test_chance_adds_up_to_a_quarter_so_that_what_failed_together_comes_back_apart(failures: int, chance: float) -> None:
    least, now = after(failures)
    state, _ = after(failures, chance=chance)
    waits = wait(least, now), wait(state, now)
    assert waits[0] is not None and waits[1] is not None and waits[0] <= waits[1] <= waits[0] * 1.25 <= LONGEST_WAIT * 1.25


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        pytest.param(timedelta(seconds=2), timedelta(seconds=5), id="sooner than we would"),
        pytest.param(timedelta(hours=2), timedelta(hours=2), id="later than we would"),
        pytest.param(timedelta(days=300), LONGEST_HOLD, id="out of all reason"),
    ],
)
def test_a_target_that_says_when_is_left_alone_until_then_within_reason(asked: timedelta, waited: timedelta) -> None:
    state, now = after(1, NotTaken("it answered 429 Too Many Requests", not_before=NOW + asked))
    assert wait(state, now) == waited


def test_a_target_that_says_it_is_gone_is_stopped_at_once_and_keeps_its_place() -> None:
    state, now = after(1, NotTaken("it answered 410 Gone", gone=True))
    assert (wait(state, now), condition(state), state.place) == (None, Condition.STOPPED, NEW.place)
    assert "410" in (state.stopped or "")


def test_a_target_that_takes_nothing_for_days_is_stopped_and_not_before() -> None:
    state, now = NEW, NOW
    while not state.stopped:
        assert now - NOW < GIVEN_UP_AFTER + LONGEST_WAIT * 1.25
        state = failed(state, DOWN, now, 0.5)
        now += wait(state, now) or timedelta(0)
    assert now - NOW >= GIVEN_UP_AFTER
    assert state.stopped == "it has taken nothing for 5 days, last: it answered 503 Service Unavailable"
    assert state.place == NEW.place


def test_one_success_forgets_all_failures() -> None:
    state, now = after(5)
    well = taken(state, 8, now)
    assert (well.place, well.failures, well.failing_since, well.error, wait(well, now)) == (8, 0, None, None, timedelta(0))
    assert condition(well) is Condition.WELL


@pytest.mark.parametrize(
    ("state", "is_"),
    [
        pytest.param(None, Condition.NEW, id="not known"),
        pytest.param(NEW, Condition.NEW, id="begun"),
        pytest.param(passed(NEW, 9), Condition.NEW, id="nothing was for it"),
        pytest.param(taken(NEW, 8, NOW), Condition.WELL, id="has taken something"),
        pytest.param(after(1)[0], Condition.FAILING, id="has failed"),
        pytest.param(enabled(after(1)[0], NOW), Condition.NEW, id="has failed, and a person has it tried again"),
    ],
)
def test_how_a_target_is(state: OutletState | None, is_: Condition) -> None:
    assert condition(state) is is_


@pytest.mark.parametrize(("place", "goes_on"), [(None, 7), (3, 7), (12, 12)])
def test_a_person_has_a_target_tried_at_once_and_may_pass_over_alerts_but_not_go_back(place: int | None, goes_on: int) -> None:
    stopped, _ = after(1, NotTaken("it answered 410 Gone", gone=True))
    later = NOW + timedelta(hours=1)
    state = enabled(stopped, later, place)
    assert (wait(state, later), state.place, state.failures) == (timedelta(0), goes_on, 0)


def test_a_word_is_obeyed_once_whatever_the_clocks_say_and_nothing_else_that_was_written_counts() -> None:
    stopped, _ = after(1, NotTaken("it answered 410 Gone", gone=True))
    order = enabled(stopped, NOW, 12)
    assert heard(stopped, stopped) == stopped
    obeyed = heard(stopped, order)
    assert (obeyed.stopped, obeyed.place, obeyed.enabled_at) == (None, 12, NOW)
    failing = failed(obeyed, DOWN, NOW, 0.0)
    assert heard(failing, order) == failing
    again = enabled(failing, NOW - timedelta(days=1))  # by a clock that is slow
    assert heard(failing, again).failures == 0
