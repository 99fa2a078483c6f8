"""The cluster that the settings describe: what is read from files, and what is refused, with the variable to change."""
from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agents.cluster import Cluster, Mechanism, Protocol
from agents.security import cluster_of
from agents.settings import Settings
from schemas.errors import SettingsError
from tests.broker.certificates import KEY_PASSWORD, Certificates

SECRET = "correct horse"
USER = {"sasl_mechanism": "SCRAM-SHA-256", "sasl_username": "reader", "sasl_password": SECRET}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with certificates, and with files that are none."""
    folder = tmp_path_factory.mktemp("files")
    made = Certificates(folder)
    (folder / "text").write_text("no certificate")
    (folder / "cut.pem").write_bytes(made.client.read_bytes()[:200] + b"\n-----END CERTIFICATE-----\n")
    (folder / "password").write_text(f"{SECRET} \n")
    (folder / "key_password").write_text(KEY_PASSWORD)
    (folder / "long").write_text(SECRET * 99)
    (folder / "empty").touch()
    (folder / "latin").write_bytes("pässword".encode("latin-1"))
    return folder


def described(files: Path, given: Mapping[str, str]) -> Cluster:
    """The cluster of the settings `kafka_...` that are given; those of files by the name that the file has in the folder."""
    named = {f"kafka_{name}": files / value if name.endswith("_file") else value for name, value in given.items()}
    cluster = cluster_of(Settings(kafka_bootstrap="one:9092", **named))  # type: ignore[arg-type]
    assert cluster is not None
    return cluster


def test_without_settings_of_it_there_is_no_security_and_without_a_broker_no_cluster() -> None:
    assert cluster_of(Settings(kafka_bootstrap="one:9092")) == Cluster("one:9092")
    assert cluster_of(Settings()) is None


TLS: dict[str, Any] = {"security_protocol": "SSL", "ssl_ca_file": "authority.pem"}
MUTUAL = TLS | {"ssl_certificate_file": "client.pem", "ssl_key_file": "client.key"}
RIGHT = {
    "TLS, trusting whom the system trusts": {"security_protocol": "SSL"},
    "TLS": TLS,
    "mutual TLS, the password of the key in the environment": MUTUAL | {"ssl_key_password": KEY_PASSWORD},
    "mutual TLS, the password of the key in a file": MUTUAL | {"ssl_key_password_file": "key_password"},
    "mutual TLS, certificate and key in one file": TLS | {"ssl_certificate_file": "broker.pem"},
    "a user": USER | {"security_protocol": "SASL_PLAINTEXT"},
    "a user over TLS": TLS | USER | {"security_protocol": "SASL_SSL"},
}


@pytest.mark.parametrize("given", RIGHT.values(), ids=RIGHT)
def test_the_protocol_is_what_was_asked_for_and_the_names_of_brokers_are_always_verified(files: Path, given: dict[str, str]) -> None:
    security = described(files, given).security
    assert security.protocol == Protocol(given["security_protocol"])
    if security.tls is not None:
        assert (security.tls.check_hostname, security.tls.verify_mode) == (True, ssl.CERT_REQUIRED)


def test_only_the_authorities_of_the_file_are_trusted(files: Path) -> None:
    tls = described(files, TLS).security.tls
    assert tls is not None
    assert tls.get_ca_certs(binary_form=True) == [ssl.PEM_cert_to_DER_cert((files / "authority.pem").read_text())]


def test_a_password_from_a_file_is_all_of_it_but_the_end_of_the_line(files: Path) -> None:
    login = described(files, USER | {"security_protocol": "SASL_PLAINTEXT"}).security.login
    without = {name: value for name, value in USER.items() if name != "sasl_password"}
    read = described(files, without | {"security_protocol": "SASL_PLAINTEXT", "sasl_password_file": "password"}).security.login
    assert login is not None and read is not None
    assert (login.mechanism, login.username, login.password.get_secret_value()) == (Mechanism.SCRAM_SHA_256, "reader", SECRET)
    assert read.password.get_secret_value() == f"{SECRET} "


@pytest.mark.parametrize(
    ("protocol", "mechanism", "clear"),
    [("SASL_PLAINTEXT", "PLAIN", True), ("SASL_PLAINTEXT", "SCRAM-SHA-512", False), ("SASL_SSL", "PLAIN", False)],
)
def test_it_is_known_where_a_password_travels_in_the_clear(files: Path, protocol: str, mechanism: str, clear: bool) -> None:
    given = USER | {"security_protocol": protocol, "sasl_mechanism": mechanism}
    assert described(files, given).security.in_the_clear is clear


NO_PASSWORD = {"security_protocol": "SASL_SSL", "sasl_mechanism": "PLAIN", "sasl_username": "reader"}
WRONG = {
    "a user without SASL": (USER, "SASL_MECHANISM is set, but DYADWATCH_KAFKA_SECURITY_PROTOCOL is PLAINTEXT: set that to SASL_SSL or"),
    "a user with TLS alone": (USER | TLS, "SASL_MECHANISM is set, but DYADWATCH_KAFKA_SECURITY_PROTOCOL is SSL"),
    "a certificate without TLS": ({"ssl_certificate_file": "client.pem"}, "SSL_CERTIFICATE_FILE is set, but DYADWATCH_KAFKA_SECURITY_"),
    "an authority without TLS": ({"ssl_ca_file": "authority.pem"}, "set that to SSL or SASL_SSL, or unset DYADWATCH_KAFKA_SSL_CA_FILE"),
    "no user": ({"security_protocol": "SASL_SSL"}, "needs DYADWATCH_KAFKA_SASL_MECHANISM and DYADWATCH_KAFKA_SASL_USERNAME and DYADWATCH"),
    "no mechanism": (USER | {"security_protocol": "SASL_SSL", "sasl_mechanism": None}, "needs DYADWATCH_KAFKA_SASL_MECHANISM:"),
    "no password": (NO_PASSWORD, "needs DYADWATCH_KAFKA_SASL_PASSWORD:"),
    "two passwords": (NO_PASSWORD | {"sasl_password": SECRET, "sasl_password_file": "password"}, "SASL_PASSWORD_FILE are both set"),
    "a password of other bytes": (NO_PASSWORD | {"sasl_password": f"{SECRET}\udcff"}, "SASL_PASSWORD: is empty, is no UTF-8, or"),
    "a user of other bytes": (USER | {"security_protocol": "SASL_SSL", "sasl_username": "\udcff"}, "SASL_USERNAME: is empty, is no UTF-8"),
    "a password file that is not there": (NO_PASSWORD | {"sasl_password_file": SECRET}, "SASL_PASSWORD_FILE: No such file or directory"),
    "a password file that is a folder": (NO_PASSWORD | {"sasl_password_file": "."}, "SASL_PASSWORD_FILE: Is a directory"),
    "a password file that is empty": (NO_PASSWORD | {"sasl_password_file": "empty"}, "SASL_PASSWORD_FILE: is empty, is no UTF-8, or"),
    "a password file of other bytes": (NO_PASSWORD | {"sasl_password_file": "latin"}, "SASL_PASSWORD_FILE: is empty, is no UTF-8, or"),
    "an authority that is not there": (TLS | {"ssl_ca_file": "none"}, "none: No such file or directory; name a file that can be read"),
    "an authority that is none": (TLS | {"ssl_ca_file": "text"}, "text: holds no certificate in PEM form, or one that is damaged"),
    "a damaged authority": (TLS | {"ssl_ca_file": "cut.pem"}, "cut.pem: holds no certificate in PEM form, or one that is damaged"),
    "a key without a certificate": (TLS | {"ssl_key_file": "client.key"}, "SSL_KEY_FILE is set, but no DYADWATCH_KAFKA_SSL_CERTIFICATE_"),
    "a certificate that is not there": (TLS | {"ssl_certificate_file": "none"}, "CERTIFICATE_FILE=FOLDER/none: No such file or directory"),
    "a certificate that is none": (MUTUAL | {"ssl_certificate_file": "text"}, "CERTIFICATE_FILE=FOLDER/text: holds no certificate in PEM"),
    "a certificate without a key": (TLS | {"ssl_certificate_file": "client.pem"}, "no private key in PEM form, and DYADWATCH_KAFKA_SSL_"),
    "a damaged certificate": (MUTUAL | {"ssl_certificate_file": "cut.pem", "ssl_key_file": "broker.pem"}, "cut.pem, is damaged"),
    "a key that is none": (MUTUAL | {"ssl_key_file": "text"}, "SSL_KEY_FILE=FOLDER/text: holds no private key in PEM form"),
    "the key of another": (MUTUAL | {"ssl_key_file": "broker.pem"}, "broker.pem: is not the key of the certificate in DYADWATCH_KAFKA_SSL"),
    "an encrypted key": (MUTUAL, "client.key: the key is encrypted; set DYADWATCH_KAFKA_SSL_KEY_PASSWORD or"),
    "a wrong password of the key": (MUTUAL | {"ssl_key_password": SECRET}, "DYADWATCH_KAFKA_SSL_KEY_PASSWORD, or of its file, does"),
    "a password of the key that is too long": (MUTUAL | {"ssl_key_password_file": "long"}, "does not open the key"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_makes_no_sense_is_refused_with_the_variable_and_without_the_secret(files: Path, case: str) -> None:
    given, told = WRONG[case]
    with pytest.raises(SettingsError) as refused:
        described(files, {name: value for name, value in given.items() if value is not None})
    assert told in str(refused.value).replace(str(files), "FOLDER")
    assert SECRET not in str(refused.value)
