"""How clients must behave towards each kind of broker, as measured; the kind is told by the broker itself."""
from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from agents.access import refusal
from agents.cluster import Cluster
from agents.settings import Settings
from schemas.errors import AccessRefused, BrokerError

EMBEDDED_CLUSTER = "dyadwatch-embedded"  # how the id of the cluster begins that our embedded broker is
NAMED_SESSION = 30.0  # seconds; a restart takes 4 to 10
MAX_MESSAGE = 8 * 2**20  # bytes; an article of 5 MB with room for JSON
MAX_REQUEST = MAX_MESSAGE + 2**18  # bytes; a dead letter is the message with headers: one that arrived always fits
METADATA_AGE = 30.0  # seconds after which clients look for new partitions; their default is 5 minutes
STOPPED_WITHIN = 1.5  # seconds; a client that is stopped leaves its group and sends what is in its hands, which takes some milliseconds

Client = TypeVar("Client")


@dataclass(frozen=True, slots=True)
class Profile:
    """Client settings for one kind of broker; times in seconds."""

    session_timeout: float  # a worker that was killed is missed after this
    heartbeat_interval: float
    rebalance_timeout: float
    fetch_wait: float  # how long a fetch waits for a message
    max_batch_size: int  # bytes a batch of the producer
    store: str  # Faust's store for tables
    shared: bool  # other workers take the partitions of one that is missed

    def session(self, settings: Settings) -> float:
        """Seconds after which a worker is missed. One with a name of its own may take its time to come back under it."""
        return NAMED_SESSION if settings.worker_id and self.shared else self.session_timeout

    def longest_pause(self, settings: Settings) -> float:
        """Seconds that a worker may stand still before its partitions may be another one's."""
        return self.session(settings) - self.heartbeat_interval if self.shared else math.inf


KAFKA = Profile(
    session_timeout=6,
    heartbeat_interval=0.5,
    rebalance_timeout=6,
    fetch_wait=0.5,
    max_batch_size=16_384,
    store="rocksdb://?driver=rocksdict",
    shared=True,
)

# The embedded broker holds every join of a group for half a session, and gives the end of a topic as the begin of its last batch
# plus one: short sessions, and batches of one record, make it start in time and recover tables whole. A fetch that waits there does
# not always end when a message comes: short waits. It forgets all when it ends, so tables on disk would only contradict it.
EMBEDDED = Profile(
    session_timeout=2,
    heartbeat_interval=0.5,
    rebalance_timeout=2,
    fetch_wait=0.1,
    max_batch_size=1,
    store="memory://",
    shared=False,
)


async def profile_of(cluster: Cluster) -> Profile:
    """The profile of the broker at `cluster`.

    Asking the broker, rather than the user, is right also for a second program that talks to an embedded broker of another.

    Raises:
        BrokerError: nobody answers there.
    """
    return EMBEDDED if (await cluster_id(cluster)).startswith(EMBEDDED_CLUSTER) else KAFKA


async def cluster_id(cluster: Cluster) -> str:
    """What the broker at `cluster` calls its cluster.

    Raises:
        BrokerError: nobody answers there.
    """
    async with administration(cluster) as admin:
        return str((await admin.describe_cluster())["cluster_id"])


@asynccontextmanager
async def administration(cluster: Cluster) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that administers the broker at `cluster`.

    Raises:
        BrokerError: nobody answers there, or no longer.
    """
    async with reaching(cluster), started(cluster, AIOKafkaAdminClient(**cluster.client)) as admin:
        yield admin


@asynccontextmanager
async def started(cluster: Cluster, client: Client) -> AsyncIterator[Client]:
    """An aiokafka client of whatever kind, connected; it is stopped in the end, also where its start was broken off.

    Raises:
        BrokerError: nobody answers at `cluster`.
    """
    try:
        async with reaching(cluster):
            await client.start()  # type: ignore[attr-defined]  # aiokafka has no types
        yield client
    finally:
        stop = client.close if isinstance(client, AIOKafkaAdminClient) else client.stop  # type: ignore[attr-defined]
        # Stopped while its broker is away, a client waits for it: what it would still say, somebody awaits, or nobody needs. Stopped as it
        # starts, it may raise that its own tasks were cancelled.
        await asyncio.gather(asyncio.wait_for(stop(), STOPPED_WITHIN), return_exceptions=True)


@asynccontextmanager
async def reaching(cluster: Cluster) -> AsyncIterator[None]:
    """What the block asks of `cluster`, with errors that a person understands.

    Raises:
        BrokerError: nobody answers there, or no longer.
    """
    try:
        yield
    except (KafkaError, OSError) as error:
        raise await unreachable(cluster, error) from error


async def unreachable(cluster: Cluster, error: Exception) -> BrokerError:
    """What to tell of an `error` of a client, which does not say itself why it found nobody; takes some seconds at most."""
    if why := await refusal(cluster):
        return AccessRefused(why)
    return BrokerError(f"no broker answers at {cluster} (is it running? see DYADWATCH_KAFKA_BOOTSTRAP): {error}")
