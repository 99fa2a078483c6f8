"""The declared topics beside those that the broker has: what differs, and what that means."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

from aiokafka.admin import AIOKafkaAdminClient

from agents.administration import configurations
from agents.brokers import administration
from agents.cluster import Cluster
from agents.settings import SECONDS_A_DAY, Settings
from agents.topics import CLEANUP, FOR_EVER, RETENTION, Cleanup, Topic, declared

DELETE_IT = "delete the topic while nothing runs, and the next start makes it again, empty"

Layout = dict[int, tuple[tuple[int, ...], int]]  # by partition: the brokers that have it, and how many of them have all of it


@dataclass(frozen=True, slots=True)
class Found:
    """A topic as the broker has it."""

    replicas: tuple[tuple[int, ...], ...]  # of each partition the brokers that have it
    in_sync: int  # how many of them have all of it, in the partition where they are fewest
    configuration: Mapping[str, str]  # what is in force, also where nobody set it

    @property
    def partitions(self) -> int:
        """How many there are."""
        return len(self.replicas)

    @property
    def replication(self) -> int:
        """The copies of the partition that has the fewest."""
        return min(map(len, self.replicas))


@dataclass(frozen=True, slots=True)
class TopicState:
    """A declared topic beside what the broker has."""

    topic: Topic
    found: Found | None  # None: it does not exist

    @property
    def configuration(self) -> Mapping[str, str]:
        """Our entries as they are wanted; copies beyond those of the settings count."""
        return self.topic.configuration(max(self.topic.replication, self.found.replication if self.found else 0))

    @property
    def entries(self) -> dict[str, str]:
        """Those of our entries that must be set to be as wanted."""
        known = self.found.configuration if self.found else {}
        return {name: value for name, value in self.configuration.items() if known.get(name) != value}

    @property
    def lacks_partitions(self) -> bool:
        """Whether partitions can be added and must be."""
        return self.found is not None and self.topic.grows and self.found.partitions < self.topic.partitions

    @property
    def lacks_copies(self) -> bool:
        """Whether some partition has fewer copies than the settings say."""
        return self.found is not None and self.found.replication < self.topic.replication

    @property
    def differences(self) -> tuple[str, ...]:
        """What is not as the settings say, in words that follow the topic's name; more than they say is no difference."""
        found = self.found
        if found is None:
            return ("missing",)
        told = [self.stuck] if self.stuck else []
        if self.lacks_partitions:
            told.append(f"{_count(found.partitions, 'partition')}, not {self.topic.partitions}")
        if self.lacks_copies:
            told.append(f"{_count(found.replication, 'copy', 'copies')}, not {self.topic.replication}")
        for entry, value in self.entries.items():
            told.append(f"{entry} is {_value(entry, found.configuration.get(entry))}, not {_value(entry, value)}")
        return tuple(told)

    @property
    def stuck(self) -> str | None:
        """The difference that cannot be changed, with what to do; None when there is none."""
        if self.found is None or self.topic.grows or self.found.partitions == self.topic.partitions:
            return None
        number = f"{_count(self.found.partitions, 'partition')}, not {self.topic.partitions}"
        return f"{number}, which cannot change, for it decides where the messages of a key are; {DELETE_IT}"

    @property
    def obstacle(self) -> str | None:
        """Why the service cannot work with the topic, with what to do; None when it can. One that is missing is made."""
        if self.lacks_partitions:
            advice = "`dyadwatch topics --apply` adds them, or set DYADWATCH_PARTITIONS to what it has"
            return f"{self.topic.name}: {self.differences[0]}: {advice}"
        return self.stuck and f"{self.topic.name}: {self.stuck}"

    @property
    def loss(self) -> str | None:
        """Which messages are lost when the entries become as wanted; None when none are."""
        if self.found is None:
            return None
        name, now, then = self.topic.name, self.found.configuration, self.configuration
        if Cleanup.COMPACT in then[CLEANUP] and Cleanup.COMPACT not in now.get(CLEANUP, ""):
            return f"{name}: messages that a later one with the same key replaces are deleted (kept now: {kept(now)})"
        if _kept(then) < _kept(now):
            return f"{name}: messages older than {kept(then)} are deleted (kept now: {kept(now)})"
        return None


def differing(states: Iterable[TopicState]) -> tuple[str, ...]:
    """What is not as the settings say, each once, behind the names of the topics that it is true of."""
    topics: dict[str, list[str]] = {}
    for state in states:
        for difference in state.differences:
            topics.setdefault(difference, []).append(state.topic.name)
    return tuple(f"{', '.join(names)}: {difference}" for difference, names in topics.items())


def surplus(states: Iterable[TopicState]) -> tuple[str, ...]:
    """What topics have beyond the settings, with why it stays and what to do. None of it does harm."""
    there = [(state.topic, state.found) for state in states if state.found]
    grown: dict[tuple[int, int], list[str]] = {}
    for topic, found in there:
        if topic.grows and found.partitions > topic.partitions:
            grown.setdefault((found.partitions, topic.partitions), []).append(topic.name)
    told = [
        f"{', '.join(names)}: {has} partitions, more than {wanted}, and Kafka cannot take any away:"
        f" set DYADWATCH_PARTITIONS to {has}, or, if there must be fewer, {DELETE_IT}"
        for (has, wanted), names in grown.items()
    ]
    if copied := {topic.name: found.replication for topic, found in there if found.replication > topic.replication}:
        least = min(copied.values())
        told.append(
            f"{', '.join(copied)}: {least} copies{' or more' if max(copied.values()) > least else ''}, which stay: set"
            f" DYADWATCH_REPLICATION to {least}, or take some away with Kafka's own kafka-reassign-partitions"
        )
    return tuple(told)


async def describe_topics(cluster: Cluster, settings: Settings) -> tuple[TopicState, ...]:
    """Each declared topic and what the broker has of it.

    Raises:
        BrokerError: no broker answers, or it tells us nothing of a topic's configuration.
    """
    async with administration(cluster) as admin:
        return await topic_states(admin, declared(settings))


async def topic_states(admin: AIOKafkaAdminClient, wanted: Iterable[Topic]) -> tuple[TopicState, ...]:
    """Each of the topics and what the broker has of it. Raises what `describe_topics` raises."""
    topics = tuple(wanted)
    layouts = await _layouts(admin, (topic.name for topic in topics))
    entries = await configurations(admin, layouts) if layouts else {}
    return tuple(TopicState(topic, _found(layouts.get(topic.name), entries.get(topic.name))) for topic in topics)


async def partitions(admin: AIOKafkaAdminClient, names: Iterable[str]) -> dict[str, int]:
    """The number of partitions of those topics that exist."""
    return {name: len(layout) for name, layout in (await _layouts(admin, names)).items()}


async def _layouts(admin: AIOKafkaAdminClient, names: Iterable[str]) -> dict[str, Layout]:
    """Of those topics that exist; asking for the others by name could make the broker create them."""
    existing = sorted(set(await admin.list_topics()).intersection(names))
    if not existing:
        return {}
    found = {
        topic["topic"]: {p["partition"]: (tuple(p["replicas"]), len(p["isr"])) for p in topic["partitions"]}
        for topic in await admin.describe_topics(existing)
    }
    return {name: layout for name, layout in found.items() if layout}  # none while it is being made or deleted


def _found(layout: Layout | None, entries: Mapping[str, str] | None) -> Found | None:
    if layout is None or entries is None:
        return None
    ordered = [layout[number] for number in sorted(layout)]
    return Found(tuple(brokers for brokers, _ in ordered), min(in_sync for _, in_sync in ordered), entries)


def kept(configuration: Mapping[str, str]) -> str:
    """How long a topic keeps a message, in words."""
    return _how_long(_kept(configuration))


def _kept(configuration: Mapping[str, str]) -> float:
    """The same in milliseconds."""
    deletes = Cleanup.DELETE in configuration.get(CLEANUP, "")
    return _milliseconds(configuration.get(RETENTION)) if deletes else inf


def _milliseconds(retention: str | None) -> float:
    return inf if retention is None or int(retention) == FOR_EVER else int(retention)


def _value(entry: str, value: str | None) -> str:
    if value is None:
        return "not set"
    if entry == RETENTION:
        return f"{value} ({_how_long(_milliseconds(value))})"
    return value


def _how_long(milliseconds: float) -> str:
    days = milliseconds / 1000 / SECONDS_A_DAY
    return "for ever" if days == inf else f"{days:g} day{'' if days == 1 else 's'}"


def _count(number: int, thing: str, things: str | None = None) -> str:
    return f"{number} {thing if number == 1 else things or thing + 's'}"
