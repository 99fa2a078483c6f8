"""What the files of deploy/ may name because the program has it: settings, parts, probes."""
from __future__ import annotations

from collections.abc import Mapping

from agents.cli.up import Part
from agents.settings import PREFIX, Settings, variable
from agents.sight.server import application
from agents.together import Together

PARTS = [part.value for part in Part]
PATHS = {route.path for route in application(Together({}), ["*"]).routes}  # type: ignore[attr-defined]
STATE = "/var/lib/dyadwatch"  # on the image


def settings_of(environment: Mapping[str, str]) -> Settings:
    """As the program would read them; fails where a variable is none of ours, or its value is wrong."""
    ours = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    assert set(ours) <= {variable(field) for field in Settings.model_fields}
    return Settings.model_validate({name.removeprefix(PREFIX).lower(): value for name, value in ours.items() if value})


def environment_file(text: str) -> dict[str, str]:
    """`NAME=value` lines; comments that are such lines count too, for somebody will take them up."""
    lines = (line.removeprefix("# ") for line in text.splitlines())
    return dict(line.split("=", 1) for line in lines if line.partition("=")[0].replace("_", "").isupper())
