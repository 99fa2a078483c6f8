"""Programs that are no Python packages, where they are installed: Prometheus with its tool, kubectl, systemd."""
from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.broker.tally import not_run

WITHIN = 60.0  # seconds
FROM = {  # where they are got
    "prometheus": "Debian, Ubuntu: apt install prometheus",
    "promtool": "Debian, Ubuntu: apt install prometheus",
    "kubectl": "https://kubernetes.io/docs/tasks/tools/",
    "systemd-analyze": "only Linux with systemd has it",
}


def installed(program: str) -> str:
    """Its path. Where there is none the test is skipped, and fails where `CI` is set."""
    if (found := shutil.which(program)) is not None:
        return found
    not_run[program] = f"it is not installed ({FROM[program]})"
    if os.environ.get("CI"):
        pytest.fail(f"{program}: {not_run[program]}; with CI set, no test may go without it", pytrace=False)
    pytest.skip(f"{program}: {not_run[program]}")


def promtool(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """What comes of it."""
    command = [installed("promtool"), *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=WITHIN, check=False)
