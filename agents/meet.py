"""meet: `news.tagged` → `meetings.alerts` and `meetings.current`. Each mention is a meeting that is known, or a new one."""
from __future__ import annotations

from collections.abc import Callable, MutableMapping
from datetime import timedelta
from itertools import islice

import faust

from agents.memory import Memory
from agents.stage import MOST_EXPIRED, Agent, Sink, Stream, dead_lettering, decode, send_acked
from pipeline.events.ledger import Ledger
from pipeline.meet import Decision
from schemas.cloudevents import headers
from schemas.meetings import Meeting, Mention, TaggedArticle

STAGE = "meet"
Decide = Callable[[TaggedArticle, Mention, Ledger], Decision]


def register(
    app: faust.App,
    *,
    tagged: faust.TopicT,
    alerts: Sink,
    current: Sink,
    dead_letters: Sink,
    table: MutableMapping[bytes, bytes],
    memory: Memory[Meeting, Ledger],
    decide: Decide,
    retention: timedelta,
) -> Agent:
    """Add the agent to `app`. `table` holds meetings, `memory` makes them searchable, until their `retention` is over."""

    @app.agent(tagged, name=STAGE, concurrency=1)
    async def agent(stream: Stream) -> None:
        async for event in stream.events():
            async with dead_lettering(STAGE, event, dead_letters):
                article = decode(TaggedArticle, event)
                known = memory.of(article.watch)
                for mention in article.mentions:
                    decision = decide(article, mention, known)
                    meeting = decision.meeting
                    if decision.alert is not None:
                        await send_acked(alerts, meeting.meeting_id, decision.alert, headers(decision.alert, article.came_at))
                    await send_acked(current, meeting.meeting_id, meeting)
                    # Last: a table that knows the mention proves that its alert is out, so a crash in between repeats and never loses.
                    table[meeting.meeting_id.encode()] = meeting.model_dump_json().encode()
                    known.put(meeting)
                for old in islice(known.expire(article.came_at - retention), MOST_EXPIRED):
                    await send_acked(current, old.meeting_id, None)
                    table.pop(old.meeting_id.encode(), None)

    return agent
