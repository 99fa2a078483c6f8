"""How the service is, as pages show it: what waits in the stream, the feeds, and the targets of notifications."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiokafka.errors import KafkaError

from agents.cluster import Cluster
from agents.lag import Lag
from agents.outlets.notify.standing import Standing, standings
from agents.outlets.notify.targets import load_targets
from agents.poll.subscriptions import Known, read_subscriptions
from schemas.errors import BrokerError, SettingsError

FRESH = 10.0  # seconds for which a look counts: pages may be many, and the broker has other work


@dataclass(frozen=True, slots=True)
class HowItIs:
    """A look at it. `error`: why the broker could not be asked."""

    lag: Mapping[str, int]
    feeds: Sequence[Known]
    error: str | None
    targets: Sequence[Standing] = ()


class HealthCheck:
    """Looks when it is asked, and not too often."""

    def __init__(self, cluster: Cluster, targets: Path | None) -> None:
        """`targets` is the file of them; without it, or where it cannot be read here, all that have begun are shown."""
        self._cluster = cluster
        self._targets = targets
        self._looking = asyncio.Lock()
        self._seen: tuple[float, HowItIs] | None = None

    async def look(self) -> HowItIs:
        """At most `FRESH` seconds old."""
        async with self._looking:
            if self._seen is None or time.monotonic() - self._seen[0] > FRESH:
                self._seen = time.monotonic(), await self._look()
            return self._seen[1]

    async def _look(self) -> HowItIs:
        try:
            async with Lag(self._cluster) as lag:
                waiting = await lag.of_topics()
            targets = await standings(self._cluster, self._ids())
            return HowItIs(waiting, await read_subscriptions(self._cluster), None, targets)
        except (BrokerError, KafkaError) as error:
            return HowItIs({}, [], str(error))

    def _ids(self) -> Sequence[str] | None:
        try:
            return [target.id for target in load_targets(self._targets)] if self._targets else None
        except SettingsError:  # who sends says what is wrong with it
            return None
