"""What a broker is asked to tell and to change of topics: aiokafka's requests and one that it lacks, with errors that say what to do."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    BrokerResponseError,
    IncompatibleBrokerVersion,
    InvalidReplicationFactorError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.protocol.admin import AlterPartitionReassignmentsRequest, ListPartitionReassignmentsRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

from agents.replicas import Partition
from agents.topics import Topic
from schemas.errors import BrokerError

PATIENCE = 30_000  # milliseconds that the broker may take to agree to new replicas; the copying itself comes later
_SET = 0  # of the operations on an entry; all entries that are not named stay as they are


class _AlteredConfigs(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 44
    API_VERSION = 0
    _RESOURCE = (("error_code", Int16), ("error_message", String()), ("resource_type", Int8), ("resource_name", String()))
    SCHEMA = Schema(("throttle_time_ms", Int32), ("resources", Array(*_RESOURCE)))


class _AlterConfigsV0(RequestStruct):  # type: ignore[misc]
    API_KEY = 44
    API_VERSION = 0
    RESPONSE_TYPE = _AlteredConfigs
    _ENTRY = (("name", String()), ("operation", Int8), ("value", String()))
    _RESOURCE = (("resource_type", Int8), ("resource_name", String()), ("entries", Array(*_ENTRY)))
    SCHEMA = Schema(("resources", Array(*_RESOURCE)), ("validate_only", Boolean))


class _IncrementalAlterConfigs(Request[_AlterConfigsV0]):  # type: ignore[misc]
    """Kafka's IncrementalAlterConfigs; AlterConfigs, which aiokafka has, resets each entry that it does not name."""

    API_KEY = 44

    def __init__(self, resources: Sequence[tuple[int, str, Sequence[tuple[str, int, str]]]]) -> None:
        self._resources = resources

    def build(self, request: type[_AlterConfigsV0]) -> _AlterConfigsV0:
        return request(self._resources, False)


async def make(admin: AIOKafkaAdminClient, topics: Iterable[Topic]) -> None:
    """Make topics; one that exists by now stays as it is.

    Raises:
        BrokerError: the broker refuses one.
    """
    new = [NewTopic(t.name, t.partitions, t.replication, topic_configs=dict(t.configuration(t.replication))) for t in topics]
    for name, code, message in (await admin.create_topics(new)).topic_errors:
        if code == InvalidReplicationFactorError.errno:
            message = f"{(message or '').rstrip('.')}: add brokers, or lower DYADWATCH_REPLICATION"  # noqa: PLW2901
        if code != TopicAlreadyExistsError.errno:  # another worker may start at the same time
            _agreed(f"make {name}", code, message)


async def configurations(admin: AIOKafkaAdminClient, topics: Iterable[str]) -> dict[str, dict[str, str]]:
    """Every entry that is in force, by topic; of those topics that exist.

    Raises:
        BrokerError: the broker does not tell.
    """
    # All entries, for the embedded broker breaks off when it is asked for some by name.
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics]
    found: dict[str, dict[str, str]] = {}
    for answer in await admin.describe_configs(resources):
        for code, message, _, topic, entries in answer.resources:
            if code != UnknownTopicOrPartitionError.errno:
                _agreed(f"tell the configuration of {topic}", code, message)
                found[topic] = {name: value for name, value, *_ in entries}
    return found


async def set_entries(admin: AIOKafkaAdminClient, entries: Mapping[str, Mapping[str, str]]) -> None:
    """Set entries, by topic; all others of a topic stay as they are. Idempotent.

    Raises:
        BrokerError: the broker cannot do that, or refuses.
    """
    resources = [(ConfigResourceType.TOPIC, topic, [(name, _SET, value) for name, value in of.items()]) for topic, of in entries.items()]
    answer = await _asked(admin, "set entries of a topic", _IncrementalAlterConfigs(resources))
    for code, message, _, topic in answer.resources:
        _agreed(f"set {', '.join(entries[topic])} of {topic}", code, message)


async def add_partitions(admin: AIOKafkaAdminClient, topic: str, total: int) -> None:
    """Add partitions to `topic` until there are `total`; the broker chooses where they are.

    Raises:
        BrokerError: the broker cannot do that, or refuses.
    """
    with _telling(f"add partitions to {topic}"):
        await admin.create_partitions({topic: NewPartitions(total)})


async def racks(admin: AIOKafkaAdminClient) -> dict[int, str | None]:
    """The brokers that are there, each with its rack."""
    return {broker["node_id"]: broker["rack"] for broker in (await admin.describe_cluster())["brokers"]}


async def moving(admin: AIOKafkaAdminClient) -> set[str]:
    """The topics of which partitions move between brokers at this moment.

    Raises:
        BrokerError: the broker does not tell.
    """
    request = ListPartitionReassignmentsRequest(PATIENCE, None, {})
    answer = await _asked(admin, "tell which partitions move", request)
    _agreed("tell which partitions move", answer.error_code, answer.error_message)
    # The embedded broker lists all, moving or not.
    return {topic for topic, of, _ in answer.topics for _, _, adding, removing, _ in of if adding or removing}


async def reassign(admin: AIOKafkaAdminClient, replicas: Mapping[Partition, Sequence[int]]) -> None:
    """Have partitions on these brokers; returns when that is agreed, and the brokers copy from then on. Idempotent.

    Raises:
        BrokerError: the broker cannot do that, or refuses.
    """
    partitions: dict[str, list[Any]] = {}
    for (topic, number), on in replicas.items():
        partitions.setdefault(topic, []).append((number, list(on), {}))
    wanted: list[Any] = [(topic, of, {}) for topic, of in partitions.items()]
    answer = await _asked(admin, "copy partitions to more brokers", AlterPartitionReassignmentsRequest(PATIENCE, wanted, {}))
    _agreed("copy partitions to more brokers", answer.error_code, answer.error_message)
    for topic, of, _ in answer.responses:
        for number, code, message, _ in of:
            _agreed(f"copy partition {number} of {topic} to more brokers", code, message)


async def _asked(admin: AIOKafkaAdminClient, what: str, request: Request[Any]) -> Any:
    """The answer to a request for which the admin client has no method."""
    with _telling(what):
        return await admin._send_to_controller(request)


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Raises BrokerError: the broker does not know a request, or refuses it."""
    try:
        yield
    except (IncompatibleBrokerVersion, NotImplementedError) as error:
        embedded = "an embedded one makes its topics by the settings that it starts with: end it, and start it again"
        raise BrokerError(f"this broker cannot {what}; {embedded}") from error
    except BrokerResponseError as error:
        raise BrokerError(f"the broker refuses to {what}: {error}") from error


def _agreed(what: str, code: int, message: str | None) -> None:
    """Raises BrokerError: the code is that of a refusal."""
    if code:
        raise BrokerError(f"the broker refuses to {what}: {message or for_code(code).__name__}")
