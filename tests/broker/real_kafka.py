"""A real Apache Kafka for tests: one node in KRaft mode, one JVM, loopback only.

    with RealKafka(tmp_path, kafka_jars()) as kafka:  # ready in about 2 s
        kafka.bootstrap                               # "127.0.0.1:23456"
"""
from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from agents.embedded import HOST, free_port
from tests.broker.jars import Jars
from tests.broker.probe import answers

CLUSTER_ID = "dyadwatch-test-cluster"  # 22 characters of URL-safe base64, as Kafka wants
READY_WITHIN = 30.0  # seconds
STOP_WITHIN = 20.0  # seconds
LOG_TAIL = 3_000  # characters of the log in an error message
SMALL = {
    "background.threads": "1",
    "num.io.threads": "2",
    "num.network.threads": "1",
    "log.cleaner.dedupe.buffer.size": "2097152",  # the default of 128 MB is allocated at once
    "auto.create.topics.enable": "false",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.num.partitions": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
}


class KafkaDiedError(RuntimeError):
    """The broker ended, or was not ready in time; the message carries the end of its log."""


class RealKafka:
    """A broker in `folder`, which it makes."""

    users: Sequence[str] = ()  # options of the formatting tool that make users

    def __init__(self, folder: Path, jars: Jars) -> None:
        self._folder = folder
        self._jars = jars
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """`host:port` of the broker."""
        return f"{HOST}:{self._port}"

    def __enter__(self) -> Self:
        self._format()
        if not self._jars.archive.exists():
            self._archive_classes()
        self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            self._process.kill()  # nothing of a test broker is worth the wait
            self._process.wait()
        shutil.rmtree(self._folder)

    def more_listeners(self, properties: Mapping[str, str]) -> dict[str, str]:
        """What to add to `properties` or to change in them for further listeners; here there are none."""
        return {}

    def _start(self, *flags: str) -> None:
        command = self._jars.java("kafka.Kafka", str(self._properties), flags=flags)
        if guard := shutil.which("setpriv"):  # Linux: no broker outlives a killed test run
            command = [guard, "--pdeathsig", "KILL", *command]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + READY_WITHIN
        while not answers(HOST, self._port):
            if self._process.poll() is not None:
                raise KafkaDiedError(f"the broker ended with exit code {self._process.returncode}:\n{self._log_tail()}")
            if time.monotonic() > deadline:
                self._process.kill()
                raise KafkaDiedError(f"the broker was not ready within {READY_WITHIN:g} s:\n{self._log_tail()}")
            time.sleep(0.02)

    def _archive_classes(self) -> None:
        """Run it once so that later runs map its classes instead of loading them: ready in 1.2 s, not 2.5 s."""
        made = self._jars.archive.with_suffix(f".{os.getpid()}")
        self._start(f"-XX:ArchiveClassesAtExit={made}")
        assert self._process is not None
        self._process.terminate()
        self._process.wait(STOP_WITHIN)
        if made.exists():
            made.rename(self._jars.archive)

    def _format(self) -> None:
        self._folder.mkdir(parents=True)
        controller = free_port()
        properties = SMALL | {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@{HOST}:{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{HOST}:{controller}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self._folder / "data"),
        }
        properties |= self.more_listeners(properties)
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))
        tool = self._jars.java("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self._properties), *self.users)
        done = subprocess.run(tool, capture_output=True, text=True, check=False)
        if done.returncode:
            raise KafkaDiedError(f"formatting the data folder failed:\n{done.stdout}{done.stderr}")

    @property
    def _properties(self) -> Path:
        return self._folder / "server.properties"

    @property
    def _log(self) -> Path:
        return self._folder / "broker.log"

    def _log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-LOG_TAIL:]
