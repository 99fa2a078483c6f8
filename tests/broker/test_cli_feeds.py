"""`dyadwatch feeds` against a broker, as users run it in a terminal."""
from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from agents.cluster import Cluster
from agents.compacted import CompactedWriter
from agents.poll.subscriptions import subscribe
from agents.settings import Settings
from agents.topics import FEED_STATES
from pipeline.feeds.opml import feed_id, read_opml
from schemas.feeds import Feed, FeedState, Folder, Outcome, Seen
from tests.broker.feed_server import Site, site
from tests.broker.test_cli_commands import Done, run

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
NONE = "no feeds: `dyadwatch feeds import FILE` or `dyadwatch feeds add ADDRESS`\n"


@pytest_asyncio.fixture(loop_scope="module")
async def served() -> AsyncIterator[Site]:
    async with site() as running:
        yield running


@pytest.fixture
def environment(cluster: Cluster, tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "DYADWATCH_KAFKA_BOOTSTRAP": str(cluster),
        "DYADWATCH_DATA_DIR": str(tmp_path),
        "DYADWATCH_FEEDS_NETWORKS": '["127.0.0.0/8"]',
        "DYADWATCH_FEEDS_SPACING": "0.1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "COLUMNS": "200",
        "TZ": "UTC",
    }


async def feeds(environment: dict[str, str], *arguments: str) -> Done:
    return await run(environment, "feeds", *arguments)


async def listed(environment: dict[str, str], *arguments: str) -> dict[str, dict[str, object]]:
    """What `list --json` says, by address."""
    done = await feeds(environment, "list", "--json", *arguments)
    assert done.code == 0, done.err
    return {one["url"]: one for one in map(json.loads, done.out.splitlines())}


async def test_without_subscriptions_one_is_told_how_to_get_some(environment: dict[str, str]) -> None:
    assert await feeds(environment, "list") == Done(0, "", NONE)
    assert read_opml((await feeds(environment, "export")).out.encode()) == ()
    assert (await feeds(environment, "check")).code == 0


async def test_a_feed_is_added_changed_and_removed(environment: dict[str, str], served: Site) -> None:
    served.entries["world"] = ["Moscow"]
    url = f"{served.url}/feed/world"
    added = await feeds(environment, "add", url, "--folder", "Press", "--folder", "Asia", "--interval", "600")
    assert added == Done(0, "", f"subscribed to {url} (world)\n")
    assert (await listed(environment))[url] == {
        "url": url, "title": "world", "folders": ["Press", "Asia"], "condition": "waiting", "reason": None, "last_success": None,
        "last_attempt": None, "next_poll": None, "entries_a_day": None, "failures": 0, "gaps": 0, "polled_at": None,
    }  # fmt: skip

    assert (await feeds(environment, "add", f"{url}?utm_source=x", "--interval", "900")).code == 0
    (kept,) = read_opml((await feeds(environment, "export")).out.encode())
    assert (kept.url, kept.interval, [folder.name for folder in kept.folders]) == (url, 900, ["Press", "Asia"])

    removed = await feeds(environment, "remove", f"{url}?utm_source=x", f"{served.url}/feed/other")
    assert (removed.code, removed.out) == (1, "")
    assert removed.err == f"dyadwatch: {served.url}/feed/other is not subscribed; `dyadwatch feeds list` shows what is\n"
    assert await listed(environment) == {}


async def test_where_no_feed_is_nothing_is_added(environment: dict[str, str], served: Site) -> None:
    for address, told in (
        (f"{served.url}/page/Moscow", "no feed, and no feed at 8 addresses"),
        ("ftp://a.example/", "only addresses that begin with http:// or https:// are fetched"),
    ):
        done = await feeds(environment, "add", address)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith(f"dyadwatch: {address}: ")
        assert told in done.err
    assert await listed(environment) == {}


LIST = """<opml version="2.0" xmlns:frss="https://freshrss.org/opml"><body>
<outline text="Press" title="All the press">
  <outline text="mine" title="A" xmlUrl="https://a.example/feed" htmlUrl="https://a.example/" frss:cssFullContent="main" category="paper"/>
  <outline text="Asia"><outline text="B" xmlUrl="https://b.example/feed" interval="3600" language="zh"/></outline>
</outline>
<outline text="A again" xmlUrl="http://a.example/feed/"/>
</body></opml>"""


async def test_a_list_goes_in_and_comes_out_unharmed(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "list.opml"
    path.write_text(LIST)
    for _ in range(2):
        assert await feeds(environment, "import", str(path)) == Done(0, "", "subscribed to 2 feeds\n")
    exported = (await feeds(environment, "export")).out
    assert read_opml(exported.encode()) == read_opml(LIST.encode())
    assert 'frss:cssFullContent="main"' in exported
    assert "<dateCreated>" in exported

    again = tmp_path / "again.opml"
    again.write_text(exported.replace('title="A"', 'title="A renamed"'))
    await feeds(environment, "import", str(again))
    assert (await listed(environment))["https://a.example/feed"]["title"] == "A renamed"
    assert (await feeds(environment, "remove", "https://a.example/feed", "https://b.example/feed")).code == 0


async def test_a_wrong_list_subscribes_to_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "list.opml"
    path.write_text(LIST.replace("https://b.example/feed", "b.example/feed"))
    done = await feeds(environment, "import", str(path))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"dyadwatch: {path}: line 4: 'b.example/feed' cannot be polled: ")
    assert await listed(environment) == {}


SEEN = (Seen(key="k", version="v", article_id="a", last=1),)
STATES: dict[str, dict[str, object]] = {
    "well": {"succeeded_at": NOON, "next_poll": NOON, "outcome": Outcome.NEW, "seen": SEEN, "entries_a_day": 12.34},
    "failing": {"succeeded_at": NOON, "next_poll": NOON, "outcome": Outcome.FAILED, "seen": SEEN, "failures": 1, "error": "too slow"},
    "broken": {"next_poll": NOON, "outcome": Outcome.BROKEN, "failures": 9, "error": "this is a web \x1b[2Jpage"},
    "empty": {"succeeded_at": NOON, "next_poll": NOON, "outcome": Outcome.NOTHING_NEW},
    "stopped": {"succeeded_at": NOON, "outcome": Outcome.GONE, "stopped": "the server says gone", "url": "https://new.example/"},
    "waiting": {},
}


async def test_the_health_of_each_feed_is_shown_and_what_needs_a_look_alone(environment: dict[str, str], cluster: Cluster) -> None:
    urls = {name: f"https://{name}.example/feed" for name in STATES}
    subscribed = {
        name: Feed(feed_id=feed_id(url), url=url, title=f"The {name} one", folders=(Folder(name="F"),)) for name, url in urls.items()
    }
    await subscribe(cluster, Settings(), subscribed.values())
    async with CompactedWriter[FeedState](cluster, FEED_STATES) as states:
        for name, known in STATES.items():
            if known:
                feed = subscribed[name]
                await states.put(feed.feed_id, FeedState.model_validate({"feed_id": feed.feed_id, "url": feed.url} | known))

    found = await listed(environment)
    assert {url: one["condition"] for url, one in found.items()} == {url: name for name, url in urls.items()}
    assert found[urls["well"]]["last_success"] == "2026-11-26T12:00:00+00:00"
    assert found[urls["well"]]["entries_a_day"] == 12.34
    assert found[urls["stopped"]]["polled_at"] == "https://new.example/"
    assert set(await listed(environment, "--broken")) == {urls[name] for name in ("broken", "empty", "stopped")}

    table = (await feeds(environment, "list")).out
    shown = [f"The {name} one" for name in STATES] + list(urls.values()) + ["26 Nov 12:00", " 12.3\n", "too slow", "this is a web [2Jpage"]
    assert [part for part in shown if part not in table] == []
    assert "\x1b" not in table
    broken = (await feeds(environment, "list", "--broken")).out
    assert "The broken one" in broken
    assert "The well one" not in broken

    done = await feeds(environment, "remove", *(feed.url for feed in subscribed.values()))
    assert (done.code, await listed(environment)) == (0, {})


async def test_all_that_is_subscribed_is_checked(environment: dict[str, str], cluster: Cluster, served: Site) -> None:
    served.entries["good"], served.status["bad"] = ["Moscow", "Beijing"], 500
    urls = [f"{served.url}/feed/{name}" for name in ("good", "bad")]
    await subscribe(cluster, Settings(), [Feed(feed_id=feed_id(url), url=url) for url in urls])
    done = await feeds(environment, "check")
    assert (done.code, sorted(done.out.splitlines())) == (
        1,
        [f"failed {urls[1]}: the server answered 500", f"ok     {urls[0]}: rss20, entries: 2, with a date: 0"],
    )
    assert (await feeds(environment, "remove", *urls)).code == 0
    assert await feeds(environment, "list", "--broken") == Done(0, "", NONE)


async def test_when_all_is_well_that_is_said(environment: dict[str, str], cluster: Cluster) -> None:
    await subscribe(cluster, Settings(), [Feed(feed_id=feed_id("https://a.example/"), url="https://a.example/")])
    assert await feeds(environment, "list", "--broken") == Done(0, "", "all well\n")
    assert (await feeds(environment, "remove", "https://a.example/")).code == 0
