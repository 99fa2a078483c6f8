"""meet: `news.tagged` → `meetings.alerts` and `meetings.current`. Each mention is a meeting that is known, or a new one.

Verdicts come among the articles, and what they do to meetings is sent and remembered in the same way.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from datetime import timedelta
from itertools import islice

import faust

from agents.memory import Memory
from agents.stage import MOST_EXPIRED, Agent, Sink, Stream, dead_lettering, decode, moment, send_acked
from pipeline.events.ledger import Ledger
from pipeline.meet import Decision
from schemas.cloudevents import headers
from schemas.meetings import Meeting, Mention, TaggedArticle
from schemas.verdicts import Verdict, is_verdict

STAGE = "meet"
Decide = Callable[[TaggedArticle, Mention, Ledger], Decision]
Review = Callable[[Verdict, Ledger], Iterator[Decision]]


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
    review: Review,
    retention: timedelta,
) -> Agent:
    """Add the agent to `app`. `table` holds meetings, `memory` makes them searchable, until their `retention` is over."""

    def decisions(message: TaggedArticle | Verdict, known: Ledger) -> Iterator[Decision]:
        """One after the other: each knows what the one before it changed."""
        if isinstance(message, Verdict):
            yield from review(message, known)
        else:
            yield from (decide(message, mention, known) for mention in message.mentions)

    @app.agent(tagged, name=STAGE, concurrency=1)
    async def agent(stream: Stream) -> None:
        async for event in stream.events():
            async with dead_lettering(STAGE, event, dead_letters):
                message = decode(Verdict, event) if is_verdict(event.headers or {}) else decode(TaggedArticle, event)
                known = memory.of(message.watch)
                now = message.came_at or moment(event)
                for decision in decisions(message, known):
                    meeting_id = decision.meeting.meeting_id
                    if decision.alert is not None:
                        await send_acked(alerts, meeting_id, decision.alert, headers(decision.alert, now))
                    await send_acked(current, meeting_id, decision.standing)
                    # Last: a table that knows the mention proves that its alert is out, so a crash in between repeats and never loses.
                    table[meeting_id.encode()] = decision.meeting.model_dump_json().encode()
                    known.put(decision.meeting)
                for old in islice(known.expire(now - retention), MOST_EXPIRED):
                    await send_acked(current, old.meeting_id, None)
                    table.pop(old.meeting_id.encode(), None)

    return agent
