"""tag: `news.unique` → `news.tagged`. What the article says of meetings, free of its language."""
from __future__ import annotations

from collections.abc import Awaitable, Callable

import faust

from agents.abreast import Turn, abreast
from agents.sight.metrics import Fate
from agents.stage import Agent, Event, Sink, Stream, working
from schemas.articles import UniqueArticle
from schemas.meetings import TaggedArticle
from schemas.message import decode

STAGE = "tag"


def register(
    app: faust.App,
    *,
    unique: faust.TopicT,
    tagged: Sink,
    dead_letters: Sink,
    tag: Callable[[UniqueArticle], Awaitable[TaggedArticle]],
    at_once: int,
) -> Agent:
    """Add the agent to `app`, which tags so many articles at a time. Stateless: `meet` knows an article that comes again."""

    @app.agent(unique, name=STAGE, concurrency=1)
    async def agent(stream: Stream) -> None:
        async def one(event: Event, turn: Turn) -> None:
            async with working(STAGE, event, dead_letters, turn.begun) as work:
                article = decode(UniqueArticle, event.value)
                trace = work.on(article.article.article_id, article.article.watch)
                told = await tag(article)
                async with turn:
                    await turn.send(tagged, told.watch, told, trace.headers)
                work.done(Fate.WITH_MEETINGS if told.mentions else Fate.WITHOUT_MEETINGS, told.source.language)

        await abreast(stream, at_once, one)

    return agent
