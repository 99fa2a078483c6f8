"""review: `meetings.verdicts` → `news.tagged`. A verdict takes its place among the articles, so that what it does follows from one order.

Were it read from its own topic by who keeps the meetings, a kill could exchange it with an article that came at the same time, and two
different alerts would have one id.
"""
from __future__ import annotations

from collections.abc import Collection

import faust

from agents.stage import Agent, Sink, Stream, moment, send_acked, working
from schemas.errors import VerdictError
from schemas.message import decode
from schemas.verdicts import Verdict, VerdictHeaders

STAGE = "review"


def register(app: faust.App, *, verdicts: faust.TopicT, tagged: Sink, dead_letters: Sink, watches: Collection[str]) -> Agent:
    """Add the agent to `app`, for verdicts on meetings of these `watches`. It keeps nothing."""

    @app.agent(verdicts, name=STAGE, concurrency=1)
    async def agent(stream: Stream) -> None:
        async for event in stream.events():
            async with working(STAGE, event, dead_letters) as work:
                verdict = decode(Verdict, event.value)
                trace = work.on_verdict(verdict)
                if verdict.watch not in watches:
                    raise VerdictError(f"there is no watch {verdict.watch}")
                # One that comes twice, after a crash, is known by its id where it is applied.
                dated = verdict.model_copy(update={"came_at": moment(event)})
                headers = VerdictHeaders(verdict=verdict.verdict_id, traceparent=str(trace))
                await send_acked(tagged, verdict.watch, dated, headers.encoded())

    return agent
