"""clean: `news.raw` → `news.clean`. A page becomes a text, once for each watch whose gate it passes; most articles end here."""
from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import faust

from agents.abreast import Turn, abreast
from agents.sight.metrics import REJECTIONS, Fate
from agents.stage import Agent, Event, Sink, Stream, key_of, working

if TYPE_CHECKING:
    from pipeline.clean import Cleaned

STAGE = "clean"

log = logging.getLogger(__name__)


def register(
    app: faust.App,
    *,
    raw: faust.TopicT,
    out: Sink,
    dead_letters: Sink,
    clean: Callable[[bytes], Awaitable[Cleaned]],
    at_once: int,
) -> Agent:
    """Add the agent to `app`, which cleans so many articles at a time. `clean` takes a message as it came: pages are large.

    Stateless: an article that comes again goes out again, and `dedupe` knows it.
    """

    @app.agent(raw, name=STAGE, concurrency=1)
    async def agent(stream: Stream) -> None:
        async def one(event: Event, turn: Turn) -> None:
            async with working(STAGE, event, dead_letters, turn.begun) as work:
                trace = work.on(key_of(event))
                cleaned = await clean(event.value or b"")
                async with turn:
                    for article in cleaned.articles:
                        await turn.send(out, article.watch, article, trace.headers)
                if cleaned.rejected:
                    log.debug("goes no further: %s", cleaned.rejected)
                    REJECTIONS.labels(cleaned.rejected).inc()
                work.done(Fate.REJECTED if cleaned.rejected else Fate.PASSED, cleaned.language)

        await abreast(stream, at_once, one)

    return agent
