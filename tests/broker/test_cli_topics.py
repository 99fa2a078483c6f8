"""`dyadwatch topics` against a broker, as users run it. The tests build on each other."""
from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from agents.cluster import Cluster
from agents.settings import Settings
from agents.topics import declared
from tests.broker import conftest
from tests.broker.test_cli_commands import WITHIN, Done, run

SHORTER = {"DYADWATCH_DEADLETTERS_DAYS": "3"}
GROWN = {"DYADWATCH_PARTITIONS": "4"}


@pytest.fixture
def environment(cluster: Cluster, tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "DYADWATCH_KAFKA_BOOTSTRAP": str(cluster),
        "DYADWATCH_DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "COLUMNS": "120",
    }


async def described(environment: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What `--json` says, by topic."""
    return {one["topic"]: one for one in map(json.loads, (await run(environment, "topics", "--json")).out.splitlines())}


async def answered(environment: dict[str, str], answer: str, *arguments: str) -> Done:
    """Run at a terminal at which somebody types `answer`."""
    terminal, stdin = pty.openpty()
    try:
        os.write(terminal, f"{answer}\n".encode())
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from agents.cli import main; main()", *arguments,
            env=environment, stdin=stdin, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(), WITHIN)
    finally:
        os.close(stdin)
        os.close(terminal)
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())


async def test_what_is_missing_is_shown_made_and_then_well(environment: dict[str, str]) -> None:
    every = len(declared(Settings()))
    before = await run(environment, "topics")
    assert (before.code, before.out.count("missing")) == (1, every)
    made = await run(environment, "topics", "--apply")
    assert (made.code, made.err.count(": made\n"), made.out.count(" ok\n")) == (0, every, every)
    assert await run(environment, "topics", "--apply") == Done(0, made.out, "")


async def test_each_entry_of_ours_is_shown_and_what_differs_in_a_sentence(environment: dict[str, str]) -> None:
    differs = await run(environment | SHORTER, "topics")
    assert differs.code == 1
    (row,) = [line.split() for line in differs.out.splitlines() if line.startswith(" news.deadletters")]
    assert row == ["news.deadletters", "1", "1", "1", "30", "days", "8.25", "MiB", "differs"]
    assert "news.deadletters: retention.ms is 2592000000 (30 days), not 259200000 (3 days)\n" in differs.out
    letters = (await described(environment | SHORTER))["news.deadletters"]
    assert letters == {
        "topic": "news.deadletters",
        "key": "as the message that failed",
        "exists": True,
        "partitions": {"found": 1, "wanted": 1},
        "replication": {"found": 1, "wanted": 1, "in_sync": 1},
        "configuration": {
            "cleanup.policy": {"found": "delete", "wanted": "delete"},
            "retention.ms": {"found": "2592000000", "wanted": "259200000"},
            "max.message.bytes": {"found": "8650752", "wanted": "8650752"},
            "min.insync.replicas": {"found": "1", "wanted": "1"},
            "message.timestamp.type": {"found": "CreateTime", "wanted": "CreateTime"},
            "compression.type": {"found": "uncompressed", "wanted": "uncompressed"},
        },
        "ok": False,
        "differs": ["retention.ms is 2592000000 (30 days), not 259200000 (3 days)"],
        "more": [],
    }


async def test_what_deletes_messages_needs_somebody_who_agrees(environment: dict[str, str]) -> None:
    async def days() -> float:
        letters = (await described(environment))["news.deadletters"]
        return int(letters["configuration"]["retention.ms"]["found"]) / (24 * 60 * 60 * 1000)

    shorter = environment | SHORTER
    nobody = await run(shorter, "topics", "--apply")
    assert (nobody.code, nobody.out, await days()) == (1, "", 30)
    assert "news.deadletters: messages older than 3 days are deleted (kept now: 30 days)\nnothing is changed" in nobody.err
    no = await answered(shorter, "n", "topics", "--apply")
    assert (no.code, no.out, await days()) == (1, "", 30)
    yes = await answered(shorter, "y", "topics", "--apply")
    assert (yes.code, await days()) == (0, 3)
    assert (await run(environment, "topics", "--apply")).code == 0  # longer needs nobody
    assert await days() == 30
    assert (await run(shorter, "topics", "--apply", "--yes")).code == 0
    assert await days() == 3


async def test_partitions_are_added_and_never_taken_away(environment: dict[str, str], broker: str) -> None:
    environment |= SHORTER
    added = await run(environment | GROWN, "topics", "--apply")
    if broker == conftest.EMBEDDED:
        assert (added.code, added.out) == (4, "")
        assert added.err.startswith("dyadwatch: this broker cannot add partitions to news.raw; an embedded one")
        return
    assert (added.code, added.err) == (0, "news.raw: 4 partitions\nnews.unique: 4 partitions\n")
    fewer = await run(environment, "topics", "--apply")
    told = "not changed: news.raw, news.unique: 4 partitions, more than 1, and Kafka cannot take any away: set DYADWATCH_PARTITIONS to 4"
    assert (fewer.code, fewer.err.startswith(told)) == (3, True)
    assert (await described(environment))["news.raw"]["partitions"] == {"found": 4, "wanted": 1}
    assert (await run(environment, "topics")).code == 0
    assert (await run(environment, "feeds", "list")).code == 0


async def test_copies_that_there_are_no_brokers_for_are_refused_and_all_else_is_done(environment: dict[str, str]) -> None:
    done = await run(environment | {"DYADWATCH_REPLICATION": "9"}, "topics", "--apply")
    assert done.code == 3
    assert "news.deadletters: retention.ms=2592000000\n" in done.err
    assert re.search(r"not changed: there cannot be 9 copies on \d brokers?: add brokers, or lower DYADWATCH_REPLICATION\n", done.err)
