"""How a worker ends: in time when it is told to, whatever it is doing, and by itself when it gets nowhere. Nothing is lost."""
from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from agents.cluster import Cluster
from agents.extraction import Extraction
from agents.service import Service
from agents.settings import Settings
from agents.together import Together
from agents.topics import RAW, READ_APP
from pipeline.clean import Cleaned
from schemas.articles import RawArticle
from schemas.errors import WorkerError
from schemas.message import decode
from tests.broker.articles import chained, meeting_in
from tests.broker.own_process import STOP_WITHIN
from tests.broker.stream import Stream
from tests.sight.parts import said, seen

BEFORE, STUCK, BEHIND = (meeting_in(city, name) for city, name in (("Astana", "before"), ("Dalian", "stuck"), ("Harbin", "behind")))


class Stuck(Extraction):
    """Never comes back from that article, nor from one behind it, whatever the deadline."""

    _stands = False

    async def clean(self, raw: bytes) -> Cleaned:
        self._stands = self._stands or decode(RawArticle, raw) == STUCK
        if self._stands:
            await asyncio.Event().wait()
        return await super().clean(raw)


@pytest.fixture
def stuck() -> Iterator[None]:
    """There is a fault in the worker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("agents.service.Extraction", Stuck)
        yield


async def test_a_worker_that_is_told_to_stop_leaves_what_does_not_end_to_the_next(
    cluster: Cluster, settings: Settings, stream: Stream, stuck: None
) -> None:
    async with asyncio.timeout(60):
        service = Service(settings, cluster)
        await service.start()
        await stream.send([BEFORE, STUCK, BEHIND])
        while not await stream.alerts():
            await asyncio.sleep(0.1)
    async with asyncio.timeout(STOP_WITHIN):
        await service.stop()
    assert await stream.alerts() == chained([BEFORE])[0]


async def test_a_worker_that_gets_nowhere_ends_and_says_where(cluster: Cluster, settings: Settings, stream: Stream, stuck: None) -> None:
    impatient = settings.model_copy(update={"extraction_deadline": 1.0, "progress_deadline": 1.0})
    stands = f"{READ_APP} has not got on with {RAW}, partition 0"
    async with asyncio.timeout(60), Together({"work": Service(impatient, cluster)}) as service, seen(service, cluster) as client:
        assert (await said(client, "/live"))[0] == 200
        with pytest.raises(WorkerError, match=rf"{stands}.* 2 messages wait"):
            await service.wait()
        status, told = await said(client, "/live")
        assert (status, told.startswith(f"work: {stands}")) == (503, True)


async def test_the_next_worker_does_what_they_left(cluster: Cluster, settings: Settings, stream: Stream) -> None:
    async with Service(settings, cluster):
        await stream.through()
    assert await stream.alerts() == chained([BEFORE, STUCK, BEHIND])[0]
    assert await stream.dead_letters() == []
