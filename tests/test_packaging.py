"""What a newcomer installs: a wheel that holds all it needs, locks that pin everything, targets that say what they do."""
from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = ["requirements.lock", "deploy/runtime.lock", "deploy/build.lock", "deploy/release.lock"]


def pinned(lock: str) -> dict[str, Requirement]:
    """The requirements of `lock` by canonical name."""
    lines = [line.rstrip(" \\") for line in (ROOT / lock).read_text().splitlines() if line[:1].isalnum()]
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


def data_files(package: str) -> set[str]:
    """The files of `package` that are no modules, relative to the repository."""
    found = (p for p in (ROOT / package).rglob("*") if p.is_file() and p.suffix not in {".py", ".pyc"})
    return {p.relative_to(ROOT).as_posix() for p in found}


def released(folder: Path, umask: int) -> Path:
    """The folder that `deploy/release` makes of the files here, as they are now, in a checkout in `folder`; without the network."""
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    dated = os.environ | {"GIT_COMMITTER_DATE": "2026-01-01T00:00Z", "GIT_AUTHOR_DATE": "2026-01-01T00:00Z"}
    commit = ["git", *who, "commit", "--quiet", "--message=x"]
    for command in (["git", "init", "--quiet"], ["git", "add", "--all"], commit):
        subprocess.run(command, cwd=folder, env=dated, check=True)
    (folder / "agents" / "left_over.py").write_text("not committed")
    stand_in = folder / "build" / "cyclonedx-py"  # a tool that makes a file of the lock that it is given
    stand_in.parent.mkdir()
    stand_in.write_text('#!/bin/sh\ncp "$2" "$7"\n')
    stand_in.chmod(0o755)
    done = subprocess.run(
        ["deploy/release", sys.executable, stand_in, "dist"], cwd=folder, capture_output=True, text=True, check=False, umask=umask
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "dist"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released(tmp_path_factory.mktemp("checkout"), 0o022)


@pytest.fixture(scope="module")
def wheel(release: Path) -> Path:
    (built,) = release.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment in which this wheel is installed; what it needs is borrowed from that of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # The .pth files there, as the one that leads to the checkout, do not count here.
    (site / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    script = folder / "bin" / "dyadwatch"
    script.write_text(f"#!{folder / 'bin' / 'python'}\nfrom agents.cli import main\nif __name__ == '__main__':\n    main()\n")
    script.chmod(0o755)
    return folder / "bin"


@pytest.fixture(scope="module")
def content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_three_packages_and_nothing_beside_them(content: dict[str, bytes]) -> None:
    assert {name.split("/")[0] for name in content if ".dist-info/" not in name} == {"agents", "pipeline", "schemas"}


@pytest.mark.parametrize("package", ["agents", "pipeline", "schemas"])
def test_the_wheel_holds_the_data_beside_the_modules(content: dict[str, bytes], package: str) -> None:
    expected = data_files(package)
    assert f"{package}/py.typed" in expected
    assert expected <= set(content)


def test_the_wheel_holds_the_seeds_byte_for_byte(content: dict[str, bytes]) -> None:
    seeds = {p.name: p.read_bytes() for p in (ROOT / "seeds").iterdir()}
    assert {name.rpartition("/")[2]: body for name, body in content.items() if name.startswith("agents/data/seeds/")} == seeds


def test_the_wheel_holds_the_licence_and_the_command(content: dict[str, bytes]) -> None:
    described = {name.split(".dist-info/")[1]: body.decode() for name, body in content.items() if ".dist-info/" in name}
    assert described["licenses/LICENSE"].startswith("MIT License")
    assert "dyadwatch = agents.cli:main" in described["entry_points.txt"].splitlines()


def said(command: Sequence[object], folder: Path, code: int = 0) -> str:
    """What a command of the installed wheel prints, in a folder outside the checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DYADWATCH_", "PYTHONPATH"))}
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=environment | {"HOME": str(folder)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_the_installed_wheel_tells_its_version_and_the_same_meetings_as_the_checkout(environment: Path, tmp_path: Path) -> None:
    assert said([environment / "dyadwatch", "--version"], tmp_path) == f"dyadwatch {PROJECT['version']}\n"
    program = "from agents.seeds import seeds_folder; import pipeline; print(seeds_folder(), pipeline.__file__)"
    for place in said([environment / "python", "-c", program], tmp_path).split():
        assert Path(place).is_relative_to(environment.parent)
    alerts = [json.loads(line) for line in said([environment / "dyadwatch", "demo", "--json"], tmp_path).splitlines()]
    assert len(alerts) == 9


def test_a_program_that_uses_the_wheel_is_checked_against_its_types(environment: Path, tmp_path: Path) -> None:
    uses = "from schemas.meetings import Alert\n\n\ndef status(alert: Alert) -> {}:\n    return alert.facts.status.value\n"
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", "--python-executable", environment / "python"]
    for kind, code in (("str", 0), ("int", 1)):
        (tmp_path / "uses.py").write_text(uses.format(kind))
        told = said([*mypy, "uses.py"], tmp_path, code)
    assert told.splitlines()[0].startswith('uses.py:5: error: Incompatible return value type (got "str", expected "int")')


def test_a_release_is_the_same_to_the_byte_wherever_it_is_made_and_holds_what_is_committed(
    release: Path, tmp_path: Path, content: dict[str, bytes]
) -> None:
    other = released(tmp_path, 0o077)
    names = [f"dyadwatch-{PROJECT['version']}{end}" for end in ("-py3-none-any.whl", ".cdx.json", ".tar.gz")]
    assert sorted(path.name for path in release.iterdir()) == ["SHA256SUMS", *names]
    for path in release.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes(), path.name
    sums = [f"{hashlib.sha256((release / name).read_bytes()).hexdigest()}  {name}" for name in names]
    assert (release / "SHA256SUMS").read_text().splitlines() == sums
    assert (release / names[1]).read_bytes() == (ROOT / "deploy" / "runtime.lock").read_bytes()  # by the stand-in
    assert "agents/left_over.py" not in content


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_in_a_lock_is_pinned_with_hashes_and_comes_from_nowhere_in_particular(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text())
    assert all(re.match(r"[a-z0-9.-]+==\S+", block) and "--hash=sha256:" in block for block in blocks)
    assert not re.search(r"://|^-|file:", "\n".join(blocks), flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]),
        ("deploy/runtime.lock", PROJECT["dependencies"]),
    ],
)
def test_a_lock_pins_every_dependency_in_a_version_that_the_project_allows(lock: str, requirements: list[str]) -> None:
    pins = pinned(lock)
    for requirement in map(Requirement, requirements):
        (version,) = (clause.version for clause in pins[canonicalize_name(requirement.name)].specifier)
        assert version in requirement.specifier, requirement.name


@pytest.mark.parametrize("target", ["demo", "test", "check", "lock", "schemas", "release"])
def test_make_alone_lists_the_targets_and_installs_nothing(target: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    listed = subprocess.run([make], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^make {target} +\S", listed, flags=re.MULTILINE)
    assert [p.name for p in tmp_path.iterdir()] == ["Makefile"]


def test_make_without_a_usable_python_says_what_to_install(tmp_path: Path) -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    done = subprocess.run([make, "test", "PYTHON="], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "no Python 3.11 or newer" in done.stderr
    assert "make PYTHON=" in done.stderr
