"""What docker-compose.yml says."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


def environment(service: dict[str, Any]) -> dict[str, str]:
    """What a container of it has, as long as nobody sets anything."""
    return {name: "" if value.startswith("${") else value for name, value in service["environment"].items()}
