"""What no file of the repository may hold, whoever wrote it: hosts of package registries, paths of somebody's machine, endless modules."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_LINES = 350

# Split, so that this file does not hold what it forbids. An XML namespace such as maven.apache.org/POM names no registry.
REGISTRY = re.compile(
    "|".join(
        re.escape(".".join(host))
        for host in [
            ("pypi", "org"), ("pythonhosted", "org"), ("crates", "io"), ("proxy", "golang", "org"), ("registry", "npmjs", "org"),
            ("registry", "yarnpkg", "com"), ("repo", "maven", "apache", "org"), ("repo1", "maven", "org"), ("deb", "debian", "org"),
        ]
    )
)  # fmt: skip
# A folder that begins a path: not the middle of an address such as example.org/home/politics.
MACHINE = re.compile(r"(?<![\w.~*}\-])/(?:home|Users|root|work)/[\w.]|[A-Z]:\\Users\\")


def repository_files() -> list[Path]:
    """What git tracks, and what it would track after `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no git checkout, so nothing tells which files are its own")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in repository_files()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_host_of_a_package_registry() -> None:
    assert lines_with(REGISTRY) == []


def test_no_file_holds_a_path_of_a_developers_machine() -> None:
    assert lines_with(MACHINE) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        pytest.param(REGISTRY, "--index-url https://" + "pypi" + ".org/simple", id="an index of packages"),
        pytest.param(MACHINE, "see /" + "home/anna/notes.txt", id="a home folder on Linux"),
        pytest.param(MACHINE, "path = '/" + "Users/anna'", id="a home folder on macOS"),
        pytest.param(MACHINE, "#!/" + "root/.pyenv/bin/python", id="the administrator's"),
    ],
)
def test_what_is_forbidden_is_recognised(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        pytest.param(REGISTRY, "http://maven.apache.org/POM/4.0.0", id="a namespace"),
        pytest.param(MACHINE, "https://example.org/home/politics", id="an address"),
        pytest.param(MACHINE, "/var/lib/dyadwatch", id="a folder of an installation"),
    ],
)
def test_what_is_allowed_is_not(pattern: re.Pattern[str], text: str) -> None:
    assert not pattern.search(text)


@pytest.mark.parametrize("package", ["agents", "pipeline", "schemas"])
def test_every_module_can_be_read_in_one_sitting(package: str) -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in (ROOT / package).rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length >= MOST_LINES} == {}
