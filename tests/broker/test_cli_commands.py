"""The commands that talk to a broker, as users run them in terminals of their own."""
from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from agents.cluster import Cluster
from agents.lag import Lag
from agents.seeds import seeds_folder
from agents.service import Service
from agents.settings import Settings
from agents.topics import declared

WITHIN = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def environment(cluster: Cluster, tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "DYADWATCH_KAFKA_BOOTSTRAP": str(cluster),
        "DYADWATCH_DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


async def run(environment: dict[str, str], *arguments: str) -> Done:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from agents.cli import main; main()", *arguments,
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(), WITHIN)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())


async def test_missing_topics_are_told_then_made_then_well(environment: dict[str, str]) -> None:
    before = await run(environment, "topics", "--json")
    assert before.code == 1
    assert not any(json.loads(line)["ok"] for line in before.out.splitlines())
    assert f"none of the {len(declared(Settings()))} is there" in (await run(environment, "doctor")).out
    made = await run(environment, "topics", "--apply")
    assert made.code == 0, made.err
    assert "meetings.alerts" in made.out
    well = await run(environment, "doctor", "--json")
    checks = {check["name"]: check for check in map(json.loads, well.out.splitlines())}
    assert (well.code, {check["ok"] for check in checks.values()}) == (0, {True})
    assert (checks["feeds"]["found"], "feeds import" in checks["feeds"]["remedy"]) == ("none is subscribed", True)


async def test_articles_replayed_twice_raise_each_alert_once_and_subscribers_choose(
    environment: dict[str, str], cluster: Cluster, service: Service
) -> None:
    seeds = str(seeds_folder())
    observed = [json.loads(line) for line in (await run(environment, "observe", seeds)).out.splitlines()]
    expected = [(line["meeting_id"], line["alert"]) for line in observed if line["alert"]]
    assert expected
    for _ in range(2):
        sent = await run(environment, "replay", "--json", seeds)
        assert sent.code == 0, sent.err
        assert json.loads(sent.out)["sent"] == 5
    async with Lag(cluster) as lag:
        await lag.wait_until_none(WITHIN)

    shown = await run(environment, "subscribe", "--from-beginning", "--json", "--limit", str(len(expected)))
    alerts = [json.loads(line) for line in shown.out.splitlines()]
    assert [(alert["meeting_id"], alert["type"]) for alert in alerts] == expected
    assert len({alert["alert_id"] for alert in alerts}) == len(alerts)

    planned = sum(alert["facts"]["status"] == "announced" for alert in alerts)
    cards = await run(environment, "subscribe", "--from-beginning", "--status", "announced", "--limit", str(planned))
    assert cards.code == 0, cards.err
    assert cards.out.count("NEW           announced") == planned


async def test_a_subscriber_without_from_beginning_sees_what_comes_after_it(
    environment: dict[str, str], service: Service, tmp_path: Path
) -> None:
    follower = asyncio.create_task(run(environment, "subscribe", "--json", "--limit", "1"))
    article = tmp_path / "later.txt"
    article.write_text("Russian President Vladimir Putin met Chinese President Xi Jinping in Kazan on Tuesday and they discussed gas.")
    while not follower.done():  # until it follows, nobody hears; an article that is known raises no second alert
        article.write_text(article.read_text() + " Nothing else was said.")
        await run(environment, "replay", str(article))
    assert json.loads((await follower).out)["article"]["language"] == "en"
