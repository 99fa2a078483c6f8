"""`dyadwatch up`: the long-lived service."""
from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.connection import connected_settings
from schemas.errors import SettingsError

if TYPE_CHECKING:
    from agents.cluster import Cluster
    from agents.lifecycle import LongLived
    from agents.settings import Settings


class Part(StrEnum):
    """What the service is made of."""

    POLL = "poll"
    WORK = "work"
    WEB = "web"
    NOTIFY = "notify"


def up(
    only: Annotated[
        list[Part] | None,
        typer.Option(
            help="These parts only; repeatable. poll: ask feeds; work: clean, dedupe, tag, meet; web: the page and the API;"
            " notify: send alerts to the targets of DYADWATCH_OUTLETS, part of all where that is set."
        ),
    ] = None,
    embedded: Annotated[
        bool, typer.Option("--embedded", help="Start a broker as well, for first steps: it keeps all in memory and forgets it at the end.")
    ] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Of the broker of --embedded; without it a free one.")] = None,
) -> None:
    """Poll feeds, run the agents, show the page, send alerts, until SIGTERM or Ctrl-C.

    What is in progress is finished; a second signal ends it.
    """
    if port is not None and not embedded:
        raise typer.BadParameter("--port is that of the embedded broker: give --embedded with it")
    asyncio.run(_embedded(only, port) if embedded else _connected(only))


async def _connected(only: Sequence[Part] | None) -> None:
    settings, cluster = connected_settings()
    await _serve(settings, cluster, only)


async def _embedded(only: Sequence[Part] | None, port: int | None) -> None:
    from agents.embedded import EmbeddedBroker
    from agents.settings import load_settings

    settings = load_settings()
    if settings.kafka_bootstrap is not None:
        raise SettingsError("--embedded starts a broker, but DYADWATCH_KAFKA_BOOTSTRAP names one: unset it, or leave out --embedded")
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="dyadwatch-"))
        broker = await stack.enter_async_context(EmbeddedBroker(port))
        print("# In other terminals first:", file=sys.stderr)
        print(f"export DYADWATCH_KAFKA_BOOTSTRAP={broker.cluster}", flush=True)
        await _serve(settings.model_copy(update={"data_dir": Path(folder), "replication": 1}), broker.cluster, only)


async def _serve(settings: Settings, cluster: Cluster, only: Sequence[Part] | None) -> None:
    from agents.logs import configure
    from agents.supervisor import Supervisor
    from agents.together import Together, run_until_stopped

    made = {part.value: _made(part, settings, cluster) for part in sorted(set(only or _all(settings)))}

    class Announced(Together):
        """Says when it is ready, to who looks and to who supervises."""

        async def start(self) -> None:
            await super().start()
            print(f"ready: {', '.join(made)} on {cluster}; Ctrl-C ends", file=sys.stderr, flush=True)
            if web := made.get(Part.WEB):
                print(f"the page: {web.address}", file=sys.stderr, flush=True)  # type: ignore[attr-defined]
            supervisor.ready()

        async def stop(self) -> None:
            supervisor.stopping()
            await super().stop()

    configure(settings.log_level, settings.log_format)
    service = Announced(made)
    async with AsyncExitStack() as stack:
        supervisor = await stack.enter_async_context(Supervisor(service.stuck))
        if settings.metrics_port is not None:
            from agents.sight.server import Sight

            sight = await stack.enter_async_context(Sight(settings.metrics_port, settings, cluster, service))
            print(f"metrics: {sight.address}/metrics", file=sys.stderr, flush=True)
        print(f"starting on {cluster}", file=sys.stderr, flush=True)
        await run_until_stopped(service)


def _all(settings: Settings) -> Sequence[Part]:
    """Every part that has something to do."""
    return [part for part in Part if part is not Part.NOTIFY or settings.outlets is not None]


def _made(part: Part, settings: Settings, cluster: Cluster) -> LongLived:
    match part:
        case Part.POLL:
            from agents.poll.poller import Poller

            return Poller(settings, cluster)
        case Part.WEB:
            from agents.outlets.web.server import Web

            return Web(settings, cluster)
        case Part.NOTIFY:
            from agents.outlets.notify.notifier import Notifier

            return Notifier(settings, cluster)
        case Part.WORK:
            from agents.service import Service

            return Service(settings, cluster)
