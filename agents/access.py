"""Why a broker does not let us in. Clients of aiokafka keep it to themselves, so we knock once more and listen."""
from __future__ import annotations

import asyncio
import ssl

from aiokafka.conn import create_conn
from aiokafka.errors import IllegalSaslStateError, KafkaError, SaslAuthenticationFailed, UnsupportedSaslMechanismError
from aiokafka.protocol.metadata import MetadataRequest

from agents.cluster import Cluster, Protocol, Security

WITHIN = 2.0  # seconds for one broker
_OUT_OF_DATE = (9, 10)  # what OpenSSL calls X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED
_OTHER_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH
_TLS_ALERT = 0x1503  # how an alert begins, in the place where Kafka has the length of its answer

Address = tuple[str, int]


async def refusal(cluster: Cluster) -> str | None:
    """Which broker refuses or is refused, why, and which setting to look at; None where the way is free or nobody answers at all.

    Asks the brokers to start from, and then those that they name.
    """
    waiting = [(host, int(port)) for host, _, port in (one.rpartition(":") for one in cluster.bootstrap.split(","))]
    known = set(waiting)
    for host, port in waiting:
        try:
            async with asyncio.timeout(WITHIN):
                named = await _brokers(host, port, cluster.security)
        except (KafkaError, OSError, ValueError) as error:
            if why := complaint(error, cluster.security):
                return f"the broker at {host}:{port} {why}"
        else:
            waiting += sorted(named - known)
            known |= named
    return None


async def _brokers(host: str, port: int, security: Security) -> set[Address]:
    """The brokers of the cluster, as the one at this address names them."""
    connection = await create_conn(host, port, **security.client)
    try:
        metadata = await connection.send(MetadataRequest([]))
    finally:
        connection.close()
    return {(name, number) for _, name, number, _ in metadata.brokers}


def complaint(error: BaseException | None, security: Security) -> str | None:
    """What `error` means that a connection with `security` ended with; None where it has nothing to do with that."""
    match error:
        case ssl.SSLCertVerificationError():
            return _distrusted(error)
        case ssl.SSLError(reason=str(reason)) if "CERTIFICATE" in reason or "UNKNOWN_CA" in reason:
            return f"wants a certificate of us that it trusts ({reason}): look at DYADWATCH_KAFKA_SSL_CERTIFICATE_FILE"
        case SaslAuthenticationFailed():
            return "does not take the user and the password: look at DYADWATCH_KAFKA_SASL_USERNAME and DYADWATCH_KAFKA_SASL_PASSWORD"
        case UnsupportedSaslMechanismError():
            return f"does not know {security.login and security.login.mechanism}: look at DYADWATCH_KAFKA_SASL_MECHANISM"
        case IllegalSaslStateError():
            other = Protocol.SSL if security.tls else Protocol.PLAINTEXT
            return f"lets nobody log in: DYADWATCH_KAFKA_SECURITY_PROTOCOL should be {other} there"
        case asyncio.IncompleteReadError(expected=int(expected)) if expected >> 16 == _TLS_ALERT:
            return "speaks TLS: DYADWATCH_KAFKA_SECURITY_PROTOCOL should be SSL or SASL_SSL"
        case asyncio.IncompleteReadError() | ConnectionResetError() | ssl.SSLError():
            return f"hangs up: is it stopping, or should DYADWATCH_KAFKA_SECURITY_PROTOCOL be another than {security.protocol} there?"
        case KafkaError():
            return complaint(error.__cause__, security)
    return None


def _distrusted(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in _OTHER_NAME:
        remedy = "DYADWATCH_KAFKA_BOOTSTRAP, or what the broker advertises, should be a name that it is for"
    elif error.verify_code in _OUT_OF_DATE:
        remedy = "whoever runs the broker should renew it"
    else:
        remedy = "DYADWATCH_KAFKA_SSL_CA_FILE should hold the certificate of the authority that issued it"
    return f"has a certificate that we do not trust ({error.verify_message}): {remedy}"
