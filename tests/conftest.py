"""What many tests share."""
from __future__ import annotations

from typing import Any

import pytest

from pipeline.lexicon.load import Lexicon, load_lexicon
from tests.broker import tally


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which brokers the tests ran on."""
    if tally.ran or tally.not_run:
        terminalreporter.section("brokers")
    for broker, tests in sorted(tally.ran.items()):
        terminalreporter.line(f"{broker}: {tests} tests ran on it")
    for broker, why in tally.not_run.items():
        terminalreporter.line(f"{broker}: NOT RUN: {why}", yellow=True, bold=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where several processes run tests, each tells the one that began them."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["brokers"] = tally.told()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear it; a process that died tells nothing."""
    if brokers := getattr(node, "workeroutput", {}).get("brokers"):
        tally.add(brokers)


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The packaged lexicon."""
    return load_lexicon()
