"""Logs: one form for all, on standard error, libraries one level quieter than we are."""
from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from agents.logs import configure
from agents.settings import LogFormat, LogLevel


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_log_line_is_a_json_object_with_level_source_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogLevel.INFO, LogFormat.JSON)
    logging.getLogger("agents.clean").info("read %d pages of 王毅", 3)
    out, err = capsys.readouterr()
    told = json.loads(err)
    assert (told["event"], told["level"], told["logger"]) == ("read 3 pages of 王毅", "info", "agents.clean")
    assert told["timestamp"].endswith("Z")
    assert out == ""


def test_the_trace_of_an_error_is_in_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogLevel.INFO, LogFormat.JSON)
    try:
        raise ValueError("no such page")
    except ValueError:
        logging.getLogger("agents.clean").exception("failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: no such page" in json.loads(line)["exception"]


@pytest.mark.parametrize(
    ("level", "logger", "severity", "told"),
    [
        (LogLevel.WARNING, "agents.meet", logging.WARNING, True),
        (LogLevel.WARNING, "agents.meet", logging.INFO, False),
        (LogLevel.WARNING, "aiokafka.consumer", logging.WARNING, False),
        (LogLevel.WARNING, "faust.app", logging.ERROR, True),
        (LogLevel.ERROR, "mode.worker", logging.ERROR, False),
        (LogLevel.DEBUG, "aiokafka.consumer", logging.DEBUG, True),
        (LogLevel.DEBUG, "aiokafka.conn", logging.DEBUG, False),  # tells requests whole, and a user's password is in one of them
    ],
)
def test_what_is_told_depends_on_who_says_it(
    level: LogLevel, logger: str, severity: int, told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(level, LogFormat.CONSOLE)
    logging.getLogger(logger).log(severity, "something")
    assert ("something" in capsys.readouterr().err) is told


@pytest.mark.parametrize("form", LogFormat)
def test_the_trace_of_an_error_shows_no_value(form: LogFormat, capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogLevel.DEBUG, form)
    password = "correct horse"
    try:
        raise ValueError(f"{len(password)} characters are too few")
    except ValueError:
        logging.getLogger("agents.clean").exception("failed")
    err = capsys.readouterr().err
    assert "13 characters" in err
    assert password not in err
