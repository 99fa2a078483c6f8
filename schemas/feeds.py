"""Feeds: what is subscribed, and what a poller knows of each."""
from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field
from pydantic.dataclasses import dataclass

from schemas.message import Message

Attributes = tuple[tuple[str, str], ...]  # of an XML element, in its order, namespaces among them: ("xmlns:a", "urn:a"), ("a:b", "c")


class Folder(Message):
    """A folder of a list of feeds."""

    name: str
    attributes: Attributes = Field(default=(), description="what else its OPML outline says")


class Feed(Message):
    """A subscription. Topic `feeds.subscriptions`, key `feed_id`; a tombstone ends it."""

    feed_id: str = Field(description="hash of the normalised address")
    url: str
    title: str | None = None
    site: str | None = Field(default=None, description="address of the site that the feed is of")
    language: str | None = Field(default=None, description="as the list says; articles are identified by their text")
    folders: tuple[Folder, ...] = Field(default=(), description="that hold it in the list, outermost first")
    interval: int | None = Field(default=None, ge=60, description="least seconds between two polls; None for the setting")
    attributes: Attributes = Field(default=(), description="what else its OPML outline says")


class Outcome(StrEnum):
    """How a poll ended."""

    NEW = "new"
    NOTHING_NEW = "nothing_new"
    NOT_MODIFIED = "not_modified"
    MOVED = "moved"
    GONE = "gone"
    REFUSED = "refused"  # by the server: 4xx, 429
    FAILED = "failed"  # 5xx, connection, deadline
    UNSAFE = "unsafe"  # by us: address, size, entities
    BROKEN = "broken"  # no feed


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry as it was last seen. There are many: in slots they take a third of what models do."""

    key: Annotated[str, Field(description="hash of what tells it from the feed's other entries")]
    version: Annotated[str, Field(description="hash of its content: another one is an edit")]
    article_id: str
    last: Annotated[int, Field(ge=0, description="number of the poll that saw it last")]


class FeedState(Message):
    """What a poller knows of a feed. Topic `feeds.states`, key `feed_id`; written after the broker has the entries."""

    feed_id: str
    url: str = Field(description="where it is polled: the subscription's address, or the one it has moved to for good")
    polls: int = Field(default=0, ge=0, description="requests made")
    next_poll: AwareDatetime | None = Field(default=None, description="not before; None before the first poll")
    etag: str | None = Field(default=None, description="byte for byte as the server sent it, in ISO 8859-1")
    last_modified: str | None = Field(default=None, description="as etag")
    attempted_at: AwareDatetime | None = None
    succeeded_at: AwareDatetime | None = None
    outcome: Outcome | None = None
    error: str | None = Field(default=None, description="of the last poll, for a person; None if it went well")
    failures: int = Field(default=0, ge=0, description="polls that failed since the last that went well")
    moved_to: str | None = Field(default=None, description="where permanent redirects lead, until they are believed")
    moved_hits: int = Field(default=0, ge=0)
    moved_since: AwareDatetime | None = None
    stopped: str | None = Field(default=None, description="why it is polled no more; None while it is")
    entries_a_day: float | None = Field(default=None, ge=0, description="measured over the entries' dates and the polls")
    gaps: int = Field(default=0, ge=0, description="polls that none of the known entries was in: some may be lost between")
    asked_interval: int | None = Field(default=None, ge=0, description="seconds; what the feed last asked for (ttl, sy:updatePeriod)")
    skip_hours: tuple[int, ...] = Field(default=(), description="hours of the day, UTC, at which the feed asks not to be polled")
    skip_days: tuple[int, ...] = Field(default=(), description="days of the week at which it asks not to be, 0 is Monday")
    learned_interval: int | None = Field(default=None, ge=60, description="seconds; after a gap, shorter than the feed asks for")
    seen: tuple[Seen, ...] = ()
