"""Certificates for brokers and clients, in files as both read them."""
from __future__ import annotations

from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

NAME = "localhost"  # what the broker's certificate is for; no other name or address is in it
KEY_PASSWORD = "of the key"  # it opens the client's key


class Certificates:
    """Files in `folder`. What Kafka reads has key and certificate in one file, the client's are apart and its key is encrypted."""

    def __init__(self, folder: Path) -> None:
        authority, other = trustme.CA(), trustme.CA()
        broker, client = authority.issue_cert(NAME), authority.issue_cert("dyadwatch@example.org")
        self.authority = _written(folder / "authority.pem", authority.cert_pem.bytes())
        self.other_authority = _written(folder / "other_authority.pem", other.cert_pem.bytes())
        self.broker = _written(folder / "broker.pem", _key(broker) + _chain(broker))
        self.client = _written(folder / "client.pem", _chain(client))
        self.client_key = _written(folder / "client.key", _key(client, KEY_PASSWORD))


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _chain(certificate: trustme.LeafCert) -> bytes:
    return b"".join(blob.bytes() for blob in certificate.cert_chain_pems)


def _key(certificate: trustme.LeafCert, password: str | None = None) -> bytes:
    """The key as PKCS#8, which is what Java reads."""
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    sealed = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed)
