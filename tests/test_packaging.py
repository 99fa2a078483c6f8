"""What a newcomer installs: a wheel that holds all it needs, locks that pin everything, targets that say what they do."""
from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = ["requirements.lock", "deploy/runtime.lock", "deploy/build.lock"]


def pinned(lock: str) -> dict[str, Requirement]:
    """The requirements of `lock` by canonical name."""
    lines = [line.rstrip(" \\") for line in (ROOT / lock).read_text().splitlines() if line[:1].isalnum()]
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


def data_files(package: str) -> set[str]:
    """The files of `package` that are no modules, relative to the repository."""
    found = (p for p in (ROOT / package).rglob("*") if p.is_file() and p.suffix not in {".py", ".pyc"})
    return {p.relative_to(ROOT).as_posix() for p in found}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with nothing but what is installed, from a copy that no other test changes."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("agents", "pipeline", "schemas", "seeds", "tests"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out)]
    done = subprocess.run(build, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


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


def test_the_installed_wheel_finds_its_own_seeds_and_lexicon(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from agents.seeds import seeds_folder\n"
        "from pipeline.lexicon.load import load_lexicon\n"
        "print(seeds_folder(), *load_lexicon().watches)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    folder, *watches = done.stdout.split()
    assert folder == str(tmp_path / "agents" / "data" / "seeds")
    assert "russia-china" in watches


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


@pytest.mark.parametrize("target", ["demo", "test", "check", "lock", "schemas"])
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
