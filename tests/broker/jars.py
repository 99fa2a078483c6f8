"""Apache Kafka as plain jars: fetched once by Maven, run by `java`."""
from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

POM = Path(__file__).with_name("kafka-pom.xml")
JVM = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-Xmx256m",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
)


class KafkaUnavailableError(RuntimeError):
    """Kafka cannot be run here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Jars:
    """A folder of jars and where the JVM's archive of their loaded classes is, or will be."""

    folder: Path
    archive: Path

    @property
    def version(self) -> str:
        """Of Apache Kafka."""
        server = next(self.folder.glob("kafka_2.13-*.jar"))
        return server.stem.removeprefix("kafka_2.13-")

    def java(self, main: str, *args: str, flags: Sequence[str] = ()) -> list[str]:
        """The command that runs a main class."""
        mapped = [f"-XX:SharedArchiveFile={self.archive}"] if self.archive.exists() else []
        return ["java", *JVM, *mapped, *flags, "-cp", f"{self.folder}/*", main, *args]


def kafka_jars() -> Jars:
    """The jars, kept in the user's cache, for each version of the pom once; several processes may ask at the same time.

    `KAFKA_LIBS` names a folder that has them already.

    Raises:
        KafkaUnavailableError: there is no java or mvn, or mvn failed.
    """
    if not shutil.which("java"):
        raise KafkaUnavailableError("no java on the path: install Java 17 or newer (Debian, Ubuntu: apt install default-jre-headless)")
    if not shutil.which("mvn") and "KAFKA_LIBS" not in os.environ:
        told = "install it (Debian, Ubuntu: apt install maven), or name in KAFKA_LIBS a folder that has them"
        raise KafkaUnavailableError(f"no mvn on the path to fetch Kafka's jars: {told}")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dyadwatch-kafka"
    home = cache / hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(os.environ.get("KAFKA_LIBS") or home / "libs")
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    archive = home / f"{hashlib.sha256(f'{java}{folder}'.encode()).hexdigest()[:12]}.jsa"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(folder)
    return Jars(folder, archive)


def _fetch(folder: Path) -> None:
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    command = ["mvn", "-B", "-q", "-ntp", "-f", str(POM), "dependency:copy-dependencies", f"-Dlibs={part}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise KafkaUnavailableError(f"mvn could not fetch Kafka:\n{(done.stdout + done.stderr)[-2000:]}")
    part.rename(folder)
