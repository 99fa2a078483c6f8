"""The cluster as the settings describe it. What makes no sense together is refused, with the variables to change."""
from __future__ import annotations

import ssl
from pathlib import Path

from pydantic import SecretStr

from agents.certificates import show, trusting
from agents.cluster import Cluster, Login, Security
from agents.settings import Settings, variable
from schemas.errors import SettingsError

_PROTOCOL = variable("kafka_security_protocol")


def cluster_of(settings: Settings) -> Cluster | None:
    """The cluster to talk to, with certificates and passwords as their files hold them now; None where no broker is set.

    Raises:
        SettingsError: settings of the security contradict each other, one is missing, or a file does not hold what it should.
    """
    security = Security(tls=_tls(settings), login=_login(settings))
    return None if settings.kafka_bootstrap is None else Cluster(settings.kafka_bootstrap, security)


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if not settings.kafka_security_protocol.tls:
        _refuse(settings, "kafka_ssl_", "SSL or SASL_SSL")
        return None
    context = trusting(settings.kafka_ssl_ca_file)
    password = secret_of("kafka_ssl_key_password", settings.kafka_ssl_key_password, settings.kafka_ssl_key_password_file)
    if settings.kafka_ssl_certificate_file is not None:
        show(context, settings.kafka_ssl_certificate_file, settings.kafka_ssl_key_file, password)
    elif useless := _set(settings, "kafka_ssl_key_"):
        raise SettingsError(f"{useless[0]} is set, but no {variable('kafka_ssl_certificate_file')}: set that too, or unset {useless[0]}")
    return context


def _login(settings: Settings) -> Login | None:
    protocol = settings.kafka_security_protocol
    if not protocol.sasl:
        _refuse(settings, "kafka_sasl_", "SASL_SSL or SASL_PLAINTEXT")
        return None
    mechanism, username = settings.kafka_sasl_mechanism, settings.kafka_sasl_username
    password = secret_of("kafka_sasl_password", settings.kafka_sasl_password, settings.kafka_sasl_password_file)
    if mechanism is None or username is None or password is None:
        needed = {"kafka_sasl_mechanism": mechanism, "kafka_sasl_username": username, "kafka_sasl_password": password}
        missing = " and ".join(variable(field) for field, value in needed.items() if value is None)
        raise SettingsError(f"{_PROTOCOL}={protocol} needs {missing}: set what is missing, or another protocol")
    return Login(mechanism, _sound(variable("kafka_sasl_username"), username), password)


def _refuse(settings: Settings, prefix: str, protocols: str) -> None:
    """Refuse what only `protocols` make use of."""
    if useless := _set(settings, prefix):
        given = settings.kafka_security_protocol
        raise SettingsError(f"{useless[0]} is set, but {_PROTOCOL} is {given}: set that to {protocols}, or unset {useless[0]}")


def _set(settings: Settings, prefix: str) -> list[str]:
    """The variables of those settings that are set."""
    return [variable(field) for field in Settings.model_fields if field.startswith(prefix) and getattr(settings, field) is not None]


def secret_of(field: str, given: SecretStr | None, file: Path | None) -> SecretStr | None:
    """The secret of the setting `field`, from the environment or from a file; a line's end behind it is no part of it."""
    name = variable(field)
    if file is None:
        return given and SecretStr(_sound(name, given.get_secret_value()))
    if given is not None:
        raise SettingsError(f"{name} and {name}_FILE are both set: unset one of them")
    try:
        read = file.read_text("utf-8", "surrogateescape")
    except OSError as error:  # the path is not told: who mistakes one variable for the other has put a password into it
        raise SettingsError(f"{name}_FILE: {error.strerror or 'no such file'}; name a file that can be read") from None
    return SecretStr(_sound(f"{name}_FILE", read.removesuffix("\n").removesuffix("\r")))


def _sound(name: str, text: str) -> str:
    """What can be sent as a user's name or password. The environment and files may hold any bytes."""
    if not text or "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise SettingsError(f"{name}: is empty, is no UTF-8, or has a NUL in it; correct it")
    return text
