"""docs/deploy.md: what it says to run, to copy and to expect is there."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from agents.cli.app import app
from agents.settings import Settings, variable
from tests.deploy.compose import COMPOSE, read
from tests.deploy.declared import PARTS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
UNITS = {"MB": 10**6, "MiB": 2**20, "GiB": 2**30}


def bytes_of(text: str) -> int:
    """Of `2 GiB`, or of `128Mi` and `512m` as Kubernetes and Compose write it."""
    number, unit = re.fullmatch(r"(\d+) ?([A-Za-z]+).*", text, re.DOTALL).groups()  # type: ignore[union-attr]
    return int(number) * UNITS.get({"Mi": "MiB", "Gi": "GiB", "m": "MiB", "g": "GiB"}.get(unit, unit), 0)


def rows(heading: str) -> dict[str, list[str]]:
    """Of the table whose first row begins so, by what is in the first column."""
    table = GUIDE.partition(heading)[2].partition("\n\n")[0].splitlines()[2:]
    return {cells[0].strip("` "): [cell.strip() for cell in cells[1:]] for cells in (line.strip("| ").split(" | ") for line in table)}


@pytest.mark.parametrize("part", PARTS)
def test_memory_that_was_measured_fits_into_what_is_asked_for_and_allowed(part: str) -> None:
    start, load, asked, most = map(bytes_of, rows("| part | after its start")[part])
    manifest, *_ = yaml.safe_load_all((ROOT / "deploy" / "kubernetes" / "base" / f"{part}.yaml").read_text())
    (container,) = manifest["spec"]["template"]["spec"]["containers"]
    assert bytes_of(container["resources"]["requests"]["memory"]) == asked
    assert bytes_of(container["resources"]["limits"]["memory"]) == bytes_of(read(COMPOSE)["services"][part]["mem_limit"]) == most
    assert max(start, load) < asked < most


def test_it_explains_every_part() -> None:
    assert list(rows("| part | does")) == PARTS


def test_every_file_of_ours_that_it_names_is_there() -> None:
    links = {link.partition("#")[0] for link in re.findall(r"\]\((?!http|#)([^)]+)\)", GUIDE)}
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
    named = set(re.findall(r"\b(?:deploy|seeds)/[\w./@*-]*\w", GUIDE))
    assert "deploy/systemd/etc/*.env" in named
    assert [name for name in named if not list(ROOT.glob(name))] == []


def test_every_setting_command_and_profile_that_it_names_exists() -> None:
    assert set(re.findall(r"DYADWATCH_\w+", GUIDE)) <= {variable(field) for field in Settings.model_fields}
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL))
    commands = {group.name for group in app.registered_groups} | {one.callback.__name__ for one in app.registered_commands if one.callback}
    named = set(re.findall(r"(?<!namespace )\bdyadwatch ([a-z]+)", shell))
    assert {"demo", "doctor", "feeds"} <= named <= commands
    profiles = {profile for service in read(COMPOSE)["services"].values() for profile in service.get("profiles", [])}
    assert set(re.findall(r"--profile (\w+)", GUIDE)) == profiles
