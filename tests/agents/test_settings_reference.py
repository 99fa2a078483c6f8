"""docs/settings.md has every setting, and says of each the parts that read it in the code."""
from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from agents import settings_reference as command
from agents.settings import Settings, variable
from agents.settings_reference import GROUPS, NOTIFY, PARTS, POLL, WEB, WORK, document, group_of

AGENTS = Path(__file__).parents[2] / "agents"
# By the beginning of a module's path. What makes topics or clients, and what tells of a process, is of all parts; so is what only the
# command reads that runs them.
READ_IN = {
    "poll/": {POLL},
    "service.py": {WORK},
    "app.py": {WORK},
    "brokers.py": {WORK},  # Profile.session is asked by workers alone
    "outlets/web/": {WEB},
    "outlets/notify/": {NOTIFY},
    "topics.py": set(PARTS),
    "security.py": set(PARTS),
    "sight/": set(PARTS),
    "cli/": set(),
}


@pytest.mark.parametrize("field", Settings.model_fields)
def test_each_setting_is_explained_and_read_by_the_parts_that_the_reference_names(field: str) -> None:
    assert Settings.model_fields[field].description
    assert f"| `{variable(field)}` |" in document()
    _, named = GROUPS[group_of(field)]
    read = re.compile(rf"settings\.{field}\b")
    modules = [str(path.relative_to(AGENTS)) for path in AGENTS.rglob("*.py") if read.search(path.read_text("utf-8"))]
    assert modules
    read_in = set[str]().union(*(next(parts for begin, parts in READ_IN.items() if module.startswith(begin)) for module in modules))
    assert (read_in or set(PARTS)) == set(named)


def test_a_changed_reference_is_found_and_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = tmp_path / "settings.md"
    monkeypatch.setattr(command, "REFERENCE", reference)
    monkeypatch.setattr(sys, "argv", ["settings_reference", "--check"])
    assert command.main() == 1
    assert "run `make schemas`" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["settings_reference"])
    assert command.main() == 0
    monkeypatch.setattr(sys, "argv", ["settings_reference", "--check"])
    assert command.main() == 0
    reference.write_text(reference.read_text("utf-8").replace("`8642`", "`8643`"), "utf-8")
    assert command.main() == 1


def test_the_reference_is_current() -> None:
    assert command.REFERENCE.read_text("utf-8") == document()
