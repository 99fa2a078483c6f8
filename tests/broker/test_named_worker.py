"""A worker with a name of its own is killed and comes back under it, while another one stands by."""
from __future__ import annotations

import signal

import pytest

from agents.cluster import Cluster
from agents.settings import Settings
from agents.topic_changes import create_topics
from tests.broker.articles import chained, meeting_in
from tests.broker.conftest import KAFKA
from tests.broker.service_process import launched
from tests.broker.stream import Stream

BEFORE, WHILE_DEAD, AFTER = (meeting_in(city, city) for city in ("Astana", "Dalian", "Harbin"))


@pytest.fixture(scope="module")
def broker() -> str:
    """The embedded broker knows no members by name, and has one worker."""
    return KAFKA


async def test_it_goes_on_where_it_was_and_each_alert_comes_once(cluster: Cluster, settings: Settings, stream: Stream) -> None:
    named = settings.model_copy(update={"worker_id": "worker-0", "data_dir": settings.data_dir / "named"})
    other = settings.model_copy(update={"worker_id": "worker-1", "data_dir": settings.data_dir / "other"})
    await create_topics(cluster, settings)
    async with launched(cluster, named) as process, launched(cluster, other):
        await stream.send([BEFORE])
        await stream.through()
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await stream.send([WHILE_DEAD])
        async with launched(cluster, named):
            await stream.send([AFTER])
            await stream.through()
            assert await stream.alerts() == chained([BEFORE, WHILE_DEAD, AFTER])[0]
    assert await stream.dead_letters() == []
