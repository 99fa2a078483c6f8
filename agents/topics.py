"""Every topic, declared in one table, and made before any worker starts: brokers differ in what they would make by themselves."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from agents.brokers import MAX_MESSAGE, MAX_REQUEST, administration
from agents.cluster import Cluster
from agents.settings import SECONDS_A_DAY, Settings
from schemas.errors import BrokerError

RAW = "news.raw"
CLEAN = "news.clean"
UNIQUE = "news.unique"
TAGGED = "news.tagged"
DEADLETTERS = "news.deadletters"
ALERTS = "meetings.alerts"
CURRENT = "meetings.current"
SUBSCRIPTIONS = "feeds.subscriptions"
FEED_STATES = "feeds.states"

CLEAN_APP = "dyadwatch-clean"
DETECT_APP = "dyadwatch-detect"
POLL_GROUP = "dyadwatch-poll"
FEED_PARTITIONS = 12  # so many pollers can share the feeds; both topics have as many, so that a feed's two messages are in one share
FINGERPRINTS = "fingerprints"
MEETINGS = "meetings"


class Cleanup(StrEnum):
    """What a broker removes from a topic: what is old, or what a later message with the same key replaced."""

    DELETE = "delete"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as we want it."""

    name: str
    key: str  # what its messages are keyed by
    partitions: int = 1
    cleanup: Cleanup = Cleanup.DELETE
    days: float | None = None  # None: for ever
    max_message: int = MAX_MESSAGE  # bytes
    dated_by_broker: bool = False  # its clock is one for all workers, and a message read again has the same time

    def configuration(self) -> dict[str, str]:
        """The topic's configuration in Kafka's names."""
        retention = -1 if self.days is None else round(self.days * SECONDS_A_DAY * 1000)
        timestamps = "LogAppendTime" if self.dated_by_broker else "CreateTime"
        return {
            "cleanup.policy": self.cleanup,
            "retention.ms": str(retention),
            "max.message.bytes": str(self.max_message),
            "message.timestamp.type": timestamps,
            # Whatever a producer compresses with, the broker unpacks: our client reads no Snappy, LZ4 or Zstandard, and would stop at the
            # first such message for ever; and what is small only while packed is refused.
            "compression.type": "uncompressed",
        }


def changelog(table: str) -> str:
    """The topic in which Faust keeps a table of the detecting application."""
    return f"{DETECT_APP}-{table}-changelog"


def declared(settings: Settings) -> tuple[Topic, ...]:
    """Every topic, in the order in which an article passes them."""
    article = settings.articles_days
    return (
        Topic(SUBSCRIPTIONS, key="feed_id", partitions=FEED_PARTITIONS, cleanup=Cleanup.COMPACT),
        Topic(FEED_STATES, key="feed_id", partitions=FEED_PARTITIONS, cleanup=Cleanup.COMPACT),
        Topic(RAW, key="article_id", partitions=settings.partitions, days=article),
        Topic(CLEAN, key="watch", days=article, dated_by_broker=True),
        Topic(UNIQUE, key="watch", days=article),
        Topic(TAGGED, key="watch", days=article),
        Topic(ALERTS, key="meeting_id", days=settings.alerts_days),
        Topic(CURRENT, key="meeting_id", cleanup=Cleanup.COMPACT),
        Topic(DEADLETTERS, key="as the message that failed", days=settings.deadletters_days, max_message=MAX_REQUEST),
        Topic(changelog(FINGERPRINTS), key="watch and article_id", cleanup=Cleanup.COMPACT),
        Topic(changelog(MEETINGS), key="meeting_id", cleanup=Cleanup.COMPACT),
    )


@dataclass(frozen=True, slots=True)
class TopicState:
    """A declared topic beside what the broker has."""

    topic: Topic
    partitions: int | None  # None: it does not exist

    @property
    def differs(self) -> str | None:
        """What is wrong with it, for a reader; None when all is well."""
        if self.partitions is None:
            return f"{self.topic.name} does not exist"
        if self.partitions != self.topic.partitions:
            return f"{self.topic.name} has {self.partitions} partitions, not {self.topic.partitions}"
        return None


async def create_topics(cluster: Cluster, settings: Settings) -> None:
    """Make the topics that are missing. Idempotent; what exists is not changed.

    Raises:
        BrokerError: no broker answers, it refuses a topic, or a topic exists with another number of partitions.
    """
    wanted = declared(settings)
    async with administration(cluster) as admin:
        existing = await partitions(admin, (topic.name for topic in wanted))
        new = [
            NewTopic(t.name, t.partitions, settings.replication, topic_configs=t.configuration()) for t in wanted if t.name not in existing
        ]
        if new:
            for name, code, message in (await admin.create_topics(new)).topic_errors:
                if code not in (0, TopicAlreadyExistsError.errno):  # another worker may start at the same time
                    raise BrokerError(f"the broker refuses the topic {name}: {message or for_code(code).__name__}")
        for topic in wanted:
            state = TopicState(topic, existing.get(topic.name, topic.partitions))
            if state.differs:
                advice = "set DYADWATCH_PARTITIONS to what it has, or " if topic.name == RAW else ""
                raise BrokerError(f"{state.differs}: {advice}delete the topic while nothing runs; the next start makes it again, empty")


async def describe_topics(cluster: Cluster, settings: Settings) -> tuple[TopicState, ...]:
    """Each declared topic and what the broker has of it.

    Raises:
        BrokerError: no broker answers.
    """
    wanted = declared(settings)
    async with administration(cluster) as admin:
        existing = await partitions(admin, (topic.name for topic in wanted))
    return tuple(TopicState(topic, existing.get(topic.name)) for topic in wanted)


async def partitions(admin: AIOKafkaAdminClient, names: Iterable[str]) -> dict[str, int]:
    """The number of partitions of those topics that exist; asking for the others by name could make the broker create them."""
    existing = sorted(set(await admin.list_topics()).intersection(names))
    if not existing:
        return {}
    return {found["topic"]: len(found["partitions"]) for found in await admin.describe_topics(existing)}
