"""On which brokers tests ran, for the end of a run; of all processes that run tests."""
from __future__ import annotations

from collections import Counter
from typing import Any

ran: Counter[str] = Counter()
not_run: dict[str, str] = {}


def told() -> dict[str, Any]:
    """What another process can `add`."""
    return {"ran": dict(ran), "not_run": not_run}


def add(other: dict[str, Any]) -> None:
    """Count what another process has `told`."""
    ran.update(other["ran"])
    not_run.update(other["not_run"])
