"""From what a person types to the feed, and a look into many feeds, on a site on loopback."""
from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest

from agents.poll.checking import Checked, check_feeds
from agents.poll.discovery import find_feed
from agents.settings import Settings
from pipeline.feeds.opml import feed_id
from schemas.errors import FeedError, FetchFailed, NoFeed, UnsafeFeed
from schemas.feeds import Feed
from tests.poll.hostile import Asked, Server, raw, response, serving

SETTINGS = Settings(feeds_networks=(ip_network("127.0.0.0/8"),)).model_copy(update={"feeds_spacing": 0.0})
RSS = b"content-type: application/rss+xml"
HTML = b"content-type: text/html"


def rss(title: str = "News", entries: int = 1) -> bytes:
    items = "".join(f"<item><title>{n}</title><link>https://a.example/{n}</link></item>" for n in range(entries))
    head = f"<title>{title}</title><link>https://a.example/</link><language>ru</language>"
    return response(f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode(), 200, RSS)


def page(html: str) -> bytes:
    return response(f"<!DOCTYPE html><html><head>{html}</head><body></body></html>".encode(), 200, HTML)


@dataclass
class Site:
    """Answers by path; what it does not know is not found."""

    server: Server = field(default_factory=Server)
    answers: dict[str, bytes] = field(default_factory=dict)

    async def __call__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await raw(self.answers.get(asked.target.decode(), response(b"<html>Not found</html>", 404, HTML)))(asked, writer)

    @property
    def asked(self) -> list[str]:
        return [asked.target.decode() for asked in self.server.asked]

    def url(self, path: str) -> str:
        return self.server.url(path)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    served = Site()
    async with serving(served) as served.server:
        yield served


async def test_the_address_of_a_feed_is_taken_as_it_is_with_what_the_feed_says_of_itself(site: Site) -> None:
    site.answers["/feed"] = rss("Новости")
    url = site.url("/feed")
    assert await find_feed(f" {url}\n", SETTINGS) == Feed(
        feed_id=feed_id(url), url=url, title="Новости", site="https://a.example/", language="ru"
    )
    assert site.asked == ["/feed"]


async def test_a_feed_that_has_moved_for_good_is_taken_where_it_is_now(site: Site) -> None:
    site.answers |= {
        "/old": response(b"", 301, b"location: /new"), "/new": rss(),
        "/short": response(b"", 302, b"location: /today"), "/today": rss(),
    }  # fmt: skip
    assert (await find_feed(site.url("/old"), SETTINGS)).url == site.url("/new")
    assert (await find_feed(site.url("/short"), SETTINGS)).url == site.url("/short")


async def test_of_a_site_the_first_feed_that_its_page_names_and_that_is_one_is_taken(site: Site) -> None:
    declared = "".join(f'<link rel="alternate" type="application/rss+xml" href="{path}">' for path in ("/dead", "/page", "/good", "/late"))
    site.answers |= {"/": page(declared), "/page": page(""), "/good": rss("Good"), "/late": rss("Late")}
    assert (await find_feed(site.url("/"), SETTINGS)).title == "Good"
    assert site.asked == ["/", "/dead", "/page", "/good"]


@pytest.mark.parametrize("front", [page("<p>News</p>"), response(b"", 403), response(b"\x80\x81" * 99)], ids=["page", "403", "bytes"])
async def test_where_the_page_names_none_the_usual_places_are_tried(site: Site, front: bytes) -> None:
    site.answers |= {"/world/": front, "/rss.xml": rss("Here")}
    assert (await find_feed(site.url("/world/"), SETTINGS)).title == "Here"
    assert site.asked == ["/world/", "/feed", "/rss", "/rss.xml"]


async def test_links_are_followed_from_where_a_redirect_led(site: Site) -> None:
    site.answers |= {"/": response(b"", 302, b"location: /ru/"), "/ru/": page('<link rel="feed" href="feed">'), "/ru/feed": rss("Here")}
    assert (await find_feed(site.url("/"), SETTINGS)).url == site.url("/ru/feed")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (page(""), r"/x: no feed, and no feed at 8 addresses that it names or that are usual; look for one on the site"),
        (response(b"", 404), r"/x: the server answered 404, and no feed at 8 addresses"),
        (response(b"", 500), r"/x: the server answered 500, and no feed"),
    ],
)
async def test_a_site_without_a_feed_is_told_with_what_was_tried(site: Site, answer: bytes, told: str) -> None:
    site.answers["/x"] = answer
    with pytest.raises(NoFeed, match=told):
        await find_feed(site.url("/x"), SETTINGS)


async def test_no_site_is_asked_for_more_than_a_dozen_candidates(site: Site) -> None:
    site.answers["/"] = page("".join(f'<a href="/rss/{number}">x</a>' for number in range(50)))
    with pytest.raises(NoFeed, match="no feed at 12 addresses"):
        await find_feed(site.url("/"), SETTINGS)
    assert len(site.asked) == 13


@pytest.mark.parametrize(
    ("address", "error", "told"),
    [
        ("ftp://a.example/feed", UnsafeFeed, "http:// or https://"),
        ("http://10.0.0.1/", UnsafeFeed, "no public address"),
        ("http://nowhere.invalid/", FetchFailed, r"the host nowhere\.invalid is unknown"),
        ("nowhere.invalid", FetchFailed, r"https://nowhere\.invalid"),
        ("not an address", FeedError, "not an address"),
        ("", FeedError, "https://"),
    ],
)
async def test_an_address_that_cannot_be_asked_is_named_with_the_reason(address: str, error: type[FeedError], told: str) -> None:
    with pytest.raises(error, match=told):
        await find_feed(address, SETTINGS)


async def test_a_feed_that_is_a_trick_is_refused_and_not_passed_over(site: Site) -> None:
    site.answers |= {"/feed": response(b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", 200, RSS), "/rss": rss()}
    with pytest.raises(UnsafeFeed, match="declares entities"):
        await find_feed(site.url("/feed"), SETTINGS)


# Many feeds at once


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def checked(*addresses: str) -> dict[str, Checked]:
    return {one.url: one async for one in check_feeds(addresses, SETTINGS)}


async def test_each_feed_is_asked_once_and_told_with_what_is_in_it(site: Site) -> None:
    dated = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title><entry><id>1</id><updated>2026-11-26T12:00:00Z</updated></entry></feed>"
    site.answers |= {"/rss": rss(entries=3), "/atom": response(dated), "/none": rss(entries=0)}
    found = await checked(*(site.url(path) for path in ("/rss", "/atom", "/none")))
    assert found == {
        site.url("/rss"): Checked(site.url("/rss"), None, "rss20", "News", 3, 0),
        site.url("/atom"): Checked(site.url("/atom"), None, "atom10", "A", 1, 1),
        site.url("/none"): Checked(site.url("/none"), None, "rss20", "News", 0, 0),
    }
    assert sorted(site.asked) == ["/atom", "/none", "/rss"]


async def test_what_cannot_be_read_is_told_by_each_and_holds_up_no_other(site: Site) -> None:
    dead = f"http://127.0.0.1:{unused_port()}/feed"
    site.answers |= {
        "/good": rss(), "/page": page(""), "/empty": response(b""), "/moved": response(b"", 302, b"location: http://10.0.0.1/"),
    }  # fmt: skip
    found = await checked(*(site.url(path) for path in ("/good", "/page", "/empty", "/gone", "/moved")), dead, "no address")
    errors = {url: one.error or "" for url, one in found.items() if one.error is not None}
    assert set(found) - set(errors) == {site.url("/good")}
    for url, told in {
        site.url("/page"): "this is a web page and no feed",
        site.url("/empty"): "the answer is empty",
        site.url("/gone"): "the server answered 404",
        site.url("/moved"): "10.0.0.1, which is no public address",
        dead: "nobody answers",
        "no address": "http:// or https://",
    }.items():
        assert told in errors[url]
    assert errors[dead].startswith("nobody answers")  # the address stands before it already


async def test_nothing_to_check_is_nothing_found() -> None:
    assert await checked() == {}
