"""Certificates in files, PEM: those that we trust, and the one that we show."""
from __future__ import annotations

import ssl
from pathlib import Path

from pydantic import SecretStr

from agents.settings import variable
from schemas.errors import SettingsError

_CA, _CERTIFICATE, _KEY = (variable(f"kafka_ssl_{what}_file") for what in ("ca", "certificate", "key"))
_KEY_PASSWORD = variable("kafka_ssl_key_password")


def trusting(authorities: Path | None) -> ssl.SSLContext:
    """For connections to those whom one of `authorities` has certified, under the very name that is connected to.

    `authorities` is a file of certificates; without it those of the system are trusted.

    Raises:
        SettingsError: the file cannot be read or holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=authorities)
    except ssl.SSLError as error:
        raise SettingsError(f"{_CA}={authorities}: holds no certificate in PEM form, or one that is damaged") from error
    except OSError as error:
        raise SettingsError(f"{_CA}={authorities}: {error.strerror or error}; name a file that can be read") from error


def show(context: ssl.SSLContext, certificate: Path, key: Path | None, password: SecretStr | None) -> None:
    """Let `context` show `certificate` to a broker that asks for one.

    Without `key` the certificate's file holds its key too; `password` opens a key that is encrypted.

    Raises:
        SettingsError: a file cannot be read or holds something else, or the password does not open the key.
    """
    _held(_CERTIFICATE, certificate, "CERTIFICATE")
    place = (_KEY, key) if key else (_CERTIFICATE, certificate)
    told = "{}={}".format(*place)
    encrypted = b"ENCRYPTED" in _held(*place, "PRIVATE KEY")
    if encrypted and password is None:
        raise SettingsError(f"{told}: the key is encrypted; set {_KEY_PASSWORD} or {_KEY_PASSWORD}_FILE")
    opening = password.get_secret_value() if password else ""
    try:
        context.load_cert_chain(certificate, key, lambda: opening)  # without a password OpenSSL would ask the terminal for one
    except (ssl.SSLError, ValueError) as error:
        if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
            raise SettingsError(f"{told}: is not the key of the certificate in {_CERTIFICATE}={certificate}") from error
        if encrypted:
            raise SettingsError(f"{told}: the password of {_KEY_PASSWORD}, or of its file, does not open the key") from error
        raise SettingsError(f"{told}: the key, or the certificate in {_CERTIFICATE}={certificate}, is damaged") from error


def _held(name: str, path: Path, what: str) -> bytes:
    """What is in the file that the variable `name` gives, where it holds a `what`."""
    try:
        held = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{name}={path}: {error.strerror or error}; name a file that can be read") from error
    if f"{what}-----".encode() not in held:
        besides = f", and {_KEY} names no file that does" if name == _CERTIFICATE and what == "PRIVATE KEY" else ""
        raise SettingsError(f"{name}={path}: holds no {what.lower()} in PEM form{besides}")
    return held
