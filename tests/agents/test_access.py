"""What the end of a connection to a broker means; what a real one answers is in tests/broker/test_security.py."""
from __future__ import annotations

import asyncio
import ssl

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError
from pydantic import SecretStr

from agents.access import complaint, refusal
from agents.cluster import Cluster, Login, Mechanism, Security
from agents.embedded import HOST, EmbeddedBroker, free_port

OPEN = Security()
TLS = Security(tls=ssl.create_default_context())
USER = Security(login=Login(Mechanism.PLAIN, "reader", SecretStr("correct horse")))


def distrusted(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, message
    return error


def alert(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


def behind(cause: Exception) -> KafkaConnectionError:
    error = KafkaConnectionError("Connection closed")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "security", "told"),
    [
        (distrusted(10, "certificate has expired"), TLS, "(certificate has expired): whoever runs the broker should renew it"),
        (distrusted(18, "self-signed certificate"), TLS, "(self-signed certificate): DYADWATCH_KAFKA_SSL_CA_FILE should hold"),
        (behind(alert("TLSV13_ALERT_CERTIFICATE_REQUIRED")), TLS, "look at DYADWATCH_KAFKA_SSL_CERTIFICATE_FILE"),
        (alert("TLSV1_ALERT_UNKNOWN_CA"), TLS, "look at DYADWATCH_KAFKA_SSL_CERTIFICATE_FILE"),
        (alert("WRONG_VERSION_NUMBER"), TLS, "should DYADWATCH_KAFKA_SECURITY_PROTOCOL be another than SSL"),
        (behind(asyncio.IncompleteReadError(b"", 4)), USER, "should DYADWATCH_KAFKA_SECURITY_PROTOCOL be another than SASL_PLAINTEXT"),
        (behind(asyncio.IncompleteReadError(b"", 0x15030300)), OPEN, "speaks TLS: DYADWATCH_KAFKA_SECURITY_PROTOCOL should be SSL"),
    ],
)
def test_a_refusal_is_told_with_the_setting_to_look_at(error: Exception, security: Security, told: str) -> None:
    assert told in (complaint(error, security) or "")


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), KafkaConnectionError("no node"), KafkaTimeoutError()])
def test_where_nobody_answers_no_setting_of_the_security_is_to_blame(error: Exception) -> None:
    assert complaint(error, TLS) is None


async def test_a_broker_that_lets_us_in_and_one_that_is_not_there_refuse_nothing() -> None:
    async with EmbeddedBroker() as broker:
        assert await refusal(broker.cluster) is None
        assert await refusal(Cluster(f"{HOST}:{free_port()}")) is None


async def test_of_several_brokers_the_one_that_refuses_is_told() -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        told = await refusal(Cluster(f"{HOST}:{free_port()},{HOST}:{port}"))
    assert f"the broker at {HOST}:{port} hangs up" in (told or "")
