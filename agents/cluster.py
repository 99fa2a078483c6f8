"""The Kafka cluster that we talk to: where it answers, what protects the way there, and who we are to it."""
from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

if TYPE_CHECKING:
    from faust.types.auth import CredentialsT


class Mechanism(StrEnum):
    """How a user proves to be one. SCRAM never sends the password, PLAIN sends it as it is."""

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
    def protocol(self) -> str:
        """As Kafka calls it: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""
        transport = "PLAINTEXT" if self.tls is None else "SSL"
        return transport if self.login is None else f"SASL_{transport}"


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
        login = self.security.login
        sasl = {
            "sasl_mechanism": login.mechanism.value,
            "sasl_plain_username": login.username,
            "sasl_plain_password": login.password.get_secret_value(),
        } if login else {}  # fmt: skip
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": self.security.protocol,
            "ssl_context": self.security.tls,
        } | sasl

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
