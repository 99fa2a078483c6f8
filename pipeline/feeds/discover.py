"""Where the feeds of a site are: what its page links, then where sites usually have them."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from pipeline.address import absolute, host, normalise
from pipeline.text.plain import tidy
from pipeline.text.tree import tree_of

# Types of what a page declares, the surest first; the last three may be anything.
_TYPES = {
    "application/rss+xml": 0, "application/atom+xml": 0, "application/feed+json": 0, "application/rdf+xml": 1, "application/x-rss+xml": 1,
    "text/xml": 2, "application/xml": 2, "application/json": 3,
}  # fmt: skip
_LINKED, _LINKED_ELSEWHERE, _OF_COMMENTS = 5, 6, 10  # ranks of what it merely links, and what is added for comments
_COMMENTS = re.compile(r"comment|koment|комментар|评论|コメント|reacties|yorum", re.IGNORECASE)
_LOOKS_LIKE_FEED = re.compile(r"(?:^|[/._-])(?:rss\d?|atom|feeds?|rdf)(?:$|[/._-])|\.xml$", re.IGNORECASE)
_ASKS_FOR_FEED = re.compile(r"(?:^|&)(?:feed|format|type|alt)=(?:rss|atom|feed|rdf)", re.IGNORECASE)
_ANOTHER_S = re.compile(  # sites to follow the site on: what looks like a feed there is a page
    r"(?:^|\.)(?:youtube|facebook|instagram|tiktok|twitter|x|linkedin|vk|ok|telegram|t|feedly|inoreader|newsblur|theoldreader|google|yandex)"
    r"\.(?:com|me|ru|org)$"
)
_USUAL = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/news.rss", "/feed.json")
_MOST = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed's."""

    url: str
    title: str | None


def candidates(html: str, url: str) -> tuple[Candidate, ...]:
    """The feeds that the page at `url` names, the best first: declared ones before mere links, comments last. Never raises."""
    tree = tree_of(html)
    if tree is None:
        return ()
    base = next((address for element in tree.iter("base") if (address := absolute(element.get("href"), url))), url)
    best: dict[str, tuple[int, Candidate]] = {}
    for rank, written, title in (*_declared(tree), *_linked(tree, base)):
        address = absolute(written, base)
        if address is not None:
            told = tidy(title or "") or None
            comments = _OF_COMMENTS if _COMMENTS.search(f"{urlsplit(address).path} {told or ''}") else 0
            best.setdefault(normalise(address), (rank + comments, Candidate(address, told)))
    return tuple(candidate for _, candidate in sorted(best.values(), key=lambda one: one[0])[:_MOST])


def guesses(url: str) -> tuple[str, ...]:
    """Where the feed of the site at `url` may be, though no page says so."""
    return tuple(urljoin(url, path) for path in _USUAL)


def _declared(tree: HtmlElement) -> Iterator[tuple[int, str | None, str | None]]:
    for link in tree.iter("link"):
        rel, kind = (link.get("rel") or "").lower().split(), (link.get("type") or "").partition(";")[0].strip().lower()
        if "feed" in rel or ("alternate" in rel and kind in _TYPES):
            yield _TYPES.get(kind, 1), link.get("href"), link.get("title")


def _linked(tree: HtmlElement, base: str) -> Iterator[tuple[int, str | None, str | None]]:
    for link in tree.iter("a"):
        address = absolute(link.get("href"), base)
        if address is None:
            continue
        parts, of = urlsplit(address), host(address) or ""
        if (_LOOKS_LIKE_FEED.search(parts.path) or _ASKS_FOR_FEED.search(parts.query)) and not _ANOTHER_S.search(of):
            yield _LINKED if of == host(base) else _LINKED_ELSEWHERE, address, link.text_content()
