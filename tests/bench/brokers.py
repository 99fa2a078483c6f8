"""A broker for one measurement."""
from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from agents.cluster import Cluster
from agents.embedded import EmbeddedBroker
from tests.broker.jars import kafka_jars
from tests.broker.real_kafka import RealKafka

KAFKA = "Apache Kafka"
EMBEDDED = "embedded broker"


@asynccontextmanager
async def running(broker: str) -> AsyncIterator[tuple[Cluster, Path]]:
    """A new one, and a folder for what its clients keep. Both are gone after the block.

    Raises:
        KafkaUnavailableError: Apache Kafka cannot be run here; the message says what is missing.
    """
    with tempfile.TemporaryDirectory(prefix="dyadwatch-bench-") as folder:
        if broker == EMBEDDED:
            async with EmbeddedBroker() as embedded:
                yield embedded.cluster, Path(folder)
        else:
            with RealKafka(Path(folder) / "kafka", kafka_jars()) as kafka:
                yield kafka.cluster, Path(folder)
