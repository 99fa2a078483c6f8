"""docs/notifications.md: its file of targets is right, its table has every key, and its receiver receives."""
from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from agents.embedded import free_port
from agents.outlets.notify.outlets import outlets_of
from agents.outlets.notify.targets import NotifyTarget, WebhookTarget
from agents.outlets.notify.webhook import Webhook
from agents.settings import Settings
from pipeline.selection import Selection
from schemas.errors import NotTaken
from tests.cli.alerts import PUBLISHED, alert
from tests.notify.receiver import SECRET, target

TEXT = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text("utf-8")
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDGdZdTEuAnXJ5"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found
    return found[1]


def test_its_file_of_targets_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"MAIL_PASSWORD": "pass/word@1", "NTFY_TOPIC": "topic", "HOOK_SECRET": SECRET}.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "outlets.toml"
    file.write_text(block("toml"))
    told = [(outlet.target.id, outlet.described) for outlet in outlets_of(Settings(outlets=file))]
    assert told == [("desk", "E-Mail"), ("phone", "ntfy"), ("newsroom", "webhook https://hooks.example.org")]


def test_its_table_has_every_key_and_every_filter() -> None:
    told = {key for row in re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}
    keys = {field.alias or name for kind in (NotifyTarget, WebhookTarget) for name, field in kind.model_fields.items()}
    assert told == keys
    filters = re.search(r"\| `filter` \|.*?which alerts: (.*?), as on the page", TEXT)
    assert filters
    assert set(re.findall(r"`(\w+)`", filters[1])) == set(Selection.model_fields)


@contextmanager
def receiving(folder: Path) -> Iterator[tuple[str, Path]]:
    """The receiver of the documentation, running; its address, and the file of what it prints."""
    port = free_port()
    said = folder / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", block("python")], env=os.environ | {"PORT": str(port), "HOOK_SECRET": SECRET}, stdout=out
        )
    try:
        yield f"http://127.0.0.1:{port}", said
    finally:
        process.kill()
        process.wait()


async def test_its_receiver_takes_what_is_signed_once_and_refuses_what_is_not(tmp_path: Path) -> None:
    with receiving(tmp_path) as (url, said):
        async with asyncio.timeout(30), Webhook(target(url)) as right, Webhook(target(url, secret=OTHER)) as wrong:
            while not said.read_text():
                with suppress(NotTaken):  # it is still starting
                    await right.alert(alert(), PUBLISHED)
            await right.alert(alert(), PUBLISHED)
            with pytest.raises(NotTaken, match="it answered 401 Unauthorized"):
                await wrong.alert(alert(), PUBLISHED)
            assert said.read_text().splitlines() == [f"org.dyadwatch.meeting.new.v1 {alert().evidence.sentence}"]
