"""When a target is tried again, and when no more: pure functions of how it stands, of what came of an attempt and of `now`.

A target gets its alerts in order, so the first that it does not take holds up all behind it. Nothing is passed over unasked: the topic
keeps the alerts, and the target its place in it.
"""
from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from schemas.errors import NotTaken
from schemas.outlets import OutletState

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)  # one attempt holds up all alerts, so that there are a hundred a day and not one for each alert
LONGEST_HOLD = timedelta(days=1)  # that a Retry-After is obeyed
GIVEN_UP_AFTER = timedelta(days=5)  # without a success; Standard Webhooks asks senders to stop some day, and to say so
_DOUBLINGS = 16  # of the wait; more only overflow
_MOMENT = timedelta(microseconds=1)


class Condition(StrEnum):
    """How a target is, for a person."""

    NEW = "new"  # it has not been given anything yet
    WELL = "well"
    FAILING = "failing"  # and tried again
    STOPPED = "stopped"  # until a person enables it


def condition(state: OutletState | None) -> Condition:
    """How it is."""
    if state is None:
        return Condition.NEW
    if state.stopped:
        return Condition.STOPPED
    if state.failures:
        return Condition.FAILING
    return Condition.WELL if state.succeeded_at else Condition.NEW


def passed(state: OutletState, place: int) -> OutletState:
    """`state` once nothing before `place` is for the target."""
    return state.model_copy(update={"place": place})


def taken(state: OutletState, place: int, now: datetime) -> OutletState:
    """`state` once the target has taken all before `place`."""
    well = {"succeeded_at": now, "failures": 0, "failing_since": None, "next_attempt": None, "error": None, "stopped": None}
    return state.model_copy(update={"place": place} | well)


def digested(state: OutletState, now: datetime) -> OutletState:
    """`state` once the digest that was due is done, sent or empty."""
    return state.model_copy(update={"since": now})


def failed(state: OutletState, error: NotTaken, now: datetime, chance: float) -> OutletState:
    """`state` after an attempt that failed: the next follows after twice the wait, up to a quarter more by `chance` (from 0 up to 1).

    A target that says it is gone, or has taken nothing for `GIVEN_UP_AFTER`, is stopped.
    """
    failures, since = state.failures + 1, state.failing_since or now
    told = {"failures": failures, "failing_since": since, "error": str(error)}
    if error.gone:
        return state.model_copy(update=told | {"next_attempt": None, "stopped": f"{error}: it wants nothing any more"})
    if now - since >= GIVEN_UP_AFTER:
        stopped = f"it has taken nothing for {GIVEN_UP_AFTER.days} days, last: {error}"
        return state.model_copy(update=told | {"next_attempt": None, "stopped": stopped})
    wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - 1, _DOUBLINGS))) * (1 + chance / 4)
    held = min(error.not_before, now + LONGEST_HOLD) if error.not_before else now
    return state.model_copy(update=told | {"next_attempt": max(now + wait, held)})


def enabled(state: OutletState, now: datetime, place: int | None = None) -> OutletState:
    """`state` once a person has had the target tried again, at once; with a `place`, what is before that is not for it any more."""
    at = max(now, state.enabled_at + _MOMENT) if state.enabled_at else now  # later than the last time, whatever clocks say
    fresh = {"failures": 0, "failing_since": None, "next_attempt": None, "error": None, "stopped": None, "enabled_at": at}
    return state.model_copy(update=fresh | ({} if place is None else {"place": max(place, state.place)}))


def heard(state: OutletState, order: OutletState) -> OutletState:
    """`state` once it is known that a person wrote `order`; the same where that was known."""
    if order.enabled_at is None or (state.enabled_at is not None and order.enabled_at <= state.enabled_at):
        return state
    return enabled(state, order.enabled_at, order.place)


def wait(state: OutletState, now: datetime) -> timedelta | None:
    """How long until the target may be tried, nothing where it may be now; None: until a person enables it."""
    if state.stopped:
        return None
    return max(timedelta(0), state.next_attempt - now) if state.next_attempt else timedelta(0)
