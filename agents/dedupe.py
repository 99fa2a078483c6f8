"""dedupe: `news.clean` → `news.unique`. A copy goes on, marked: it supports a meeting without counting as a source."""
from __future__ import annotations

from collections.abc import MutableMapping
from datetime import timedelta
from functools import partial
from itertools import islice

import faust

from agents.abreast import MANY, Turn, abreast
from agents.memory import Memory
from agents.sight.metrics import TABLE_ROWS, Fate
from agents.stage import MOST_EXPIRED, Agent, Event, Sink, Stream, moment, working
from agents.topics import FINGERPRINTS
from pipeline.dedupe import CopyIndex, mark_copy
from schemas.articles import CleanArticle
from schemas.fingerprints import Fingerprint
from schemas.message import decode

STAGE = "dedupe"


def register(
    app: faust.App,
    *,
    clean: faust.TopicT,
    unique: Sink,
    dead_letters: Sink,
    table: MutableMapping[bytes, bytes],
    memory: Memory[Fingerprint, CopyIndex],
    retention: timedelta,
) -> Agent:
    """Add the agent to `app`. `table` holds fingerprints, `memory` makes them searchable, until their `retention` is over."""

    @app.agent(clean, name=STAGE, concurrency=1)
    async def agent(stream: Stream) -> None:
        async def one(event: Event, turn: Turn) -> None:
            async with working(STAGE, event, dead_letters, turn.begun) as work:
                article = decode(CleanArticle, event.value)
                trace = work.on(article.article_id, article.watch)
                now = moment(event)
                async with turn:
                    known = await memory.of(article.watch, turn.settled)
                    marked, fingerprint = mark_copy(article, known, now)
                    while await turn.claim(*(f"{article.watch}/{name}" for name in (article.article_id, marked.copy_of) if name)):
                        # What it copies was on its way, and the broker may have refused it: then it is not known.
                        before, known = known, await memory.of(article.watch, turn.settled)
                        if known is not before:
                            marked, fingerprint = mark_copy(article, known, now)
                    await turn.send(unique, article.article_id, marked, trace.headers)
                    known.add(fingerprint)
                    # Only when the broker has what is sent: a crash in between repeats, and never loses.
                    turn.then(partial(table.__setitem__, key(fingerprint), fingerprint.model_dump_json().encode()))
                    for old in islice(known.expire(now - retention), MOST_EXPIRED):
                        turn.then(partial(table.pop, key(old), None))
                TABLE_ROWS.labels(FINGERPRINTS).set(len(memory))
                work.done(Fate.COPY if marked.copy_of else Fate.ORIGINAL, article.language)

        await abreast(stream, MANY, one, memory.forget)

    return agent


def key(fingerprint: Fingerprint) -> bytes:
    """Two watches may take the same article, and each has its own copies."""
    return f"{fingerprint.watch}/{fingerprint.article_id}".encode()
