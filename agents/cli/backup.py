"""`dyadwatch backup` and `dyadwatch restore`: all that cannot be made again, into a file and back."""
from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.connection import connected_settings

_AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="To be made, or replaced.")], as_json: _AsJson = False) -> None:
    """Write everything that cannot be made again into one file, while the stream flows; see docs/backup.md."""
    from agents.backup.taking import take

    _, cluster = connected_settings()
    taken = asyncio.run(take(cluster, file))
    print(f"{file}: {sum(taken.values())} messages, {file.stat().st_size / 1e6:.1f} MB", file=sys.stderr)
    _show(taken, as_json)


def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help="That `backup` made.")], as_json: _AsJson = False) -> None:
    """Write a backup onto a broker that has no topics of dyadwatch; see docs/backup.md. Start nothing before it is done."""
    from agents.backup.restoring import restore as written

    settings, cluster = connected_settings()
    restored = asyncio.run(written(cluster, settings, file))
    print(f"restored: {sum(restored.values())} messages", file=sys.stderr)
    print(f"before the first start delete {settings.data_dir}, on each machine: it is of the topics of before", file=sys.stderr)
    _show(restored, as_json)


def _show(messages: Counter[str], as_json: bool) -> None:
    if as_json:
        for topic, count in messages.items():
            print(json.dumps({"topic": topic, "messages": count}))
        return
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from agents.display import show

    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1), header_style="bold")
    table.add_column("topic")
    table.add_column("messages", justify="right")
    for topic, count in messages.items():
        table.add_row(topic, f"{count:,}")
    show(table)
