"""docker-compose.yml: Kafka and the service on one machine, open to nobody else, and kept over a restart."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
YAMLLINT = "{extends: default, rules: {line-length: {max: 140}, document-start: disable}}"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def listeners(value: str) -> dict[str, str]:
    """`NAME://host:port,...` as a dict."""
    return dict(entry.split("://") for entry in value.split(","))


def command(test: list[str]) -> list[str]:
    """A health check's command without `CMD` and the folder of the program."""
    return [test[1].rpartition("/")[2], *test[2:]]


def test_yamllint_finds_nothing() -> None:
    lint = [sys.executable, "-m", "yamllint", "--strict", "-d", YAMLLINT, COMPOSE]
    done = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_port_is_open_beyond_the_machine(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_kafka_is_one_node_of_its_own_quorum_that_creates_no_topic_unasked(services: dict[str, Any]) -> None:
    kafka = services["kafka"]
    assert kafka["image"].startswith("apache/kafka:4.")
    assert set(kafka["environment"]["KAFKA_PROCESS_ROLES"].split(",")) == {"broker", "controller"}
    assert kafka["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert {v for k, v in kafka["environment"].items() if k.endswith(("REPLICATION_FACTOR", "MIN_ISR"))} == {"1"}


def test_a_client_that_found_kafka_is_sent_to_an_address_that_it_can_reach(services: dict[str, Any]) -> None:
    environment = services["kafka"]["environment"]
    listening, advertised = listeners(environment["KAFKA_LISTENERS"]), listeners(environment["KAFKA_ADVERTISED_LISTENERS"])
    (port,) = services["kafka"]["ports"]
    machine, _, container = port.rpartition(":")
    assert advertised["MACHINE"] == machine
    assert listening["MACHINE"] == f":{container}"
    assert advertised["SERVICES"] == services["dyadwatch"]["environment"]["DYADWATCH_KAFKA_BOOTSTRAP"] == f"kafka{listening['SERVICES']}"


def test_the_service_waits_for_a_healthy_kafka(services: dict[str, Any]) -> None:
    assert services["dyadwatch"]["depends_on"]["kafka"]["condition"] == "service_healthy"
    assert command(services["kafka"]["healthcheck"]["test"]) == ["kafka-broker-api-versions.sh", "--bootstrap-server", "kafka:9092"]


@pytest.mark.parametrize(("name", "folder"), [("kafka", "/var/lib/kafka/data"), ("dyadwatch", "/var/lib/dyadwatch")])
def test_what_must_outlive_a_container_is_on_a_named_volume(services: dict[str, Any], name: str, folder: str) -> None:
    (mount,) = services[name]["volumes"]
    volume, _, target = mount.partition(":")
    assert target == folder
    assert volume in yaml.safe_load(COMPOSE.read_text())["volumes"]


def test_kafka_writes_its_data_on_that_volume(services: dict[str, Any]) -> None:
    assert services["kafka"]["environment"]["KAFKA_LOG_DIRS"] == "/var/lib/kafka/data"


def test_the_service_may_do_no_more_than_it_needs(services: dict[str, Any]) -> None:
    service = services["dyadwatch"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["build"]["dockerfile"] == "deploy/Dockerfile"
