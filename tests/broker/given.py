"""A Kafka that others run, lent to the tests.

They empty dyadwatch's topics there, so they take it only while it has none, or only those that tests have left behind. What tells the
one from the other is a topic of theirs, `MARK`: it is made before all others and deleted after them.
"""
from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupIdNotFound, NonEmptyGroup, UnknownTopicOrPartitionError, for_code
from aiokafka.protocol.admin import DeleteGroupsRequest

from agents.brokers import administration
from agents.cluster import Cluster
from agents.settings import Settings
from agents.subscriber import GROUP_PREFIX
from agents.topics import MEET_APP, NOTIFY_GROUPS, POLL_GROUP, READ_APP, declared

MARK = "dyadwatch-tests"
GROUPS = {READ_APP, MEET_APP, POLL_GROUP}
GROUPS_OF_MANY = (GROUP_PREFIX, NOTIFY_GROUPS)  # how the names begin of those of subscribers and targets
GONE_WITHIN = 20.0  # seconds; a member that was killed is missed after its session, a deleted topic is soon told of no more
LOOK_EVERY = 0.1  # seconds


class NotLentError(RuntimeError):
    """The tests must not use it; the message says why and what to do."""


@asynccontextmanager
async def lent(cluster: Cluster, settings: Settings) -> AsyncIterator[Cluster]:
    """The Kafka at `cluster`, with nothing of dyadwatch on it, also afterwards.

    Raises:
        NotLentError: it has topics that no test made, or a worker is connected to it; nothing is deleted.
    """
    async with administration(cluster) as admin:
        await _take(admin, cluster, settings)
        await _empty(admin, cluster, settings)
    yield cluster
    async with administration(cluster) as admin:
        await _empty(admin, cluster, settings)
        await delete(admin, [MARK])


async def _take(admin: AIOKafkaAdminClient, cluster: Cluster, settings: Settings) -> None:
    existing = set(await admin.list_topics())
    if MARK in existing:
        return
    if found := sorted(existing & _names(settings)):
        raise NotLentError(
            f"the Kafka at {cluster} has topics of dyadwatch that no test has made: {', '.join(found)}. The tests would empty them."
            " Unset DYADWATCH_KAFKA_BOOTSTRAP, or name another Kafka, or delete the topics if nobody needs them"
        )
    (answer,) = (await admin.create_topics([NewTopic(MARK, 1, settings.replication)])).topic_errors
    if answer[1]:
        raise NotLentError(f"the Kafka at {cluster} lets the tests make no topic: {answer[2] or for_code(answer[1]).__name__}")
    await _until(lambda: _has(admin, MARK), f"{MARK} is not there")


async def _empty(admin: AIOKafkaAdminClient, cluster: Cluster, settings: Settings) -> None:
    """Groups first: what they have read of a topic would count for the next one of its name."""
    groups = {name for name, _ in await admin.list_consumer_groups() if name in GROUPS or name.startswith(GROUPS_OF_MANY)}
    await _until(
        lambda: _without_members(admin, groups),
        f"a worker of dyadwatch is connected to the Kafka at {cluster}: end it, or name another Kafka for the tests",
    )
    for group in groups:
        answer = await admin._send_request(DeleteGroupsRequest([group]), await admin.find_coordinator(group))
        error = for_code(answer.results[0][1])
        if error is NonEmptyGroup:
            raise NotLentError(f"a worker of dyadwatch has just connected to the Kafka at {cluster}: end it")
        if error.errno and error is not GroupIdNotFound:
            raise error(f"deleting the group {group}")
    await delete(admin, _names(settings))


async def delete(admin: AIOKafkaAdminClient, topics: Iterable[str]) -> None:
    """Delete those of `topics` that there are, and return when the Kafka tells of none of them.

    Raises:
        NotLentError: it refuses, or still tells of one after a while.
    """
    doomed = sorted(topics)
    for answer in (await admin.delete_topics(doomed)).topic_error_codes:
        error = for_code(answer[1])
        if error.errno and error is not UnknownTopicOrPartitionError:
            raise NotLentError(f"the topic {answer[0]} cannot be deleted: {error.__name__}")
    await _until(lambda: _has_none(admin, doomed), f"still there: {', '.join(doomed)}")


async def _until(true: Callable[[], Awaitable[bool]], otherwise: str) -> None:
    deadline = time.monotonic() + GONE_WITHIN
    while not await true():
        if time.monotonic() > deadline:
            raise NotLentError(otherwise)
        await asyncio.sleep(LOOK_EVERY)


async def _has(admin: AIOKafkaAdminClient, topic: str) -> bool:
    return topic in await admin.list_topics()


async def _has_none(admin: AIOKafkaAdminClient, topics: Iterable[str]) -> bool:
    return not set(topics).intersection(await admin.list_topics())


async def _without_members(admin: AIOKafkaAdminClient, groups: set[str]) -> bool:
    for group in sorted(groups):  # one after the other: the client misreads an answer on several
        (answer,) = await admin.describe_consumer_groups([group])
        _, _, _, _, _, members, *_ = answer.groups[0]
        if members:
            return False
    return True


def _names(settings: Settings) -> set[str]:
    return {topic.name for topic in declared(settings)}
