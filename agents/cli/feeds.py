"""`dyadwatch feeds`: what is subscribed, and how each feed is."""
from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.connection import connected_settings
from agents.cli.exits import Exit
from schemas.errors import FeedListError, SettingsError

if TYPE_CHECKING:
    from rich.table import Table

    from agents.poll.checking import Checked
    from agents.poll.subscriptions import Known
    from schemas.feeds import Feed

feeds = typer.Typer(help="List, add, remove, check, import and export feeds.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@feeds.command("list")
def list_(as_json: AsJson = False, broken: Annotated[bool, typer.Option("--broken", help="Only those that need a look.")] = False) -> None:
    """Every feed with its health: last success, last error, next poll, entries a day."""
    from agents.display import show
    from agents.poll.subscriptions import subscriptions

    settings, cluster = connected_settings()
    known = asyncio.run(subscriptions(cluster, settings))
    chosen = [one for one in known if not broken or one.health.needs_a_look]
    if as_json:
        for one in chosen:
            print(json.dumps(_fields(one), ensure_ascii=False))
    elif chosen:
        show(_table(chosen))
    else:
        print("no feeds: `dyadwatch feeds import FILE` or `dyadwatch feeds add ADDRESS`" if not known else "all well", file=sys.stderr)


@feeds.command()
def add(
    address: Annotated[str, typer.Argument(help="Of a feed, or of a site whose feed is to be found.")],
    folder: Annotated[list[str] | None, typer.Option(help="Folder in the list; repeatable, outermost first.")] = None,
    interval: Annotated[int | None, typer.Option(min=60, help="Least seconds between two polls of it.")] = None,
) -> None:
    """Subscribe to a feed; of a site's address its feed is looked for. Running pollers take it up at once.

    A feed that is subscribed takes the folders and the interval, where they are given, and keeps all else.
    """
    from agents.poll.discovery import find_feed
    from agents.poll.subscriptions import subscribe, subscriptions
    from schemas.feeds import Folder

    settings, cluster = connected_settings()
    subscribed = {one.feed.feed_id: one.feed for one in asyncio.run(subscriptions(cluster, settings))}
    found = asyncio.run(find_feed(address, settings))
    feed = subscribed.get(found.feed_id, found)
    given = {"folders": tuple(Folder(name=name) for name in folder or ()), "interval": interval}
    feed = feed.model_copy(update={name: value for name, value in given.items() if value})
    asyncio.run(subscribe(cluster, settings, [feed]))
    print(f"subscribed to {feed.url}" + (f" ({feed.title})" if feed.title else ""), file=sys.stderr)


@feeds.command()
def remove(addresses: Annotated[list[str], typer.Argument(help="Of feeds, as `list` shows them.")]) -> None:
    """End subscriptions. Running pollers stop at once. Exit code 1 when one is not subscribed."""
    from agents.poll.subscriptions import unsubscribe

    settings, cluster = connected_settings()
    unknown = asyncio.run(unsubscribe(cluster, settings, addresses))
    for address in unknown:
        print(f"dyadwatch: {address} is not subscribed; `dyadwatch feeds list` shows what is", file=sys.stderr)
    raise typer.Exit(Exit.FAILED if unknown else Exit.OK)


@feeds.command("import")
def import_(file: Annotated[Path, typer.Argument(help="An OPML file; `-` is standard input.")]) -> None:
    """Subscribe to all feeds of an OPML file; those that are subscribed take what it says of them."""
    from agents.poll.subscriptions import subscribe

    found = _listed(file)
    settings, cluster = connected_settings()
    asyncio.run(subscribe(cluster, settings, found))
    print(f"subscribed to {len(found)} feeds", file=sys.stderr)


@feeds.command()
def export() -> None:
    """Print all subscriptions as OPML."""
    from agents.poll.subscriptions import subscriptions
    from pipeline.feeds.opml import write_opml

    settings, cluster = connected_settings()
    known = asyncio.run(subscriptions(cluster, settings))
    sys.stdout.buffer.write(write_opml([one.feed for one in known], "dyadwatch feeds", datetime.now(UTC)))


@feeds.command()
def check(
    addresses: Annotated[list[str] | None, typer.Argument(help="Addresses, or OPML files; without any, all that is subscribed.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask feeds once, without subscribing, and say what is in them. Exit code 1 when one cannot be read."""
    from agents.poll.checking import check_feeds
    from agents.poll.subscriptions import subscriptions
    from agents.settings import load_settings

    if addresses:
        settings, wanted = load_settings(), [address for given in addresses for address in _addresses(given)]
    else:
        settings, cluster = connected_settings()
        wanted = [one.feed.url for one in asyncio.run(subscriptions(cluster, settings))]
    failed = asyncio.run(_checked(check_feeds(wanted, settings), len(wanted), as_json))
    raise typer.Exit(Exit.FAILED if failed else Exit.OK)


async def _checked(found: AsyncIterator[Checked], total: int, as_json: bool) -> int:
    """Print each as it comes; how many failed."""
    from rich.text import Text

    from agents.cli.progress import counting
    from agents.display import stdout
    from agents.wording import plain

    failed = 0
    with counting("checked", total) as advance:
        async for one in found:
            failed += one.error is not None
            advance()
            if as_json:
                print(json.dumps(asdict(one), ensure_ascii=False), flush=True)
            else:
                verdict = Text("failed ", "bold red") if one.error else Text("ok     ", "green")
                told = one.error or f"{one.format}, entries: {one.entries}, with a date: {one.dated}"
                stdout().print(Text.assemble(verdict, (plain(one.url), "bold"), ": ", plain(told)), soft_wrap=True)
    return failed


def _listed(file: Path) -> Sequence[Feed]:
    """The feeds of an OPML file; `-` is standard input."""
    from pipeline.feeds.opml import read_opml

    try:
        found = read_opml(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    except OSError as error:
        raise FeedListError(f"{file}: {error.strerror or error}") from error
    except FeedListError as error:
        raise FeedListError(f"{file}: {error}") from error
    if not found:
        raise FeedListError(f"{file}: there is no feed in it")
    return found


def _addresses(given: str) -> list[str]:
    if "://" in given:
        return [given]
    if given != "-" and not Path(given).exists():
        raise SettingsError(f"{given}: no such file; addresses begin with https:// or http://")
    return [feed.url for feed in _listed(Path(given))]


def _fields(one: Known) -> dict[str, Any]:
    state = one.state
    return {
        "url": one.feed.url,
        "title": one.feed.title,
        "folders": [folder.name for folder in one.feed.folders],
        "condition": one.health.condition,
        "reason": one.health.reason,
        "last_success": state and state.succeeded_at and state.succeeded_at.isoformat(),
        "last_attempt": state and state.attempted_at and state.attempted_at.isoformat(),
        "next_poll": state and state.next_poll and state.next_poll.isoformat(),
        "entries_a_day": state and state.entries_a_day,
        "failures": state.failures if state else 0,
        "gaps": state.gaps if state else 0,
        "polled_at": state.url if state and state.url != one.feed.url else None,
    }


def _table(known: Sequence[Known]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from agents.wording import local, plain

    styles = {"well": "green", "waiting": "dim", "empty": "yellow", "failing": "yellow", "broken": "bold red", "stopped": "bold red"}
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1), header_style="bold")
    for column in ("feed", "condition", "last success", "next poll"):
        table.add_column(column, overflow="fold")
    table.add_column("a day", justify="right")
    table.add_column("to know", overflow="fold")
    for one in known:
        condition = one.health.condition.value
        state = one.state
        table.add_row(
            Text.assemble(*([plain(one.feed.title), "\n"] if one.feed.title else []), (plain(one.feed.url), "dim")),
            Text(condition, styles[condition]),
            local(state.succeeded_at if state else None),
            local(state.next_poll if state else None),
            f"{state.entries_a_day:.1f}" if state and state.entries_a_day is not None else "",
            plain(one.health.reason or ""),
        )
    return table
