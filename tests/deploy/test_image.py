"""The image: a clean Dockerfile that runs as nobody in particular, from locks that the tested lock contains."""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from agents.embedded import free_port
from agents.together import Together
from tests.deploy.image import DOCKERFILE, METRICS_PORT, ROOT, final_stage, health_check, well
from tests.sight.parts import seen, started

LOCK = ROOT / "requirements.lock"


def pins(lock: Path) -> dict[str, frozenset[str]]:
    """The hashes of each pinned version in `lock`, by `name==version`."""
    found: dict[str, set[str]] = {}
    pin = ""
    for line in lock.read_text().splitlines():
        if line[:1].isalnum():
            pin = line.split()[0]
            found[pin] = set()
        elif "--hash=" in line:
            found[pin].add(line.split("--hash=")[1].split()[0])
    return {name: frozenset(hashes) for name, hashes in found.items()}


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_image_runs_as_a_numbered_user_without_rights() -> None:
    users = [line.split()[1] for line in final_stage() if line.startswith("USER ")]
    assert users, "the image runs as root"
    assert users[-1].split(":")[0].isdecimal(), "Kubernetes can tell a user that is not root only by number"
    assert int(users[-1].split(":")[0]) >= 10_000


@pytest.mark.parametrize(
    "instruction",
    ['ENTRYPOINT ["dyadwatch"]', 'CMD ["up"]', "VOLUME /var/lib/dyadwatch", "WORKDIR /var/lib/dyadwatch"],
)
def test_the_image_starts_the_service_on_a_volume(instruction: str) -> None:
    assert instruction in final_stage()


def test_the_tables_are_on_the_volume() -> None:
    assert any(line.startswith("ENV ") and "DYADWATCH_DATA_DIR=/var/lib/dyadwatch" in line.split() for line in final_stage())


@pytest.mark.parametrize("stands", [None, "it gets nowhere"])
async def test_a_container_is_well_while_its_parts_get_on(stands: str | None) -> None:
    service = Together({"work": started(stands)})
    async with service, seen(service) as client:
        assert await well(client.base_url.port or 0) == (stands is None)


async def test_a_container_in_which_nothing_answers_is_not_well() -> None:
    assert not await well(free_port())


def test_the_health_check_asks_at_the_port_of_the_metrics() -> None:
    assert any(line.startswith("ENV ") and f"DYADWATCH_METRICS_PORT={METRICS_PORT}" in line.split() for line in final_stage())
    assert f"127.0.0.1', {METRICS_PORT}," in health_check()[-1]


def test_a_build_can_be_repeated_from_one_base_and_bytecode_that_tells_no_time() -> None:
    text = DOCKERFILE.read_text()
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${PYTHON}", "${PYTHON}"]
    assert "--invalidation-mode unchecked-hash" in text


@pytest.mark.parametrize("part", ["runtime.lock", "build.lock"])
def test_what_the_image_installs_is_what_the_tests_ran_with(part: str) -> None:
    tested, installed = pins(LOCK), pins(ROOT / "deploy" / part)
    assert installed
    assert {pin: tested.get(pin) for pin in installed} == installed


@pytest.mark.parametrize("tool", ["pytest", "mypy", "ruff", "hypothesis", "uv", "hatchling"])
def test_the_image_holds_no_tool_of_the_developers(tool: str) -> None:
    assert not any(pin.startswith(f"{tool}==") for pin in pins(ROOT / "deploy" / "runtime.lock"))


@pytest.mark.parametrize("needed", ["agents", "pipeline", "schemas", "seeds", "pyproject.toml", "README.md", "LICENSE"])
def test_the_build_context_holds_what_the_dockerfile_copies(needed: str) -> None:
    ignored, *kept = (line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#"))
    assert ignored == "*"
    assert needed in {line.removeprefix("!").rstrip("/") for line in kept}
    copied = {word for line in DOCKERFILE.read_text().splitlines() if line.startswith("COPY ") for word in line.split()[1:-1]}
    assert needed in copied
