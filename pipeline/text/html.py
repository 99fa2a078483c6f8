"""A web page: its text, its title and its date."""
from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from lxml.etree import strip_elements
from lxml.html import HtmlElement

from pipeline.text import published
from pipeline.text.plain import tidy, tidy_lines
from pipeline.text.tree import MAX_PAGE, tree_of, visible
from schemas.errors import Unreadable

# trafilatura takes no article from these either, and to look at them takes it half of its time.
_MARGINS = ("nav", "aside", "footer", "style")
_LISTS = "//ul[not(ancestor::ul | ancestor::ol)] | //ol[not(ancestor::ul | ancestor::ol)]"
_MENU = (3, 0.9)  # items that a menu has at least, and the share of its letters that its links have
_ELSEWHERE = "ancestor::aside or ancestor::nav or ancestor::footer"
_ARTICLE_TYPES = ("Article", "BlogPosting", "Report")  # schema.org; the ends of NewsArticle, ReportageNewsArticle and the like
_TITLE_METAS = ("og:title", "twitter:title")
_DATE_METAS = (
    "article:published_time", "og:article:published_time", "article.published", "datepublished", "date_published",
    "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "date",
)  # fmt: skip
_CHANGED = re.compile("modif|updat|revis")
_SHORT_PARAGRAPH = 60  # characters; a paragraph this short may be the line of the date


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page. `seen` are the lines that a reader sees, menus and all, each once."""

    tree: HtmlElement
    metas: dict[str, str]
    posting: dict[str, Any]
    seen: tuple[str, ...]

    @classmethod
    def parse(cls, html: str) -> Page:
        """The page in the first 2,000,000 characters of `html`; takes about 5 ms for a mean page.

        Raises:
            Unreadable: there is no text in it.
        """
        tree = tree_of(html[:MAX_PAGE])
        if tree is None:
            raise Unreadable("the page is empty or no HTML: look at what its address answers")
        posting = _posting(tree)
        seen = tidy_lines(visible(tree) + "\n" + _string(posting.get("articleBody")))
        if not any(any(c.isalpha() for c in line) for line in seen):
            raise Unreadable("the page shows no text: it may need a browser to fill it, or a login")
        return cls(tree, _metas(tree), posting, tuple(dict.fromkeys(seen)))

    @property
    def title(self) -> str | None:
        """The headline, as the page tells machines, else as it shows it; without the outlet's name where that can be told."""
        told = [_string(self.posting.get("headline")), *(self.metas.get(name, "") for name in _TITLE_METAS)]
        shown = [" ".join(h1.itertext()) for h1 in self.tree.xpath(f"//h1[not({_ELSEWHERE})]")]
        heading = tidy(shown[0]) if len(shown) == 1 else ""
        whole = tidy(self.tree.findtext(".//title") or "")
        title = next((t for t in map(tidy, [*told, heading, whole]) if t), None)
        return heading if title and len(heading) > 15 and title.startswith(heading) else title

    @property
    def address(self) -> str | None:
        """The address that the page itself gives."""
        links = self.tree.xpath("//link[@rel='canonical']/@href")
        told = next(iter(links), None) or self.metas.get("og:url")
        return str(told) if told and str(told).startswith(("http://", "https://")) else None

    def published(self, url: str | None, fetched_at: datetime) -> datetime | None:
        """The publication date, by the first that has one: schema.org data, meta tags, `<time>`, the address, htmldate.

        htmldate sees the page without its paragraphs, menus and margins, so that it takes no date from the story or from another one,
        and without `<time>`, which has been judged before, and what tells when it was changed.
        """
        told = [_string(self.posting.get("datePublished")), *(self.metas.get(name, "") for name in _DATE_METAS)]
        return (
            next((time for value in told if (time := published.parse(value, fetched_at))), None)
            or self._shown_time(fetched_at)
            or published.of_address(url or self.address, fetched_at)
            or self._searched(fetched_at)
        )

    def article(self) -> list[str]:
        """The lines of the article, by trafilatura in its fast mode: in what is left without margins and menus, else in all of the page.

        Raises:
            Unreadable: it finds none.
        """
        from trafilatura import bare_extraction  # half of the imports of a start, which only pages need; so is htmldate

        for tree in (_without_margins(self.tree), self.tree):
            document = bare_extraction(tree, options=_extractor())
            if document is not None and not isinstance(document, dict) and (lines := tidy_lines(document.text or "")):
                return lines
        raise Unreadable("no article was found in the page: it may be a front page, a gallery, or need a browser to fill it")

    def _shown_time(self, fetched_at: datetime) -> datetime | None:
        marked = self.tree.xpath("//time[@pubdate or @itemprop='datePublished']/@datetime | //*[@itemprop='datePublished']/@content")
        times = marked or self.tree.xpath(f"//time[not({_ELSEWHERE})]/@datetime")
        found = [time for value in times if (time := published.parse(str(value), fetched_at))]
        return found[0] if len({time.date() for time in found}) == 1 else None

    def _searched(self, fetched_at: datetime) -> datetime | None:
        from htmldate import find_date

        tree = deepcopy(self.tree)
        changed = [meta for meta in tree.iter("meta") if any(_CHANGED.search(str(value).lower()) for value in meta.values())]
        for element in changed + tree.xpath(f"//aside | //nav | //footer | //time | //p[string-length() > {_SHORT_PARAGRAPH}]"):
            element.drop_tree()
        found = find_date(tree, extensive_search=False, original_date=True, max_date=fetched_at.date().isoformat())
        return published.parse(found, fetched_at)


def _without_margins(tree: HtmlElement) -> HtmlElement:
    """A copy of `tree` without margins and menus, which are lists of links alone."""
    rest = deepcopy(tree)
    strip_elements(rest, *_MARGINS, with_tail=False)
    for found in rest.xpath(_LISTS):
        if len(found) >= _MENU[0] and _letters(found.iter("a")) >= _MENU[1] * _letters([found]):
            found.drop_tree()
    return rest


def _letters(elements: Iterable[HtmlElement]) -> int:
    return sum(len(text.strip()) for element in elements for text in element.itertext())


@cache
def _extractor() -> Any:
    """How trafilatura shall work. To make one reads its settings from text, which is done once."""
    from trafilatura.settings import Extractor

    return Extractor(output_format="python", fast=True, comments=False, tables=False)


def _metas(tree: HtmlElement) -> dict[str, str]:
    """Contents of the meta tags by lower-case name; the first of a name counts."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        if name and (content := meta.get("content")):
            metas.setdefault(name.lower(), content)
    return metas


def _posting(tree: HtmlElement) -> dict[str, Any]:
    """The schema.org article that the page is, as JSON-LD tells; empty where it tells none, or several."""
    found = []
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            found += list(_articles(json.loads(script, strict=False)))
        except (ValueError, RecursionError):
            continue
    return found[0] if len(found) == 1 else {}


def _articles(value: Any) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            continue
        kinds = item.get("@type")
        if any(isinstance(k, str) and k.endswith(_ARTICLE_TYPES) for k in (kinds if isinstance(kinds, list) else [kinds])):
            yield item
        elif "@graph" in item:
            yield from _articles(item["@graph"])


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
