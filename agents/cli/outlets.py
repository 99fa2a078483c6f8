"""`dyadwatch outlets`: to whom alerts are sent, and how each target is."""
from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.connection import connected_settings
from schemas.errors import SettingsError

if TYPE_CHECKING:
    from rich.table import Table

    from agents.outlets.notify.outlets import Outlet
    from agents.outlets.notify.standing import Standing
    from agents.settings import Settings

outlets = typer.Typer(help="List, test and enable the targets to which alerts are sent.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="Of a target, as the file and `list` name it.")]


@outlets.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Every target of the file: its condition, last success, the alerts that wait, and what is wrong."""
    from agents.display import show

    settings, cluster = connected_settings()
    known = _outlets(settings)
    found = asyncio.run(_standings(settings, cluster, known))
    if as_json:
        for outlet, standing in zip(known, found, strict=True):
            print(json.dumps(_fields(outlet, standing), ensure_ascii=False))
    else:
        show(_table(known, found))


@outlets.command()
def test(outlet_id: Id) -> None:
    """Send a sample to a target, which says that it is one. Needs no broker. Exit code 1 when the target does not take it."""
    from agents.settings import load_settings

    outlet = _outlet(load_settings(), outlet_id)
    asyncio.run(_test(outlet))
    print(f"{outlet_id} has taken a sample ({outlet.described})", file=sys.stderr)


@outlets.command()
def enable(
    outlet_id: Id,
    skip: Annotated[bool, typer.Option("--skip", help="Go on behind the alert that it does not take; of a digest, behind it all.")] = False,
    from_now: Annotated[bool, typer.Option("--from-now", help="Pass over all alerts that wait.")] = False,
) -> None:
    """Have a target tried again at once, with the alert that it has not taken: one that is stopped, or waits after a failure."""
    from agents.outlets.notify.standing import enable as order

    settings, cluster = connected_settings()
    outlet = _outlet(settings, outlet_id)
    all_of_it = from_now or (skip and outlet.target.schedule is not None)
    asyncio.run(order(cluster, outlet_id, skip=skip, from_now=all_of_it))
    print(f"{outlet_id} is tried again as soon as a notifier runs", file=sys.stderr)


def _outlets(settings: Settings) -> Sequence[Outlet]:
    from agents.outlets.notify.outlets import outlets_of

    return outlets_of(settings)


def _outlet(settings: Settings, outlet_id: str) -> Outlet:
    known = {outlet.target.id: outlet for outlet in _outlets(settings)}
    if outlet_id not in known:
        raise SettingsError(f"{settings.outlets} has no target {outlet_id}; it has {', '.join(known)}")
    return known[outlet_id]


async def _standings(settings: Settings, cluster: Any, known: Sequence[Outlet]) -> Sequence[Standing]:
    from agents.outlets.notify.standing import standings
    from agents.topic_changes import create_topics

    await create_topics(cluster, settings)
    return await standings(cluster, [outlet.target.id for outlet in known])


async def _test(outlet: Outlet) -> None:
    from datetime import UTC, datetime

    from agents.outlets.notify.sample import sample

    async with outlet:
        await outlet.sample(sample(), datetime.now(UTC))


def _fields(outlet: Outlet, standing: Standing) -> dict[str, Any]:
    state = standing.state
    return {
        "id": standing.outlet_id,
        "kind": outlet.described,
        "condition": standing.condition,
        "waiting": standing.waiting,
        "last_success": state and state.succeeded_at and state.succeeded_at.isoformat(),
        "failing_since": state and state.failing_since and state.failing_since.isoformat(),
        "failures": state.failures if state else 0,
        "next_attempt": state and state.next_attempt and state.next_attempt.isoformat(),
        "error": state and state.error,
        "stopped": state and state.stopped,
    }


def _table(known: Sequence[Outlet], found: Sequence[Standing]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from agents.wording import local, plain

    styles = {"new": "dim", "well": "green", "failing": "yellow", "stopped": "bold red"}
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1), header_style="bold")
    for column in ("target", "condition", "last success", "failing since", "next attempt"):
        table.add_column(column, overflow="fold")
    table.add_column("waiting", justify="right")
    table.add_column("to know", overflow="fold")
    for outlet, one in zip(known, found, strict=True):
        state = one.state
        table.add_row(
            Text.assemble((one.outlet_id, "bold"), "\n", (plain(outlet.described), "dim")),
            Text(one.condition, styles[one.condition]),
            local(state.succeeded_at if state else None),
            local(state.failing_since if state else None),
            local(state.next_attempt if state else None),
            str(one.waiting),
            plain((state and (state.stopped or state.error)) or ""),
        )
    return table
