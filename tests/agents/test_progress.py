"""A worker that gets nowhere is told from one that has nothing to do, and from a slow one."""
from __future__ import annotations

import pytest
from aiokafka import TopicPartition

from agents.lag import Position
from agents.progress import Progress, Rounds

RAW, OTHER = TopicPartition("news.raw", 0), TopicPartition("news.raw", 1)


@pytest.mark.parametrize(
    ("case", "looks", "stuck"),
    [
        ("nothing to read", [(0, 5, 5), (100, 5, 5)], False),
        ("it reads, however slowly", [(0, 5, 50), (9, 6, 50), (18, 7, 50)], False),
        ("it stands still, not long yet", [(0, 5, 50), (10, 5, 60)], False),
        ("it stands still", [(0, 5, 50), (11, 5, 60)], True),
        ("it stood still and goes on", [(0, 5, 50), (9, 5, 60), (12, 6, 60), (21, 6, 60)], False),
        ("something to read has only just come", [(0, 5, 5), (100, 5, 6), (109, 5, 6)], False),
        ("it goes back after a kill and reads again", [(0, 9, 20), (9, 5, 20), (18, 6, 20)], False),
    ],
)
def test_only_who_has_something_to_read_and_does_not_for_too_long_is_stuck(
    case: str, looks: list[tuple[float, int, int]], stuck: bool
) -> None:
    progress = Progress(patience=10)
    found = [list(progress.stuck({RAW: Position(committed, end)}, now)) for now, committed, end in looks]
    assert not any(found[:-1]), case
    assert bool(found[-1]) is stuck, case


def test_each_partition_counts_for_itself() -> None:
    progress = Progress(patience=10)
    assert list(progress.stuck({RAW: Position(1, 9), OTHER: Position(1, 9)}, 0)) == []
    assert list(progress.stuck({RAW: Position(1, 9), OTHER: Position(2, 9)}, 11)) == [(RAW, 8)]


def test_a_partition_that_went_away_and_came_back_begins_anew() -> None:
    progress = Progress(patience=10)
    for now, positions in ((0, {RAW: Position(1, 9)}), (5, {}), (11, {RAW: Position(1, 9)})):
        assert list(progress.stuck(positions, now)) == []


def test_a_loop_that_comes_round_in_time_is_not_late_and_one_that_has_not_begun_neither() -> None:
    now = 0.0
    rounds = Rounds("taking up what has come", within=10, clock=lambda: now)
    now = 100.0
    assert rounds.late is None
    rounds.done()
    now = 110.0
    assert rounds.late is None
    now = 111.0
    assert rounds.late == "taking up what has come has taken 11 s"
    rounds.done()
    assert rounds.late is None
