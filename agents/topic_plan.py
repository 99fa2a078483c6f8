"""What is changed of topics that are not as the settings say, and what is not, decided before anything is done."""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from agents.replicas import Partition, with_more
from agents.topic_states import TopicState, surplus
from agents.topics import IN_SYNC, Topic


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes, in the order in which they are made."""

    states: tuple[TopicState, ...]  # of all topics, before
    make: tuple[Topic, ...]
    entries: Mapping[str, Mapping[str, str]]  # to be set, by topic
    replicas: Mapping[Partition, tuple[int, ...]]  # of partitions that get more of them, all
    partitions: Mapping[str, int]  # how many there shall be, by topic
    in_sync: Mapping[str, Mapping[str, str]]  # to be set once the replicas are there
    losses: tuple[str, ...]  # what that deletes
    refused: tuple[str, ...]  # what is not changed, with why and what to do

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.make or self.entries or self.replicas or self.partitions or self.in_sync)


def planned(states: Sequence[TopicState], racks: Mapping[int, str | None], moving: Collection[str]) -> Plan:
    """What makes `states` as the settings say, where that takes no partition and no copy away.

    `racks`: the brokers that there are, with their racks; `moving`: topics whose partitions somebody moves between brokers.
    """
    replicas, refused = _copies(states, racks, moving)
    copied = {topic for topic, _ in replicas}
    in_sync: dict[str, Mapping[str, str]] = {}
    for state in states:
        name, wanted = state.topic.name, state.entries.get(IN_SYNC)
        if state.found is None or wanted is None or (state.lacks_copies and name not in copied):
            continue
        # More of them demanded than there are, and no message is taken.
        if name in copied or int(wanted) <= max(state.found.in_sync, int(state.found.configuration.get(IN_SYNC, 0))):
            in_sync[name] = {IN_SYNC: wanted}
        else:
            there = f"{state.found.in_sync} of its {state.found.replication} copies are in sync"
            refused.append(f"{name}: {there}, too few for {IN_SYNC}={wanted}: try again when its brokers are well, or have copied it")
    refused += [*(f"{state.topic.name}: {state.stuck}" for state in states if state.stuck), *surplus(states)]
    existing = [state for state in states if state.found]
    entries = {state.topic.name: {e: v for e, v in state.entries.items() if e != IN_SYNC} for state in existing}
    return Plan(
        states=tuple(states),
        make=tuple(state.topic for state in states if state.found is None),
        entries={name: of for name, of in entries.items() if of},
        replicas=replicas,
        partitions={state.topic.name: state.topic.partitions for state in states if state.lacks_partitions},
        in_sync=in_sync,
        losses=tuple(state.loss for state in states if state.loss),
        refused=tuple(refused),
    )


def _copies(
    states: Sequence[TopicState], racks: Mapping[int, str | None], moving: Collection[str]
) -> tuple[dict[Partition, tuple[int, ...]], list[str]]:
    """The replicas of partitions that get more, and what is refused."""
    lacking = {state.topic.name: state.topic.replication for state in states if state.lacks_copies}
    wanted = {name: copies for name, copies in lacking.items() if name not in moving}
    refused = [f"{name}: its partitions are moving between brokers: try again when that has ended" for name in lacking if name in moving]
    if max(wanted.values(), default=0) > len(racks):
        many = f"{len(racks)} broker{'' if len(racks) == 1 else 's'}"
        return {}, [*refused, f"there cannot be {max(wanted.values())} copies on {many}: add brokers, or lower DYADWATCH_REPLICATION"]
    known = {(state.topic.name, n): on for state in states if state.found for n, on in enumerate(state.found.replicas)}
    return with_more(known, racks, wanted), refused
