"""Whether a worker gets on: it has something to read, and reads it. Whether a loop does: it comes round."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

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


class Rounds:
    """A loop that is to come round again and again: `rounds.done()` in each."""

    def __init__(self, loop: str, within: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`loop`: what it does, for a person. `within`: seconds that a round may take."""
        self._loop = loop
        self._within = within
        self._clock = clock
        self._last: float | None = None

    def done(self) -> None:
        """A round is over, or the first begins."""
        self._last = self._clock()

    @property
    def late(self) -> str | None:
        """What to tell of a round that takes too long; None while none does."""
        silent = self._clock() - self._last if self._last is not None else 0.0
        return f"{self._loop} has taken {silent:.0f} s" if silent > self._within else None
