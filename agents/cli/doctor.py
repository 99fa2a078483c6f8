"""`dyadwatch doctor`: what is wrong, and what to do about it."""
from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.connection import quiet_client
from agents.cli.exits import Exit

if TYPE_CHECKING:
    from agents.cli.checks.check import Check

_STYLES = {"ok": "green", "look": "yellow", "failed": "bold red"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Find what is wrong here, with the broker and in the stream, and say what to do. Changes nothing; takes some seconds.

    Exit code 1 when something has failed that the service cannot work with; what only wants a look does not fail.
    """
    quiet_client()
    checks = asyncio.run(_told(as_json))
    raise typer.Exit(Exit.OK if all(check.ok for check in checks) else Exit.FAILED)


async def _told(as_json: bool) -> list[Check]:
    from rich.text import Text

    from agents.display import stdout

    console = stdout()
    checks = []
    async for check in check_all():
        checks.append(check)
        if as_json:
            print(json.dumps(asdict(check)), flush=True)
        else:
            verdict = Text(f"{check.verdict:6} ", _STYLES[check.verdict])
            console.print(Text.assemble(verdict, (f"{check.name}: ", "bold"), check.found), soft_wrap=True)
            if check.remedy:
                console.print(Text(f"       → {check.remedy}"), soft_wrap=True)
    return checks


async def check_all() -> AsyncIterator[Check]:
    """Every check; where the settings are wrong, only that."""
    from agents.cli.checks.check import Check
    from agents.cli.checks.machine import check_disk, check_extraction, check_folder, check_lexicon, check_outlets, check_service
    from agents.cli.checks.stream import check_broker
    from agents.security import cluster_of
    from agents.settings import load_settings
    from schemas.errors import SettingsError

    try:
        settings = load_settings()
        cluster = cluster_of(settings)
    except SettingsError as error:
        yield Check("settings", False, str(error), "correct the environment variable")
        return
    yield Check("settings", True, "as declared")
    waiting = asyncio.ensure_future(check_extraction(settings)), asyncio.ensure_future(check_broker(settings, cluster))
    yield await asyncio.to_thread(check_lexicon, settings)
    yield check_folder(settings.data_dir)
    yield check_disk(settings.data_dir)
    if outlets := await asyncio.to_thread(check_outlets, settings):
        yield outlets
    yield await waiting[0]
    if service := await check_service(settings):
        yield service
    for check in await waiting[1]:
        yield check
