"""Feeds and pages are parsed in a process of their own: a hostile one takes minutes, for which the event loop must not wait."""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from pebble import ProcessExpired

from agents.processes import Processes
from pipeline.feeds.model import ParsedFeed
from pipeline.feeds.page import Found, look
from pipeline.feeds.parse import parse
from schemas.errors import UnsafeFeed

DEADLINE = 5.0  # seconds; a feed of 8 MB in 1,000 entries takes one of them on a busy machine

R = TypeVar("R")


class Parsing(Processes):
    """`async with Parsing() as parsing: await parsing.parse(body, content_type, url, fetched_at)`. Enter it in the main thread.

    Everything raises, besides what it says, UnsafeFeed: it took too long, or the process died of it; the process is replaced.
    """

    def __init__(self, deadline: float = DEADLINE) -> None:
        """`deadline`: seconds for each feed or page."""
        super().__init__(1, deadline, prepare)

    async def parse(self, body: bytes, content_type: str | None, url: str, fetched_at: datetime) -> ParsedFeed:
        """`pipeline.feeds.parse.parse`. Raises what it raises."""
        return await self._run(parse, body, content_type, url, fetched_at)

    async def look(self, status: int, headers: Mapping[str, str], body: bytes, asked: str, url: str) -> Found:
        """`pipeline.feeds.page.look`."""
        return await self._run(look, status, headers, body, asked, url)

    async def _run(self, read: Callable[..., R], *arguments: Any) -> R:
        try:
            result: R = await asyncio.wrap_future(self._pool.schedule(read, args=arguments, timeout=self._deadline))
        except TimeoutError as error:
            raise UnsafeFeed(f"it could not be parsed within {self._deadline:g} s") from error
        except ProcessExpired as error:
            raise UnsafeFeed(f"the process that parsed it died of it, exit code {error.exitcode}") from error
        return result


def prepare() -> None:
    """What asks for nothing but a process that has imported this module, which counts in nobody's deadline."""
