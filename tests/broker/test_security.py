"""A real Apache Kafka that wants TLS, certificates and users: the whole way through each of its doors, and what is told at a closed one.

The tests build on each other: those with clients alone read what the service made.
"""
from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents.brokers import profile_of
from agents.cli.checks.stream import check_broker
from agents.cluster import Cluster
from agents.embedded import HOST
from agents.poll.poller import Poller
from agents.security import cluster_of
from agents.service import Service
from agents.settings import Settings, variable
from agents.together import Together
from agents.topic_changes import create_topics
from agents.topics import RAW
from schemas.articles import RawArticle
from schemas.errors import AccessRefused
from tests.broker.articles import meeting_in
from tests.broker.certificates import KEY_PASSWORD, Certificates
from tests.broker.conftest import KAFKA
from tests.broker.jars import Jars
from tests.broker.secure_kafka import NOT_OVER_TLS, PASSWORD, USER, Listener, SecureKafka
from tests.broker.stream import Stream
from tests.broker.test_cli_commands import run

PROTOCOL, CA, CERTIFICATE, KEY = "kafka_security_protocol", "kafka_ssl_ca_file", "kafka_ssl_certificate_file", "kafka_ssl_key_file"
KEY_OPENED_BY, BOOTSTRAP = "kafka_ssl_key_password", "kafka_bootstrap"
MECHANISM, SASL_USER, SASL_PASSWORD = "kafka_sasl_mechanism", "kafka_sasl_username", "kafka_sasl_password"
ROOT = Path(__file__).parents[2]
WITHIN = 60.0  # seconds


@pytest.fixture(scope="module")
def broker() -> str:
    """The embedded broker knows nothing of all this."""
    return KAFKA


@dataclass(frozen=True, slots=True)
class Doors:
    """The broker, and the settings for each of its listeners."""

    kafka: SecureKafka
    certificates: Certificates

    def settings(self, listener: Listener, mechanism: str = "SCRAM-SHA-512", **changed: Any) -> dict[str, Any]:
        """The right settings for `listener` by their names, with those that are `changed`; None leaves one out."""
        certificates, protocol = self.certificates, listener.protocol
        right: dict[str, Any] = {BOOTSTRAP: self.kafka.address(listener), PROTOCOL: protocol}
        if protocol.tls:
            right |= {CA: certificates.authority}
        if listener is Listener.MUTUAL:
            right |= {CERTIFICATE: certificates.client, KEY: certificates.client_key, KEY_OPENED_BY: KEY_PASSWORD}
        if protocol.sasl:
            right |= {MECHANISM: mechanism, SASL_USER: USER, SASL_PASSWORD: PASSWORD}
        return {name: value for name, value in (right | changed).items() if value is not None}

    def environment(self, settings: dict[str, Any]) -> dict[str, str]:
        """That of a command with `settings`."""
        return os.environ | {"PYTHONPATH": str(ROOT)} | {variable(name): str(value) for name, value in settings.items()}


@pytest.fixture(scope="module")
def doors(jars: Jars, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    folder = tmp_path_factory.mktemp("secure")
    certificates = Certificates(folder)
    with SecureKafka(folder / "node", jars, certificates) as kafka:
        yield Doors(kafka, certificates)


@pytest.fixture(scope="module")
def cluster(doors: Doors) -> Cluster:
    """By the listener that is open to all."""
    return doors.kafka.cluster


def reached(settings: dict[str, Any]) -> Cluster:
    found = cluster_of(Settings(**settings))
    assert found is not None
    return found


async def alerted(stream: Stream, city: str) -> None:
    """Send an article of a meeting in `city`, and see its alert come out."""
    await stream.send([meeting_in(city, city)])
    await stream.through()
    assert [alert.article.article_id for alert in await stream.alerts()][-1] == city
    assert await stream.dead_letters() == []


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN):
        while not true():
            await asyncio.sleep(0.05)


async def test_with_a_certificate_the_service_alerts_and_the_poller_has_its_share(
    cluster: Cluster, doors: Doors, settings: Settings
) -> None:
    protected = reached(doors.settings(Listener.MUTUAL))
    poller = Poller(settings, protected)
    async with Together({"work": Service(settings, protected), "poll": poller}), Stream(protected) as stream:
        await alerted(stream, "Kazan")
        await until(lambda: poller.shares > 0)


async def test_with_a_user_over_tls_the_service_alerts_and_tells_no_password_however_much_it_logs(
    cluster: Cluster, doors: Doors, tmp_path: Path
) -> None:
    settings = doors.settings(Listener.SASL_SSL, "PLAIN", data_dir=tmp_path, extraction_processes=1, log_level="debug", web_port=0)
    command = [sys.executable, "-c", "from agents.cli import main; main()", "up"]
    log = tmp_path / "log"
    with log.open("wb") as written:
        service = await asyncio.create_subprocess_exec(*command, env=doors.environment(settings), stderr=written)
    try:
        await until(lambda: b"\nready: " in log.read_bytes() or service.returncode is not None)
        async with Stream(reached(doors.settings(Listener.SASL_SSL))) as stream:
            await alerted(stream, "Harbin")
        service.terminate()
        assert await service.wait() == 0
    finally:
        if service.returncode is None:
            service.kill()
            await service.wait()
    assert b"aiokafka" in log.read_bytes()  # so much is logged that the password would be there
    assert PASSWORD.encode() not in log.read_bytes()


@pytest.mark.parametrize(
    ("listener", "mechanism"),
    [
        (Listener.SASL_PLAINTEXT, "PLAIN"),
        (Listener.SASL_PLAINTEXT, "SCRAM-SHA-256"),
        (Listener.SASL_PLAINTEXT, "SCRAM-SHA-512"),
        (Listener.SSL, ""),
        (Listener.SASL_SSL, "PLAIN"),
    ],
)
async def test_clients_make_topics_send_and_read(
    cluster: Cluster, doors: Doors, settings: Settings, listener: Listener, mechanism: str
) -> None:
    protected = reached(doors.settings(listener, mechanism))
    await create_topics(protected, settings)
    article = meeting_in("Sochi", f"{listener} {mechanism}")
    async with Stream(protected) as stream:
        await stream.send([article])
        assert RawArticle.model_validate_json((await stream.records(RAW))[-1].value or b"") == article
        alerts = await stream.alerts()
    async with Stream(cluster) as open_to_all:
        assert alerts == await open_to_all.alerts()
    assert alerts


async def test_a_password_may_come_from_a_file(doors: Doors, cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    named = {SASL_PASSWORD: None, "kafka_sasl_password_file": tmp_path / "password"}
    await profile_of(reached(doors.settings(Listener.SASL_SSL, **named)))


def closed(doors: Doors) -> dict[str, tuple[dict[str, Any], str]]:
    """Settings that do not open a door, and the one that is to blame."""
    right, at = doors.settings, doors.kafka.address
    user = {MECHANISM: "PLAIN", SASL_USER: USER, SASL_PASSWORD: PASSWORD}
    nobody, bare = dict.fromkeys(user), dict.fromkeys((CERTIFICATE, KEY, KEY_OPENED_BY))
    return {
        "a wrong password": (right(Listener.SASL_PLAINTEXT, **{SASL_PASSWORD: "wrong"}), SASL_PASSWORD),
        "a wrong password that is sent": (right(Listener.SASL_SSL, "PLAIN", **{SASL_PASSWORD: "wrong"}), SASL_PASSWORD),
        "an unknown user": (right(Listener.SASL_SSL, **{SASL_USER: "nobody"}), SASL_USER),
        "an unknown mechanism": (right(Listener.SASL_SSL, NOT_OVER_TLS), MECHANISM),
        "a wrong authority": (right(Listener.SSL, **{CA: doors.certificates.other_authority}), CA),
        "the authorities of the system": (right(Listener.SSL, **{CA: None}), CA),
        "an address that the certificate is not for": (right(Listener.SSL, **{BOOTSTRAP: at(Listener.SSL, HOST)}), BOOTSTRAP),
        "a broker that sends on to such an address": (right(Listener.MISNAMED), BOOTSTRAP),
        "no certificate": (right(Listener.MUTUAL, **bare), CERTIFICATE),
        "a plain client at a TLS port": ({BOOTSTRAP: at(Listener.SSL)}, PROTOCOL),
        "TLS at a plain port": (right(Listener.SSL, **{BOOTSTRAP: str(doors.kafka.cluster)}), PROTOCOL),
        "nobody where a user is wanted": (right(Listener.SASL_SSL, **nobody | {PROTOCOL: "SSL"}), PROTOCOL),
        "a user where none is wanted": (right(Listener.SSL, **user | {PROTOCOL: "SASL_SSL"}), PROTOCOL),
    }


async def test_at_a_closed_door_the_variable_to_look_at_is_told(doors: Doors, cluster: Cluster, subtests: pytest.Subtests) -> None:
    for door, (settings, blamed) in closed(doors).items():
        with subtests.test(door), pytest.raises(AccessRefused, match=rf"^the broker at \S+:\d+ .*{variable(blamed)}\b") as refused:
            await profile_of(reached(settings))
        assert PASSWORD not in str(refused.value)


async def test_commands_tell_it_in_one_line_and_end_with_code_4(doors: Doors, cluster: Cluster) -> None:
    doors_tried = ("a wrong password", "a wrong authority", "no certificate", "a plain client at a TLS port")
    found = await asyncio.gather(*(run(doors.environment(closed(doors)[door][0]), "topics") for door in doors_tried))
    for door, done in zip(doors_tried, found, strict=True):
        assert (done.code, done.out) == (4, "")
        (line,) = done.err.splitlines()
        assert line.startswith("dyadwatch: the broker at ")
        assert variable(closed(doors)[door][1]) in line


async def test_the_doctor_says_what_to_put_right_or_that_the_password_travels_in_the_clear(doors: Doors, cluster: Cluster) -> None:
    wrong, right = reached(closed(doors)["a wrong password"][0]), reached(doors.settings(Listener.SASL_PLAINTEXT, "PLAIN"))
    (refused,) = await check_broker(Settings(), wrong)
    clear, *_ = await check_broker(Settings(), right)
    assert (refused.ok, clear.ok) == (False, True)
    assert variable(SASL_PASSWORD) in refused.found
    assert clear.found.endswith("the password travels in the clear")
    assert variable(PROTOCOL) in (clear.remedy or "")
