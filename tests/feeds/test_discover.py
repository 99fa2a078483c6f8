"""Finding the feeds of a site in its page, in the shapes in which sites name them."""
from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.feeds.discover import Candidate, candidates, guesses

PAGE = "https://news.example/world/"


def found(html: str, url: str = PAGE) -> list[str]:
    return [candidate.url for candidate in candidates(html, url)]


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate", title: str = "") -> str:
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(link("https://news.example/feed"), id="RSS"),
        pytest.param(link("https://news.example/feed", "application/atom+xml"), id="Atom"),
        pytest.param(link("https://news.example/feed", "application/feed+json"), id="JSON Feed"),
        pytest.param(link("https://news.example/feed", "application/rdf+xml"), id="RDF"),
        pytest.param(link("https://news.example/feed", "application/x-rss+xml"), id="an old type"),
        pytest.param(link("https://news.example/feed", "text/xml"), id="any XML"),
        pytest.param(link("https://news.example/feed", "Application/RSS+XML; charset=utf-8"), id="capitals and a charset"),
        pytest.param(link("https://news.example/feed", rel="ALTERNATE home"), id="several relations"),
        pytest.param('<link rel="feed" href="https://news.example/feed">', id="the relation feed"),
        pytest.param(link("/feed"), id="from the root"),
        pytest.param(link("../feed"), id="relative"),
        pytest.param(link("//news.example/feed"), id="without a scheme"),
        pytest.param(link(" https://news.example/feed\n"), id="blanks around"),
        pytest.param('<base href="https://news.example/"><link rel=alternate type=application/rss+xml href=feed>', id="a base, no quotes"),
        pytest.param('<base href="/x/"><base href="/y/">' + link("../feed"), id="the first base, itself relative"),
        pytest.param('<base href="http://[::1">' + link("/feed"), id="a base that is no address"),
        pytest.param('<base>' + link("/feed"), id="a base without an address"),
        pytest.param(f'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html><head>{link("/feed")}</head></html>', id="XHTML"),
        pytest.param(f"<body><div>{link('/feed')}<p>unclosed", id="in the body"),
        pytest.param("\0<html>" + link("/feed"), id="control characters"),
        pytest.param('<a href="/feed">RSS</a>', id="a mere link"),
        pytest.param('<a href="/feed"><img alt=""></a>', id="a picture"),
    ],
)
def test_a_feed_that_a_page_names_is_found(html: str) -> None:
    assert found(html) == ["https://news.example/feed"]


@pytest.mark.parametrize(
    "address",
    [
        "/rss", "/rss/", "/rss.xml", "/news/rss2/", "/index.rdf", "/export/atom.xml", "/feeds/all", "/world.rss", "/data/rss_all.xml",
        "/x.xml", "/?feed=rss2", "/news?a=1&format=feed", "/index.php?type=rss", "https://feeds.feedburner.example/news-rss",
    ],
)  # fmt: skip
def test_links_that_look_like_feeds_are_candidates(address: str) -> None:
    assert len(found(f'<a href="{address}">x</a>')) == 1


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("", id="nothing"),
        pytest.param("   ", id="blanks"),
        pytest.param("no page", id="text"),
        pytest.param('<a href="/world/russia">Russia</a><a href="/feedback">Write to us</a><a href="/grass">Lawn</a>', id="other links"),
        pytest.param('<link rel="alternate" hreflang="ru" href="/ru/">', id="the page in another language"),
        pytest.param('<link rel="stylesheet" type="text/css" href="/rss.css">', id="a style"),
        pytest.param(link("/wp-json/oembed", "application/json+oembed"), id="an embedding"),
        pytest.param(link(""), id="no address"),
        pytest.param("<link rel=alternate type=application/rss+xml>", id="no address at all"),
        pytest.param(link("feed://news.example/"), id="another scheme"),
        pytest.param(link("javascript:void(0)"), id="a script"),
        pytest.param(link("http://[::1/feed"), id="half an address"),
        pytest.param('<a href="http://[::1/feed">x</a><a href="mailto:rss@news.example">x</a><a>rss</a>', id="links that are none"),
        pytest.param('<a href="https://www.youtube.com/feed/news">x</a><a href="https://t.me/rss">x</a>', id="channels elsewhere"),
        pytest.param('<a href="https://vk.com/rss">x</a><a href="https://m.x.com/rss">x</a>', id="networks"),
        pytest.param('<a href="https://feedly.com/i/subscription/feed/https://news.example/rss">x</a>', id="a reader's page"),
        pytest.param(f"<!-- {link('/feed')} -->", id="a comment"),
    ],
)
def test_what_is_no_feed_is_none(html: str) -> None:
    assert found(html) == []


def test_the_surest_comes_first_and_comments_last() -> None:
    html = "".join([
        '<a href="https://other.example/rss">x</a>',
        '<a href="/rss/linked">x</a>',
        link("/comments/feed", title="Comments"),
        link("/kommentare", title="Kommentare: World, comments"),
        link("/wp-json/1", "application/json"),
        link("/world.xml", "text/xml"),
        link("/main", title="News"),
        link("/atom", "application/atom+xml"),
    ])
    assert found(html) == [
        "https://news.example/main",
        "https://news.example/atom",
        "https://news.example/world.xml",
        "https://news.example/wp-json/1",
        "https://news.example/rss/linked",
        "https://other.example/rss",
        "https://news.example/comments/feed",
        "https://news.example/kommentare",
    ]


def test_a_host_that_is_called_so_is_not_about_comments() -> None:
    html = '<a href="/rss/linked">x</a>' + link("/feed")
    assert found(html, "https://www.commentary.example/")[0] == "https://www.commentary.example/feed"


def test_a_candidate_has_the_title_that_the_page_gives() -> None:
    html = link("/feed", title=" News\n of the world ") + '<a href="/rss/all"> <b>All</b> news </a><a href="/rss/none"></a>'
    assert candidates(html, PAGE) == (
        Candidate("https://news.example/feed", "News of the world"),
        Candidate("https://news.example/rss/all", "All news"),
        Candidate("https://news.example/rss/none", None),
    )


def test_one_address_is_one_candidate_however_it_is_written() -> None:
    html = link("/feed", title="News") + link("http://NEWS.example/feed/") + '<a href="/feed?utm_source=footer">RSS</a>'
    assert candidates(html, PAGE) == (Candidate("https://news.example/feed", "News"),)


def test_a_page_that_names_a_thousand_feeds_gives_the_first_of_the_best() -> None:
    html = "".join(f'<a href="/rss/{number}">x</a>' for number in range(1000)) + link("/feed")
    assert found(html)[:3] == ["https://news.example/feed", "https://news.example/rss/0", "https://news.example/rss/1"]
    assert len(found(html)) == 20


def test_guesses_are_at_the_root_of_the_site() -> None:
    tried = guesses("https://news.example/world/page?x=1#y")
    assert {"https://news.example/feed", "https://news.example/rss.xml"} <= set(tried)
    assert len(set(tried)) == len(tried)
    assert all(address.startswith("https://news.example/") for address in tried)


PIECES = ["<base href='", "<link rel=alternate type=text/xml href='", "<a href='", "'>", "//[", "http://", "\ud800", "\0", "&#0;", "/rss"]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5)).map("".join))
@example("<base href='http://[::1'><a href='//[/rss'>")
@example("<a href='https://\u2100.example/rss'>")
def test_no_page_makes_it_fail(html: str) -> None:
    assert all(candidate.url.startswith(("http://", "https://")) for candidate in candidates(html, PAGE))
