"""`dyadwatch topics`: the topics as declared beside those that the broker has."""
from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.connection import connected_settings
from agents.cli.exits import Exit

if TYPE_CHECKING:
    from rich.table import Table

    from agents.topics import TopicState


def topics(
    create: Annotated[bool, typer.Option("--create", help="First make those that are missing; those that exist stay as they are.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Describe the topics, or create them. Exit code 1 when one is missing or has other partitions than declared."""
    from agents.display import show
    from agents.topics import create_topics, describe_topics

    settings, cluster = connected_settings()
    if create:
        asyncio.run(create_topics(cluster, settings))
    states = asyncio.run(describe_topics(cluster, settings))
    if as_json:
        for state in states:
            print(json.dumps(_fields(state)))
    else:
        show(_table(states))
    raise typer.Exit(Exit.FAILED if any(state.differs for state in states) else Exit.OK)


def _fields(state: TopicState) -> dict[str, Any]:
    topic = state.topic
    return {
        "topic": topic.name,
        "key": topic.key,
        "partitions": topic.partitions,
        "partitions_found": state.partitions,
        "cleanup": topic.cleanup.value,
        "days": topic.days,
        "ok": state.differs is None,
        "differs": state.differs,
    }


def _table(states: Sequence[TopicState]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_edge=False, collapse_padding=True, padding=(0, 1), header_style="bold")
    table.add_column("topic", no_wrap=True)
    table.add_column("partitions", justify="right")
    table.add_column("keeps")
    table.add_column("state", overflow="fold")
    for state in states:
        topic = state.topic
        kept = "latest of each key" if topic.days is None else f"{topic.days:g} days"
        verdict = Text(state.differs, "red") if state.differs else Text("ok", "green")
        table.add_row(topic.name, str(topic.partitions), kept, verdict)
    return table
