"""deploy/prometheus: every alert asks for what there is, says what to do, and fires when it should."""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.sight.metrics import DECLARED
from tests.sight.queries import EVERYWHERE, Query, mistakes, of
from tests.sight.tools import promtool

FOLDER = Path(__file__).parents[2] / "deploy" / "prometheus"
RULES, TRIED = FOLDER / "dyadwatch.rules.yml", FOLDER / "dyadwatch.rules.test.yml"
YAMLLINT = "{extends: default, rules: {line-length: {max: 140}, document-start: disable}}"
ALERTS: dict[str, dict[str, Any]] = {
    rule["alert"]: rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]
}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ('sum(rate(dyadwatch_articles_total{stage="clean"}[5m]))', []),
        ("sum(dyadwatch_artikles_total)", ["there is no metric dyadwatch_artikles_total"]),
        ("dyadwatch_fetch_to_alert_seconds", ["there is no metric dyadwatch_fetch_to_alert_seconds"]),
        ('dyadwatch_articles_total{stages="clean"}', ["dyadwatch_articles_total has no label stages"]),
        ('rate(dyadwatch_articles_total{stage=~"clean|meat"}[5m])', ["dyadwatch_articles_total: stage is never meat"]),
        ('dyadwatch_dead_letters_total{reason="KeyError"}', []),
        ("sum by (languages) (dyadwatch_articles_total)", ["nothing in it has the label languages"]),
        ("sum by (le) (rate(dyadwatch_fetch_to_alert_seconds_bucket[5m]))", []),
    ],
)
def test_a_query_for_what_nobody_tells_is_found(query: str, told: list[str]) -> None:
    assert list(mistakes(query)) == told


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_asks_for_what_there_is_and_tells_of_labels_that_it_has(name: str) -> None:
    rule = ALERTS[name]
    assert list(mistakes(rule["expr"])) == []
    shown = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))
    query = Query.read(rule["expr"])
    assert shown <= (query.groups[0] if query.groups else EVERYWHERE.union(*map(_labels, query.metrics)))


def _labels(metric: str) -> set[str]:
    declared = of(metric)
    return set(declared.labels) if declared else set()


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_how_urgent_it_is_and_what_to_do(name: str) -> None:
    rule = ALERTS[name]
    assert re.fullmatch(r"Dyadwatch([A-Z][a-z]+)+", name)
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    assert not rule["annotations"]["summary"].endswith(".")
    assert rule["annotations"]["description"].endswith((".", "?", ")?"))


def test_every_command_that_an_alert_names_exists() -> None:
    from agents.cli.app import app

    single = {command.callback.__name__ for command in app.registered_commands if command.callback}
    commands = single | {group.name for group in app.registered_groups}
    told = " ".join(" ".join(rule["annotations"].values()) for rule in ALERTS.values())
    named = set(re.findall(r"`dyadwatch (\w+)", " ".join(told.split())))
    assert named
    assert named <= commands


def test_the_files_are_well_formed() -> None:
    lint = [sys.executable, "-m", "yamllint", "--strict", "-d", YAMLLINT, RULES, TRIED]
    done = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_alert_is_tried_and_what_it_is_tried_on_is_what_we_tell() -> None:
    cases = yaml.safe_load(TRIED.read_text("utf-8"))["tests"]
    for case in cases:
        for given in case["input_series"]:
            assert list(mistakes(given["series"])) == [], case["name"]
    expected = TRIED.read_text("utf-8")
    assert {name for name in ALERTS if f'alertname="{name}"' in expected} == set(ALERTS)


def test_prometheus_own_tool_has_each_alert_fire_when_it_should() -> None:
    checked = promtool("check", "rules", str(RULES))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    tried = promtool("test", "rules", str(TRIED))
    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_progress_readiness_broker_lag_articles_feeds_and_delay_are_all_watched() -> None:
    asked = {declared.name for rule in ALERTS.values() for name in Query.read(rule["expr"]).metrics if (declared := of(name))}
    assert asked >= {
        "dyadwatch_part_live",
        "dyadwatch_part_ready",
        "dyadwatch_broker_reachable",
        "dyadwatch_lag_messages",
        "dyadwatch_articles_total",
        "dyadwatch_feeds",
        "dyadwatch_fetch_to_alert_seconds",
    }
    assert asked <= {declared.name for declared in DECLARED}
