"""JSON Feed 1.0 and 1.1, https://www.jsonfeed.org/version/1.1/."""
from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pipeline.address import absolute, host
from pipeline.feeds.dates import moment
from pipeline.feeds.guard import MOST_ENTRIES, check_json
from pipeline.feeds.model import Dated, Entry, Hints, ParsedFeed
from pipeline.text.plain import tidy
from schemas.errors import NoFeed, UnsafeFeed


def parse_json(text: str, url: str, fetched_at: datetime) -> ParsedFeed:
    """The feed in `text`, which came from `url`.

    Raises:
        NoFeed: it is no JSON Feed.
        UnsafeFeed: it is nested too deep, or has too many parts or entries.
    """
    check_json(text)
    try:
        told = json.loads(text)
    except RecursionError as error:
        raise UnsafeFeed("its objects are nested too deep") from error
    except ValueError as error:
        raise NoFeed(f"this is no JSON: {error}") from error
    items = told.get("items") if isinstance(told, dict) else None
    if not isinstance(items, list):
        raise NoFeed("this is JSON, but no JSON Feed: it has no list of items")
    if len(items) > MOST_ENTRIES:
        raise UnsafeFeed(f"it has more than {MOST_ENTRIES:,} entries")
    version = str(told.get("version", "")).rpartition("/")[2] or "1"
    return ParsedFeed(
        format=f"json{version}",
        title=tidy(_text(told, "title") or "") or None,
        site=absolute(_text(told, "home_page_url"), url),
        language=_text(told, "language"),
        entries=tuple(_entry(item, url, fetched_at) for item in items if isinstance(item, dict)),
        hints=Hints(),
    )


def _entry(item: dict[str, Any], url: str, fetched_at: datetime) -> Entry:
    guid = item.get("id")
    guid = str(guid) if isinstance(guid, str | int | float) and str(guid).strip() else None
    link = absolute(_text(item, "url") or _text(item, "external_url"), url)
    title = tidy(_text(item, "title") or "") or None
    bodies = [_text(item, field) for field in ("content_html", "content_text", "summary")]
    return Entry(
        guid=guid,
        link=link,
        title=title,
        html=max(filter(None, bodies), key=len, default=None),
        published=_dated(_text(item, "date_published"), link or url, fetched_at),
        updated=_dated(_text(item, "date_modified"), link or url, fetched_at),
    )


def _dated(written: str | None, address: str, fetched_at: datetime) -> Dated | None:
    return moment(written, host(address), fetched_at) if written else None


def _text(told: dict[str, Any], field: str) -> str | None:
    value = told.get(field)
    return value.strip() or None if isinstance(value, str) else None
