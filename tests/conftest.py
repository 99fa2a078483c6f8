"""What many tests share."""
from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.stdlib import ProcessorFormatter

from pipeline.lexicon.load import Lexicon, load_lexicon
from tests.broker import tally


def pytest_sessionstart(session: pytest.Session) -> None:
    """A process that runs tests for another one ignores Ctrl-C, and so would every command that a test starts."""
    if hasattr(session.config, "workeroutput"):
        signal.signal(signal.SIGINT, signal.default_int_handler)


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


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command that runs in this process lets logs go to a standard error that is gone afterwards."""
    root = logging.getLogger()
    level = root.level
    yield
    for handler in root.handlers[:]:
        if isinstance(handler.formatter, ProcessorFormatter):
            root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The packaged lexicon."""
    return load_lexicon()
