"""What a feed says, in one form for every format."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment as a feed writes it. `assumed` names the zone that was taken because none was written; None where one was."""

    moment: datetime
    assumed: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. Every field as the feed gives it, tidied; `guid` only where the feed gives one."""

    guid: str | None
    link: str | None  # absolute
    title: str | None
    html: str | None  # the longest of content, description and summary; may be plain text
    published: Dated | None
    updated: Dated | None


@dataclass(frozen=True, slots=True)
class Hints:
    """When the feed itself asks to be polled: all None or empty where it says nothing. Hours are UTC, 0 to 23; days 0 (Monday) to 6."""

    ttl: int | None = None  # seconds
    update_period: int | None = None  # seconds between two updates (sy:updatePeriod / sy:updateFrequency)
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A whole feed, entries in its order."""

    format: str  # "rss2.0", "atom1.0", "json1.1", "sitemap", ... as a person would call it
    title: str | None
    site: str | None
    language: str | None
    entries: tuple[Entry, ...]
    hints: Hints
    damaged: bool = False  # its form is broken, though entries were read
