"""Feeds polled into the stream, on real brokers: each entry once, by exactly one poller, whatever stops."""
from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from itertools import groupby, product
from pathlib import Path

import pytest

from agents.cluster import Cluster
from agents.compacted import CompactedWriter
from agents.poll.poller import Poller
from agents.poll.subscriptions import subscribe, subscriptions, unsubscribe
from agents.settings import Settings
from agents.topics import FEED_STATES, RAW
from schemas.articles import PageKind, RawArticle
from schemas.feeds import FeedState, Seen
from tests.broker.feed_server import Site, feed, until
from tests.broker.manners import askers, complaints, early, invented
from tests.broker.polling_process import INTERVAL, launched, quick
from tests.broker.stream import Stream


@pytest.fixture(scope="module")
def polling(settings: Settings) -> Settings:
    """Feeds on loopback, asked again after a second."""
    return quick(settings)


async def articles(stream: Stream, of: Site) -> list[RawArticle]:
    found = [RawArticle.model_validate_json(record.value or b"") for record in await stream.records(RAW)]
    return [article for article in found if (article.url or "").startswith(of.url)]


async def test_each_entry_comes_once_with_its_page_and_the_server_is_asked_politely(
    cluster: Cluster, polling: Settings, stream: Stream, served: Site
) -> None:
    served.entries["world"] = ["Moscow", "Beijing"]
    await subscribe(cluster, polling, [feed(f"{served.url}/feed/world")])
    async with Poller(polling, cluster):
        await until(lambda: served.times("/feed/world") >= 2)
        served.entries["world"] = ["Harbin", "Moscow", "Beijing"]
        await until(lambda: served.times("/page/Harbin") == 1)
        asked = served.times("/feed/world")
        await until(lambda: served.times("/feed/world") > asked)
    found = await articles(stream, served)
    assert [article.title for article in found] == ["Talks in Moscow", "Talks in Beijing", "Talks in Harbin"]
    assert all(article.page is PageKind.OK and "Sergey Lavrov met" in article.body for article in found)
    assert {asked.path: served.times(asked.path) for asked in served.asked if asked.path.startswith("/page")} == {
        "/page/Moscow": 1,
        "/page/Beijing": 1,
        "/page/Harbin": 1,
    }
    assert served.times("/robots.txt") == 1
    headers = [asked.headers for asked in served.of("/feed/world")]
    assert [header.get("if-none-match") for header in headers[:2]] == [None, '"world Moscow,Beijing"']
    assert not any("cookie" in header or "referer" in header for header in headers)


async def test_a_poller_that_starts_again_goes_on_where_the_last_one_was(
    cluster: Cluster, polling: Settings, stream: Stream, served: Site
) -> None:
    served.entries["local"] = ["Kazan"]
    await subscribe(cluster, polling, [feed(f"{served.url}/feed/local")])
    async with Poller(polling, cluster):
        await until(lambda: served.times("/page/Kazan") == 1)
        await until(lambda: served.times("/feed/local") >= 2)
    served.entries["local"] = ["Sochi", "Kazan"]
    async with Poller(polling, cluster):
        await until(lambda: served.times("/page/Sochi") == 1)
        asked = served.times("/feed/local")
        await until(lambda: served.times("/feed/local") > asked)
    assert [article.title for article in await articles(stream, served)] == ["Talks in Kazan", "Talks in Sochi"]
    conditional = [asked.headers.get("if-none-match") for asked in served.of("/feed/local")]
    assert conditional.count(None) == 1


async def test_pollers_that_come_and_go_share_the_feeds_and_each_feed_is_asked_by_one_of_them_at_a_time(
    cluster: Cluster, polling: Settings, stream: Stream, served: Site
) -> None:
    names = [f"f{number}" for number in range(16)]

    def poller(contact: str) -> Poller:
        return Poller(quick(polling, f"https://{contact}.example/"), cluster)

    async def grown(number: int) -> None:
        for name in names:
            served.entries.setdefault(name, []).insert(0, f"{name}-{number}")
        await until(lambda: all(served.times(f"/page/{name}-{number}") for name in names))

    served.held["slow"] = asyncio.Event()
    served.entries["slow"] = ["slow"]
    await subscribe(cluster, polling, [feed(f"{served.url}/feed/{name}") for name in names])
    async with AsyncExitStack() as stack:
        async with poller("first") as first:
            await grown(1)
            await subscribe(cluster, polling, [feed(f"{served.url}/feed/slow")])
            await until(lambda: served.times("/page/slow") == 1)  # all other polls of this site wait for it, and are given up
            async with poller("second") as second:
                await until(lambda: first.shares > 0 and second.shares > 0)
                served.held.pop("slow").set()
                await grown(2)
            await grown(3)
            third = await stack.enter_async_context(poller("third"))
            await until(lambda: first.shares > 0 and third.shares > 0)
            await grown(4)
        await grown(5)

    asked = [served.of(f"/feed/{name}") for name in names]
    slow = served.of("/feed/slow")
    who = [askers(requests) for requests in (*asked, slow)]
    a, b, c = (f"dyadwatch/{version('dyadwatch')} (+https://{contact}.example/)" for contact in ("first", "second", "third"))
    one_at_a_time = [[one for one, _ in groupby(turn)] for turn in product([a], [a, b], [a], [a, c], [c])]
    assert all(turns in one_at_a_time for turns in who)
    assert {one for turns in who for one in turns} == {a, b, c}
    assert [told for requests in asked for told in complaints(requests, INTERVAL)] == []
    assert [*early(slow, INTERVAL), *invented(slow)] == []
    entries = [f"{name}-{number}" for name in names for number in range(1, 6)]
    assert all(served.times(f"/page/{entry}") == 1 for entry in entries)
    titles = [article.title for article in await articles(stream, served)]
    assert sorted(filter(None, titles)) == sorted(f"Talks in {entry}" for entry in (*entries, "slow"))


async def test_a_poller_that_is_killed_in_the_middle_of_a_feed_loses_nothing(
    cluster: Cluster, polling: Settings, stream: Stream, served: Site, tmp_path: Path
) -> None:
    served.entries["killed"] = ["Chita", "Omsk", "Tula"]
    served.held["Omsk"] = asyncio.Event()
    await subscribe(cluster, polling, [feed(f"{served.url}/feed/killed")])
    async with launched(cluster, tmp_path):
        await until(lambda: served.times("/page/Omsk") == 1)
    served.held.pop("Omsk").set()
    async with launched(cluster, tmp_path) as process:
        await until(lambda: served.times("/page/Tula") == 1)
        asked = served.times("/feed/killed")
        await until(lambda: served.times("/feed/killed") > asked)
        process.terminate()
        assert await process.wait() == 0
    found = await articles(stream, served)
    assert {article.title for article in found} == {"Talks in Chita", "Talks in Omsk", "Talks in Tula"}
    assert len({article.article_id for article in found}) == 3
    conditional = [asked.headers.get("if-none-match") for asked in served.of("/feed/killed")]
    assert conditional[:2] == [None, None]  # no answer was remembered
    assert set(conditional[2:]) == {'"killed Chita,Omsk,Tula"'}


async def test_what_is_subscribed_or_ended_counts_at_once_and_health_is_told(
    cluster: Cluster, polling: Settings, served: Site
) -> None:
    served.entries["late"] = ["Perm"]
    served.status["dead"] = 410
    async with Poller(polling, cluster):
        await subscribe(cluster, polling, [feed(f"{served.url}/feed/{name}") for name in ("late", "dead", "empty")])
        await until(lambda: all(served.times(f"/feed/{name}") for name in ("late", "dead", "empty")))
        await until(lambda: served.times("/feed/late") >= 2 and served.times("/feed/empty") >= 2)
        known = {one.feed.url.rpartition("/")[2]: one.health.condition.value for one in await subscriptions(cluster, polling)}
        assert await unsubscribe(cluster, polling, [f"{served.url}/feed/late", f"{served.url}/feed/unknown"]) == [
            f"{served.url}/feed/unknown"
        ]
    assert (known["late"], known["dead"], known["empty"]) == ("well", "stopped", "empty")
    assert served.times("/feed/dead") == 1
    assert not any(one.feed.url.endswith("/late") for one in await subscriptions(cluster, polling))


async def test_a_feed_that_is_subscribed_again_is_as_new(cluster: str, polling: Settings, served: Site) -> None:
    served.entries["again"] = ["Omsk"]
    again = feed(f"{served.url}/feed/again")
    await subscribe(cluster, polling, [again])
    async with Poller(polling, cluster):
        await until(lambda: served.times("/feed/again") >= 2)
        await unsubscribe(cluster, polling, [again.url])
        await subscribe(cluster, polling, [again])
        await until(lambda: served.times("/page/Omsk") == 2)
        asked = served.times("/feed/again")
        await until(lambda: served.times("/feed/again") >= asked + 2)
    async with Poller(polling, cluster):  # which reads the end of the first subscription again
        asked = served.times("/feed/again")
        await until(lambda: served.times("/feed/again") > asked)
    conditional = [asked.headers.get("if-none-match") for asked in served.of("/feed/again")]
    assert conditional.count(None) == 2
    assert served.times("/page/Omsk") == 2


async def test_a_poller_asks_nothing_before_it_knows_what_is_known_of_the_feeds(cluster: str, polling: Settings, served: Site) -> None:
    """So much is known that it takes longer to read than the subscriptions."""
    served.entries["due"] = ["Ufa"]
    due, *later = (feed(f"{served.url}/feed/{name}") for name in ("due", *(f"later{number}" for number in range(60))))
    seen = tuple(Seen(key=f"{number}", version="v" * 64, article_id="a" * 64, last=1) for number in range(1_500))
    next_poll = datetime.now(UTC) + timedelta(hours=1)
    async with CompactedWriter[FeedState](cluster, FEED_STATES) as states:
        for one in later:
            await states.put(one.feed_id, FeedState(feed_id=one.feed_id, url=one.url, polls=1, next_poll=next_poll, seen=seen))
    await subscribe(cluster, polling, [due, *later])
    async with Poller(polling, cluster):
        await until(lambda: served.times("/feed/due") >= 2)
    assert {asked.path for asked in served.asked} == {"/feed/due", "/robots.txt", "/page/Ufa"}
