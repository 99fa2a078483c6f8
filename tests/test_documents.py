"""The documents for operators: every fault that is told has its page, and none speaks of what there is not."""
from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from agents.cli.app import app
from agents.settings import Settings, variable
from agents.sight.metrics import DECLARED
from agents.topics import declared

ROOT = Path(__file__).parents[1]
RUNBOOK = ROOT / "docs" / "runbook"
PAGES = sorted(RUNBOOK.glob("*.md"))
DOCUMENTS = [*PAGES, *sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
INDEX = (RUNBOOK / "README.md").read_text("utf-8")
RULES = yaml.safe_load((ROOT / "deploy" / "prometheus" / "dyadwatch.rules.yml").read_text("utf-8"))["groups"]
ALERTS = {rule["alert"]: rule["annotations"]["runbook"] for group in RULES for rule in group["rules"]}
# Files that readers write.
WRITTEN = {
    "pipeline/lexicon/languages/sv.toml",
    "tests/detect/phenomena/sv.toml",
    "tests/detect/grid/sv.toml",
    "tests/corpus/reviewed.jsonl",
}
FILES = {"outlets.toml", "outlets.env"}  # named like topics
COMMANDS = "".join(path.read_text("utf-8") for path in (ROOT / "agents" / "cli").rglob("*.py"))
CHECKS = set(re.findall(r'\b(?:Check|looking)\("([a-z ]+)"', COMMANDS))


def rows() -> Iterator[tuple[str, str, set[str]]]:
    """Of the index: the page, the alerts and the checks that lead there."""
    for page, alerts, checks in re.findall(r"^\| \[.+?\]\((.+?)\) \| (.*?) ?\| (.*?) ?\|$", INDEX, re.MULTILINE):
        yield page, alerts, set(re.findall(r"`([a-z ]+)`", checks))


@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_leads_to_a_page_that_speaks_of_it(alert: str) -> None:
    page = ROOT / ALERTS[alert]
    assert alert in page.read_text("utf-8")
    assert page.name in [name for name, alerts, _ in rows() if f"`{alert}`" in alerts]


def test_each_check_of_doctor_has_a_page_that_speaks_of_it() -> None:
    assert {"settings", "broker", "dead letters"} <= CHECKS
    assert set[str]().union(*(checks for _, _, checks in rows())) == CHECKS
    for page, _, checks in rows():
        text = (RUNBOOK / page).read_text("utf-8")
        assert [check for check in checks if check not in text] == [], page


def test_each_page_is_in_the_index_once_and_says_what_one_sees_why_and_what_to_do() -> None:
    pages = [page for page in PAGES if page.name != "README.md"]
    assert sorted(page for page, _, _ in rows()) == [page.name for page in pages]
    for page in pages:
        text = page.read_text("utf-8")
        found = [text.find(part) for part in ("**You see**", "\n**Why.**", "\n**What to do")]
        assert -1 not in found and found == sorted(found), page.name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_speaks_of_what_there_is_not(document: Path) -> None:
    text = document.read_text("utf-8")
    code = " ".join(re.findall(r"`[^`\n]+`|^(?:    |\$ ).+$", text, re.MULTILINE))
    settings = {variable(field) for field in Settings.model_fields}
    assert set(re.findall(r"\bDYADWATCH_[A-Z][A-Z_]*[A-Z]\b(?!_)", text)) - settings - {"DYADWATCH_KAFKA"} == set()
    metrics = {metric.name for metric in DECLARED} | {f"{metric.name}_bucket" for metric in DECLARED}
    assert set(re.findall(r"\bdyadwatch_[a-z_]+", code)) <= metrics
    assert set(re.findall(r"\bDyadwatch[A-Z]\w+", text)) <= set(ALERTS)
    topics = {topic.name for topic in declared(Settings())}
    assert set(re.findall(r"`((?:news|meetings|feeds|outlets)\.[a-z]+|dyadwatch-\w+-\w+-changelog)`", text)) <= topics | FILES


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_with_its_options_exists(document: Path) -> None:
    fenced = re.findall(r"^(?:[A-Z_]+=\S+ )*(?:\$ )?(?:\.venv/bin/)?(dyadwatch [^#\n|&<]+)", document.read_text("utf-8"), re.MULTILINE)
    spans = re.findall(r"`(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?(dyadwatch [^`]+)`", document.read_text("utf-8"))
    for line in fenced + [span for span in spans if "…" not in span]:
        _, *words = shlex.split(line.strip().rstrip(";"))
        command: Any = typer.main.get_command(app)
        while words and (known := getattr(command, "commands", None)) and not words[0].startswith("-"):
            assert words[0] in known, line
            command, words = known[words[0]], words[1:]
        options = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
        assert {word for word in words if word.startswith("--")} <= options, line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\((?!https?://)([^)\s]+)\)", document.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        if anchor:
            heads = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}, link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_ours_that_it_names_is_there(document: Path) -> None:
    named = re.findall(r"`((?:agents|pipeline|schemas|tests|deploy|seeds|docs)/[\w./-]+)`", document.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists() and name not in WRITTEN] == []
