"""How the service is, as pages show it: what waits in the stream, and the feeds."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka.errors import KafkaError

from agents.cluster import Cluster
from agents.lag import Lag
from agents.poll.subscriptions import Known, read_subscriptions
from schemas.errors import BrokerError

FRESH = 10.0  # seconds for which a look counts: pages may be many, and the broker has other work


@dataclass(frozen=True, slots=True)
class HowItIs:
    """A look at it. `error`: why the broker could not be asked."""

    lag: Mapping[str, int]
    feeds: Sequence[Known]
    error: str | None


class HealthCheck:
    """Looks when it is asked, and not too often."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
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
                return HowItIs(await lag.of_topics(), await read_subscriptions(self._cluster), None)
        except (BrokerError, KafkaError) as error:
            return HowItIs({}, [], str(error))
