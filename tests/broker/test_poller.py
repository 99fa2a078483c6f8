"""Feeds polled into the stream, on real brokers: each entry once, by exactly one poller, whatever stops."""
from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
import pytest_asyncio

from agents.poll.poller import Poller
from agents.poll.subscriptions import subscribe, subscriptions, unsubscribe
from agents.settings import Settings
from agents.topics import RAW
from pipeline.feeds.opml import feed_id
from schemas.articles import PageKind, RawArticle
from schemas.feeds import Feed
from tests.broker.feed_server import Site, site
from tests.broker.stream import Stream

WITHIN = 30.0  # seconds


@pytest.fixture(scope="module")
def polling(settings: Settings) -> Settings:
    """Feeds on loopback, asked again after a second."""
    loopback = (ip_network("127.0.0.0/8"),)
    return settings.model_copy(update={"feeds_interval": timedelta(seconds=1), "feeds_spacing": 0.05, "feeds_networks": loopback})


@pytest_asyncio.fixture(loop_scope="module")
async def served() -> AsyncIterator[Site]:
    async with site() as running:
        yield running


def feed(url: str) -> Feed:
    return Feed(feed_id=feed_id(url), url=url)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN):
        while not true():
            await asyncio.sleep(0.05)


async def articles(stream: Stream, of: Site) -> list[RawArticle]:
    found = [RawArticle.model_validate_json(record.value or b"") for record in await stream.records(RAW)]
    return [article for article in found if (article.url or "").startswith(of.url)]


async def test_each_entry_comes_once_with_its_page_and_the_server_is_asked_politely(
    bootstrap: str, polling: Settings, stream: Stream, served: Site
) -> None:
    served.entries["world"] = ["Moscow", "Beijing"]
    await subscribe(bootstrap, polling, [feed(f"{served.url}/feed/world")])
    async with Poller(polling, bootstrap):
        await until(lambda: served.times("/feed/world") >= 2)
        served.entries["world"] = ["Harbin", "Moscow", "Beijing"]
        await until(lambda: served.times("/page/Harbin") == 1)
        asked = served.times("/feed/world")
        await until(lambda: served.times("/feed/world") > asked)
    found = await articles(stream, served)
    assert [article.title for article in found] == ["Talks in Moscow", "Talks in Beijing", "Talks in Harbin"]
    assert all(article.page is PageKind.OK and "Sergey Lavrov met" in article.body for article in found)
    assert {path: served.times(path) for path, _ in served.asked if path.startswith("/page")} == {
        "/page/Moscow": 1,
        "/page/Beijing": 1,
        "/page/Harbin": 1,
    }
    assert served.times("/robots.txt") == 1
    headers = [headers for path, headers in served.asked if path == "/feed/world"]
    assert [header.get("if-none-match") for header in headers[:2]] == [None, '"world Moscow,Beijing"']
    assert not any("cookie" in header or "referer" in header for header in headers)


async def test_a_poller_that_starts_again_goes_on_where_the_last_one_was(
    bootstrap: str, polling: Settings, stream: Stream, served: Site
) -> None:
    served.entries["local"] = ["Kazan"]
    await subscribe(bootstrap, polling, [feed(f"{served.url}/feed/local")])
    async with Poller(polling, bootstrap):
        await until(lambda: served.times("/page/Kazan") == 1)
        await until(lambda: served.times("/feed/local") >= 2)
    served.entries["local"] = ["Sochi", "Kazan"]
    async with Poller(polling, bootstrap):
        await until(lambda: served.times("/page/Sochi") == 1)
        asked = served.times("/feed/local")
        await until(lambda: served.times("/feed/local") > asked)
    assert [article.title for article in await articles(stream, served)] == ["Talks in Kazan", "Talks in Sochi"]
    conditional = [headers.get("if-none-match") for path, headers in served.asked if path == "/feed/local"]
    assert conditional.count(None) == 1


async def test_two_pollers_share_the_feeds_and_one_takes_over_from_the_other(
    bootstrap: str, polling: Settings, stream: Stream, served: Site
) -> None:
    names = [f"f{number}" for number in range(8)]
    for name in names:
        served.entries[name] = [f"{name}-1"]
    await subscribe(bootstrap, polling, [feed(f"{served.url}/feed/{name}") for name in names])
    async with Poller(polling, bootstrap) as first:
        await until(lambda: all(served.times(f"/page/{name}-1") for name in names))
        async with Poller(polling, bootstrap) as second:
            await until(lambda: first.shares > 0 and second.shares > 0)
            for name in names:
                served.entries[name] = [f"{name}-2", f"{name}-1"]
            await until(lambda: all(served.times(f"/page/{name}-2") for name in names))
        for name in names:
            served.entries[name] = [f"{name}-3", f"{name}-2"]
        await until(lambda: all(served.times(f"/page/{name}-3") for name in names))
    assert all(served.times(f"/page/{name}-{number}") == 1 for name in names for number in (1, 2, 3))
    titles = [article.title for article in await articles(stream, served)]
    assert sorted(filter(None, titles)) == sorted(f"Talks in {name}-{number}" for name in names for number in (1, 2, 3))


async def test_a_poller_that_is_killed_in_the_middle_of_a_feed_loses_nothing(
    bootstrap: str, polling: Settings, stream: Stream, served: Site, tmp_path: Path
) -> None:
    served.entries["killed"] = ["Chita", "Omsk", "Tula"]
    served.held["Omsk"] = asyncio.Event()
    await subscribe(bootstrap, polling, [feed(f"{served.url}/feed/killed")])
    command = [sys.executable, "-m", "tests.broker.polling_process", bootstrap, str(tmp_path)]
    process = await asyncio.create_subprocess_exec(*command)
    await until(lambda: served.times("/page/Omsk") == 1)
    process.kill()
    await process.wait()
    served.held.pop("Omsk").set()
    process = await asyncio.create_subprocess_exec(*command)
    try:
        await until(lambda: served.times("/page/Tula") == 1)
        asked = served.times("/feed/killed")
        await until(lambda: served.times("/feed/killed") > asked)
    finally:
        process.terminate()
        assert await process.wait() == 0
    found = await articles(stream, served)
    assert {article.title for article in found} == {"Talks in Chita", "Talks in Omsk", "Talks in Tula"}
    assert len({article.article_id for article in found}) == 3
    conditional = [headers.get("if-none-match") for path, headers in served.asked if path == "/feed/killed"]
    assert conditional[:2] == [None, None]  # no answer was remembered
    assert set(conditional[2:]) == {'"killed Chita,Omsk,Tula"'}


async def test_what_is_subscribed_or_ended_counts_at_once_and_health_is_told(
    bootstrap: str, polling: Settings, served: Site
) -> None:
    served.entries["late"] = ["Perm"]
    served.status["dead"] = 410
    async with Poller(polling, bootstrap):
        await subscribe(bootstrap, polling, [feed(f"{served.url}/feed/{name}") for name in ("late", "dead", "empty")])
        await until(lambda: all(served.times(f"/feed/{name}") for name in ("late", "dead", "empty")))
        await until(lambda: served.times("/feed/late") >= 2 and served.times("/feed/empty") >= 2)
        known = {one.feed.url.rpartition("/")[2]: one.health.condition.value for one in await subscriptions(bootstrap, polling)}
        assert await unsubscribe(bootstrap, polling, [f"{served.url}/feed/late", f"{served.url}/feed/unknown"]) == [
            f"{served.url}/feed/unknown"
        ]
    assert (known["late"], known["dead"], known["empty"]) == ("well", "stopped", "empty")
    assert served.times("/feed/dead") == 1
    assert not any(one.feed.url.endswith("/late") for one in await subscriptions(bootstrap, polling))
