"""Verdicts handed in: until the broker has them, and until they show."""
from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agents.cluster import Cluster
from agents.outlets.view.reader import Reader
from agents.outlets.web import desk
from agents.outlets.web.desk import Desk
from agents.producer import VerdictProducer
from schemas.errors import BrokerError
from schemas.verdicts import Ruling, Verdict
from tests.outlets.conftest import simple
from tests.outlets.following import Following
from tests.outlets.told import verdict_on


class Slow(VerdictProducer):
    """A broker that never answers."""

    async def send(self, verdict: Verdict) -> None:
        await asyncio.Event().wait()


def slow() -> Slow:
    return Slow(Cluster("127.0.0.1:9"))


@pytest.mark.parametrize("ruling", [Ruling.RIGHT, Ruling.NO_MEETING])
async def test_it_is_shown_once_its_meeting_is_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ruling: Ruling) -> None:
    monkeypatch.setattr(desk, "SHOWN_WITHIN", 600)
    with Following(tmp_path / "view.sqlite") as follower, Reader(follower.path) as reader:
        meeting, verdict = simple("m"), verdict_on("m", ruling)
        await follower.tell(meeting)
        waiting = asyncio.create_task(Desk(slow(), follower, reader).shown(verdict))
        await asyncio.sleep(0)
        assert not waiting.done()
        await follower.judge(meeting, verdict)
        async with asyncio.timeout(30):
            await waiting
        assert reader.is_taken_up(verdict)


async def test_nobody_waits_long_where_no_worker_takes_it_up_or_no_broker_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "SHOWN_WITHIN", 0.01)
    monkeypatch.setattr(desk, "SENT_WITHIN", 0.01)
    with Following(tmp_path / "view.sqlite") as follower, Reader(follower.path) as reader:
        one = Desk(slow(), follower, reader)
        await one.shown(verdict_on("m", Ruling.RIGHT))
        with pytest.raises(BrokerError, match="whether it has the verdict will show"):
            await one.give(verdict_on("m", Ruling.RIGHT))
