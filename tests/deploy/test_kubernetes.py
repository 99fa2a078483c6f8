"""deploy/kubernetes: what kustomize makes of it is what Kubernetes takes, and what the program needs and has."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from agents.brokers import NAMED_SESSION
from agents.settings import Settings
from agents.topics import READ_APP
from tests.deploy.declared import PARTS, PATHS, STATE, environment_file, settings_of
from tests.sight.queries import Query, mistakes
from tests.sight.tools import WITHIN, installed

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
YAMLLINT = "{extends: default, rules: {line-length: {max: 140}, document-start: disable}}"
VERSIONS = {"base": "1.31", "example": "1.37"}  # each against another: the oldest that docs/deploy.md names, and the newest
ELSEWHERE = {"ScaledObject", "PodMonitor"}  # their schemas are KEDA's and the Prometheus Operator's
WORKLOADS = {"Deployment", "StatefulSet"}

Manifest = dict[str, Any]


@pytest.fixture(scope="module", params=VERSIONS)
def manifests(request: pytest.FixtureRequest) -> list[Manifest]:
    """What is applied."""
    made = subprocess.run(
        [installed("kubectl"), "kustomize", FOLDER / request.param], capture_output=True, text=True, timeout=WITHIN, check=False
    )
    assert made.returncode == 0, made.stderr
    return list(yaml.safe_load_all(made.stdout))


def of_kind(manifests: list[Manifest], *kinds: str) -> dict[str, Manifest]:
    """By name."""
    return {one["metadata"]["name"]: one for one in manifests if one["kind"] in kinds}


def pod(manifests: list[Manifest], part: str) -> Manifest:
    found: Manifest = of_kind(manifests, *WORKLOADS)[part]["spec"]["template"]["spec"]
    return found


def container(manifests: list[Manifest], part: str) -> Manifest:
    (found,) = pod(manifests, part)["containers"]
    return dict(found)


def settings(manifests: list[Manifest], part: str) -> Settings:
    """Those of a pod, where secrets are left out and a field of the pod is its name."""
    (shared,) = of_kind(manifests, "ConfigMap").values()
    inside = container(manifests, part)
    named = [one["configMapRef"]["name"] for one in inside["envFrom"] if "configMapRef" in one]
    assert named == [shared["metadata"]["name"]]
    own = {one["name"]: one.get("value", "work-0" if "fieldRef" in one.get("valueFrom", {}) else "") for one in inside.get("env", [])}
    image = {"DYADWATCH_DATA_DIR": STATE}
    return settings_of(image | shared["data"] | own)


def ports(manifests: list[Manifest], part: str) -> dict[str, int]:
    return {port["name"]: port["containerPort"] for port in container(manifests, part)["ports"]}


def test_yamllint_finds_nothing() -> None:
    lint = [sys.executable, "-m", "yamllint", "--strict", "-d", YAMLLINT, FOLDER]
    done = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_kubernetes_takes_all_of_it(manifests: list[Manifest], request: pytest.FixtureRequest) -> None:
    version = VERSIONS[request.node.callspec.params["manifests"]]
    for manifest in manifests:
        if manifest["kind"] not in ELSEWHERE:
            kubernetes_validate.validate(manifest, version, strict=True)


def test_each_part_is_one_workload_that_starts_it(manifests: list[Manifest]) -> None:
    assert set(of_kind(manifests, *WORKLOADS)) == set(PARTS)
    for part in PARTS:
        assert container(manifests, part)["args"] == ["up", "--only", part]
        assert all(one["metadata"]["namespace"] == "dyadwatch" for one in manifests if one["kind"] != "Namespace")


@pytest.mark.parametrize("part", PARTS)
def test_settings_are_such_and_metrics_and_page_are_on_the_ports_that_are_named(manifests: list[Manifest], part: str) -> None:
    read = settings(manifests, part)
    named = ports(manifests, part)
    assert named["metrics"] == read.metrics_port
    assert (read.metrics_host, "http" in named) == ("0.0.0.0", part == "web")
    if part == "web":
        assert (read.web_host, read.web_port) == ("0.0.0.0", named["http"])
    assert read.log_format == "json"


@pytest.mark.parametrize("part", PARTS)
def test_probes_ask_where_there_is_an_answer_and_only_a_pod_that_is_stuck_is_started_again(manifests: list[Manifest], part: str) -> None:
    probes = {kind: container(manifests, part)[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
    assert {kind: probe["path"] for kind, probe in probes.items()} == {"startup": "/live", "liveness": "/live", "readiness": "/ready"}
    assert {probe["path"] for probe in probes.values()} <= PATHS
    assert {probe["port"] for probe in probes.values()} == {"metrics"}


@pytest.mark.parametrize("part", PARTS)
def test_a_pod_may_do_no_more_than_it_needs_and_gets_no_variables_of_services(manifests: list[Manifest], part: str) -> None:
    spec, inside = pod(manifests, part), container(manifests, part)
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert (spec["automountServiceAccountToken"], spec["enableServiceLinks"]) == (False, False)
    assert inside["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert {"cpu", "memory"} <= set(inside["resources"]["requests"])
    assert inside["resources"]["limits"]["memory"]
    user = f"USER {spec['securityContext']['runAsUser']}:{spec['securityContext']['runAsGroup']}\n"
    assert user in (FOLDER.parent / "Dockerfile").read_text()


def test_a_worker_keeps_its_name_and_its_tables(manifests: list[Manifest]) -> None:
    names = [one for one in container(manifests, "work")["env"] if one["name"] == "DYADWATCH_WORKER_ID"]
    assert [one["valueFrom"]["fieldRef"]["fieldPath"] for one in names] == ["metadata.name"]
    stateful = of_kind(manifests, "StatefulSet")
    assert set(stateful) == {"work", "web"}
    for part, manifest in stateful.items():
        (claim,) = manifest["spec"]["volumeClaimTemplates"]
        mounted = {mount["name"]: mount["mountPath"] for mount in container(manifests, part)["volumeMounts"]}
        assert mounted[claim["metadata"]["name"]] == str(settings(manifests, part).data_dir)
        assert manifest["spec"]["serviceName"] in of_kind(manifests, "Service")


def test_selectors_find_the_pods_and_each_part_may_be_disturbed_one_pod_at_a_time(manifests: list[Manifest]) -> None:
    budgets, workloads = of_kind(manifests, "PodDisruptionBudget"), of_kind(manifests, *WORKLOADS)
    assert set(budgets) == set(PARTS)
    for part, workload in workloads.items():
        labels = workload["spec"]["template"]["metadata"]["labels"].items()
        assert workload["spec"]["selector"]["matchLabels"].items() <= labels
        assert budgets[part]["spec"]["selector"]["matchLabels"].items() <= labels
        assert budgets[part]["spec"]["maxUnavailable"] == 1
    for name, service in of_kind(manifests, "Service").items():
        assert service["spec"]["selector"].items() <= workloads[name]["spec"]["template"]["metadata"]["labels"].items()
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= set(ports(manifests, name))


def test_topics_have_a_copy_on_each_broker_and_no_worker_is_without_a_partition(manifests: list[Manifest]) -> None:
    read = settings(manifests, "work")
    brokers = (read.kafka_bootstrap or "").split(",")
    assert read.replication == len(brokers) == 3
    workers = [of_kind(manifests, "StatefulSet")["work"]["spec"].get("replicas", 1)]
    workers += [one["spec"]["maxReplicaCount"] for one in of_kind(manifests, "ScaledObject").values()]
    assert max(workers) <= read.partitions


def test_who_may_only_reach_the_brokers_may_reach_them_at_their_port(manifests: list[Manifest]) -> None:
    policies = of_kind(manifests, "NetworkPolicy")
    allowed = {port["port"] for rule in policies["brokers-only"]["spec"]["egress"] for port in rule["ports"]}
    brokers = {int(one.rpartition(":")[2]) for one in (settings(manifests, "work").kafka_bootstrap or "").split(",")}
    assert brokers <= allowed
    (which,) = policies["brokers-only"]["spec"]["podSelector"]["matchExpressions"]
    assert set(which["values"]) == set(PARTS) - {"poll", "notify"}  # these reach the internet


def test_no_secret_is_written_down_and_without_any_of_those_that_may_lack_pods_start(manifests: list[Manifest]) -> None:
    assert not of_kind(manifests, "Secret")
    for part in PARTS:
        inside = container(manifests, part)
        wanted = [volume["secret"] for volume in pod(manifests, part)["volumes"] if "secret" in volume]
        wanted += [one["secretRef"] for one in inside["envFrom"] if "secretRef" in one]
        wanted += [one["valueFrom"]["secretKeyRef"] for one in inside.get("env", []) if "secretKeyRef" in one.get("valueFrom", {})]
        needed = [one["secretName"] for one in wanted if not one.get("optional")]
        assert needed == (["outlets"] if part == "notify" else [])
    (outlets,) = (mount["mountPath"] for mount in container(manifests, "notify")["volumeMounts"] if mount["name"] == "outlets")
    assert str(settings(manifests, "notify").outlets) == f"{outlets}/outlets.toml"


def test_what_kubernetes_does_not_know_is_found() -> None:
    manifest = yaml.safe_load((FOLDER / "base" / "namespace.yaml").read_text())
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest | {"specification": {}}, VERSIONS["base"], strict=True)


def test_without_a_secret_with_targets_no_notifier_is_started() -> None:
    notify = yaml.safe_load((FOLDER / "base" / "notify.yaml").read_text())
    assert notify["spec"]["replicas"] == 0


def test_workers_come_and_go_with_the_articles_that_wait_for_their_group() -> None:
    scaled = yaml.safe_load((FOLDER / "autoscaling" / "workers.yaml").read_text())["spec"]
    assert scaled["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "work"}
    (trigger,) = scaled["triggers"]
    query = trigger["metadata"]["query"]
    assert list(mistakes(query)) == []
    assert Query.read(query).metrics == {"dyadwatch_lag_messages"}
    assert f'group="{READ_APP}"' in query
    down = scaled["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"]
    assert down["policies"][0]["periodSeconds"] > NAMED_SESSION  # by then others have the partitions of the one before


def test_prometheus_finds_the_pods_under_the_job_that_the_rules_expect() -> None:
    monitor = yaml.safe_load((FOLDER / "monitoring" / "pods.yaml").read_text())["spec"]
    labels = yaml.safe_load((FOLDER / "base" / "kustomization.yaml").read_text())["labels"][0]
    assert labels["includeTemplates"]
    assert labels["pairs"][monitor["jobLabel"]] == "dyadwatch"
    assert monitor["selector"]["matchLabels"] == labels["pairs"]
    assert [(end["port"], end["path"] in PATHS) for end in monitor["podMetricsEndpoints"]] == [("metrics", True)]


def test_the_settings_of_the_base_are_a_file_of_settings() -> None:
    assert settings_of(environment_file((FOLDER / "base" / "settings.env").read_text()))
