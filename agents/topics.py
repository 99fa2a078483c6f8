"""Every topic, declared in one table."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from agents.brokers import MAX_MESSAGE, MAX_REQUEST
from agents.settings import SECONDS_A_DAY, Settings
from schemas import kinds
from schemas.kinds import Kind

RAW = "news.raw"
CLEAN = "news.clean"
UNIQUE = "news.unique"
TAGGED = "news.tagged"
DEADLETTERS = "news.deadletters"
ALERTS = "meetings.alerts"
CURRENT = "meetings.current"
VERDICTS = "meetings.verdicts"
SUBSCRIPTIONS = "feeds.subscriptions"
FEED_STATES = "feeds.states"
OUTLET_STATES = "outlets.states"

READ_APP = "dyadwatch-read"
MEET_APP = "dyadwatch-meet"
POLL_GROUP = "dyadwatch-poll"
NOTIFY_GROUPS = "dyadwatch-notify-"  # before the id of a target
FEED_PARTITIONS = 12  # so many pollers can share the feeds; both topics have as many, so that a feed's two messages are in one share
FINGERPRINTS = "fingerprints"
MEETINGS = "meetings"

CLEANUP = "cleanup.policy"
RETENTION = "retention.ms"
LARGEST = "max.message.bytes"
IN_SYNC = "min.insync.replicas"
TIMESTAMPS = "message.timestamp.type"
COMPRESSION = "compression.type"
SEGMENT = "segment.bytes"
FOR_EVER = -1  # milliseconds of retention
LARGEST_SEGMENT = 64 * 2**20  # bytes


class Cleanup(StrEnum):
    """What a broker removes from a topic: what is old, or what a later message with the same key replaced."""

    DELETE = "delete"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as we want it."""

    name: str
    about: str  # what it is, for who sees it for the first time
    key: str  # what its messages are keyed by
    carries: tuple[Kind, ...]
    replication: int  # copies, at least
    public: bool = False  # whether others may read it, or as `about` says send to it; the rest is our own affair
    partitions: int = 1
    grows: bool = False  # whether more partitions do no harm: no, where all messages of a key must be in one
    cleanup: Cleanup = Cleanup.DELETE
    days: float | None = None  # None: for ever
    max_message: int = MAX_MESSAGE  # bytes
    dated_by_broker: bool = False  # its clock is one for all workers, and a message read again has the same time

    def configuration(self, replicas: int) -> Mapping[str, str]:
        """The entries that are ours, in Kafka's names, for a topic with so many replicas; all others are the operator's.

        `min.insync.replicas`: all replicas but one must have a message before it counts as sent. With 3 of them, one broker may be away
        and nothing waits for it, and what was acknowledged is on two; by Kafka's default, 1, it may be on the leader alone.
        """
        retention = FOR_EVER if self.days is None else round(self.days * SECONDS_A_DAY * 1000)
        # The newest segment is never compacted: by Kafka's default 1 GB, all of which a worker reads that lost its tables.
        segments = {SEGMENT: str(LARGEST_SEGMENT)} if self.cleanup is Cleanup.COMPACT else {}
        return segments | {
            CLEANUP: self.cleanup.value,
            RETENTION: str(retention),
            LARGEST: str(self.max_message),
            IN_SYNC: str(max(1, replicas - 1)),
            TIMESTAMPS: "LogAppendTime" if self.dated_by_broker else "CreateTime",
            # Whatever a producer compresses with, the broker unpacks: our client reads no Snappy, LZ4 or Zstandard, and would stop at the
            # first such message for ever; and what is small only while packed is refused.
            COMPRESSION: "uncompressed",
        }


def changelog(table: str) -> str:
    """The topic in which Faust keeps a table of the application that meets."""
    return f"{MEET_APP}-{table}-changelog"


def declared(settings: Settings) -> tuple[Topic, ...]:
    """Every topic, in the order in which an article passes them."""
    article = settings.articles_days
    topic = partial(Topic, replication=settings.replication)
    compacted = partial(topic, cleanup=Cleanup.COMPACT)
    of_feeds = partial(compacted, key="feed_id", partitions=FEED_PARTITIONS)
    by_article = partial(topic, key="article_id", partitions=settings.partitions, grows=True, days=article)
    by_watch = partial(topic, key="watch", days=article)
    return (
        of_feeds(SUBSCRIPTIONS, about="Feeds that are polled.", carries=(kinds.FEED, kinds.TOMBSTONE)),
        of_feeds(FEED_STATES, about="What the poller knows of each feed.", carries=(kinds.FEED_STATE, kinds.TOMBSTONE)),
        by_article(
            RAW,
            about="Articles as they came. You may send some: each is cleaned, and the same one again raises nothing new.",
            carries=(kinds.RAW_ARTICLE,),
            public=True,
        ),
        by_watch(
            CLEAN, about="Texts of articles that name both sides of a watch.", carries=(kinds.CLEAN_ARTICLE,), dated_by_broker=True
        ),
        by_article(UNIQUE, about="The same, each knowing which one it copies.", carries=(kinds.UNIQUE_ARTICLE,)),
        by_watch(TAGGED, about="Meetings that articles tell of, and what was ruled.", carries=(kinds.TAGGED_ARTICLE, kinds.DATED_VERDICT)),
        topic(
            ALERTS,
            about="One alert for each new meeting, and for what changes of it or corroborates it. Those of a meeting are in order.",
            key="meeting_id",
            carries=(kinds.ALERT,),
            public=True,
            days=settings.alerts_days,
        ),
        compacted(
            CURRENT,
            about="Every meeting as it stands, until it is retracted or forgotten.",
            key="meeting_id",
            carries=(kinds.MEETING, kinds.TOMBSTONE),
            public=True,
        ),
        topic(
            VERDICTS,
            about="What analysts ruled of meetings. The last on a meeting counts.",
            key="watch",
            carries=(kinds.VERDICT,),
            public=True,
            dated_by_broker=True,
        ),
        compacted(OUTLET_STATES, about="How each target of notifications stands.", key="outlet_id", carries=(kinds.OUTLET_STATE,)),
        topic(
            DEADLETTERS,
            about="Messages that could not be processed, with the reason, and notes that one was sent again.",
            key="as the message that failed",
            carries=(kinds.DEAD_LETTER, kinds.REDRIVEN),
            public=True,
            days=settings.deadletters_days,
            max_message=MAX_REQUEST,
        ),
        compacted(
            changelog(FINGERPRINTS),
            about="Faust's copy of a table: articles by which copies are known.",
            key="watch and article_id",
            carries=(kinds.FINGERPRINT, kinds.TOMBSTONE),
        ),
        compacted(
            changelog(MEETINGS),
            about="Faust's copy of a table: the known meetings, the retracted ones too.",
            key="meeting_id",
            carries=(kinds.MEETING, kinds.TOMBSTONE),
        ),
    )
