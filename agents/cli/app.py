"""The commands put together. Each module of this package is one command; heavy libraries are imported by the commands that need them."""
from __future__ import annotations

import sys
from importlib import metadata
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from agents.cli.backup import backup, restore
from agents.cli.deadletters import deadletters
from agents.cli.demo import demo
from agents.cli.doctor import doctor
from agents.cli.exits import Exit, explained
from agents.cli.explain import explain
from agents.cli.feeds import feeds
from agents.cli.observe import observe
from agents.cli.outlets import outlets
from agents.cli.replay import replay
from agents.cli.review import review
from agents.cli.subscribe import subscribe
from agents.cli.topics import topics
from agents.cli.up import up
from schemas.errors import BrokerError, DyadwatchError, SettingsError


class _Commands(TyperGroup):
    """Turns what a command raises into one line on standard error and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except DyadwatchError as error:
            print(f"dyadwatch: {error}", file=sys.stderr)
            raise typer.Exit(_code(error)) from error
        except KeyboardInterrupt:
            raise typer.Exit(Exit.INTERRUPTED) from None


def _code(error: DyadwatchError) -> Exit:
    if isinstance(error, BrokerError):
        return Exit.NO_BROKER
    return Exit.USAGE if isinstance(error, SettingsError) else Exit.FAILED


def _version(wanted: bool) -> None:
    if wanted:
        print(f"dyadwatch {metadata.version('dyadwatch')}")
        raise typer.Exit


app = typer.Typer(
    cls=_Commands,
    name="dyadwatch",
    help="One alert for each new meeting between officials of two countries, from news in any language.",
    epilog=f"Data goes to standard output, everything else to standard error. Settings: environment, DYADWATCH_*. {explained()}.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def dyadwatch(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which one this is, and end.")] = False,
) -> None:
    """What stands before the command; `help` above says the rest."""


for command in (demo, up, replay, subscribe, observe, explain, topics, doctor, backup, restore):
    app.command()(command)
app.add_typer(feeds, name="feeds")
app.add_typer(deadletters, name="deadletters")
app.add_typer(review, name="review")
app.add_typer(outlets, name="outlets")
