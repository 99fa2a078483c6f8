"""Prometheus' own tool, where it is installed."""
from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.broker.tally import not_run

NAME = "promtool"
WITHIN = 60.0  # seconds


def promtool(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """What comes of it. Where it is not installed the test is skipped, and fails where `CI` is set."""
    found = shutil.which(NAME)
    if found is None:
        not_run[NAME] = "it is not installed (Debian, Ubuntu: apt install prometheus)"
        if os.environ.get("CI"):
            pytest.fail(f"{NAME}: {not_run[NAME]}; with CI set, no test may go without it", pytrace=False)
        pytest.skip(f"{NAME}: {not_run[NAME]}")
    return subprocess.run([found, *arguments], input=given, capture_output=True, text=True, timeout=WITHIN, check=False)
