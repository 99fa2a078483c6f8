"""Pages of entries, fetched from a site on loopback: the article where it can be had, else the feed's own text, and which of them it is."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from lxml import html as lxml_html

from agents.poll.fetch import Fetcher
from agents.poll.hosts import Lanes
from agents.poll.pages import Look, PageReader
from agents.poll.parsing import Parsing
from agents.poll.robots import Robots
from pipeline.feeds.model import Dated, Entry
from pipeline.feeds.opml import feed_id
from pipeline.feeds.page import Found, look
from schemas.articles import ContentType, PageKind, RawArticle
from schemas.errors import UnsafeFeed
from schemas.feeds import Feed
from tests.poll.hostile import Asked, Server, endlessly, raw, response, serving, silent

LOOPBACK = (ip_network("127.0.0.0/8"),)
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
FEED = Feed(feed_id=feed_id("https://www.paper.example/feed"), url="https://www.paper.example/feed")
STORY = "<p>The ministers met on Thursday and spoke about trade for two hours, the official said.</p>" * 10
PAGE = f"<html><head><title>Talks</title></head><body><article><h1>Talks</h1>{STORY}</article></body></html>".encode()
SUMMARY = "<p>They met.</p>"
HTML = b"content-type: text/html"
OTHER = "localhost"


async def here(status: int, headers: Mapping[str, str], body: bytes, asked: str, url: str) -> Found:
    """What a process of its own would find."""
    return look(status, headers, body, asked, url)


@dataclass
class Site:
    """Answers by path, or by host and path, of which it has two; what it does not know is not found."""

    server: Server
    pages: dict[str, bytes] = field(default_factory=dict)

    async def __call__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        path = asked.target.decode()
        if path == "/silent":
            await silent()
        if path == "/endless":
            await endlessly(b"HTTP/1.1 200 X\r\n\r\n", bytes(65_536))(asked, writer)
        host = asked.headers[b"Host"].decode().partition(":")[0]
        await raw(self.pages.get(host + path) or self.pages.get(path, response(b"", 404)))(asked, writer)

    def asked(self, path: str) -> int:
        return sum(asked.target == path.encode() for asked in self.server.asked)

    def other(self, path: str) -> str:
        """The address of `path` on its other host."""
        return self.server.url(path, host=OTHER)


@dataclass
class Reading:
    site: Site
    reader: PageReader

    async def article(self, path: str | None, **of: object) -> RawArticle:
        """The article of an entry whose link is that path of the site, or that address."""
        link = self.site.server.url(path) if path and path.startswith("/") else path
        entry = {"guid": None, "link": link, "title": "They talk", "html": SUMMARY, "published": None, "updated": None} | of
        return await self.reader.article(FEED, Entry(**entry), "id-1", NOON)  # type: ignore[arg-type]


@asynccontextmanager
async def reading(deadline: float = 60.0, allowed: bool = True, look: Look = here) -> AsyncIterator[Reading]:
    async with AsyncExitStack() as stack:
        site = Site(Server())
        site.server = await stack.enter_async_context(serving(site))
        fetcher = await stack.enter_async_context(Fetcher(allowed=LOOPBACK if allowed else (), deadline=deadline, limit=1_000_000))
        lanes = Lanes(spacing=0)
        yield Reading(site, PageReader(fetcher, lanes, Robots(fetcher, lanes), look))


@pytest.fixture
async def web() -> AsyncIterator[Reading]:
    async with reading() as started:
        yield started


# The article


async def test_an_entry_comes_with_its_page(web: Reading) -> None:
    web.site.pages["/a"] = response(PAGE, 200, HTML)
    article = await web.article("/a", published=Dated(NOON - timedelta(hours=3)), updated=Dated(NOON))
    assert article == RawArticle(
        article_id="id-1",
        content_type=ContentType.HTML,
        body=PAGE.decode(),
        url=web.site.server.url("/a"),
        source="127.0.0.1",
        title="They talk",
        published_at=NOON - timedelta(hours=3),
        fetched_at=NOON,
        page=PageKind.OK,
    )


async def test_the_address_is_the_one_that_the_page_gives_and_the_id_stays(web: Reading) -> None:
    web.site.pages["/moved?utm_source=rss"] = response(b"", 302, b"location: /now")
    web.site.pages["/now"] = response(PAGE.replace(b"<head>", b'<head><link rel="canonical" href="/talks">'), 200, HTML)
    article = await web.article("/moved?utm_source=rss")
    assert (article.url, article.article_id) == (web.site.server.url("/talks"), "id-1")


async def test_where_a_redirect_led_is_the_address_of_a_page_that_gives_none(web: Reading) -> None:
    web.site.pages["/moved"] = response(b"", 302, b"location: /now")
    web.site.pages["/now"] = response(PAGE, 200, HTML)
    assert (await web.article("/moved")).url == web.site.server.url("/now")


async def test_the_charset_of_the_header_is_heeded(web: Reading) -> None:
    russian = "<html><body><p>Министры иностранных дел встретились в четверг и говорили о торговле.</p></body></html>"
    web.site.pages["/a"] = response(russian.encode("cp1251"), 200, b"content-type: text/html; charset=windows-1251")
    assert (await web.article("/a")).body == russian


@pytest.mark.parametrize(
    ("published", "updated", "expected"),
    [
        (None, None, None),
        (None, Dated(NOON, "UTC"), NOON),
        (Dated(NOON - timedelta(days=1)), Dated(NOON), NOON - timedelta(days=1)),
    ],
    ids=["neither", "an update alone", "both"],
)
async def test_the_date_is_that_of_the_entry(
    web: Reading, published: Dated | None, updated: Dated | None, expected: datetime | None
) -> None:
    assert (await web.article("/none", published=published, updated=updated)).published_at == expected


# What is found where the page should be


CHALLENGE = b"<html><script>window._cf_chl_opt={}</script></html>"
PAID = b'<html><meta itemprop="isAccessibleForFree" content="false"><body><p>' + b"They met on Thursday. " * 5 + b"</p></body></html>"
CONSENT = b'<html><body><form action="/collectConsent"><button>OK</button></form></body></html>'


@pytest.mark.parametrize(
    ("path", "answer", "kind"),
    [
        ("/a", response(PAGE, 200, HTML), PageKind.OK),
        ("/a", b"HTTP/1.1 304 X\r\n\r\n", PageKind.NOT_MODIFIED),
        ("/a", response(PAID, 200, HTML), PageKind.PAYWALL),
        ("/a", response(CONSENT, 200, HTML), PageKind.CONSENT),
        ("/a", response(CHALLENGE, 403, HTML), PageKind.CHALLENGE),
        ("/a", response(PAGE, 410, HTML), PageKind.GONE),
        ("/a", response(PAGE, 403, HTML), PageKind.REFUSED),
        ("/a", response(b"%PDF-1.7", 200, b"content-type: application/pdf"), PageKind.NOT_HTML),
        ("/a", response(bytes(range(128, 256)) * 9, 200), PageKind.NOT_HTML),
        ("/a", response(b"<html><div id=root></div></html>", 200, HTML), PageKind.EMPTY),
        ("/a", response(b"", 500), PageKind.FAILED),
        ("/a", b"220 mail.example ESMTP\r\n\r\n", PageKind.FAILED),
        ("/a", response(b"", 302, b"location: http://169.254.169.254/"), PageKind.UNSAFE),
        ("/a", response(b"", 302, b"location: file:///etc/passwd"), PageKind.UNSAFE),
        ("/endless", b"", PageKind.TOO_LARGE),
        ("/private/a", response(PAGE, 200, HTML), PageKind.DISALLOWED),
        ("http://10.0.0.1:8080/a", b"", PageKind.UNSAFE),
        (None, b"", PageKind.NO_ADDRESS),
        (" \n", b"", PageKind.NO_ADDRESS),
    ],
)
async def test_each_kind_of_answer_is_told_and_the_feed_s_text_goes_on(
    web: Reading, path: str | None, answer: bytes, kind: PageKind
) -> None:
    web.site.pages["/robots.txt"] = response(b"User-agent: *\nDisallow: /private/")
    web.site.pages[path or ""] = answer
    article = await web.article(path)
    assert article.page is kind
    assert (article.body == PAGE.decode()) is (kind is PageKind.OK)
    assert ("<p>They met.</p>" in article.body) is (kind is not PageKind.OK)
    assert (article.title, article.content_type) == ("They talk", ContentType.HTML)


async def test_a_page_that_never_comes_is_told_from_one_that_fails() -> None:
    async with reading(deadline=0.5) as web:
        assert (await web.article("/silent")).page is PageKind.TIMEOUT


async def test_loopback_is_unsafe_unless_the_operator_allows_it() -> None:
    async with reading(allowed=False) as web:
        article = await web.article("/a")
        assert (article.page, article.url) == (PageKind.UNSAFE, web.site.server.url("/a"))
        assert web.site.server.connections == 0


@pytest.mark.parametrize(
    "link",
    ["ftp://a.example/", "http://[::1", "//a.example/", "http://me:secret@a.example/", "http://a.example:22/", f"http://a/{'x' * 9_000}"],
)
async def test_a_link_that_may_not_be_asked_is_not_passed_on(web: Reading, link: str) -> None:
    entry = Entry(guid=None, link=link, title=None, html=None, published=None, updated=None)
    article = await web.reader.article(FEED, entry, "id-1", NOON)
    assert (article.page, article.url, article.source) == (PageKind.UNSAFE, None, "paper.example")


async def test_an_entry_without_a_link_asks_nobody(web: Reading) -> None:
    article = await web.article(None)
    assert (article.url, article.source, web.site.server.asked) == (None, "paper.example", [])


async def test_what_robots_txt_forbids_is_not_asked_for(web: Reading) -> None:
    web.site.pages["/robots.txt"] = response(b"User-agent: *\nDisallow: /")
    for number in range(3):
        assert (await web.article(f"/{number}")).page is PageKind.DISALLOWED
    assert [asked.target for asked in web.site.server.asked] == [b"/robots.txt"]


async def test_a_page_is_asked_for_once_with_no_header_that_tells_one_reader_from_another(web: Reading) -> None:
    web.site.pages["/a"] = response(PAGE, 200, HTML, b"set-cookie: id=1", b'etag: "1"')
    await web.article("/a")
    await web.article("/b")
    assert [asked.target for asked in web.site.server.asked] == [b"/robots.txt", b"/a", b"/b"]
    assert all(set(asked.headers) == {b"Host", b"User-Agent", b"Accept", b"Accept-Encoding"} for asked in web.site.server.asked)


@pytest.mark.parametrize(("status", "kind"), [(429, PageKind.REFUSED), (503, PageKind.FAILED)])
async def test_a_host_that_asks_for_a_pause_gets_it(web: Reading, status: int, kind: PageKind) -> None:
    web.site.pages["/a"] = response(b"", status, b"retry-after: 3600")
    web.site.pages["/b"] = response(PAGE, 200, HTML)
    assert (await web.article("/a")).page is kind
    assert (await web.article("/b")).page is PageKind.FAILED
    assert web.site.asked("/b") == 0


# Redirects to another host


async def test_a_page_on_another_host_is_found_and_that_host_is_asked_for_its_rules(web: Reading) -> None:
    web.site.pages["/a"] = response(b"", 302, f"location: {web.site.other('/b')}".encode())
    web.site.pages["/b"] = response(PAGE, 200, HTML)
    article = await web.article("/a")
    assert (article.page, article.url, article.source) == (PageKind.OK, web.site.other("/b"), OTHER)
    hosts = [(asked.headers[b"Host"].partition(b":")[0].decode(), asked.target) for asked in web.site.server.asked]
    assert hosts == [("127.0.0.1", b"/robots.txt"), ("127.0.0.1", b"/a"), (OTHER, b"/robots.txt"), (OTHER, b"/b")]


async def test_a_page_that_the_other_host_forbids_is_not_asked_for(web: Reading) -> None:
    web.site.pages["/a"] = response(b"", 302, f"location: {web.site.other('/b')}".encode())
    web.site.pages[f"{OTHER}/robots.txt"] = response(b"User-agent: *\nDisallow: /")
    assert (await web.article("/a")).page is PageKind.DISALLOWED
    assert web.site.asked("/b") == 0


async def test_a_page_that_is_sent_to_and_fro_between_hosts_fails(web: Reading) -> None:
    web.site.pages["127.0.0.1/a"] = response(b"", 302, f"location: {web.site.other('/a')}".encode())
    web.site.pages[f"{OTHER}/a"] = response(b"", 302, f"location: {web.site.server.url('/a')}".encode())
    assert (await web.article("/a")).page is PageKind.FAILED
    assert web.site.asked("/a") == 5


@pytest.mark.parametrize("status", [404, 403, 500])
async def test_other_answers_hold_nobody_up(web: Reading, status: int) -> None:
    web.site.pages["/a"] = response(b"", status, b"retry-after: 3600")
    web.site.pages["/b"] = response(PAGE, 200, HTML)
    await web.article("/a")
    assert (await web.article("/b")).page is PageKind.OK


# The feed's own text


def shown(article: RawArticle) -> list[str]:
    """The texts of the page, as its reader sees them."""
    return [" ".join(text.split()) for text in lxml_html.document_fromstring(article.body).itertext() if text.strip()]


@pytest.mark.parametrize(
    ("title", "html", "expected"),
    [
        pytest.param("Talks", "<p>They <b>met</b>.</p>", ["Talks", "They", "met", "."], id="markup"),
        pytest.param("Talks", "They met. It was 5 < 6 & so on.", ["Talks", "They met. It was 5 < 6 & so on."], id="plain text"),
        pytest.param("Talks", "if (a<b) they met", ["Talks", "if (a<b) they met"], id="what looks like a tag"),
        pytest.param("Talks", "One.\n\nTwo.\nThree.", ["Talks", "One.", "Two.", "Three."], id="lines"),
        pytest.param("Talks", "Putin &amp; Xi &#8212; again", ["Talks", "Putin & Xi — again"], id="character references"),
        pytest.param("A < B & <C>", "<p>x</p>", ["A < B & <C>", "x"], id="marks in the title"),
        pytest.param("Talks", None, ["Talks"], id="no text"),
        pytest.param(None, "<p>They met.</p>", ["They met."], id="no title"),
        pytest.param(None, None, [], id="nothing"),
        pytest.param("Talks\x00\ud800", "<p>They\x00\ud800 met.</p>", ["Talks \ufffd", "They \ufffd met."], id="odd characters"),
    ],
)
async def test_the_feed_s_own_text_is_a_page(web: Reading, title: str | None, html: str | None, expected: list[str]) -> None:
    article = await web.article(None, title=title, html=html)
    assert shown(article) == expected
    assert RawArticle.model_validate_json(article.model_dump_json()) == article


@pytest.mark.parametrize("html", ['"\n' * 5_000_000, "<p>\U0001f600</p>" * 2_000_000, "\0" * 9_000_000], ids=["lines", "markup", "control"])
async def test_whatever_a_feed_says_fits_into_a_message(web: Reading, html: str) -> None:
    article = await web.article(None, title="t" * 10_000_000, html=html)
    assert len(article.model_dump_json().encode()) < 8 * 2**20
    assert article.title == "t" * 1_000


# Off the event loop


async def test_a_page_that_takes_too_long_to_read_is_unsafe_and_the_next_is_read() -> None:
    async with Parsing(deadline=1.0) as parsing, reading(look=parsing.look) as web:
        web.site.pages["/a"] = response(b"<html><body " + b" ".join(b"a%d" % n for n in range(120_000)) + b">", 200, HTML)
        web.site.pages["/b"] = response(PAGE, 200, HTML)
        slow, good = await web.article("/a"), await web.article("/b")
    assert (slow.page, good.page, good.body) == (PageKind.UNSAFE, PageKind.OK, PAGE.decode())


async def test_a_process_finds_what_this_one_would() -> None:
    url = "https://a.example/"
    async with Parsing() as parsing:
        for status, body in ((200, PAGE), (403, CHALLENGE), (200, b"")):
            assert await parsing.look(status, {}, body, url, url) == look(status, {}, body, url, url)
        with pytest.raises(UnsafeFeed, match="declares entities"):
            await parsing.parse(b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", None, url, NOON)
