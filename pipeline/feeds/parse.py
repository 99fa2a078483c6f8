"""From the bytes of a feed of any format to what it says."""
from __future__ import annotations

import re
from datetime import datetime

from pipeline.feeds.guard import check_xml
from pipeline.feeds.json_feed import parse_json
from pipeline.feeds.model import ParsedFeed
from pipeline.feeds.sitemap import parse_sitemap
from pipeline.feeds.xml_feed import parse_xml
from pipeline.text.charset import feed_text
from schemas.errors import NoFeed

# Possessive, so that a text that never comes to its root is read once.
_ROOT = re.compile(r"\A(?:\s++|<\?(?s:.*?)\?>|<!--(?s:.*?)-->|<!(?i:doctype)[^>\[]*+(?:\[[^\]]*+\]\s*+)?>)*+<(?:[\w.-]+:)?([\w.-]+)")


def parse(body: bytes, content_type: str | None, url: str, fetched_at: datetime) -> ParsedFeed:
    """What the feed at `url` says: RSS, RDF, Atom, JSON Feed or a news sitemap, told apart by their content.

    Raises:
        NoFeed: it is none of these; the message says what it looks like.
        UnsafeFeed: a parser would be at risk.
    """
    text = feed_text(body, content_type).lstrip("\ufeff \t\r\n")
    if not text:
        raise NoFeed("the answer is empty")
    if text[0] in "{[":
        return parse_json(text, url, fetched_at)
    root = _ROOT.match(text)
    name = root[1].lower() if root else ""
    if name == "html":
        raise NoFeed("this is a web page and no feed: `dyadwatch feeds add` with its address finds the feed of a site")
    if name == "sitemapindex":
        raise NoFeed("this is an index of sitemaps: add the news sitemap that it names")
    check_xml(text)
    return parse_sitemap(text, url, fetched_at) if name == "urlset" else parse_xml(text, url, fetched_at)
