"""dedupe: `news.clean` → `news.unique`. A copy goes on, marked: it supports a meeting without counting as a source."""
from __future__ import annotations

from collections.abc import MutableMapping
from datetime import timedelta
from itertools import islice

import faust

from agents.memory import Memory
from agents.sight.metrics import TABLE_ROWS, Fate
from agents.stage import MOST_EXPIRED, Agent, Sink, Stream, decode, moment, send_acked, working
from agents.topics import FINGERPRINTS
from pipeline.dedupe import CopyIndex, mark_copy
from schemas.articles import CleanArticle
from schemas.fingerprints import Fingerprint

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
        async for event in stream.events():
            async with working(STAGE, event, dead_letters) as work:
                article = decode(CleanArticle, event)
                trace = work.on(article.article_id, article.watch)
                known = memory.of(article.watch)
                now = moment(event)
                marked, fingerprint = mark_copy(article, known, now)
                await send_acked(unique, article.article_id, marked, trace.headers)  # acknowledged first:
                table[key(fingerprint)] = fingerprint.model_dump_json().encode()  # a crash in between repeats, never loses
                known.add(fingerprint)
                for old in islice(known.expire(now - retention), MOST_EXPIRED):
                    table.pop(key(old), None)
                TABLE_ROWS.labels(FINGERPRINTS).set(len(memory))
                work.done(Fate.COPY if marked.copy_of else Fate.ORIGINAL, article.language)

    return agent


def key(fingerprint: Fingerprint) -> bytes:
    """Two watches may take the same article, and each has its own copies."""
    return f"{fingerprint.watch}/{fingerprint.article_id}".encode()
