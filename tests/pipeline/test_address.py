"""Addresses: links to one article are alike, links to two never are."""
from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.address import article_id, host, normalise

CANONICAL = "https://news.example/a"


@pytest.mark.parametrize(
    ("difference", "url"),
    [
        ("http", "http://news.example/a"),
        ("capitals in scheme and host", "HTTPS://News.Example/a"),
        ("default port", "https://news.example:443/a"),
        ("default port of http", "http://news.example:80/a"),
        ("slash at the end", "https://news.example/a/"),
        ("fragment", "https://news.example/a#comments"),
        ("empty query", "https://news.example/a?"),
        ("blanks around", "  https://news.example/a\n"),
        ("campaign", "https://news.example/a?utm_source=rss&UTM_medium=feed"),
        ("click ids", "https://news.example/a?fbclid=1&gclid=2&yclid=3&ysclid=4"),
        ("openstat, mail and Alibaba", "https://news.example/a?_openstat=x&mc_cid=1&mc_eid=2&spm=C1.2"),
        ("dot behind the host", "https://news.example./a"),
    ],
)
def test_links_to_one_article_are_alike(difference: str, url: str) -> None:
    assert normalise(url) == CANONICAL, difference


@pytest.mark.parametrize(
    ("difference", "one", "other"),
    [
        ("number", "https://a.example/?cid=123&id=9", "https://a.example/?cid=124&id=9"),
        ("number called uid", "https://a.example/?uid=77", "https://a.example/?uid=78"),
        ("page", "https://a.example/x?p=1", "https://a.example/x?p=2"),
        ("order of parameters", "https://a.example/x?a=1&b=2", "https://a.example/x?b=2&a=1"),
        ("case of the path", "https://a.example/X", "https://a.example/x"),
        ("host", "https://a.example/x", "https://b.example/x"),
        ("other port", "https://a.example:8443/x", "https://a.example/x"),
        ("route in the fragment", "https://a.example/#!/1", "https://a.example/#!/2"),
    ],
)
def test_links_to_two_articles_stay_apart(difference: str, one: str, other: str) -> None:
    assert normalise(one) != normalise(other), difference


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/новости", "https://a.example/%d0%bd%d0%be%d0%b2%d0%be%d1%81%d1%82%d0%b8"),
        ("https://президент.рф/a", "https://xn--d1abbgf6aiiy.xn--p1ai/a"),
        ("https://a.example/?q=Κίνα", "https://a.example/?q=%CE%9A%CE%AF%CE%BD%CE%B1"),
    ],
    ids=["path", "host", "query"],
)
def test_letters_outside_ascii_may_be_written_either_way(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@given(
    st.one_of(st.text(), st.from_regex(r"https?://[^ ]{0,30}", fullmatch=True), st.from_regex(r"HTTP://[a-z.]{1,9}(:\d{1,6})?/[ -~]{0,30}"))
)
@example("http://[::1")
@example("http://host:99999999/")
@example("http://[fe80::1%25en0]:80/a/?&&#")
@example("https://a\ud800.example/\ud800")
@example("http://a.example/\0")
@example("http://\x85#")
@example("http://¡..")
def test_normalising_twice_changes_nothing_and_nothing_raises(url: str) -> None:
    assert normalise(normalise(url)) == normalise(url)
    host(url)


@pytest.mark.parametrize(
    "url", ["ftp://a.example/x", "mailto:a@b.example", "not an address", "//a.example/x", "http:///x", "http://[::1", "http://\x85#"]
)
def test_what_is_no_web_address_is_its_own_normal_form(url: str) -> None:
    assert normalise(url) == url


def test_an_article_is_known_by_its_address_whatever_its_text() -> None:
    assert article_id("http://a.example/x?utm_source=rss", "one") == article_id("https://a.example/x", "two")


@pytest.mark.parametrize("url", [None, "", "  "])
def test_an_article_without_an_address_is_known_by_its_words(url: str | None) -> None:
    assert article_id(url, "Lavrov met\nWang Yi. ") == article_id(None, "Lavrov met Wang Yi.")
    assert article_id(url, "Lavrov met Wang Yi.") != article_id(None, "Lavrov met nobody.")


def test_an_address_and_a_text_that_reads_like_it_are_two_articles() -> None:
    assert article_id("https://a.example/x", "") != article_id(None, "https://a.example/x")


@given(st.text())
def test_any_text_has_an_id(body: str) -> None:
    assert len(article_id(None, body)) == 24
