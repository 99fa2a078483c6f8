"""clean: what it takes from a web page, and what makes a page unreadable."""
from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean import Cleaned, clean
from pipeline.gate import Rejection
from pipeline.lexicon.load import Lexicon
from schemas.articles import CleanArticle, ContentType, RawArticle
from schemas.errors import Unreadable

PAGES = Path(__file__).parent / "pages"
FETCHED = datetime(2026, 2, 1, 9, tzinfo=UTC)
MOSCOW = timezone(timedelta(hours=3))
NEWS = (
    "<p>Russian Foreign Minister Sergey Lavrov met his Chinese counterpart Wang Yi on Sunday, the ministry said in a statement.</p>"
    "<p>The two ministers spoke about the situation in the region and agreed to meet again before the end of the year.</p>"
    "<p>They also discussed trade between Russia and China, which has grown by a tenth since the beginning of last year.</p>"
)


def raw(html: str, **fields: object) -> RawArticle:
    return RawArticle.model_validate({"article_id": "a", "content_type": ContentType.HTML, "body": html, "fetched_at": FETCHED} | fields)


def page(head: str = "", body: str = NEWS) -> str:
    return f"<!DOCTYPE html><html lang='en'><head>{head}</head><body><article><h1>Ministers meet</h1>{body}</article></body></html>"


def cleaned(lexicon: Lexicon, html: str, **fields: object) -> CleanArticle:
    (article,) = clean(raw(html, **fields), lexicon).articles
    return article


def test_a_page_gives_its_article_and_nothing_around_it(tiny_lexicon: Lexicon) -> None:
    article = cleaned(tiny_lexicon, (PAGES / "talks_in_beijing.html").read_text(encoding="utf-8"))
    kinds = [block.kind.value for block in article.blocks]
    assert kinds == ["title", "lead", "body", "body", "body"]
    assert article.title == "Lavrov and Wang Yi hold talks in Beijing"
    assert article.published_at == datetime(2025, 7, 13, 15, 5, tzinfo=MOSCOW)
    assert article.published_at.utcoffset() == timedelta(hours=3)
    assert (article.url, article.source) == ("https://daily.example/world/talks-in-beijing", "daily.example")
    assert not any(word in article.text for word in ("Sport", "India", "Cyclists", "Cyclone", "Agency", "rights"))


def test_the_address_of_the_article_comes_before_the_one_its_page_gives(tiny_lexicon: Lexicon) -> None:
    html = (PAGES / "talks_in_beijing.html").read_text(encoding="utf-8")
    article = cleaned(tiny_lexicon, html, url="https://www.mirror.example/1", title="Talks", published_at=FETCHED)
    assert (article.url, article.source, article.title) == ("https://www.mirror.example/1", "mirror.example", "Talks")
    assert article.published_at == FETCHED


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ("", "empty or no HTML"),
        ("<html></html>", "empty or no HTML|shows no text"),
        ("<html><body><img src='a.png'></body></html>", "shows no text"),
        ("<!-- only a comment -->", "empty or no HTML|shows no text"),
        ("\0\0\0", "empty or no HTML|shows no text"),
        ("<script>var text = 'Russia and China';</script>", "shows no text"),
        ((PAGES / "filled_by_script.html").read_text(encoding="utf-8"), "shows no text"),
    ],
    ids=["empty", "no body", "a picture", "a comment", "NUL", "a script", "filled by a script"],
)
def test_a_page_without_content_is_unreadable(tiny_lexicon: Lexicon, html: str, what: str) -> None:
    with pytest.raises(Unreadable, match=what):
        clean(raw(html), tiny_lexicon)


@pytest.mark.parametrize("head", ["", "<?xml version='1.0' encoding='koi8-r'?>", "<meta charset='koi8-r'>"], ids=["none", "XML", "meta"])
def test_an_encoding_that_the_page_declares_does_not_matter_any_more(tiny_lexicon: Lexicon, head: str) -> None:
    html = (
        f"{head if head.startswith('<?') else ''}{page(head if head.startswith('<m') else '', NEWS.replace('Sunday', 'Sunday – Κυριακή'))}"
    )
    assert "Sunday – Κυριακή" in cleaned(tiny_lexicon, html).text


def test_nul_and_lone_surrogates_in_a_page_do_no_harm(tiny_lexicon: Lexicon) -> None:
    article = cleaned(tiny_lexicon, page(body=NEWS.replace(" met ", "\0 met \ud83d ")))
    assert CleanArticle.model_validate_json(article.model_dump_json()) == article


def test_markup_that_is_broken_is_read_as_far_as_it_goes(tiny_lexicon: Lexicon) -> None:
    assert "Wang Yi" in cleaned(tiny_lexicon, NEWS.replace("</p>", "").replace("<p>", "<p><div><b>")).text


def test_a_page_on_other_things_is_rejected(tiny_lexicon: Lexicon) -> None:
    html = (PAGES / "front_page.html").read_text(encoding="utf-8")
    assert clean(raw(html), tiny_lexicon) == Cleaned((), Rejection.NOT_BOTH_SIDES, "en")


def test_a_page_that_names_a_side_only_around_its_article_is_rejected(tiny_lexicon: Lexicon) -> None:
    other = NEWS.replace("Chinese", "Korean").replace("Wang Yi", "Cho Hyun").replace("and China", "and Korea")
    html = page(body=other).replace("</article>", "</article><aside><a href='/1'>China opens a new port in the south</a></aside>")
    assert clean(raw(html), tiny_lexicon) == Cleaned((), Rejection.NOT_BOTH_SIDES, "en")


def test_an_article_that_its_page_calls_a_menu_is_read_where_there_is_no_other(tiny_lexicon: Lexicon) -> None:
    menu = f"<nav><h1>Ministers meet</h1>{NEWS}</nav>"
    alone = cleaned(tiny_lexicon, f"<html><head><title>Talks in Harbin</title></head><body>{menu}</body></html>")
    assert "met his Chinese counterpart" in alone.text and alone.title == "Talks in Harbin"
    other = NEWS.replace("Sunday", "Monday")
    article = cleaned(tiny_lexicon, page(body=other).replace("<article>", f"{menu}<article>"))
    assert "on Monday" in article.text and "on Sunday" not in article.text


def test_a_list_of_points_is_text_and_a_list_of_links_is_a_menu(tiny_lexicon: Lexicon) -> None:
    points = (
        "Lavrov visits Beijing for talks on the new railway in the second half of May.",
        "Wang Yi goes to Moscow for talks on the same railway in the first week of June.",
        "Both of them meet again before the end of the year, when the railway is to be opened.",
    )
    links = ("Cyclone hits the coast again", "Cyclists ride through the rain", "Markets close without change")
    listed = "".join(f"<li>{point}</li>" for point in points)
    menu = "".join(f"<li><a href='/{n}'>{link}</a></li>" for n, link in enumerate(links))
    article = cleaned(tiny_lexicon, page(body=f"{NEWS}<p>What was agreed upon in the talks:</p><ul>{listed}</ul><ul>{menu}</ul>"))
    assert all(words in article.text for words in ("visits Beijing for talks", "goes to Moscow for talks", "Both of them meet again"))
    assert not any(link in article.text for link in links)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Ministers meet - News</title>", "Ministers meet"),
        ("<meta property='og:title' content='Lavrov sees Wang &amp; others'>", "Lavrov sees Wang & others"),
        ('<script type=\'application/ld+json\'>{"@type": "NewsArticle", "headline": "Two  ministers"}</script>', "Two ministers"),
        ("<script type='application/ld+json'>{broken</script>", "Ministers meet"),
    ],
    ids=["heading", "meta", "schema.org", "broken schema.org"],
)
def test_the_title_is_the_headline_without_the_name_of_the_outlet(tiny_lexicon: Lexicon, head: str, title: str) -> None:
    assert cleaned(tiny_lexicon, page(head)).title == title


def posting(**fields: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(fields)}</script>"


@pytest.mark.parametrize(
    ("told_by", "html", "expected"),
    [
        (
            "schema.org",
            page(posting(**{"@type": "NewsArticle", "datePublished": "2025-07-13T15:05:00+03:00"})),
            "2025-07-13T15:05:00+03:00",
        ),
        (
            "schema.org, a list",
            page(posting(**{"@graph": [{"@type": ["Article"], "datePublished": "2025-07-13"}]})),
            "2025-07-13T00:00:00+00:00",
        ),
        ("meta", page("<meta property='article:published_time' content='2025-07-13T12:05:00Z'>"), "2025-07-13T12:05:00+00:00"),
        ("meta without a zone", page("<meta name='pubdate' content='2025-07-13 12:05:00'>"), "2025-07-13T12:05:00+00:00"),
        ("meta with a mail date", page("<meta name='date' content='Sun, 13 Jul 2025 12:05:00 +0800'>"), "2025-07-13T12:05:00+08:00"),
        ("meta with a zone that may be two", page("<meta name='date' content='Sun, 13 Jul 2025 12:05 CST'>"), "2025-07-13T00:00:00+00:00"),
        ("time", page(body=f"<time datetime='2025-07-13T08:00:00+08:00'>13 July</time>{NEWS}"), "2025-07-13T08:00:00+08:00"),
        ("a line under the headline", page(body=f"<div class='date'>13.07.2025 18:20</div>{NEWS}"), "2025-07-13T00:00:00+00:00"),
    ],
)
def test_the_publication_date_is_as_the_page_tells_it(tiny_lexicon: Lexicon, told_by: str, html: str, expected: str) -> None:
    article = cleaned(tiny_lexicon, html)
    assert article.published_at is not None, told_by
    assert article.published_at.isoformat() == expected


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2025/07/13/talks", 13),
        ("/world/2025-07-13-talks", 13),
        ("/20250713/talks", 13),
        ("/202507/t20250713_1234.html", 13),
        ("/article/20250713", None),
        ("/2025/13/45/talks", None),
        ("/2025/07/13/as-announced-2025-07-01", None),
    ],
)
def test_the_address_gives_the_day_if_it_holds_just_one(tiny_lexicon: Lexicon, path: str, day: int | None) -> None:
    article = cleaned(tiny_lexicon, page(), url=f"https://a.example{path}")
    assert article.published_at == (datetime(2025, 7, day, tzinfo=UTC) if day else None)


@pytest.mark.parametrize(
    ("trap", "html"),
    [
        ("none", page()),
        ("changed, not published", page(posting(**{"@type": "NewsArticle", "dateModified": "2025-07-20"}))),
        ("after it was fetched", page("<meta property='article:published_time' content='2026-07-13'>")),
        ("not of this world", page("<meta property='article:published_time' content='0001-01-01T00:00:00+14:00'>")),
        ("changed, by a meta tag", page("<meta property='article:modified_time' content='2025-07-20'>")),
        ("changed, by another", page("<meta property='og:updated_time' content='2025-07-20T12:00:00Z'>")),
        (
            "in the story",
            page(body=f"<p>On 2025-07-01 Putin had announced that his foreign minister would travel, Moscow said later.</p>{NEWS}"),
        ),
        ("of another article", page() + "<aside><time datetime='2025-07-19'>19 July</time> Cyclone</aside>"),
        ("of many articles", page(body=f"{NEWS}<time datetime='2025-07-18'></time><time datetime='2025-07-19'></time>")),
        ("in the footer", page() + "<footer>© 2010-2026, 2025-12-31</footer>"),
    ],
)
def test_no_other_date_is_taken_for_it(tiny_lexicon: Lexicon, trap: str, html: str) -> None:
    assert cleaned(tiny_lexicon, html).published_at is None, trap


UNFIT = ["\x0c", "&#0;", "&#1", "&#x1F;", "&#xffff;", "&#xd800;", "&#99999999999;"]  # what no XML may hold


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=200),
    st.lists(st.sampled_from(["<p>", "</div>", "<table><tr>", "<!--", "]]>", "<script>", "<aside>", "<a href='", *UNFIT])),
)
def test_whatever_the_markup_there_is_an_answer(tiny_lexicon: Lexicon, text: str, tags: list[str]) -> None:
    with suppress(Unreadable):
        clean(raw("".join([NEWS, *tags, text])), tiny_lexicon)
