"""A real Apache Kafka that also listens for clients that prove who they are, and on encrypted connections.

    with SecureKafka(tmp_path / "node", kafka_jars(), Certificates(tmp_path)) as kafka:
        kafka.address(Listener.SASL_SSL)              # "localhost:23456"
"""
from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from agents.cluster import Mechanism, Protocol
from agents.embedded import HOST, free_port
from tests.broker.certificates import NAME, Certificates
from tests.broker.jars import Jars
from tests.broker.real_kafka import RealKafka

USER = "dyadwatch"
PASSWORD = "correct horse=battery"
SCRAM = (Mechanism.SCRAM_SHA_256, Mechanism.SCRAM_SHA_512)
NOT_OVER_TLS = Mechanism.SCRAM_SHA_256  # so that there is a mechanism which a listener does not know
_LOGIN = "org.apache.kafka.common.security"


class Listener(StrEnum):
    """A listener by its name, which begins with its protocol."""

    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"
    SSL = "SSL"
    MUTUAL = "SSL_MUTUAL"  # wants to see the client's certificate
    MISNAMED = "SSL_MISNAMED"  # sends clients on to a name that the certificate is not for

    @property
    def protocol(self) -> Protocol:
        """What it speaks."""
        return Protocol.SSL if self.startswith("SSL") else Protocol(self)


class SecureKafka(RealKafka):
    """Has all of `Listener` besides the one that is open to all; `USER` with `PASSWORD` is known to those that want a user."""

    users = tuple(option for one in SCRAM for option in ("--add-scram", f'{one}=[name="{USER}",password="{PASSWORD}"]'))

    def __init__(self, folder: Path, jars: Jars, certificates: Certificates) -> None:
        super().__init__(folder, jars)
        self._certificates = certificates
        self._ports = {listener: free_port() for listener in Listener}

    def address(self, listener: Listener, host: str = NAME) -> str:
        """`host:port`."""
        return f"{host}:{self._ports[listener]}"

    def more_listeners(self, properties: Mapping[str, str]) -> dict[str, str]:
        names = {listener: HOST if listener is Listener.MISNAMED else NAME for listener in Listener}
        more = {
            "listeners": [f"{one}://{self.address(one, HOST)}" for one in Listener],
            "listener.security.protocol.map": [f"{one}:{one.protocol}" for one in Listener],
        }
        advertised = [f"PLAINTEXT://{self.cluster}", *(f"{one}://{self.address(one, name)}" for one, name in names.items())]
        return {
            **{name: ",".join([properties[name], *values]) for name, values in more.items()},
            "advertised.listeners": ",".join(advertised),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self._certificates.broker),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self._certificates.authority),
            "listener.name.ssl_mutual.ssl.client.auth": "required",
            **_logins(Listener.SASL_PLAINTEXT, tuple(Mechanism)),
            **_logins(Listener.SASL_SSL, tuple(one for one in Mechanism if one is not NOT_OVER_TLS)),
        }


def _logins(listener: Listener, mechanisms: tuple[Mechanism, ...]) -> dict[str, str]:
    prefix = f"listener.name.{listener.lower()}"
    modules = dict.fromkeys(SCRAM, f"{_LOGIN}.scram.ScramLoginModule required;")
    modules[Mechanism.PLAIN] = f'{_LOGIN}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
    known = {f"{prefix}.{one.lower()}.sasl.jaas.config": modules[one] for one in mechanisms}
    return known | {f"{prefix}.sasl.enabled.mechanisms": ",".join(mechanisms)}
