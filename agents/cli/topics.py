"""`dyadwatch topics`: the topics that the broker has beside those that the settings say, and changing them."""
from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.connection import connected_settings
from agents.cli.exits import Exit

if TYPE_CHECKING:
    from agents.topic_states import Found, TopicState


def topics(
    apply: Annotated[
        bool, typer.Option("--apply", help="First make what is missing and change what differs; partitions and copies are only added.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --apply: agree to what deletes messages, as a shorter retention does.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Describe the topics, or make them as the settings say. Exit code 1 when something differs, 3 when --apply could not change all."""
    from agents.topic_changes import apply_changes, plan_changes

    if yes and not apply:
        raise typer.BadParameter("--yes agrees to what --apply does: give --apply with it")
    settings, cluster = connected_settings()
    plan = asyncio.run(plan_changes(cluster, settings))
    if apply:
        if plan.losses and not (yes or _agreed(plan.losses)):
            raise typer.Exit(Exit.FAILED)
        plan = asyncio.run(apply_changes(cluster, settings, plan, lambda change: print(change, file=sys.stderr, flush=True)))
        for sentence in plan.refused:
            print(f"not changed: {sentence}", file=sys.stderr)
    if as_json:
        for state in plan.states:
            print(json.dumps(_fields(state)))
    else:
        _show(plan.states)
    if apply and plan.refused:
        raise typer.Exit(Exit.REFUSED)
    raise typer.Exit(Exit.FAILED if any(state.differences for state in plan.states) else Exit.OK)


def _agreed(losses: Sequence[str]) -> bool:
    """Whether somebody at a terminal agrees to lose messages; where nobody can be asked, no."""
    for sentence in losses:
        print(sentence, file=sys.stderr)
    if sys.stdin.isatty():
        print("Change the topics? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return True
    print("nothing is changed; with --yes it is", file=sys.stderr)
    return False


def _fields(state: TopicState) -> dict[str, Any]:
    from agents.topic_states import surplus

    topic, found = state.topic, state.found
    return {
        "topic": topic.name,
        "key": topic.key,
        "exists": found is not None,
        "partitions": {"found": found and found.partitions, "wanted": topic.partitions},
        "replication": {"found": found and found.replication, "wanted": topic.replication, "in_sync": found and found.in_sync},
        "configuration": {
            entry: {"found": found and found.configuration.get(entry), "wanted": value} for entry, value in state.configuration.items()
        },
        "ok": not state.differences,
        "differs": list(state.differences),
        "more": list(surplus([state])),
    }


def _show(states: Sequence[TopicState]) -> None:
    """A table of what there is, and below it, in sentences, what is not as the settings say."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from agents.display import show
    from agents.topic_states import differing, surplus

    table = Table(box=SIMPLE_HEAD, show_edge=False, collapse_padding=True, padding=(0, 1), header_style="bold")
    table.add_column("topic", overflow="fold")
    for column in ("partitions", "copies", "to ack"):
        table.add_column(column, justify="right")
    for column in ("keeps", "largest", "state"):
        table.add_column(column)
    for state in states:
        verdict = Text("differs" if state.found else "missing", "red") if state.differences else Text("ok", "green")
        table.add_row(state.topic.name, *(_cells(state.found) if state.found else [""] * 5), verdict)
    show(table, *map(Text, [*differing(state for state in states if state.found), *surplus(states)]))


def _cells(found: Found) -> list[str]:
    from agents.topic_states import kept
    from agents.topics import CLEANUP, IN_SYNC, LARGEST, Cleanup

    of = found.configuration
    late = f", {found.in_sync} in sync" if found.in_sync < found.replication else ""
    latest = ["compacted"] if Cleanup.COMPACT in of.get(CLEANUP, "") else []
    old = [kept(of)] if Cleanup.DELETE in of.get(CLEANUP, "") else []
    largest = of.get(LARGEST)
    return [
        str(found.partitions),
        f"{found.replication}{late}",
        of.get(IN_SYNC, ""),
        ", ".join([*latest, *old]),
        f"{int(largest) / 2**20:.4g} MiB" if largest else "",
    ]
