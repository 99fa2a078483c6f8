"""What waits in the stream, asked for again and again."""
from __future__ import annotations

import asyncio
import logging

from aiokafka.errors import KafkaError

from agents.cluster import Cluster
from agents.lag import READERS, Lag
from agents.sight.metrics import BROKER_REACHABLE, LAG
from schemas.errors import BrokerError

EVERY = 15.0  # seconds
ANSWERS_WITHIN = 10.0  # seconds for one look

log = logging.getLogger(__name__)


async def watch_lag(cluster: Cluster) -> None:
    """Set the gauges of what waits at `cluster`, for ever; where it cannot be told, they are gone until it can be."""
    while True:
        try:
            async with Lag(cluster) as lag:
                while True:
                    async with asyncio.timeout(ANSWERS_WITHIN):
                        waiting = await lag.of_topics()
                    for topic, group in READERS:
                        LAG.labels(group, topic).set(waiting[topic])
                    BROKER_REACHABLE.set(1)
                    await asyncio.sleep(EVERY)
        except (BrokerError, KafkaError, OSError, TimeoutError) as error:
            log.info("what waits in the stream cannot be told: %r", error)
            LAG.clear()
            BROKER_REACHABLE.set(0)
        await asyncio.sleep(EVERY)
