"""The table of metrics: names as Prometheus wants them, labels that are bounded, and a document that says what is so."""
from __future__ import annotations

import re
import sys
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from agents import clean, dedupe, meet, review, tag
from agents.cli.up import Part
from agents.sight import __main__ as command
from agents.sight import clock, metrics
from agents.sight.metrics import DECLARED, REGISTRY, Declared, Kind
from tests.sight.counting import values
from tests.sight.tools import promtool

OF_PROMETHEUS = {"le", "quantile", "job", "instance"}


@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.name)
def test_a_metric_is_named_and_explained_as_prometheus_asks(declared: Declared) -> None:
    assert re.fullmatch(r"dyadwatch(_[a-z]+)+", declared.name)
    assert declared.name.endswith("_total") is (declared.kind is Kind.COUNTER)
    assert declared.kind is not Kind.HISTOGRAM or declared.name.endswith("_seconds")
    assert list(declared.buckets) == sorted(set(declared.buckets))
    assert declared.about.endswith(".")
    assert all(re.fullmatch(r"[a-z]+", label) and label not in OF_PROMETHEUS for label in declared.labels)
    assert all(values for values in declared.labels.values())


def test_the_table_has_each_metric_once_and_no_other_is_told() -> None:
    names = [declared.name for declared in DECLARED]
    assert len(set(names)) == len(names)
    told = {(family.name, family.type) for family in REGISTRY.collect() if not family.name.startswith("process_")}
    assert told == {(declared.name.removesuffix("_total"), declared.kind) for declared in DECLARED}


def test_each_event_that_can_be_foreseen_has_its_series_before_it_happens() -> None:
    for declared in DECLARED:
        sample = f"{declared.name}_count" if declared.kind is Kind.HISTOGRAM else declared.name
        known = [of for of in declared.labels.values() if not isinstance(of, str)]
        if declared.kind is not Kind.GAUGE and len(known) == len(declared.labels):
            assert set(product(*known)) <= values(sample).keys(), declared.name
    assert {(stage, "unknown", "dead_letter") for stage in metrics.STAGES} <= values("dyadwatch_articles_total").keys()
    assert ("tag", "DeadlineExceeded") in values("dyadwatch_dead_letters_total")


def test_a_process_that_has_done_nothing_has_few_series() -> None:
    assert sum(len(family.samples) for family in REGISTRY.collect()) < 1_000


def test_stages_and_parts_are_those_of_the_service() -> None:
    assert metrics.STAGES == (clean.STAGE, dedupe.STAGE, tag.STAGE, review.STAGE, meet.STAGE)
    assert set(metrics.PARTS) == set(Part)


@pytest.mark.parametrize(("code", "label"), [("el", "el"), (None, "unknown"), ("xx", "unknown"), ('"}', "unknown")])
def test_what_is_no_language_of_the_lexicon_is_unknown(code: str | None, label: str) -> None:
    assert metrics.language(code) == label


def test_what_is_told_is_well_formed_for_prometheus_own_tool(tmp_path: Path) -> None:
    text = generate_latest(REGISTRY).decode()
    assert {family.name for family in text_string_to_metric_families(text)} >= {"dyadwatch_articles", "dyadwatch_alerts"}
    done = promtool("check", "metrics", given=text)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("sent_at", "dated", "seen_at", "ahead"),
    [
        (100.0, 100_000, 100.2, 0.0),
        (100.0007, 100_000, 100.2, 0.0),
        (100.0, 100_150, 100.2, 0.0),
        (100.0, 97_000, 100.2, 3.0),
        (100.0, 103_200, 100.2, -3.0),
    ],
    ids=["at once", "in the same millisecond", "meanwhile", "before it was sent", "after it was acknowledged"],
)
def test_a_clock_is_ahead_by_what_cannot_be_the_way_to_the_broker(
    sent_at: float, dated: int, seen_at: float, ahead: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock.time, "time", lambda: seen_at)
    clock.compare_clocks(sent_at, SimpleNamespace(timestamp=dated, timestamp_type=1))
    assert values("dyadwatch_clock_ahead_seconds")[()] == pytest.approx(ahead, abs=0.002)
    clock.compare_clocks(sent_at, SimpleNamespace(timestamp=0, timestamp_type=0))  # which we dated ourselves
    clock.compare_clocks(sent_at, None)
    assert values("dyadwatch_clock_ahead_seconds")[()] == pytest.approx(ahead, abs=0.002)


def test_the_document_of_the_repository_is_current() -> None:
    assert command.METRICS.read_text("utf-8") == command.document(), "run `make schemas`"


def test_the_document_is_written_and_one_that_is_stale_is_told_with_the_command_that_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "METRICS", tmp_path / "metrics.md")

    def run(*options: str) -> int:
        monkeypatch.setattr(sys, "argv", ["sight", *options])
        return command.main()

    assert run("--check") == 1
    assert capsys.readouterr().err == f"{command.METRICS} does not match the table of metrics: run `make schemas`\n"
    assert (run(), run("--check")) == (0, 0)
    command.METRICS.write_text("| stale |", "utf-8")
    assert run("--check") == 1
    assert command.METRICS.read_text("utf-8") == "| stale |"
