"""Prometheus and its tool, where they are installed."""
from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.broker.tally import not_run

WITHIN = 60.0  # seconds


def installed(program: str) -> str:
    """Its path. Where there is none the test is skipped, and fails where `CI` is set."""
    if (found := shutil.which(program)) is not None:
        return found
    not_run[program] = "it is not installed (Debian, Ubuntu: apt install prometheus)"
    if os.environ.get("CI"):
        pytest.fail(f"{program}: {not_run[program]}; with CI set, no test may go without it", pytrace=False)
    pytest.skip(f"{program}: {not_run[program]}")


def promtool(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """What comes of it."""
    command = [installed("promtool"), *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=WITHIN, check=False)
