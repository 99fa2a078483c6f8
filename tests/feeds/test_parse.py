"""What a feed says, whatever its format."""
from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds.model import Hints, ParsedFeed
from pipeline.feeds.parse import parse
from schemas.errors import FeedError, NoFeed, UnsafeFeed

FETCHED = datetime(2026, 8, 25, 12, tzinfo=UTC)
URL = "https://news.example/feeds/world.xml"


def read(document: str, content_type: str | None = None) -> ParsedFeed:
    return parse(document.encode(), content_type, URL, FETCHED)


def rss(inside: str, head: str = "") -> ParsedFeed:
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    return read(f'<?xml version="1.0"?><rss version="2.0" {spaces}><channel><title>World</title>{head}{inside}</channel></rss>')


ITEM = """<item><title>Lavrov met Wang Yi</title><link>https://news.example/1</link><pubDate>Thu, 20 Aug 2026 12:30:00 GMT</pubDate>
<description>In Beijing.</description></item>"""
ENTRY = """<entry><title>Lavrov met Wang Yi</title><link href="https://news.example/1"/><id>https://news.example/1</id>
<published>2026-08-20T12:30:00Z</published><summary>In Beijing.</summary></entry>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"><title>World</title></channel>
<item rdf:about="https://news.example/1"><title>Lavrov met Wang Yi</title><link>https://news.example/1</link>
<dc:date>2026-08-20T12:30:00Z</dc:date><description>In Beijing.</description></item></rdf:RDF>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "World",
    "items": [
        {
            "id": "https://news.example/1",
            "url": "https://news.example/1",
            "title": "Lavrov met Wang Yi",
            "content_text": "In Beijing.",
            "date_published": "2026-08-20T12:30:00Z",
        }
    ],
}
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.example/1</loc><news:news><news:publication><news:name>World</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-08-20T12:30:00Z</news:publication_date><news:title>Lavrov met Wang Yi</news:title></news:news></url></urlset>"""


@pytest.mark.parametrize(
    ("document", "format_"),
    [
        pytest.param(f'<rss version="0.91"><channel><title>World</title>{ITEM}</channel></rss>', "rss091u", id="RSS 0.91"),
        pytest.param(f'<rss version="2.0"><channel><title>World</title>{ITEM}</channel></rss>', "rss20", id="RSS 2.0"),
        pytest.param(RDF, "rss10", id="RDF"),
        pytest.param(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>World</title>{ENTRY}</feed>', "atom10", id="Atom"),
        pytest.param(json.dumps(JSON), "json1.1", id="JSON Feed"),
        pytest.param(SITEMAP, "sitemap", id="news sitemap"),
        pytest.param(f'<!DOCTYPE rss SYSTEM "x.dtd"><rss version="2.0"><channel>{ITEM}</channel></rss>', "rss20", id="a document type"),
        pytest.param(f'<rss version="2.0"><channel>{ITEM}', "rss20", id="cut off"),
        pytest.param(f'<!-- by a CMS -->\n\n<rss version="2.0"><channel>{ITEM}</channel></rss>', "rss20", id="something before it"),
    ],
)
def test_every_format_says_the_same(document: str, format_: str) -> None:
    found = read(document, "text/html")  # servers say anything
    assert found.format == format_
    (entry,) = found.entries
    assert (entry.title, entry.link) == ("Lavrov met Wang Yi", "https://news.example/1")
    dated = entry.published or entry.updated
    assert dated is not None and dated.moment == datetime(2026, 8, 20, 12, 30, tzinfo=UTC)
    assert entry.html == (None if format_ == "sitemap" else "In Beijing.")


@pytest.mark.parametrize(
    ("item", "guid", "link"),
    [
        pytest.param("<title>t</title><link>/1</link>", None, "https://news.example/1", id="a relative link"),
        pytest.param("<guid>https://news.example/1</guid>", "https://news.example/1", "https://news.example/1", id="a guid as link"),
        pytest.param('<guid isPermaLink="false">https://news.example/1</guid>', "https://news.example/1", None, id="a guid that is none"),
        pytest.param("<guid>tag:1</guid><link>https://news.example/1</link>", "tag:1", "https://news.example/1", id="both"),
        pytest.param("<title>t</title><link>javascript:alert(1)</link>", None, None, id="a link to nowhere"),
        pytest.param("<title>t</title><link> https://news.example/1 </link>", None, "https://news.example/1", id="blanks around it"),
    ],
)
def test_how_an_entry_is_called(item: str, guid: str | None, link: str | None) -> None:
    (entry,) = rss(f"<item>{item}</item>").entries
    assert (entry.guid, entry.link) == (guid, link)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Lavrov &amp; Wang", "Lavrov & Wang"),
        ("Lavrov &amp;amp; Wang", "Lavrov & Wang"),
        ("<![CDATA[Lavrov &amp; <b>Wang</b>]]>", "Lavrov & Wang"),
        ("&lt;b&gt;Lavrov&lt;/b&gt;\n  met", "Lavrov met"),
        ("3 &lt; 5", "3 < 5"),
    ],
)
def test_a_title_is_text(title: str, expected: str) -> None:
    assert rss(f"<item><title>{title}</title></item>").entries[0].title == expected


def test_of_several_bodies_the_longest_counts() -> None:
    whole = "<content:encoded><![CDATA[<p>The whole text.</p>]]></content:encoded>"
    assert rss(f"<item><title>t</title><description>Short.</description>{whole}</item>").entries[0].html == "<p>The whole text.</p>"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", Hints()),
        ("<ttl>60</ttl>", Hints(ttl=3600)),
        ("<ttl>soon</ttl>", Hints()),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", Hints(update_period=3600)),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", Hints(update_period=21600)),
        ("<sy:updatePeriod>often</sy:updatePeriod>", Hints()),
        ("<skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>99</hour></skipHours>", Hints(skip_hours=frozenset({0, 23}))),
        ("<skipDays><day>Saturday</day><day>Sunday</day><day>Caturday</day></skipDays>", Hints(skip_days=frozenset({5, 6}))),
    ],
)
def test_what_a_feed_says_of_its_rhythm(head: str, expected: Hints) -> None:
    assert rss(ITEM, head).hints == expected


@pytest.mark.parametrize(
    ("document", "told"),
    [
        pytest.param("", "empty", id="nothing"),
        pytest.param("<!DOCTYPE html><html><body>Hello</body></html>", "web page", id="a page"),
        pytest.param("<HTML><head/></HTML>", "web page", id="an old page"),
        pytest.param("Not found", "no feed", id="words"),
        pytest.param('{"error": 404}', "no JSON Feed", id="JSON"),
        pytest.param("{", "no JSON", id="broken JSON"),
        pytest.param("<sitemapindex><sitemap><loc>x</loc></sitemap></sitemapindex>", "index of sitemaps", id="an index"),
        pytest.param("<urlset><url><loc>https://news.example/1</loc></url></urlset>", "not of news", id="a sitemap of pages"),
    ],
)
def test_what_is_no_feed_says_what_it_is(document: str, told: str) -> None:
    with pytest.raises(NoFeed, match=told):
        read(document)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        pytest.param('<!DOCTYPE r [<!ENTITY a "aaaa">]><rss><channel><title>&a;</title></channel></rss>', "entities", id="entities"),
        pytest.param('<!doctype r [<!entity % a SYSTEM "file:///etc/passwd">]><rss/>', "entities", id="an external entity"),
        pytest.param("<rss><item " + " ".join(f'a{i}="1"' for i in range(300)) + "/></rss>", "attributes", id="attributes"),
        pytest.param("<rss><item a='" + "x" * 200_000 + "'/></rss>", "a tag of more than", id="a long tag"),
        pytest.param("<rss>" + "<item/>" * 10_001 + "</rss>", "entries", id="entries"),
        pytest.param("<rss>" + "<a/>" * 100_001, "tags", id="tags"),
        pytest.param("<rss>" + "".join(f"<a xmlns:n{i} = 'urn:{i}'/>" for i in range(201)), "namespaces", id="namespaces"),
        pytest.param("<rss>" + "&#1055;" * 500_001, "references", id="references"),
        pytest.param("<rss>" + "<a>" * 501, "nested", id="nesting"),
        pytest.param("<rss>" + "< " * 20_001, "marks", id="stray marks"),
        pytest.param("<rss>" + "& " * 20_001, "marks", id="stray ampersands"),
        pytest.param('{"items": ' + "[" * 200_000, "nested", id="nested JSON"),
        pytest.param('{"items": [' + "{}," * 10_001 + "{}]}", "entries", id="entries of JSON"),
        pytest.param('{"items": [], "all": [' + "1," * 500_001 + "1]}", "parts", id="parts of JSON"),
    ],
)
def test_what_would_put_a_parser_at_risk_is_refused(document: str, told: str) -> None:
    with pytest.raises(UnsafeFeed, match=told):
        read(document)


def test_what_never_comes_to_its_root_is_read_once() -> None:
    with pytest.raises(NoFeed):
        read("<!-- -->" + " " * 100_000 + "x")


def test_an_article_about_such_tricks_is_no_trick() -> None:
    about = "<item><title>t</title><description><![CDATA[" + '<!ENTITY a "b">' + "<a>" * 600 + "]]></description></item>"
    assert len(rss(about).entries) == 1


@given(st.binary(max_size=300) | st.text(alphabet="<>/!&;[]{}\"'= rsitemcdfnyCDATA", max_size=200).map(str.encode))
def test_any_bytes_are_a_feed_or_a_clear_error(data: bytes) -> None:
    with suppress(FeedError):
        assert isinstance(parse(data, None, URL, FETCHED), ParsedFeed)
