"""Two workers are told to stop at once: what one of them still does is committed, though its group shares out partitions meanwhile."""
from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from agents.brokers import administration
from agents.cluster import Cluster
from agents.extraction import Extraction
from agents.lag import Lag
from agents.service import STOP_WITHIN, Service
from agents.settings import Settings
from agents.topics import RAW, READ_APP
from pipeline.clean import Cleaned
from tests.broker.articles import meeting_in
from tests.broker.conftest import KAFKA
from tests.broker.stream import Stream

GATHERED = "Stable"  # what the broker says of a group whose members all have their partitions


class Held(Extraction):
    """Does not come back from an article before it is let go."""

    made: list[Extraction]
    begun: asyncio.Queue[Extraction]
    let_go: asyncio.Event

    async def start(self) -> None:
        self.made.append(self)
        await super().start()

    async def clean(self, raw: bytes) -> Cleaned:
        self.begun.put_nowait(self)
        await self.let_go.wait()
        return await super().clean(raw)


@pytest.fixture(scope="module")
def broker() -> str:
    """The embedded broker has one worker."""
    return KAFKA


@pytest.fixture
def held() -> Iterator[type[Held]]:
    """What reads for both workers."""
    Held.made, Held.begun, Held.let_go = [], asyncio.Queue(), asyncio.Event()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("agents.service.Extraction", Held)
        yield Held


async def test_what_is_done_in_the_middle_of_it_is_committed(
    cluster: Cluster, settings: Settings, stream: Stream, held: type[Held]
) -> None:
    async with asyncio.timeout(60), AsyncExitStack() as stack:
        workers = [Service(settings.model_copy(update={"data_dir": settings.data_dir / name}), cluster) for name in ("one", "other")]
        for worker in workers:
            await stack.enter_async_context(worker)
        await stream.send([meeting_in("Astana", "held")])
        busy = workers[held.made.index(await held.begun.get())]
        (idle,) = (worker for worker in workers if worker is not busy)
        stopping = asyncio.create_task(busy.stop())
        await idle.stop()
        await _shared_out(cluster, members=1)
        held.let_go.set()
        async with asyncio.timeout(STOP_WITHIN - 1):
            await stopping
        async with Lag(cluster) as lag:
            assert (await lag.of_topics())[RAW] == 0


async def _shared_out(cluster: Cluster, members: int) -> None:
    """Return when so many have all partitions of the raw articles."""
    async with administration(cluster) as admin:
        while True:
            (answer,) = await admin.describe_consumer_groups([READ_APP])
            _, _, state, _, _, found, *_ = answer.groups[0]
            if state == GATHERED and len(found) == members:
                return
            await asyncio.sleep(0.05)
