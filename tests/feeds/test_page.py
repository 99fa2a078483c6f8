"""What came for a page, told on small pages in the shapes in which sites answer."""
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.feeds.page import Found, Html, canonical, judge, look
from schemas.articles import PageKind

URL = "https://news.example/2026/11/talks"
HTML = {"content-type": "text/html; charset=utf-8"}
SENTENCE = "The foreign ministers of the two countries met on Thursday and spoke about trade, the official said. "
STORY = "".join(f"<p>{SENTENCE * 2}</p>" for _ in range(8))
FLASH = f"<p>{SENTENCE}</p>"  # a whole article on many wires
FREE_PART = f"<p>{SENTENCE}</p><p>{SENTENCE}</p>"
CHINESE = "<p>" + "外交部发言人宣布，两国外长周四在北京举行会谈，就双边关系和共同关心的国际问题交换意见。" * 6 + "</p>"
MENU = f"<nav>{''.join(f'<li><a href=/{n}>Section {n}, with all the news of the day about it and more</a></li>' for n in range(40))}</nav>"


def page(body: str, head: str = "", title: str = "Talks") -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>{body}</body></html>'


def article(text: str, head: str = "") -> str:
    """As most sites build one: menus and footer around a marked article."""
    return page(
        f"{MENU}<main><article><h1>Talks</h1>{text}</article></main><footer><p>{SENTENCE * 9}</p></footer>",
        '<meta property="og:type" content="article">' + head,
    )


def ld(*told: Any) -> str:
    return "".join(f'<script type="application/ld+json">{one if isinstance(one, str) else json.dumps(one)}</script>' for one in told)


def judged(html: str, status: int = 200, headers: Mapping[str, str] = HTML, url: str = URL, asked: str = URL) -> PageKind:
    return judge(status, headers, Html(html), asked, url)


RECAPTCHA = '<script src="https://www.google.com/recaptcha/api.js"></script><form><div class="g-recaptcha" data-sitekey="x"></div></form>'
WATCHED = "<script>(function(){a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'})()</script>"
IMPERVA_WATCHES = '<script src="/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3"></script>'


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(article(STORY), id="an article"),
        pytest.param(article(FLASH), id="a short one"),
        pytest.param(page(FLASH), id="a short one on a plain page"),
        pytest.param(page(f"{SENTENCE}<br><br>{SENTENCE}"), id="without paragraphs"),
        pytest.param(page(f'<form id="aspnetForm" action="./talks.aspx"><div>{FLASH}</div></form>'), id="inside the form of its server"),
        pytest.param(page(CHINESE), id="in Chinese"),
        pytest.param(page("<p>两国外长周四在北京举行会谈。</p><p>会谈持续两小时。</p>"), id="in a few characters"),
        pytest.param(page("<p>The <a href=x>two men</a> <i>met</i> on <a href=y>Thursday</a> <b>again</b> there.</p>"), id="much marked"),
        pytest.param(f'<?xml version="1.0" encoding="utf-8"?>{page(FLASH)}', id="XHTML"),
        pytest.param(f"<p>{SENTENCE}", id="a fragment"),
        pytest.param(article(STORY) + RECAPTCHA, id="with a captcha for comments"),
        pytest.param(article(FLASH + RECAPTCHA), id="a short one with a captcha for comments"),
        pytest.param(article(FLASH, WATCHED), id="a short one that Cloudflare watches"),
        pytest.param(article(FLASH, IMPERVA_WATCHES), id="a short one that Imperva watches"),
        pytest.param(page(FLASH + RECAPTCHA, ld({"@type": "NewsArticle", "headline": "Talks"})), id="an article by JSON-LD alone"),
        pytest.param(page(f'<div itemprop="articleBody">{FLASH}</div>{RECAPTCHA}'), id="an article by microdata alone"),
        pytest.param(article(STORY) + "<p>How _cf_chl_opt works</p>", id="a long one about captchas"),
        pytest.param(article(STORY) + '<div id="consent"><form action="/consent"></form></div>', id="with a banner for consent"),
        pytest.param(article(STORY, ld({"@type": "NewsArticle", "isAccessibleForFree": False})), id="that is paid, with all its text"),
        pytest.param(
            article(STORY, ld({"@type": "NewsArticle", "hasPart": {"isAccessibleForFree": False, "cssSelector": ".more"}})),
            id="of which a part is paid",
        ),
        pytest.param(article(FREE_PART, ld({"@type": "NewsArticle", "isAccessibleForFree": True})), id="a short one that is free"),
        pytest.param(article(FREE_PART, ld({"@type": "NewsArticle", "isAccessibleForFree": "True"})), id="that is free in a string"),
        pytest.param(article(FREE_PART, ld('{"isAccessibleForFree": false')), id="with JSON-LD that breaks off"),
        pytest.param(article(FREE_PART, ld("[" * 100_000)), id="with JSON-LD without an end"),
        pytest.param(page(f"<script>{'x' * 1_000_000}</script>{FLASH}{RECAPTCHA}"), id="behind a huge script"),
    ],
)
def test_an_article_is_ok(html: str) -> None:
    assert judged(html) is PageKind.OK


@pytest.mark.parametrize("content_type", ["text/html", "Text/HTML; charset=x", "application/xhtml+xml", "text/plain", "binary/any"])
def test_html_is_known_whatever_it_is_called(content_type: str) -> None:
    assert judged(article(STORY), headers={"content-type": content_type}) is PageKind.OK
    assert judged(f"\n <!-- built at 9 --> {article(STORY)}", headers={"content-type": content_type}) is PageKind.OK


def test_html_without_a_type_is_html() -> None:
    assert judged(article(STORY), headers={}) is PageKind.OK


CLOUDFLARE = page(
    '<noscript>Enable JavaScript and cookies to continue</noscript>'
    "<script>(function(){window._cf_chl_opt={cvId:'3',cZone:'news.example'};"
    "a.src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=1'})();</script>",
    '<meta name="robots" content="noindex,nofollow"><meta http-equiv="refresh" content="360">',
    "Just a moment...",
)


@pytest.mark.parametrize(
    ("status", "html"),
    [
        pytest.param(403, CLOUDFLARE, id="Cloudflare"),
        pytest.param(503, CLOUDFLARE, id="Cloudflare, in its older form"),
        pytest.param(200, CLOUDFLARE, id="Cloudflare, as a success"),
        pytest.param(403, page('<h1>Checking</h1><script src="/.well-known/ddos-guard/js-challenge/index.js"></script>'), id="DDoS-Guard"),
        pytest.param(403, page('<script src="https://check.ddos-guard.net/check.js"></script>'), id="DDoS-Guard, a script alone"),
        pytest.param(401, '<html><head><script src="/__qrator/qauth_utm_v2.js"></script></head><body></body></html>', id="Qrator"),
        pytest.param(200, page('<form action="/checkcaptcha" id="x"><a href="/showcaptcha?a=1">Я не робот</a></form>'), id="Yandex"),
        pytest.param(200, page('<iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31&xinfo=7">Incident</iframe>'), id="Imperva"),
        pytest.param(403, page("<script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script>"), id="DataDome"),
        pytest.param(403, page('<div id="px-captcha"></div><p>Press and hold</p>'), id="HUMAN"),
        pytest.param(202, page("<script>window.awsWafCookieDomainList=[];window.gokuProps={};</script>"), id="AWS"),
        pytest.param(200, page("", "<meta http-equiv=\"refresh\" content=\"5; URL='/talks?bm-verify=AAQ'\">"), id="Akamai"),
        pytest.param(202, page('<meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F">'), id="SiteGround"),
        pytest.param(521, "<script>document.cookie='__j'+'s';location.href=location.pathname+location.search</script>", id="Jiasule"),
        pytest.param(200, "<html><script>var arg1='1AB2';setCookie('acw_sc__v2',x)</script></html>", id="Alibaba Cloud"),
        pytest.param(200, page(f"<p>{SENTENCE}</p>{RECAPTCHA}", title="Are you human?"), id="a captcha where no article is"),
        pytest.param(429, page('<div class="h-captcha" data-sitekey="x"></div>'), id="a captcha for too many requests"),
        pytest.param(200, page(f'{MENU}<div class="cf-turnstile"></div>'), id="a captcha among the menus"),
    ],
)  # fmt: skip
def test_a_challenge_is_told(status: int, html: str) -> None:
    assert judged(html, status) is PageKind.CHALLENGE


def test_a_challenge_may_be_told_by_its_header() -> None:
    assert judged("", 403, HTML | {"cf-mitigated": "challenge"}) is PageKind.CHALLENGE


COOKIES = page(f"<h1>Before you continue</h1><p>{SENTENCE * 20}</p><form action='/save' method=post><button>Accept all</button></form>")
GATE = page("<h1>Privacy</h1><script src='/gate.js'></script>")


@pytest.mark.parametrize(
    ("url", "html"),
    [
        pytest.param("https://consent.google.example/m?continue=https://news.example/", COOKIES, id="a site for consents"),
        pytest.param("https://guce.yahoo.example/consent?sessionId=1", COOKIES, id="another"),
        pytest.param("https://myprivacy.paper.example/consent?siteKey=a&callbackUrl=b", GATE, id="of a publisher"),
        pytest.param("https://www.privacy-mgmt.com/?x=1", COOKIES, id="of a service"),
        pytest.param("https://news.example/privacy-gate/accept?redirect=%2F", GATE, id="a page of the site"),
        pytest.param("https://news.example/cookiewall", GATE, id="another page of the site"),
        pytest.param("https://news.example/consent.html", GATE, id="a page with a suffix"),
        pytest.param(URL, page('<form action="/v2/collectConsent?sessionId=1"><button>OK</button></form>'), id="a form in place"),
        pytest.param(URL, page('<form action="https://consent.example/save"><button>OK</button></form>'), id="a form of another site"),
        pytest.param(URL, page("", '<meta http-equiv="Refresh" content="0;url=https://consent.example/x">'), id="sent on by the page"),
    ],
)
def test_a_wall_for_consent_is_told(url: str, html: str) -> None:
    assert judged(html, url=url) is PageKind.CONSENT


@pytest.mark.parametrize(
    ("asked", "url"),
    [
        pytest.param(URL, "https://news.example/2026/informed-consent-law", id="in the words of an address"),
        pytest.param("https://feeds.example/r/1", "https://news.example/consent/china-gives-it", id="a section of another site"),
        pytest.param("https://m.news.example/a", "https://news.example/cookiewall/story", id="moved to the main site"),
        pytest.param("https://consent.example/a", "https://consent.example/b", id="the site itself is called so"),
    ],
)
def test_an_article_about_consent_is_an_article(asked: str, url: str) -> None:
    assert judged(article(FLASH), url=url, asked=asked) is PageKind.OK


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(ld({"@type": "NewsArticle", "isAccessibleForFree": False}), id="JSON-LD"),
        pytest.param(ld({"@type": "NewsArticle", "isAccessibleForFree": "False"}), id="in a string"),
        pytest.param(ld({"@type": "NewsArticle", "isAccessibleForFree": "https://schema.org/False"}), id="as an address"),
        pytest.param(ld([{"@type": "Organization"}, {"@type": "NewsArticle", "isAccessibleForFree": False}]), id="in a list"),
        pytest.param(ld({"@graph": [{"@type": "WebPage"}, {"@type": "NewsArticle", "isAccessibleForFree": False}]}), id="in a graph"),
        pytest.param(ld({"@type": "WebPage", "mainEntity": {"@type": "Article", "isAccessibleForFree": False}}), id="nested"),
        pytest.param(ld({"@type": "NewsArticle", "hasPart": [{"isAccessibleForFree": False, "cssSelector": ".more"}]}), id="a part of it"),
        pytest.param(ld("{broken", {"@type": "NewsArticle", "isAccessibleForFree": False}), id="after a script that is broken"),
        pytest.param(ld('{"description": "two\nlines", "isAccessibleForFree": false}'), id="line breaks in a string"),
        pytest.param('<script type="application/ld+json; charset=x">{"isAccessibleForFree": false}</script>', id="a type with a charset"),
        pytest.param('<meta itemprop="isAccessibleForFree" content="false">', id="microdata"),
        pytest.param('<link itemprop="isAccessibleForFree" href="http://schema.org/False">', id="microdata, as an address"),
        pytest.param('<span itemprop="isAccessibleForFree"> False </span>', id="microdata, as text"),
    ],
)
def test_a_beginning_of_what_is_paid_is_a_paywall(head: str) -> None:
    assert judged(article(FREE_PART, head)) is PageKind.PAYWALL


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("", id="nothing"),
        pytest.param(" \n ", id="blanks"),
        pytest.param(page(""), id="no body"),
        pytest.param(page(f'<div id="root"></div><noscript>{SENTENCE}</noscript><script>{SENTENCE}</script>'), id="an application"),
        pytest.param(page(MENU), id="menus alone"),
        pytest.param(page("<p>Loading…</p>"), id="a word"),
        pytest.param("<html><frameset><frame src=a></frameset></html>", id="frames"),
    ],
)
def test_a_page_without_a_sentence_is_empty(html: str) -> None:
    assert judged(html) is PageKind.EMPTY


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param("application/pdf", "%PDF-1.7 binary", id="PDF"),
        pytest.param("text/html", "%PDF-1.7 binary", id="PDF that is called HTML"),
        pytest.param("application/json", '{"title": "x"}', id="JSON"),
        pytest.param("text/html", '\n [{"title": "<p>x</p>"}]', id="JSON that is called HTML"),
        pytest.param("image/jpeg", "\xff\xd8\xff", id="a picture"),
        pytest.param("video/mp4", "", id="a film"),
        pytest.param("text/plain", SENTENCE * 9, id="plain text"),
        pytest.param("application/xml", "<?xml version='1.0'?><rss><channel/></rss>", id="a feed"),
    ],
)
def test_what_is_no_page_is_told(content_type: str, body: str) -> None:
    assert judged(body, headers={"content-type": content_type}) is PageKind.NOT_HTML


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (304, "not_modified"), (404, "gone"), (410, "gone"), (401, "refused"), (402, "refused"), (403, "refused"), (407, "refused"),
        (429, "refused"), (451, "refused"), (400, "failed"), (418, "failed"), (500, "failed"), (502, "failed"), (503, "failed"),
        (204, "failed"), (301, "failed"), (999, "failed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("html", ["", page("<h1>Sorry</h1>"), article(STORY), "%PDF-1.7"], ids=["nothing", "a word", "a story", "a PDF"])
def test_the_status_counts_whatever_comes_with_it(status: int, kind: str, html: str) -> None:
    assert judged(html, status) == kind


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        pytest.param("https://news.example/talks", "https://news.example/talks", id="absolute"),
        pytest.param("/talks", "https://news.example/talks", id="from the root"),
        pytest.param("talks-2", "https://news.example/2026/11/talks-2", id="relative"),
        pytest.param("//news.example/talks", "https://news.example/talks", id="without a scheme"),
        pytest.param(" /talks\n", "https://news.example/talks", id="blanks around"),
        pytest.param("https://www.news.example/talks", "https://www.news.example/talks", id="with www"),
        pytest.param("https://m.news.example/talks", "https://m.news.example/talks", id="a part of the site"),
        pytest.param("https://news.example/?p=17", "https://news.example/?p=17", id="the front page with a number"),
        pytest.param("https://news.example/", URL, id="the front page"),
        pytest.param("https://news.example", URL, id="the front page without a slash"),
        pytest.param("https://other.example/talks", URL, id="another site"),
        pytest.param("https://evilnews.example/talks", URL, id="a site that ends alike"),
        pytest.param("", URL, id="empty"),
        pytest.param("http://[::1", URL, id="half an address"),
        pytest.param("https:///talks", "https://news.example/talks", id="no host"),
        pytest.param("javascript:void(0)", URL, id="a script"),
        pytest.param("ftp://news.example/talks", URL, id="another scheme"),
        pytest.param("https://me:secret@news.example/talks", URL, id="a password"),
        pytest.param(f"/{'x' * 9_000}", URL, id="longer than addresses are"),
    ],
)
def test_the_address_that_a_page_gives_as_its_own(href: str, expected: str) -> None:
    assert canonical(Html(page(STORY, f'<link rel="canonical" href="{href}">')), URL) == expected


@pytest.mark.parametrize(
    ("url", "head", "expected"),
    [
        pytest.param(URL, "", URL, id="none"),
        pytest.param(URL, "<link rel=canonical>", URL, id="no address"),
        pytest.param(URL, '<meta property="og:url" content="/talks">', "https://news.example/talks", id="og:url"),
        pytest.param(
            URL, '<meta property="og:url" content="/shared"><link rel="Canonical nofollow" href="/talks">', "https://news.example/talks",
            id="before og:url, in capitals",
        ),
        pytest.param(
            URL, '<link rel="canonical" href="/"><meta property="og:url" content="/talks">', "https://news.example/talks",
            id="og:url where the other is the front page",
        ),
        pytest.param(
            "https://m.news.example/talks", '<link rel="canonical" href="https://news.example/talks">', "https://news.example/talks",
            id="from the mobile site to the main one",
        ),
        pytest.param(
            "https://ru.news.example/talks", '<link rel="canonical" href="https://en.news.example/talks">', "https://ru.news.example/talks",
            id="another language",
        ),
        pytest.param("https://news.example/", '<link rel="canonical" href="/">', "https://news.example/", id="the front page itself"),
    ],
)  # fmt: skip
def test_which_of_its_addresses_counts(url: str, head: str, expected: str) -> None:
    assert canonical(Html(page(STORY, head)), url) == expected


def test_of_an_article_all_is_found() -> None:
    html = article(STORY, '<link rel="canonical" href="/talks">')
    assert look(200, HTML, html.encode(), URL, URL) == Found(PageKind.OK, html, "https://news.example/talks")
    assert look(200, HTML, article(STORY).encode(), "https://feeds.example/1", URL).url == URL


def test_of_anything_else_only_what_it_is() -> None:
    assert look(404, HTML, article(STORY).encode(), URL, URL) == Found(PageKind.GONE)
    assert look(200, HTML, page("").encode(), URL, URL) == Found(PageKind.EMPTY)


def test_the_charset_is_that_of_the_header() -> None:
    html = "<p>Министры иностранных дел двух стран встретились в четверг.</p>"
    found = look(200, {"content-type": "text/html; charset=windows-1251"}, html.encode("cp1251"), URL, URL)
    assert found.html == html


@pytest.mark.parametrize(("status", "kind"), [(200, PageKind.NOT_HTML), (500, PageKind.FAILED), (410, PageKind.GONE)])
def test_bytes_that_are_no_text_are_no_page(status: int, kind: PageKind) -> None:
    assert look(status, {}, bytes(range(128, 256)) * 20 + b"\x00\x81", URL, URL) == Found(kind)


def test_a_page_is_cut_where_nobody_reads_on_and_has_nothing_that_json_escapes_at_length() -> None:
    found = look(200, HTML, (page(STORY) + "\x01" * 3_000_000).encode(), URL, URL)
    assert found.html is not None
    assert len(found.html) == 2_000_000
    assert "\x01" not in found.html


PIECES = [
    "<html>", "<meta property='og:url' content='", "<link rel=canonical href='", "'>", "http://[", "&#0;", "&#xD800;", "\ud800", "\0",
    "<script type='application/ld+json'>", '{"isAccessibleForFree": ', "</script>", "<form action='", "<article>", "<p>", "g-recaptcha",
    "<?xml", "<!--",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5)).map("".join), st.sampled_from([200, 302, 403, 500]))
@example("<?xml version='1.0' encoding='utf-8'?><html>", 200)
@example("<link rel=canonical href='//\u2100.example/'>", 200)
@example("<p>&#1;</p>&#1;<script></script>&#1;", 200)
def test_no_text_makes_it_fail(html: str, status: int) -> None:
    assert judged(html, status) in PageKind
    assert canonical(Html(html), URL).startswith("http")


@given(st.binary(), st.sampled_from(["text/html", "text/html; charset=utf-16", "text/html; charset=nonsense"]))
def test_no_bytes_make_it_fail(body: bytes, content_type: str) -> None:
    assert look(200, {"content-type": content_type}, body, URL, URL).kind in PageKind
