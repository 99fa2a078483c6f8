"""tag: `news.unique` → `news.tagged`. What the article says of meetings, free of its language."""
from __future__ import annotations

from collections.abc import Awaitable, Callable

import faust

from agents.stage import Agent, Sink, Stream, dead_lettering, decode, send_acked
from schemas.articles import UniqueArticle
from schemas.meetings import TaggedArticle

STAGE = "tag"


def register(
    app: faust.App, *, unique: faust.TopicT, tagged: Sink, dead_letters: Sink, tag: Callable[[UniqueArticle], Awaitable[TaggedArticle]]
) -> Agent:
    """Add the agent to `app`. Stateless: `meet` knows an article that comes again."""

    @app.agent(unique, name=STAGE, concurrency=1)
    async def agent(stream: Stream) -> None:
        async for event in stream.events():
            async with dead_lettering(STAGE, event, dead_letters):
                article = await tag(decode(UniqueArticle, event))
                await send_acked(tagged, article.watch, article)

    return agent
