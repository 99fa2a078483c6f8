"""What came for a page: the article, or one of the many things that stand in its place; told by structure and marks, not by phrases."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from pipeline.address import host
from pipeline.feeds.safety import check_address
from pipeline.text.charset import page_text
from pipeline.text.plain import without_control
from pipeline.text.tree import MAX_PAGE, UNSEEN, tree_of, visible
from schemas.articles import PageKind
from schemas.errors import UnsafeFeed

_GONE, _REFUSED = (404, 410), (401, 402, 403, 407, 429, 451)
_HTML = ("text/html", "application/xhtml+xml")
_BEGINS_AS_HTML = re.compile(r"(?:\s|<\?xml[^>]*>|<!--.{0,5000}?-->)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_BEGINS_AS_ELSE = re.compile(r"\s*(?:%PDF-|[{\[])")
# What protection services write into the pages that they answer with instead, and into no others.
_CHALLENGE = re.compile(
    r"_?cf_chl_opt|cf-chl-|cf-browser-verification"  # Cloudflare
    r"|check\.ddos-guard\.net|/\.well-known/ddos-guard|__qrator/qauth|/showcaptcha"  # DDoS-Guard, Qrator, Yandex
    r"|_Incapsula_Resource\?SWUDNSAI|captcha-delivery\.com|px-captcha|gokuProps"  # Imperva, DataDome, HUMAN, AWS
    r"|[?&]bm-verify=|sgcaptcha"  # Akamai, SiteGround
    r"|acw_sc__v2|location\.href\s*=\s*location\.pathname\s*\+\s*location\.search",  # Alibaba Cloud, Jiasule
    re.IGNORECASE,
)
# What stands on such pages, and on articles as well: in a form for comments, or because the service watches all pages.
_CAPTCHA = re.compile(
    r"g-recaptcha|recaptcha/api|h-?captcha|smartcaptcha|cf-turnstile|challenge-platform|_Incapsula_Resource|awswaf|geetest", re.IGNORECASE
)
_CONSENT_HOST = re.compile(r"(?:^|\.)(?:consent|cmp|guce|myprivacy|privacy-mgmt|consentmanager|cookiewall|privacywall)\.", re.IGNORECASE)
_CONSENT_PATH = re.compile(r"/(?:(?:collect-?|cookie-?)?consent|cookie-?wall|privacy-?(?:gate|wall))(?:[/.?]|$)", re.IGNORECASE)
_ARTICLE_TYPE = re.compile(r'"@type"\s*+:\s*+(?:\[\s*+)?"[A-Za-z]*(?:Article|BlogPosting|Report)"')
_AN_ARTICLE = 600  # letters; a page with more running text than that is no wall
_A_SENTENCE = 40  # letters; shorter lines are menus and buttons
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # say as much as three letters of an alphabet
_MARGINS = UNSEEN | {"nav", "footer"}
_READ = 1_000_000  # characters; what stands in an article's place is smaller


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at an address; only where it is the article, its `html`, as much as is ever read of it, and its own address `url`."""

    kind: PageKind
    html: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Html:
    """A document, and what is looked at of it as a tree, which is made when it is first asked for."""

    text: str

    @cached_property
    def tree(self) -> HtmlElement | None:
        """None where there is nothing in it."""
        return tree_of(self.text[:_READ])


def look(status: int, headers: Mapping[str, str], body: bytes, asked: str, url: str) -> Found:
    """What the answer to a request for the page `asked`, found at `url`, holds. Never raises.

    It takes 15 ms for a mean page, and a hostile one can make it take minutes: call it where that does no harm.
    """
    try:
        html = Html(page_text(body, headers.get("content-type")))
    except ValueError:
        return Found(PageKind.NOT_HTML if status == 200 else judge(status, headers, Html(""), asked, url))
    kind = judge(status, headers, html, asked, url)
    return Found(kind, without_control(html.text[:MAX_PAGE]), canonical(html, url)) if kind is PageKind.OK else Found(kind)


def judge(status: int, headers: Mapping[str, str], html: Html, asked: str, url: str) -> PageKind:
    """What such an answer is. `headers` have names in lower case. Never raises."""
    if status == 304:
        return PageKind.NOT_MODIFIED
    if status in _GONE:
        return PageKind.GONE
    if "cf-mitigated" in headers:
        return PageKind.CHALLENGE
    if status == 200 and not _is_html(headers, html.text):
        return PageKind.NOT_HTML
    tree, text = html.tree, html.text
    letters = _letters(tree) if tree is not None else 0
    little = len(text) <= _READ and letters < _AN_ARTICLE
    article = _is_article(tree, text[:_READ])
    if little and (_CHALLENGE.search(text) or (not article and _CAPTCHA.search(text))):
        return PageKind.CHALLENGE
    if status in _REFUSED:
        return PageKind.REFUSED
    if status != 200:
        return PageKind.FAILED
    if _asks_for_consent(tree, asked, url, little and not article):
        return PageKind.CONSENT
    if little and _is_paid(tree):
        return PageKind.PAYWALL
    return PageKind.OK if letters or len(text) > _READ else PageKind.EMPTY


def canonical(html: Html, url: str) -> str:
    """The address that the page at `url` gives as its own, where that is one of the same site and not merely its front page; else `url`."""
    tree = html.tree
    if tree is None:
        return url
    links = [link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    for written in (*links, *tree.xpath("//meta[@property='og:url']/@content")):
        try:
            address = str(urljoin(url, (written or "").strip()))
            check_address(address)
        except (ValueError, UnsafeFeed):
            continue
        parts = urlsplit(address)
        front = parts.path in ("", "/") and not parts.query
        if _one_site(address, url) and (not front or urlsplit(url).path in ("", "/")):
            return address
    return url


def _is_html(headers: Mapping[str, str], html: str) -> bool:
    declared = headers.get("content-type", _HTML[0]).partition(";")[0].strip().lower() in _HTML
    return bool(_BEGINS_AS_HTML.match(html)) or (declared and not _BEGINS_AS_ELSE.match(html))


def _letters(tree: HtmlElement) -> int:
    """Letters of running text: of the lines that are as long as a sentence, without menus and scripts."""
    lines = (" ".join(line.split()) for line in visible(tree, _MARGINS).split("\n"))
    return sum(size for size in (len(line) + 2 * len(_DENSE.findall(line)) for line in lines) if size >= _A_SENTENCE)


def _is_article(tree: HtmlElement | None, html: str) -> bool:
    """Whether the page tells machines that it is an article, or marks its text as one."""
    if tree is None:
        return False
    marked = tree.xpath("//meta[@property='og:type'][@content='article'] | //*[@itemprop='articleBody'] | //article//p")
    return bool(marked) or bool(_ARTICLE_TYPE.search(html))


def _asks_for_consent(tree: HtmlElement | None, asked: str, url: str, wall: bool) -> bool:
    """Whether a site for consents answers in place of the one that was asked; or, where there is no article, a page or form for them."""
    if host(url) != host(asked) and _CONSENT_HOST.search(urlsplit(url).netloc):
        return True
    if not wall:
        return False
    if _CONSENT_PATH.search(urlsplit(url).path):
        return True
    if tree is None:
        return False
    refreshed = [meta.get("content", "") for meta in tree.iter("meta") if (meta.get("http-equiv") or "").lower() == "refresh"]
    targets = [*tree.xpath("//form/@action"), *refreshed]
    return any(_CONSENT_PATH.search(target) or _CONSENT_HOST.search(target.partition("//")[2]) for target in targets)


def _is_paid(tree: HtmlElement | None) -> bool:
    """`isAccessibleForFree: false`, in JSON-LD or as microdata."""
    if tree is None:
        return False
    marked = tree.xpath("//*[@itemprop='isAccessibleForFree']")
    told: list[Any] = [element.get("content") or element.get("href") or element.text_content() for element in marked]
    for script in tree.xpath("//script[starts-with(@type, 'application/ld+json')]/text()"):
        try:
            told += _values(json.loads(script, strict=False), "isAccessibleForFree")
        except (ValueError, RecursionError):
            continue
    return any(str(value).strip().lower().endswith("false") for value in told)  # also https://schema.org/False


def _values(told: Any, name: str) -> Iterator[Any]:
    """All values of `name` in a JSON document."""
    waiting = [told]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if name in one:
                yield one[name]
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _one_site(one: str, other: str) -> bool:
    """Whether one host is the other, or stands below it: m.news.example and news.example."""
    a, b = host(one), host(other)
    if a is None or b is None:
        return False
    return a == b or a.endswith(f".{b}") or b.endswith(f".{a}")
