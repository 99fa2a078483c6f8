"""How a feed is, in a word: what a person has to look at, and why."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.feeds.health import health
from schemas.feeds import FeedState, Outcome, Seen

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
ENTRY = (Seen(key="k", version="v", article_id="a", last=1),)


def state(outcome: Outcome | None, failures: int = 0, **known: object) -> FeedState:
    return FeedState.model_validate({"feed_id": "f", "url": "https://a.example/", "outcome": outcome, "failures": failures} | known)


def once_read(outcome: Outcome, failures: int = 0, **known: object) -> FeedState:
    return state(outcome, failures, **{"succeeded_at": NOON, "seen": ENTRY} | known)


EMPTY = "it can be read, and holds no entries"
LOST = "entries may have been lost between two polls"


@pytest.mark.parametrize(
    ("known", "condition", "reason", "needs_a_look"),
    [
        pytest.param(None, "waiting", None, False, id="nobody has polled it"),
        pytest.param(state(None, polls=1, attempted_at=NOON), "waiting", None, False, id="its first poll is under way"),
        pytest.param(once_read(Outcome.NEW), "well", None, False, id="new entries"),
        pytest.param(once_read(Outcome.NOT_MODIFIED), "well", None, False, id="not modified"),
        pytest.param(once_read(Outcome.MOVED), "well", None, False, id="moved"),
        pytest.param(once_read(Outcome.NEW, gaps=1), "well", f"{LOST}, once", False, id="a gap"),
        pytest.param(once_read(Outcome.NOTHING_NEW, gaps=3), "well", f"{LOST}, 3 times", False, id="gaps"),
        pytest.param(once_read(Outcome.NOTHING_NEW, seen=()), "empty", EMPTY, True, id="never an entry"),
        pytest.param(once_read(Outcome.FAILED, 1, error="too slow"), "failing", "too slow", False, id="it failed once"),
        pytest.param(once_read(Outcome.REFUSED, 3, error="403"), "failing", "403", False, id="it failed three times"),
        pytest.param(once_read(Outcome.REFUSED, 4, error="403"), "broken", "403", True, id="it failed four times"),
        pytest.param(state(Outcome.BROKEN, 1, error="a web page"), "broken", "a web page", True, id="it failed from the first poll on"),
        pytest.param(once_read(Outcome.FAILED, 1, seen=(), error="too slow"), "failing", "too slow", False, id="empty, now failing"),
        pytest.param(once_read(Outcome.GONE, stopped="gone"), "stopped", "gone", True, id="stopped"),
        pytest.param(state(Outcome.GONE, 9, stopped="gone", error="x"), "stopped", "gone", True, id="that it is stopped counts most"),
    ],
)
def test_the_condition_of_a_feed(known: FeedState | None, condition: str, reason: str | None, needs_a_look: bool) -> None:
    found = health(known)
    assert (found.condition, found.reason, found.needs_a_look) == (condition, reason, needs_a_look)
