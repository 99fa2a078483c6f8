"""One broker of a test cluster: a JVM on loopback that can be killed, paused, stopped and started again as the same."""
from __future__ import annotations

import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.broker.jars import Jars
from tests.broker.probe import brokers_seen

READY_WITHIN = 60.0  # seconds; 2 on an idle machine
END_WITHIN = 20.0  # seconds
LOG_TAIL = 3_000  # characters of the log in an error message


class KafkaDiedError(RuntimeError):
    """A broker ended, or was not ready in time; the message carries the end of its log."""


@dataclass
class Node:
    """The broker `number`, with `server.properties` and its log in `folder`. Start it in the main thread: it ends with its thread."""

    number: int
    folder: Path
    jars: Jars
    host: str
    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def address(self) -> str:
        """`host:port`, for clients."""
        return f"{self.host}:{self.port}"

    @property
    def properties(self) -> Path:
        """Its settings."""
        return self.folder / "server.properties"

    @property
    def pid(self) -> int | None:
        """The process id; None while it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def format(self, cluster: str, *options: str) -> subprocess.Popen[str]:
        """The process that makes its data folder."""
        tool = self.jars.java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self.properties), *options)
        return subprocess.Popen(tool, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def launch(self, *flags: str) -> None:
        """Start it, and do not wait."""
        command = self.jars.java("kafka.Kafka", str(self.properties), flags=flags)
        if guard := shutil.which("setpriv"):  # Linux: no broker outlives a killed test run
            command = [guard, "--pdeathsig", "KILL", *command]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def wait_ready(self, others: int = 0) -> None:
        """Return when it tells clients of itself and of as many `others`.

        Raises:
            KafkaDiedError: it ended or took too long.
        """
        deadline = time.monotonic() + READY_WITHIN
        while self.number not in (seen := brokers_seen(self.host, self.port)) or len(seen) <= others:
            if self.pid is None:
                raise KafkaDiedError(f"broker {self.number} ended:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise KafkaDiedError(f"broker {self.number} was not ready within {READY_WITHIN:g} s:\n{self.log_tail()}")
            time.sleep(0.02)

    def wait_ended(self) -> int:
        """Return its exit code when it has ended."""
        assert self._process is not None
        return self._process.wait(END_WITHIN)

    def stop(self) -> None:
        """As an operator does: it hands over what it leads, and ends."""
        self._signal(signal.SIGTERM)
        self.wait_ended()

    def kill(self) -> None:
        """As a crash does. Killing what has ended is harmless."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def pause(self) -> None:
        """It keeps its connections and answers nobody."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """After `pause`."""
        self._signal(signal.SIGCONT)

    def log_tail(self) -> str:
        """The end of what it logged."""
        return self._log.read_text(errors="replace")[-LOG_TAIL:]

    @property
    def _log(self) -> Path:
        return self.folder / "broker.log"

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
