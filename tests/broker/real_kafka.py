"""A real Apache Kafka for tests: one node in KRaft mode or three of them, a JVM each, loopback only.

    with RealKafka(tmp_path, kafka_jars()) as kafka:  # ready in about 2 s; with nodes=3 in about 5 s
        kafka.cluster                                 # for clients
        kafka.nodes[0].kill()
"""
from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from agents.cluster import Cluster
from agents.embedded import HOST, free_port
from tests.broker.jars import Jars
from tests.broker.node import KafkaDiedError, Node

CLUSTER_ID = "dyadwatch-test-cluster"  # 22 characters of URL-safe base64, as Kafka wants
SMALL = {
    "background.threads": "1",
    "num.io.threads": "2",
    "num.network.threads": "1",
    "log.cleaner.dedupe.buffer.size": "2097152",  # the default of 128 MB is allocated at once
    "auto.create.topics.enable": "false",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    # A broker that was killed is missed, and may come back, after this; the default is 9 s.
    "broker.session.timeout.ms": "1500",
    "broker.heartbeat.interval.ms": "250",
    # The one that leads the controllers is missed after this, and another chosen; the defaults are 2 s and 1 s.
    "controller.quorum.fetch.timeout.ms": "1000",
    "controller.quorum.election.timeout.ms": "500",
}


class RealKafka:
    """Brokers that are controllers too, in `folder`, which it makes. Of three, one may fail: what is acknowledged, two have."""

    users: Sequence[str] = ()  # options of the formatting tool that make users

    def __init__(self, folder: Path, jars: Jars, nodes: int = 1, data: Mapping[int, Path] | None = None) -> None:
        """`data`: where nodes keep their data, by number from 1; for the others that is in `folder`."""
        self._folder = folder
        self._jars = jars
        self._data = data or {}
        ports: dict[int, None] = {}
        while len(ports) < 2 * nodes:
            ports[free_port()] = None
        own, self._controllers = list(ports)[:nodes], list(ports)[nodes:]
        self.nodes = [Node(number, folder / f"node{number}", jars, HOST, port) for number, port in enumerate(own, 1)]

    @property
    def cluster(self) -> Cluster:
        """For clients: all brokers are named."""
        return Cluster(",".join(node.address for node in self.nodes))

    def __enter__(self) -> Self:
        if not self._jars.archive.exists():
            _archive_classes(self._folder / "archiving", self._jars)
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def start(self, *flags: str) -> None:
        """Format the data folders, start all nodes with these flags for their JVMs, and return when each knows all.

        Raises:
            KafkaDiedError: one of them cannot.
        """
        for node in self.nodes:
            node.folder.mkdir(parents=True)
            node.properties.write_text("".join(f"{name}={value}\n" for name, value in self._properties(node).items()))
        for tool in [node.format(CLUSTER_ID, *self.users) for node in self.nodes]:
            said, _ = tool.communicate()
            if tool.returncode:
                raise KafkaDiedError(f"formatting the data folder failed:\n{said}")
        for node in self.nodes:
            node.launch(*flags)
        for node in self.nodes:
            node.wait_ready(others=len(self.nodes) - 1)

    def close(self) -> None:
        """End all that runs; nothing of a test broker is worth the wait."""
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self._folder)

    def more_listeners(self, properties: Mapping[str, str]) -> dict[str, str]:
        """What to add to `properties` or to change in them for further listeners; here there are none."""
        return {}

    def _properties(self, node: Node) -> dict[str, str]:
        copies, in_sync = str(len(self.nodes)), str(len(self.nodes) // 2 + 1)
        controllers = [f"{HOST}:{port}" for port in self._controllers]
        properties = SMALL | {
            "process.roles": "broker,controller",
            "node.id": str(node.number),
            "controller.quorum.voters": ",".join(f"{number}@{address}" for number, address in enumerate(controllers, 1)),
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{node.address},CONTROLLER://{controllers[node.number - 1]}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self._data.get(node.number, node.folder) / "data"),
            "default.replication.factor": copies,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": in_sync,
        }
        return properties | self.more_listeners(properties)


def _archive_classes(folder: Path, jars: Jars) -> None:
    """Run one once so that later runs map its classes instead of loading them: ready in 1.2 s, not 2.5 s."""
    made = jars.archive.with_suffix(f".{os.getpid()}")
    kafka = RealKafka(folder, jars)
    try:
        kafka.start(f"-XX:ArchiveClassesAtExit={made}")
        kafka.nodes[0].stop()
    finally:
        kafka.close()
    if made.exists():
        made.rename(jars.archive)
