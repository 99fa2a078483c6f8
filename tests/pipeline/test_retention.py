"""What is old enough to be forgotten, the oldest first."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.retention import Ages

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
STEPS = st.lists(st.tuples(st.sampled_from(["put", "remove", "forget"]), st.sampled_from("abcd"), st.integers(0, 9)))


@given(STEPS)
def test_the_oldest_is_always_the_one_put_for_the_earliest_moment(steps: list[tuple[str, str, int]]) -> None:
    ages, known = Ages(), dict[str, int]()
    for what, key, minute in steps:
        if what == "put":
            ages.put(key, NOON + timedelta(minutes=minute))
            known[key] = minute
        elif what == "remove":
            ages.remove(key)
            known.pop(key, None)
        else:
            expected = min(((since, name) for name, since in known.items() if since < minute), default=(0, None))[1]
            oldest = ages.oldest(NOON + timedelta(minutes=minute))
            assert oldest == expected
            if oldest is not None:
                ages.remove(oldest)
                del known[oldest]
