"""`dyadwatch replay`: articles from files into the stream."""
from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.connection import connected_settings
from agents.cli.reading import Paths, Reading

if TYPE_CHECKING:
    from agents.cluster import Cluster
    from agents.producer import ArticleProducer


def replay(
    paths: Paths,
    rate: Annotated[float | None, typer.Option(min=0.001, help="Articles a second at most; else as fast as the broker takes them.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count only; needs no broker.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as a JSON object on standard output.")] = False,
) -> None:
    """Send articles to the topic news.raw, each acknowledged by the broker. Sending an article twice raises no second alert."""
    cluster = None if dry_run else connected_settings()[1]
    reading = Reading(paths, bar=True)
    sending = Sending(reading, rate)
    start = time.monotonic()
    try:
        if cluster is None:
            for _ in reading.articles():
                pass
        else:
            with _interrupted_at_once():
                asyncio.run(sending.to(cluster))
    finally:
        _summarise(sending, time.monotonic() - start, dry_run=dry_run, as_json=as_json)
    raise typer.Exit(reading.code)


@dataclass
class Sending:
    """The articles of `reading`, sent one after the other, at most `rate` a second."""

    reading: Reading
    rate: float | None
    sent: int = 0

    async def to(self, cluster: Cluster) -> None:
        """Send all; an article that cannot be a message is refused.

        Raises:
            BrokerError: the broker cannot be reached; what was sent before stays sent.
        """
        from agents.producer import ArticleProducer

        async with ArticleProducer(cluster) as producer:
            await self._all(producer)

    async def _all(self, producer: ArticleProducer) -> None:
        from schemas.errors import InputError

        start = time.monotonic()
        for number, read in enumerate(self.reading.articles()):
            if self.rate is not None:
                await asyncio.sleep(start + number / self.rate - time.monotonic())
            try:
                await producer.send(read.article)
            except InputError as error:
                self.reading.refuse(f"{read.origin}: {error}")
            else:
                self.sent += 1


@contextmanager
def _interrupted_at_once() -> Iterator[None]:
    """Ctrl-C is raised where we are: the handler of asyncio would wait for the end of a standard input that may never come."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _summarise(sending: Sending, seconds: float, *, dry_run: bool, as_json: bool) -> None:
    reading = sending.reading
    done = "read, none sent (--dry-run)" if dry_run else f"of {reading.read} articles sent"
    count = reading.read if dry_run else sending.sent
    print(f"{count} {'articles ' if dry_run else ''}{done}, {reading.refused} refused, in {seconds:.1f} s", file=sys.stderr)
    if as_json:
        figures = {"read": reading.read, "sent": sending.sent, "refused": reading.refused, "seconds": round(seconds, 3), "dry_run": dry_run}
        print(json.dumps(figures))
