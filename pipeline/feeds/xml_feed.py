"""RSS 0.9 to 2.0, RDF and Atom: feedparser reads the form, everything that it would guess is decided here."""
from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from html import unescape
from typing import Any

import feedparser

from pipeline.address import absolute, host
from pipeline.feeds.dates import moment
from pipeline.feeds.model import Dated, Entry, Hints, ParsedFeed
from pipeline.text.plain import tidy
from schemas.errors import NoFeed

_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}  # seconds
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_UTF8 = {"content-type": "application/xml; charset=utf-8"}


def parse_xml(text: str, url: str, fetched_at: datetime) -> ParsedFeed:
    """The feed in `text`, which came from `url`.

    Raises:
        NoFeed: there is none.
    """
    found = feedparser.parse(
        text.encode("utf-8", "replace"), response_headers=_UTF8, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.version and not found.entries:
        raise NoFeed(f"this is no feed that is known: it begins with {text[:60]!r}")
    site = absolute(_text(found.feed, "link"), url)
    return ParsedFeed(
        format=found.version or "rss",
        title=_tidy(_text(found.feed, "title")),
        site=site,
        language=_text(found.feed, "language"),
        entries=tuple(_entry(told, site or url, url, fetched_at) for told in found.entries),
        hints=_hints(found.feed, text),
        damaged=bool(found.bozo),
    )


def _entry(told: Any, base: str, url: str, fetched_at: datetime) -> Entry:
    link = absolute(_text(told, "feedburner_origlink") or _text(told, "link"), base)
    guid, title = _text(told, "id"), _tidy(_text(told, "title"))
    bodies = [_text(told, "summary"), _text(told, "subtitle"), *(_text(part, "value") for part in _field(told, "content") or ())]
    if link is None and guid is not None and _field(told, "guidislink"):
        link = absolute(guid, base)
    where = host(link or url)
    return Entry(
        guid=guid,
        link=link,
        title=title,
        html=max(filter(None, bodies), key=len, default=None),
        published=_dated(told, ("published", "created", "issued"), where, fetched_at),
        updated=_dated(told, ("updated", "modified"), where, fetched_at),
    )


def _dated(told: Any, fields: Iterable[str], where: str | None, fetched_at: datetime) -> Dated | None:
    return next((dated for field in fields if (text := _text(told, field)) and (dated := moment(text, where, fetched_at))), None)


def _hints(feed: Any, text: str) -> Hints:
    """What the feed says of its rhythm; what is malformed says nothing."""
    minutes, frequency = _number(_text(feed, "ttl")), _number(_text(feed, "sy_updatefrequency")) or 1
    period = _PERIODS.get((_text(feed, "sy_updateperiod") or "").lower())
    hours = (_number(hour) for hour in _listed(text, "skipHours"))
    days = (day.lower() for day in _listed(text, "skipDays"))
    return Hints(
        ttl=minutes * 60 if minutes else None,
        update_period=period // frequency if period else None,
        skip_hours=frozenset(hour % 24 for hour in hours if hour is not None and hour <= 24),
        skip_days=frozenset(_DAYS.index(day) for day in days if day in _DAYS),
    )


def _listed(text: str, name: str) -> list[str]:
    """What stands in `<skipHours><hour>0</hour><hour>1</hour></skipHours>`, of which feedparser keeps only the last."""
    found = re.search(rf"<{name}[^<>]*>((?:(?!<{name}).){{0,2000}}?)</{name}\s*>", text, re.DOTALL | re.IGNORECASE)
    return _TAG.sub(" ", found[1]).split() if found else []


def _number(written: str | None) -> int | None:
    written = (written or "").strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) < 8 else None


def _tidy(written: str | None) -> str | None:
    """A title as text: some feeds escape it twice, or mark it up."""
    return tidy(unescape(_TAG.sub(" ", written or ""))) or None


def _text(told: Any, field: str) -> str | None:
    value = _field(told, field)
    return value.strip() or None if isinstance(value, str) else None


def _field(told: Any, field: str) -> Any:
    """A field that the feed has: feedparser's own look-up would give another one in its place."""
    return dict.get(told, field) if isinstance(told, dict) else None
