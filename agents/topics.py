"""Every topic, declared in one table."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from agents.brokers import MAX_MESSAGE, MAX_REQUEST
from agents.settings import SECONDS_A_DAY, Settings

RAW = "news.raw"
CLEAN = "news.clean"
UNIQUE = "news.unique"
TAGGED = "news.tagged"
DEADLETTERS = "news.deadletters"
ALERTS = "meetings.alerts"
CURRENT = "meetings.current"
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
    key: str  # what its messages are keyed by
    replication: int  # copies, at least
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
    return (
        topic(SUBSCRIPTIONS, key="feed_id", partitions=FEED_PARTITIONS, cleanup=Cleanup.COMPACT),
        topic(FEED_STATES, key="feed_id", partitions=FEED_PARTITIONS, cleanup=Cleanup.COMPACT),
        topic(RAW, key="article_id", partitions=settings.partitions, grows=True, days=article),
        topic(CLEAN, key="watch", days=article, dated_by_broker=True),
        topic(UNIQUE, key="article_id", partitions=settings.partitions, grows=True, days=article),
        topic(TAGGED, key="watch", days=article),
        topic(ALERTS, key="meeting_id", days=settings.alerts_days),
        topic(CURRENT, key="meeting_id", cleanup=Cleanup.COMPACT),
        topic(OUTLET_STATES, key="outlet_id", cleanup=Cleanup.COMPACT),
        topic(DEADLETTERS, key="as the message that failed", days=settings.deadletters_days, max_message=MAX_REQUEST),
        topic(changelog(FINGERPRINTS), key="watch and article_id", cleanup=Cleanup.COMPACT),
        topic(changelog(MEETINGS), key="meeting_id", cleanup=Cleanup.COMPACT),
    )
