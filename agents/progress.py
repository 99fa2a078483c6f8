"""Whether a worker gets on: it has something to read, and reads it."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiokafka import TopicPartition

from agents.lag import Position


class Progress:
    """Remembers since when each partition stands where it stands. Times are seconds of any one clock."""

    def __init__(self, patience: float) -> None:
        """`patience`: seconds that a partition may stand where it stands although more is to be read."""
        self._patience = patience
        self._since: dict[TopicPartition, tuple[int, float]] = {}  # offset and moment; those with nothing to read are not there

    def stuck(self, positions: Mapping[TopicPartition, Position], now: float) -> Iterable[tuple[TopicPartition, int]]:
        """The partitions, with how much is to be read of each, that stand still for too long. Those left out are forgotten."""
        self._since = {partition: self._stands(partition, at.committed, now) for partition, at in positions.items() if at.lag}
        for partition, (_, since) in self._since.items():
            if now - since > self._patience:
                yield partition, positions[partition].lag

    def _stands(self, partition: TopicPartition, committed: int, now: float) -> tuple[int, float]:
        known = self._since.get(partition)
        return known if known and known[0] == committed else (committed, now)
