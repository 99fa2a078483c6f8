"""meet: `news.tagged` → `meetings.alerts` and `meetings.current`. Each mention is a meeting that is known, or a new one.

Verdicts come among the articles, and what they do to meetings is sent and remembered in the same way.
"""
from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

import faust

from agents.abreast import MANY, Turn, abreast
from agents.memory import Memory
from agents.sight.metrics import ALERTS, FETCH_TO_ALERT, TABLE_ROWS, Fate, Judging
from agents.stage import MOST_EXPIRED, Agent, Event, Sink, Stream, moment, working
from agents.topics import MEETINGS
from pipeline.events.ledger import Ledger
from pipeline.meet import Decision
from schemas.cloudevents import headers
from schemas.meetings import Alert, Meeting, Mention, TaggedArticle
from schemas.message import decode
from schemas.verdicts import Verdict, is_verdict

STAGE = "meet"
log = logging.getLogger(__name__)

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

    async def decisions(message: TaggedArticle | Verdict, turn: Turn) -> AsyncIterator[Decision]:
        """One after the other: each knows what the one before it changed."""
        known = await memory.of(message.watch, turn.settled)
        if isinstance(message, Verdict):
            for decision in review(message, known):
                await turn.claim(decision.meeting.meeting_id)
                yield decision
                await turn.settled()
        else:
            for mention in message.mentions:
                decision = decide(message, mention, known)
                while await turn.claim(decision.meeting.meeting_id):
                    # What was on its way of this meeting the broker may have refused: then it is not known.
                    before, known = known, await memory.of(message.watch, turn.settled)
                    if known is not before:
                        decision = decide(message, mention, known)
                yield decision

    @app.agent(tagged, name=STAGE, concurrency=1)
    async def agent(stream: Stream) -> None:
        async def one(event: Event, turn: Turn) -> None:
            async with working(STAGE, event, dead_letters, turn.begun) as work:
                message = decode(Verdict, event.value) if is_verdict(event.headers or {}) else decode(TaggedArticle, event.value)
                trace = work.on_verdict(message) if isinstance(message, Verdict) else work.on(message.source.article_id, message.watch)
                now = message.came_at or moment(event)
                alerted = refused = False
                async with turn:
                    if isinstance(message, Verdict):
                        await turn.settled()  # it judges what is known for sure
                    async for decision in decisions(message, turn):
                        meeting_id = decision.meeting.meeting_id
                        refused = any(part.refused for part in decision.meeting.verdicts[-1:])  # that of this verdict, where it is one
                        if decision.alert is not None:
                            await turn.send(alerts, meeting_id, decision.alert, headers(decision.alert, now, trace))
                            turn.then(partial(_tell, decision.alert, message))
                            alerted = True
                        await turn.send(current, meeting_id, decision.standing)
                        # Last: a table that knows the mention proves that its alert is out, so a crash in between repeats and never loses.
                        turn.then(partial(table.__setitem__, meeting_id.encode(), decision.meeting.model_dump_json().encode()))
                        (await memory.of(message.watch, turn.settled)).put(decision.meeting)
                    for old in islice((await memory.of(message.watch, turn.settled)).expire(now - retention), MOST_EXPIRED):
                        await turn.send(current, old.meeting_id, None)
                        turn.then(partial(table.pop, old.meeting_id.encode(), None))
                TABLE_ROWS.labels(MEETINGS).set(len(memory))
                if isinstance(message, Verdict):
                    work.judged(Judging.REFUSED if refused else Judging.ALERTED if alerted else Judging.NO_ALERT)
                else:
                    work.done(Fate.ALERTED if alerted else Fate.NO_ALERT, message.source.language)

        await abreast(stream, MANY, one, memory.forget)

    return agent


def _tell(alert: Alert, cause: TaggedArticle | Verdict) -> None:
    """That the broker has it."""
    log.info("alert %s: %s, meeting %s", alert.alert_id, alert.type, alert.meeting_id)
    ALERTS.labels(alert.watch, alert.type).inc()
    if isinstance(cause, TaggedArticle) and cause.fetched_at is not None:
        FETCH_TO_ALERT.observe(max(0.0, (datetime.now(UTC) - cause.fetched_at).total_seconds()))  # two clocks
