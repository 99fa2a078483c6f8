"""A server that keeps the score finds nothing to complain of."""
from __future__ import annotations

from tests.poll.scoring import simulate


async def test_polls_keep_all_the_rules_of_polite_readers_also_when_killed() -> None:
    score, came = await simulate(feeds=12, days=3, kills=4)
    assert (score.early, score.invented, score.cookies, score.parameters, score.other_headers) == (0, 0, 0, 0, set())
    assert set(score.unconditional.values()) == {1}
    assert score.requests > 12 * 3 * 10
    for number in range(12):
        last = int((3 * 24 - 3) / (number % 24 + 2))
        assert {f"{number}/{version}" for version in range(last)} <= came.keys()
