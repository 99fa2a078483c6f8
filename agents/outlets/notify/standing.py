"""How the targets stand, for whoever is no notifier; and a person's word to them."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer

from agents.brokers import reaching, started
from agents.cluster import Cluster
from agents.compacted import CompactedWriter, last_of_each
from agents.outlets.notify.inbox import PARTITION
from agents.topics import OUTLET_STATES
from pipeline.delivery import Condition, condition, enabled
from schemas.errors import OutletError
from schemas.outlets import OutletState


@dataclass(frozen=True, slots=True)
class Extent:
    """Where the topic of alerts begins and ends: offsets of its first alert and of the next that comes."""

    begin: int
    end: int

    def behind(self, state: OutletState | None) -> int:
        """How many alerts a target in this state has not been given yet; none before it has begun."""
        return max(0, self.end - max(self.begin, state.place)) if state else 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a target stands. `waiting`: alerts that it has not been given yet, whether they are for it or not."""

    outlet_id: str
    state: OutletState | None  # None before it has begun
    waiting: int

    @property
    def condition(self) -> Condition:
        """How it is."""
        return condition(self.state)


async def standings(cluster: Cluster, outlet_ids: Iterable[str] | None = None) -> Sequence[Standing]:
    """Of each target, in the order given, or of all that have begun; the topics must exist.

    Raises:
        BrokerError: nobody answers.
    """
    states = await last_of_each(cluster, OUTLET_STATES, OutletState, [0])
    alerts, known = await extent(cluster), sorted(states) if outlet_ids is None else outlet_ids
    return [Standing(outlet_id, state := states.get(outlet_id), alerts.behind(state)) for outlet_id in known]


async def enable(cluster: Cluster, outlet_id: str, *, skip: bool = False, from_now: bool = False) -> None:
    """Have a target tried at once, also one that is stopped.

    `skip`: go on behind the alert that it does not take; `from_now`: behind all that wait.

    Raises:
        OutletError: it has not begun, or there is nothing to skip.
        BrokerError: nobody answers, or it refuses.
    """
    state = (await last_of_each(cluster, OUTLET_STATES, OutletState, [0])).get(outlet_id)
    if state is None:
        raise OutletError(f"{outlet_id} has not begun: a notifier (`dyadwatch up`) begins it")
    if skip and not from_now and not state.failures:
        raise OutletError(f"there is no alert that {outlet_id} has not taken: nothing to skip")
    place = (await extent(cluster)).end if from_now else state.place + 1 if skip else None
    async with CompactedWriter[OutletState](cluster, OUTLET_STATES) as writer:
        await writer.put(outlet_id, enabled(state, datetime.now(UTC), place))


async def extent(cluster: Cluster) -> Extent:
    """That of the topic, which must exist.

    Raises:
        BrokerError: nobody answers.
    """
    async with started(cluster, AIOKafkaConsumer(**cluster.client)) as consumer, reaching(cluster):
        begins, ends = await consumer.beginning_offsets([PARTITION]), await consumer.end_offsets([PARTITION])
        return Extent(begins[PARTITION], ends[PARTITION])
