"""`dyadwatch subscribe`: alerts as they come."""
from __future__ import annotations

import asyncio
import logging
import os
import shlex
import shutil
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.connection import connected_settings, quiet_client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from agents.cluster import Cluster
    from agents.subscriber import Delivery
    from pipeline.selection import Selection

# Written out, for the schemas are not imported to print a help text; a test holds both together.
TYPES = ("new", "updated", "corroborated", "retracted")
STATUSES = ("announced", "ongoing", "held", "cancelled")
MODES = ("in_person", "video", "phone", "unknown")
FORMATS = ("bilateral", "sidelines", "multilateral")
LEVELS = ("head_of_state", "head_of_government", "security_council", "parliament", "minister", "deputy_minister", "other")

_DAY = ["%Y-%m-%d"]


def _one_of(flag: str, allowed: Collection[str], what: str) -> Any:
    def checked(values: list[str] | None) -> list[str] | None:
        for value in values or ():
            if value not in allowed:
                raise typer.BadParameter(f"{value!r} is none of {', '.join(allowed)}")
        return values

    return typer.Option(flag, callback=checked, help=f"Only {what}; repeatable: {', '.join(allowed)}.", rich_help_panel="Only these alerts")


def _part_of(what: str) -> Any:
    return typer.Option(help=what, rich_help_panel="Only these alerts")


def _command(given: str | None) -> str | None:
    if given is not None and (not shlex.split(given) or shutil.which(shlex.split(given)[0]) is None):
        raise typer.BadParameter(f"there is no command {given!r}")
    return given


def subscribe(
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="First every alert that the topic holds; else only new ones.")
    ] = False,
    group: Annotated[
        str | None, typer.Option(help="A name under which the broker remembers what was shown: the next time goes on behind it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One alert a line, as it travels.")] = False,
    execute: Annotated[
        str | None,
        typer.Option(
            "--exec",
            callback=_command,
            metavar="COMMAND",
            help="Run this for each alert instead of showing it: the alert as JSON on its standard input, its id in DYADWATCH_ALERT_ID.",
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="End after so many alerts.")] = None,
    type_: Annotated[list[str] | None, _one_of("--type", TYPES, "alerts of this type")] = None,
    status: Annotated[list[str] | None, _one_of("--status", STATUSES, "meetings of this status")] = None,
    mode: Annotated[list[str] | None, _one_of("--mode", MODES, "meetings of this mode")] = None,
    format_: Annotated[list[str] | None, _one_of("--format", FORMATS, "meetings on this occasion")] = None,
    level: Annotated[list[str] | None, _one_of("--level", LEVELS, "meetings of this level")] = None,
    person: Annotated[str | None, _part_of("Part of a participant's name or office.")] = None,
    place: Annotated[str | None, _part_of("Part of the name of the city or of the country, or the country's code.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=_DAY, help="Not before this day.", rich_help_panel="Only these alerts")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="Not after this day.", rich_help_panel="Only these alerts")] = None,
    language: Annotated[list[str] | None, _part_of("Of the article, as el; repeatable.")] = None,
    source: Annotated[list[str] | None, _part_of("Host name of the article's outlet, with what is below it; repeatable.")] = None,
    watch: Annotated[list[str] | None, _part_of("Id of a watch; repeatable.")] = None,
) -> None:
    """Follow the alerts, each once, until Ctrl-C (exit code 130)."""
    from pipeline.selection import Selection

    if execute is not None and as_json:
        raise typer.BadParameter("--exec gives the command JSON anyhow, and shows nothing: leave out --json")
    asked = {
        "type": type_, "status": status, "mode": mode, "format": format_, "level": level, "person": person, "place": place,
        "since": since and since.date(), "until": until and until.date(), "language": language, "source": source, "watch": watch,
    }  # fmt: skip
    selection = Selection.model_validate({name: value for name, value in asked.items() if value})
    give = executing(shlex.split(execute)) if execute is not None else print_json if as_json else print_card
    _, cluster = connected_settings()
    asyncio.run(_follow(cluster, selection, give, from_beginning=from_beginning, group=group, limit=limit))


async def _follow(
    cluster: Cluster,
    selection: Selection,
    give: Callable[[Delivery], Awaitable[None]],
    *,
    from_beginning: bool,
    group: str | None,
    limit: int | None,
) -> None:
    from agents.subscriber import Subscriber

    left = limit
    async with Subscriber(cluster, from_beginning=from_beginning, group=group) as alerts:
        quiet_client(logging.ERROR)  # from now on nobody else tells that the broker went away
        print(f"following the alerts at {cluster}; Ctrl-C ends", file=sys.stderr)
        async for delivery in alerts:
            if selection.of_alert(delivery.alert):
                await give(delivery)
                await alerts.done(delivery)
                left = left and left - 1
                if left == 0:
                    return


async def print_json(delivery: Delivery) -> None:
    """The alert as it travels: one line."""
    print(delivery.alert.model_dump_json(), flush=True)


async def print_card(delivery: Delivery) -> None:
    """The alert for people."""
    from agents.display import alert_card, show

    show(alert_card(delivery.alert), "")


def executing(command: Sequence[str]) -> Callable[[Delivery], Awaitable[None]]:
    """Runs `command` for each alert, one after the other.

    Raises, when it is called:
        OutletError: the command failed on an alert.
    """
    from schemas.errors import OutletError

    async def execute(delivery: Delivery) -> None:
        alert = delivery.alert
        environment = os.environ | {"DYADWATCH_ALERT_ID": alert.alert_id}
        process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, env=environment)
        await process.communicate(alert.model_dump_json().encode())
        if process.returncode:
            failed = f"{shlex.join(command)} ended with {process.returncode} on alert {alert.alert_id}"
            raise OutletError(f"{failed}; with --group it comes again")

    return execute
