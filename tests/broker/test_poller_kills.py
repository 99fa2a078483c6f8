"""A poller that is killed again and again, at any moment: no entry is lost, none has two names, and the site has nothing to complain of.

The moments are of chance. `KILLS_SEED=1234`, with the number that a failure tells, repeats them.
"""
from __future__ import annotations

import asyncio
import signal
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from agents.cluster import Cluster
from agents.poll.subscriptions import subscribe
from agents.settings import Settings
from agents.topics import RAW
from schemas.articles import RawArticle
from tests.broker.feed_server import Asked, Site, feed
from tests.broker.manners import complaints
from tests.broker.moments import Life, Moment, Phase, moments
from tests.broker.polling_process import INTERVAL, launched
from tests.broker.stream import Stream

FEEDS = "abcdef"
KILLS = 12
GROWTH = 0.3  # that a feed has an entry more when it is asked
WITHIN = 60.0  # seconds; a test that waits so long has failed


async def test_a_poller_that_is_killed_at_any_moment_loses_nothing_and_stays_polite(
    cluster: Cluster, settings: Settings, stream: Stream, served: Site, tmp_path: Path, kills_seed: int
) -> None:
    chance = Random(kills_seed)
    plan = moments(chance, KILLS, len(FEEDS))
    addresses = [f"{served.url}/feed/{name}" for name in FEEDS]
    await subscribe(cluster, settings, list(map(feed, addresses)))
    with telling(kills_seed, plan):
        for number, moment in enumerate(plan):
            for name in FEEDS:
                grow(served, name)
                grow(served, name)
            async with launched(cluster, tmp_path, f"https://life.example/{number}") as process:
                assert await killed(process, moment, served, chance) == -signal.SIGKILL
        async with launched(cluster, tmp_path, f"https://life.example/{KILLS}") as process:
            await quiet(served)
            process.terminate()
            assert await process.wait() == 0
        assert [told for name in FEEDS for told in complaints(served.of(f"/feed/{name}"), INTERVAL)] == []
        ids, titles = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for record in await stream.records(RAW):
            article = RawArticle.model_validate_json(record.value or b"")
            ids[article.title or ""].add(article.article_id)
            titles[article.article_id].add(article.title or "")
        assert ids.keys() == {f"Talks in {entry}" for name in FEEDS for entry in served.entries[name]}
        assert {len(names) for names in (*ids.values(), *titles.values())} == {1}


def grow(served: Site, name: str) -> None:
    """Give a feed an entry more."""
    known = served.entries.setdefault(name, [])
    known.insert(0, f"{name}-{len(known) + 1}")


async def killed(process: asyncio.subprocess.Process, moment: Moment, served: Site, chance: Random) -> int:
    """Kill `process` at `moment`, while feeds get more entries; returns how it ended."""

    def kill() -> None:
        if moment.delay:
            asyncio.get_running_loop().call_later(moment.delay, process.kill)
        else:
            process.kill()

    life = Life(moment, kill)

    def on_asked(asked: Asked) -> None:
        if asked.path.startswith("/feed/") and chance.random() < GROWTH:
            grow(served, asked.path.removeprefix("/feed/"))
        life(asked)

    served.on_asked = on_asked
    if moment.phase is Phase.START:
        kill()
    async with asyncio.timeout(WITHIN):
        return await process.wait()


async def quiet(served: Site) -> None:
    """Wait until each feed has told twice that it has nothing new."""
    served.on_asked = lambda _: None
    begun = len(served.asked)
    async with asyncio.timeout(WITHIN):
        while any(sum(asked.status == 304 for asked in served.asked[begun:] if asked.path == f"/feed/{name}") < 2 for name in FEEDS):
            await asyncio.sleep(0.05)


@contextmanager
def telling(seed: int, plan: list[Moment]) -> Iterator[None]:
    """Say what was done, where it goes wrong."""
    try:
        yield
    except BaseException as error:
        error.add_note("\n".join((f"KILLS_SEED={seed}, killed", *map(str, plan))))
        raise
