"""News sitemaps, the sitemap protocol 0.9 with Google's news extension."""
from __future__ import annotations

from datetime import datetime

from lxml import etree

from pipeline.address import host
from pipeline.feeds.dates import moment
from pipeline.feeds.model import Entry, Hints, ParsedFeed
from pipeline.text.plain import tidy
from schemas.errors import NoFeed


def parse_sitemap(text: str, url: str, fetched_at: datetime) -> ParsedFeed:
    """The entries of the sitemap in `text`, which came from `url`: each address with the title and date that its news extension gives.

    Raises:
        NoFeed: it is no XML, or no address in it is news.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    entries = []
    for element in root.iterfind("{*}url") if root is not None else ():
        link, title = _text(element, "{*}loc"), _text(element, "{*}news/{*}title")
        if link is None or title is None or not link.startswith(("http://", "https://")):
            continue
        date = _text(element, "{*}news/{*}publication_date")
        changed = _text(element, "{*}lastmod")
        where = host(link)
        entries.append(
            Entry(
                guid=None,
                link=link,
                title=tidy(title),
                html=None,
                published=moment(date, where, fetched_at) if date else None,
                updated=moment(changed, where, fetched_at) if changed else None,
            )
        )
    if not entries:
        raise NoFeed("this is a sitemap, but not of news: none of its addresses has a title")
    language = _text(root, "{*}url/{*}news/{*}publication/{*}language")
    return ParsedFeed(format="sitemap", title=None, site=None, language=language, entries=tuple(entries), hints=Hints())


def _text(element: etree._Element, path: str) -> str | None:
    found = element.findtext(path)
    return found.strip() or None if found else None
