"""Which brokers get the further copies of partitions."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

Partition = tuple[str, int]  # topic and number


def with_more(
    replicas: Mapping[Partition, Sequence[int]], racks: Mapping[int, str | None], wanted: Mapping[str, int]
) -> dict[Partition, tuple[int, ...]]:
    """The brokers of those partitions that get more of them.

    `replicas`: the brokers of each partition; `racks`: those that there are, at least as many as copies are wanted; `wanted`: copies, by
    topic. What a partition has stays where it is. Each further copy goes to a rack that has none of that partition yet, if there is one,
    and there to the broker with the fewest copies. First, where Kafka will have the leader, is the broker that leads the fewest.
    """
    load = Counter(broker for on in replicas.values() for broker in on)
    led = Counter(on[0] for (topic, _), on in replicas.items() if len(on) >= wanted.get(topic, 0))
    more: dict[Partition, tuple[int, ...]] = {}
    for partition, has in sorted(replicas.items()):
        on = list(has)
        while len(on) < wanted.get(partition[0], 0):
            used = {racks.get(broker) for broker in on} - {None}
            broker = min((b for b in racks if b not in on), key=lambda b: (racks[b] in used, load[b], b))
            load[broker] += 1
            on.append(broker)
        if len(on) > len(has):
            leader = min(on, key=lambda broker: led[broker])
            led[leader] += 1
            more[partition] = (leader, *(broker for broker in on if broker != leader))
    return more
