"""pipeline decides, agents act, schemas travel: who may import whom, and that what decides has no clock, network or environment."""
from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {"agents", "pipeline", "schemas", "tests"}
MAY_IMPORT = {"schemas": {"schemas"}, "pipeline": {"schemas", "pipeline"}, "agents": {"schemas", "pipeline", "agents"}}

# What a pure function has no use for, by the name that an import gives it; everything below a name is meant too.
IMPURE = {
    "aiohttp", "aiokafka", "asyncio", "faust", "ftplib", "httpx", "httpx2", "kafka", "mode", "multiprocessing", "pebble",
    "pydantic_settings", "random", "requests", "secrets", "selectors", "signal", "smtplib", "socket", "subprocess", "threading",
    "time", "urllib3", "uuid",
    "concurrent.futures", "http.client", "importlib.import_module", "trafilatura.fetch_url", "urllib.request",
    "os.environ", "os.environb", "os.getenv", "os.getenvb", "os.urandom",
    "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow",
}  # fmt: skip


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def named(tree: ast.Module, module: str) -> Iterator[tuple[int, str]]:
    """Every dotted name that the code of `module` reaches through an import, in full, with its line; also what it merely imports."""
    package = module.split(".")[:-1]
    origin: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                origin[alias.asname or top] = alias.name if alias.asname else top
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                origin[alias.asname or alias.name] = f"{source}.{alias.name}"
                yield node.lineno, f"{source}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            names = [node.attr]
            value = node.value
            while isinstance(value, ast.Attribute):
                names.append(value.attr)
                value = value.value
            if isinstance(value, ast.Name) and value.id in origin:
                yield node.lineno, ".".join([origin[value.id], *reversed(names)])
        elif isinstance(node, ast.Name) and node.id == "__import__":
            yield node.lineno, "importlib.import_module"


def offences(source: str, module: str) -> list[str]:
    """What `source`, the code of `module` (dotted), imports or reaches against the rule, as `line: name`."""
    package = module.partition(".")[0]
    found = set()
    for line, name in named(ast.parse(source), module):
        top = name.partition(".")[0]
        foreign = top in OURS and top not in MAY_IMPORT[package]
        impure = package == "pipeline" and any(name == bad or name.startswith(f"{bad}.") for bad in IMPURE)
        if foreign or impure:
            found.add((line, name))
    return [f"{line}: {name}" for line, name in sorted(found)]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_each_package_keeps_to_the_import_rule(package: str) -> None:
    found = {}
    for path in modules(package):
        relative = path.relative_to(ROOT)
        if wrong := offences(path.read_text(), ".".join(relative.with_suffix("").parts)):
            found[str(relative)] = wrong
    assert not found


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_the_rule_is_tried_on_real_modules(package: str) -> None:
    assert len(modules(package)) > 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("schemas.articles", "from pipeline.clean import clean", id="schemas import what decides"),
        pytest.param("schemas.articles", "import agents", id="schemas import what acts"),
        pytest.param("pipeline.clean", "from agents.settings import Settings", id="what decides imports what acts"),
        pytest.param("pipeline.text.fold", "from ...agents import settings", id="the same, relative"),
        pytest.param("agents.clean", "import tests.fakes", id="the program imports its tests"),
        pytest.param("pipeline.clean", "import faust", id="Faust"),
        pytest.param("pipeline.clean", "from aiokafka.admin import NewTopic", id="a broker's client"),
        pytest.param("pipeline.clean", "def f():\n    import socket", id="the network, inside a function"),
        pytest.param("pipeline.clean", "from urllib.request import urlopen", id="the network, of the standard library"),
        pytest.param("pipeline.clean", "import os\nx = os.environ['HOME']", id="the environment"),
        pytest.param("pipeline.clean", "from os import getenv", id="the environment, imported by name"),
        pytest.param("pipeline.clean", "import datetime\nx = datetime.datetime.now()", id="the clock"),
        pytest.param("pipeline.clean", "from datetime import datetime as dt\nx = dt.now", id="the clock under another name, handed on"),
        pytest.param("pipeline.clean", "from datetime import date\nx = date.today()", id="today"),
        pytest.param("pipeline.clean", "from time import monotonic", id="a stopwatch"),
        pytest.param("pipeline.clean", "import random", id="chance"),
        pytest.param("pipeline.clean", "import asyncio", id="the event loop"),
        pytest.param("pipeline.clean", "x = __import__('socket')", id="an import by name"),
    ],
)
def test_an_offence_is_found(module: str, source: str) -> None:
    assert len(offences(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("pipeline.clean", "from schemas.articles import RawArticle", id="what decides reads what travels"),
        pytest.param("pipeline.text.fold", "from .forms import Form", id="its own neighbour, relative"),
        pytest.param("pipeline.clean", "from urllib.parse import urlsplit", id="taking an address apart"),
        pytest.param("pipeline.clean", "from datetime import date\nx = date.fromisoformat('2024-04-09')", id="a given date"),
        pytest.param("pipeline.clean", "def f(now):\n    return now.today", id="a name that only sounds like the clock"),
        pytest.param("agents.up", "import asyncio, os\nfrom pipeline.clean import clean\nx = os.environ", id="what acts may do all this"),
    ],
)
def test_what_is_allowed_is_left_alone(module: str, source: str) -> None:
    assert offences(source, module) == []
