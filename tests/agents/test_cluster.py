"""The cluster: what each kind of client is given, that no secret shows, and that no client is opened in another way."""
from __future__ import annotations

import ast
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth
from pydantic import SecretStr

from agents.cluster import CLIENT_ID, Cluster, Login, Mechanism, Security

ROOT = Path(__file__).parents[2]
BOOTSTRAP = "one:9092,two:9093"
PASSWORD = "correct horse"
TLS = ssl.create_default_context()
LOGIN = Login(Mechanism.SCRAM_SHA_256, "reader", SecretStr(PASSWORD))
SASL = {"sasl_mechanism": "SCRAM-SHA-256", "sasl_plain_username": "reader", "sasl_plain_password": PASSWORD}
CLUSTERS = {
    "PLAINTEXT": (Security(), {"ssl_context": None}),
    "SSL": (Security(tls=TLS), {"ssl_context": TLS}),
    "SASL_PLAINTEXT": (Security(login=LOGIN), {"ssl_context": None} | SASL),
    "SASL_SSL": (Security(tls=TLS, login=LOGIN), {"ssl_context": TLS} | SASL),
}


@pytest.mark.parametrize("protocol", CLUSTERS)
def test_clients_and_faust_are_given_the_same(protocol: str) -> None:
    security, expected = CLUSTERS[protocol]
    cluster = Cluster(BOOTSTRAP, security)
    named = {"bootstrap_servers": BOOTSTRAP, "client_id": CLIENT_ID}
    assert cluster.client == named | {"security_protocol": protocol} | expected
    given = credentials_to_aiokafka_auth(cluster.faust_credentials)
    assert {"ssl_context": None} | given == {"security_protocol": protocol} | expected
    assert cluster.faust_brokers == ["kafka://one:9092", "kafka://two:9093"]


@pytest.mark.parametrize("protocol", CLUSTERS)
def test_it_is_told_by_its_address_and_shows_no_password(protocol: str) -> None:
    cluster = Cluster(BOOTSTRAP, CLUSTERS[protocol][0])
    assert str(cluster) == f"{cluster}" == BOOTSTRAP
    assert BOOTSTRAP in repr(cluster)
    assert PASSWORD not in f"{cluster!r} {cluster.security} {cluster.security.login} {cluster.faust_credentials!r}"


def clients(source: str) -> Iterator[tuple[int, bool]]:
    """The line of each aiokafka client or connection that `source` opens, and whether its arguments are a cluster's."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2].startswith(("AIOKafka", "create_conn")):
            spread = [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg is None]
            named = {keyword.arg for keyword in node.keywords}
            known = any(value.endswith(("cluster.client", "security.client")) for value in spread)
            yield node.lineno, known and not named & {"bootstrap_servers", "security_protocol", "ssl_context"}


def test_every_client_is_opened_with_what_its_cluster_gives() -> None:
    modules = (ROOT / "agents").rglob("*.py")
    found = {f"{path.relative_to(ROOT)}:{line}": right for path in modules for line, right in clients(path.read_text())}
    assert found
    assert [where for where, right in found.items() if not right] == []


@pytest.mark.parametrize(
    ("source", "right"),
    [
        ("AIOKafkaConsumer(**cluster.client)", True),
        ("AIOKafkaProducer(**self._cluster.client, acks='all')", True),
        ("AIOKafkaConsumer('news.raw', bootstrap_servers=str(cluster))", False),
        ("aiokafka.AIOKafkaConsumer(**client)", False),
        ("create_conn(host, port, **security.client)", True),
        ("create_conn(host, port)", False),
        ("AIOKafkaAdminClient(**cluster.client, security_protocol='PLAINTEXT')", False),
    ],
)
def test_a_client_that_is_opened_otherwise_is_found(source: str, right: bool) -> None:
    assert [found for _, found in clients(source)] == [right]
