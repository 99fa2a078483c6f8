"""How a feed is, in a word: "empty" is not "broken"."""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.feeds import FeedState

_A_BAD_DAY = 3  # failures in a row that a well-kept server has now and then


class Condition(StrEnum):
    """The condition of a feed."""

    WAITING = "waiting"  # for its first poll
    WELL = "well"
    EMPTY = "empty"  # it is read, and has never had an entry
    FAILING = "failing"  # now and then
    BROKEN = "broken"  # for some time, or from the first poll on
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Health:
    """The condition, and what to know of it; None where all is well."""

    condition: Condition
    reason: str | None

    @property
    def needs_a_look(self) -> bool:
        """Whether a person should do something."""
        return self.condition in (Condition.BROKEN, Condition.STOPPED, Condition.EMPTY)


def health(state: FeedState | None) -> Health:
    """The health of a feed whose state is this; None before its first poll."""
    if state is None or (state.outcome is None and state.stopped is None):
        return Health(Condition.WAITING, None)
    if state.stopped is not None:
        return Health(Condition.STOPPED, state.stopped)
    if state.failures:
        lasting = state.failures > _A_BAD_DAY or state.succeeded_at is None
        return Health(Condition.BROKEN if lasting else Condition.FAILING, state.error)
    if not state.seen:
        return Health(Condition.EMPTY, "it can be read, and holds no entries")
    often = "once" if state.gaps == 1 else f"{state.gaps} times"
    return Health(Condition.WELL, f"entries may have been lost between two polls, {often}" if state.gaps else None)
