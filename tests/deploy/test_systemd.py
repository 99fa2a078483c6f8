"""deploy/systemd: units that systemd takes, hardened, for every part of the service."""
from __future__ import annotations

import configparser
import os
import re
import subprocess
from pathlib import Path

import pytest

from agents.cli.exits import Exit
from agents.service import READY_WITHIN, STOP_WITHIN
from tests.deploy.declared import PARTS, environment_file, settings_of
from tests.sight.tools import WITHIN, installed

FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
UNIT = "dyadwatch@.service"
MOST_EXPOSED = 20  # of 100, as systemd counts it


class Lines(dict[str, str]):
    """A key that comes again adds to what it said."""

    def __setitem__(self, key: str, value: object) -> None:
        if isinstance(value, list) and isinstance(before := self.get(key), list):
            value = [*before, *value]
        super().__setitem__(key, value)  # type: ignore[assignment]


def read(name: str) -> configparser.RawConfigParser:
    parsed = configparser.RawConfigParser(strict=False, dict_type=Lines, delimiters=("=",), comment_prefixes=("#",))
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(FOLDER / name)
    return parsed


@pytest.fixture(scope="module")
def service() -> configparser.SectionProxy:
    return read(UNIT)["Service"]


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as on a machine where the command is installed, with an instance for each part."""
    for name in (UNIT, "dyadwatch.target"):
        text = (FOLDER / name).read_text().replace("/opt/dyadwatch/bin/dyadwatch", "/bin/true")
        (tmp_path / name).write_text(text)
        if name == UNIT:
            for part in PARTS:
                (tmp_path / name.replace("@", f"@{part}")).write_text(text)
    return tmp_path


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [installed("systemd-analyze"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=WITHIN, check=False, env=os.environ | {"SYSTEMD_PAGER": ""})


@pytest.mark.parametrize("part", PARTS)
def test_systemd_takes_the_units(units: Path, part: str) -> None:
    done = analyze("verify", units / f"dyadwatch@{part}.service", units / "dyadwatch.target")
    told = [line for line in done.stderr.splitlines() if "dyadwatch" in line]  # units of the machine may have their faults
    assert (done.returncode, told) == (0, [])


def test_little_of_the_machine_is_exposed_to_the_service(units: Path) -> None:
    done = analyze("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", units / "dyadwatch@work.service")
    assert done.returncode == 0, done.stdout


def test_the_service_tells_when_it_is_ready_and_a_supervisor_waits_as_long_as_it_may_take(service: configparser.SectionProxy) -> None:
    assert (service["Type"], service["NotifyAccess"]) == ("notify", "main")
    assert int(service["TimeoutStartSec"]) > READY_WITHIN
    assert int(service["TimeoutStopSec"]) > STOP_WITHIN + 2
    assert int(service["WatchdogSec"]) > 0
    assert (service["Restart"], int(service["RestartPreventExitStatus"])) == ("on-failure", Exit.USAGE)
    assert service["ExecStart"].endswith("/dyadwatch up --only %i")


@pytest.mark.parametrize("part", PARTS)
def test_settings_are_such_and_the_state_is_where_the_part_alone_may_write(service: configparser.SectionProxy, part: str) -> None:
    given = dict(word.split("=", 1) for word in service["Environment"].replace("%i", part).replace("%S", "/var/lib").split())
    given["DYADWATCH_WORKER_ID"] = given["DYADWATCH_WORKER_ID"].replace("%H", "host-1.example.org")
    files = service["EnvironmentFile"].replace("%i", part).split()
    assert files == ["/etc/dyadwatch/dyadwatch.env", f"-/etc/dyadwatch/{part}.env"]
    for file in files:
        given |= environment_file((FOLDER / "etc" / file.rpartition("/")[2]).read_text())
    settings = settings_of(given)
    assert str(settings.data_dir) == f"/var/lib/{service['StateDirectory'].replace('%i', part)}"
    assert settings.metrics_host == "127.0.0.1"
    assert (settings.outlets is not None) == (part == "notify")


def test_each_part_has_a_port_of_its_own_for_its_metrics() -> None:
    found = [environment_file((FOLDER / "etc" / f"{part}.env").read_text())["DYADWATCH_METRICS_PORT"] for part in PARTS]
    assert len(set(found)) == len(PARTS)


def test_no_secret_is_written_down() -> None:
    for file in (FOLDER / "etc").iterdir():
        assert not re.search(r"(PASSWORD|TOKEN|SECRET)=\S", file.read_text())


def test_the_user_of_the_units_is_made() -> None:
    service = read(UNIT)["Service"]
    kind, name, *_ = (FOLDER / "dyadwatch.sysusers").read_text().split()
    assert (kind, name) == ("u", service["User"]) == ("u", service["Group"])
    assert read(UNIT)["Unit"]["PartOf"] == read(UNIT)["Install"]["WantedBy"] == "dyadwatch.target"
