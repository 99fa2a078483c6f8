"""docker-compose.yml: Kafka and the service on one machine, open to nobody else, and kept over a restart."""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from compose_spec import PyCompose

from tests.deploy.compose import COMPOSE, environment, read
from tests.deploy.declared import PARTS, STATE, settings_of
from tests.deploy.image import METRICS_PORT, ROOT
from tests.sight.tools import promtool

PROMETHEUS = ROOT / "deploy" / "prometheus" / "prometheus.yml"
PROVISIONING = ROOT / "deploy" / "grafana" / "provisioning"
YAMLLINT = "{extends: default, rules: {line-length: {max: 140}, document-start: disable}}"
KEPT = {"kafka": "/var/lib/kafka/data", "work": STATE, "web": STATE, "prometheus": "/prometheus", "grafana": "/var/lib/grafana"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = read(COMPOSE)["services"]
    return found


def listeners(value: str) -> dict[str, str]:
    """`NAME://host:port,...` as a dict."""
    return dict(entry.split("://") for entry in value.split(","))


def command(test: list[str]) -> list[str]:
    """A health check's command without `CMD` and the folder of the program."""
    return [test[1].rpartition("/")[2], *test[2:]]


@pytest.mark.parametrize("path", [COMPOSE, PROMETHEUS, *sorted(PROVISIONING.rglob("*.yml"))], ids=lambda path: path.name)
def test_yamllint_finds_nothing(path: Path) -> None:
    lint = [sys.executable, "-m", "yamllint", "--strict", "-d", YAMLLINT, path]
    done = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_it_is_what_the_specification_of_compose_asks_for() -> None:
    PyCompose.from_json(json.dumps(read(COMPOSE))).validate()


@pytest.mark.parametrize(("key", "value"), [("readonly", True), ("mem_limit", "much"), ("env_file", [{"file": "x"}])])
def test_what_the_specification_does_not_know_is_found(key: str, value: object) -> None:
    compose = read(COMPOSE)
    compose["services"]["work"][key] = value
    with pytest.raises(ValueError, match=r".+"):
        PyCompose.from_json(json.dumps(compose)).validate()


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
    kafka = services["kafka"]["environment"]
    listening, advertised = listeners(kafka["KAFKA_LISTENERS"]), listeners(kafka["KAFKA_ADVERTISED_LISTENERS"])
    (port,) = services["kafka"]["ports"]
    machine, _, container = port.rpartition(":")
    assert advertised["MACHINE"] == machine
    assert listening["MACHINE"] == f":{container}"
    assert advertised["SERVICES"] == f"kafka{listening['SERVICES']}"
    assert {settings_of(environment(services[part])).kafka_bootstrap for part in PARTS} == {advertised["SERVICES"]}


@pytest.mark.parametrize("name", KEPT)
def test_what_must_outlive_a_container_is_on_a_named_volume(services: dict[str, Any], name: str) -> None:
    mounts = [mount.split(":") for mount in services[name]["volumes"]]
    (volume,) = (source for source, target, *_ in mounts if target == KEPT[name])
    assert volume in read(COMPOSE)["volumes"]


def test_kafka_writes_its_data_on_that_volume(services: dict[str, Any]) -> None:
    assert services["kafka"]["environment"]["KAFKA_LOG_DIRS"] == KEPT["kafka"]


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_a_service_that_waits_for_a_healthy_kafka(services: dict[str, Any], part: str) -> None:
    assert services[part]["command"] == ["up", "--only", part]
    assert services[part]["build"]["dockerfile"] == "deploy/Dockerfile"
    assert services[part]["depends_on"]["kafka"]["condition"] == "service_healthy"
    assert command(services["kafka"]["healthcheck"]["test"]) == ["kafka-broker-api-versions.sh", "--bootstrap-server", "kafka:9092"]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_may_do_no_more_than_it_needs(services: dict[str, Any], part: str) -> None:
    service = services[part]
    assert service["read_only"]
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["mem_limit"]


def test_the_worker_has_a_name_of_its_own_and_what_needs_a_file_of_the_user_waits_for_its_profile(services: dict[str, Any]) -> None:
    assert [part for part in PARTS if settings_of(environment(services[part])).worker_id] == ["work"]
    outlets = str(settings_of(environment(services["notify"])).outlets)
    assert any(mount.split(":")[1:] == [outlets, "ro"] for mount in services["notify"]["volumes"])
    assert {name: service["profiles"] for name, service in services.items() if "profiles" in service} == {
        "notify": ["notify"], "prometheus": ["metrics"], "grafana": ["metrics"],
    }  # fmt: skip


def test_the_page_is_where_its_port_leads(services: dict[str, Any]) -> None:
    settings = settings_of(environment(services["web"]))
    assert settings.web_host == "0.0.0.0"
    assert services["web"]["ports"] == [f"127.0.0.1:8642:{settings.web_port}"]


def test_no_secret_is_written_down(services: dict[str, Any]) -> None:
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            assert value.startswith("${") or not name.endswith(("PASSWORD", "TOKEN", "SECRET"))
    ignored = (ROOT / ".gitignore").read_text().split()
    files = [entry["path"] for part in PARTS for entry in services[part]["env_file"]]
    assert {f"/{name}" for name in [*files, "outlets.toml"]} <= set(ignored)


def test_prometheus_finds_each_part_under_the_job_that_the_rules_expect() -> None:
    (scrape,) = read(PROMETHEUS)["scrape_configs"]
    assert scrape["job_name"] == "dyadwatch"
    (found,) = scrape["dns_sd_configs"]
    assert found["names"] == PARTS
    assert found["port"] == METRICS_PORT
    checked = promtool("check", "config", str(PROMETHEUS))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_grafana_has_its_data_and_its_page_from_files(services: dict[str, Any]) -> None:
    (source,) = read(PROVISIONING / "datasources" / "prometheus.yml")["datasources"]
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")
    (provider,) = read(PROVISIONING / "dashboards" / "dyadwatch.yml")["providers"]
    mounts = dict(mount.split(":")[:2] for mount in services["grafana"]["volumes"])
    assert mounts["./deploy/grafana/provisioning"] == "/etc/grafana/provisioning"
    assert mounts["./deploy/grafana/dyadwatch.json"] == f"{provider['options']['path']}/dyadwatch.json"
    assert all((ROOT / source).exists() for source in mounts if source.startswith("./"))
