"""Two workers and their broker, which die again and again while articles flow: the alerts are those of a run in which nothing dies.

The moments are of chance. `KILLS_SEED=1234`, with the number that a failure tells, repeats them. `tests.broker.chaos` runs longer.
"""
from __future__ import annotations

from pathlib import Path
from random import Random

from tests.broker.chaos import APART, WORKERS, endure
from tests.broker.crowd import crowd
from tests.broker.faults import Fault, moments
from tests.broker.jars import Jars
from tests.broker.real_kafka import RealKafka

FAULTS = len(Fault) + 2
ARTICLES = 500


async def test_whatever_dies_no_alert_is_lost_none_is_another_and_none_comes_twice(jars: Jars, tmp_path: Path, kills_seed: int) -> None:
    plan = moments(Random(kills_seed), FAULTS, WORKERS, APART)
    articles = list(crowd(ARTICLES, kills_seed))
    with RealKafka(tmp_path / "kafka", jars) as kafka:
        outcome = await endure(kafka.cluster, kafka.nodes[0], tmp_path / "state", plan, articles)
    told = "\n".join((f"KILLS_SEED={kills_seed}", *map(str, plan)))
    assert outcome.expected, told
    assert (outcome.lost, outcome.others, outcome.repeated, outcome.dead) == (set(), set(), 0, 0), told
