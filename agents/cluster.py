"""The Kafka cluster that we talk to: where it answers, what protects the way there, and who we are to it."""
from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

if TYPE_CHECKING:
    from faust.types.auth import CredentialsT

CLIENT = "dyadwatch"
CLIENT_ID = f"{CLIENT}-{version('dyadwatch')}"  # what clients call themselves to the broker, so that it can be told who runs what


class Protocol(StrEnum):
    """How the way to a broker is protected, as Kafka calls it: `SSL` is TLS, and `SASL` a user who logs in."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def tls(self) -> bool:
        """Whether connections are encrypted."""
        return self in (Protocol.SSL, Protocol.SASL_SSL)

    @property
    def sasl(self) -> bool:
        """Whether a user logs in."""
        return self in (Protocol.SASL_PLAINTEXT, Protocol.SASL_SSL)


class Mechanism(StrEnum):
    """How a user proves to be one: PLAIN sends the password as it is, SCRAM a proof of it."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


@dataclass(frozen=True, slots=True)
class Login:
    """A user of the cluster; `repr` does not show the password."""

    mechanism: Mechanism
    username: str
    password: SecretStr


@dataclass(frozen=True, slots=True)
class Security:
    """What every connection to a broker has besides its address; nothing of it by default."""

    tls: ssl.SSLContext | None = None  # checks the broker's certificate and name, and holds ours where we have one
    login: Login | None = None

    @property
    def protocol(self) -> Protocol:
        """What it is as a whole."""
        if self.login is None:
            return Protocol.PLAINTEXT if self.tls is None else Protocol.SSL
        return Protocol.SASL_PLAINTEXT if self.tls is None else Protocol.SASL_SSL

    @property
    def in_the_clear(self) -> bool:
        """Whether who listens on the way reads the password."""
        return self.tls is None and self.login is not None and self.login.mechanism is Mechanism.PLAIN

    @property
    def client(self) -> dict[str, Any]:
        """Keyword arguments of an aiokafka connection. They hold the password: they are not to be shown."""
        login = self.login
        options = {"security_protocol": self.protocol.value, "ssl_context": self.tls}
        if login is None:
            return options
        return options | {
            "sasl_mechanism": login.mechanism.value,
            "sasl_plain_username": login.username,
            "sasl_plain_password": login.password.get_secret_value(),
        }


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as every client of it needs to know it. `str` is its address alone, and `repr` shows no secret."""

    bootstrap: str  # brokers to start from: host:port[,host:port...]
    security: Security = field(default=Security())

    def __str__(self) -> str:
        return self.bootstrap

    @property
    def client(self) -> dict[str, Any]:
        """Keyword arguments of aiokafka's consumer, producer and administration. They hold the password: they are not to be shown."""
        return {"bootstrap_servers": self.bootstrap, "client_id": CLIENT_ID} | self.security.client

    @property
    def faust_brokers(self) -> list[str]:
        """What Faust calls `broker`."""
        return [f"kafka://{address}" for address in self.bootstrap.split(",")]

    @property
    def faust_credentials(self) -> CredentialsT | None:
        """What Faust calls `broker_credentials`."""
        from faust import SASLCredentials, SSLCredentials

        tls, login = self.security.tls, self.security.login
        if login is not None:
            password = login.password.get_secret_value()
            return SASLCredentials(username=login.username, password=password, ssl_context=tls, mechanism=login.mechanism.value)
        return None if tls is None else SSLCredentials(tls)
