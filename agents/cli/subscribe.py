"""`dyadwatch subscribe`: alerts as they come."""
from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.connection import connected_settings, quiet_client

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from agents.cluster import Cluster
    from agents.subscriber import Delivery
    from schemas.meetings import Alert

# Written out, for the schemas are not imported to print a help text; a test holds both together.
STATUSES = ("announced", "ongoing", "held", "cancelled")
LEVELS = ("head_of_state", "head_of_government", "security_council", "parliament", "minister", "deputy_minister", "other")


def _choices(allowed: Collection[str]) -> Callable[[list[str] | None], list[str] | None]:
    def checked(values: list[str] | None) -> list[str] | None:
        for value in values or ():
            if value not in allowed:
                raise typer.BadParameter(f"{value!r} is none of {', '.join(allowed)}")
        return values

    return checked


def subscribe(
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="First every alert that the topic holds; else only new ones.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One alert a line, as it travels.")] = False,
    status: Annotated[
        list[str] | None, typer.Option(callback=_choices(STATUSES), help=f"Only alerts on these; repeatable: {', '.join(STATUSES)}.")
    ] = None,
    level: Annotated[
        list[str] | None, typer.Option(callback=_choices(LEVELS), help=f"Only alerts on these; repeatable: {', '.join(LEVELS)}.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="End after so many alerts.")] = None,
) -> None:
    """Follow the alerts, each once, until Ctrl-C (exit code 130)."""
    _, cluster = connected_settings()
    asyncio.run(_follow(cluster, from_beginning=from_beginning, as_json=as_json, statuses=status, levels=level, limit=limit))


async def _follow(
    cluster: Cluster,
    *,
    from_beginning: bool,
    as_json: bool,
    statuses: Collection[str] | None,
    levels: Collection[str] | None,
    limit: int | None,
) -> None:
    from agents.subscriber import Subscriber

    show = print_json if as_json else print_card
    left = limit
    async with Subscriber(cluster, from_beginning=from_beginning) as alerts:
        quiet_client(logging.ERROR)  # from now on nobody else tells that the broker went away
        print(f"following the alerts at {cluster}; Ctrl-C ends", file=sys.stderr)
        async for delivery in alerts:
            if wanted(delivery.alert, statuses, levels):
                show(delivery)
                left = left and left - 1
                if left == 0:
                    return


def wanted(alert: Alert, statuses: Collection[str] | None, levels: Collection[str] | None) -> bool:
    """Whether the alert is on one of these statuses and levels; none given means any."""
    return (not statuses or alert.facts.status in statuses) and (not levels or alert.facts.level in levels)


def print_json(delivery: Delivery) -> None:
    """The alert as it travels: one line."""
    print(delivery.alert.model_dump_json(), flush=True)


def print_card(delivery: Delivery) -> None:
    """The alert for people."""
    from agents.display import alert_card, show

    show(alert_card(delivery.alert), "")
