"""The review agent without a broker: what becomes of a verdict on its way to where meetings are kept."""
from __future__ import annotations

import json

from agents.review import register
from schemas.tracing import Trace
from schemas.verdicts import Ruling, Verdict
from tests.agents.fakes import WATCH, Topic, new_app, running, topic
from tests.agents.meetings import verdict


async def read(*values: bytes) -> tuple[Topic, Topic]:
    """What is sent on, and what to the dead letters."""
    app, tagged, dead = new_app(), Topic(), Topic()
    agent = register(app, verdicts=topic(app, "meetings.verdicts"), tagged=tagged, dead_letters=dead, watches={WATCH})
    async with running(app, agent) as put:
        for value in values:
            await put(value)
    return tagged, dead


def of(given: Verdict) -> bytes:
    return given.model_dump_json().encode()


async def test_a_verdict_goes_on_under_its_watch_with_the_time_at_which_it_came() -> None:
    tagged, dead = await read(of(verdict()), of(verdict(Ruling.RIGHT)))
    sent = [Verdict.model_validate_json(value or b"") for value in tagged.values]
    assert [one.model_copy(update={"came_at": None}) for one in sent] == [verdict(), verdict(Ruling.RIGHT)]
    assert all(one.came_at for one in sent)
    assert {one.key for one in tagged.sent} == {WATCH.encode()}
    traces = [Trace.of(one.verdict_id).step("review", WATCH) for one in sent]
    assert [one.headers for one in tagged.sent] == [
        {"verdict": one.verdict_id.encode()} | trace.headers for one, trace in zip(sent, traces, strict=True)
    ]
    assert dead.sent == []


async def test_one_that_makes_no_sense_is_a_dead_letter_and_the_next_goes_on() -> None:
    same = verdict().model_dump(mode="json") | {"ruling": "same_as"}
    senseless = [json.dumps(one).encode() for one in (same, same | {"same_as": "m"})]
    bad = [b"{broken", of(verdict(watch="mars-venus")), *senseless]
    tagged, dead = await read(*bad, of(verdict()))
    assert dead.values == bad
    reasons = [letter.headers["reason"].decode() for letter in dead.sent]
    told = ("no Verdict: the whole message: Invalid JSON", "no watch mars-venus", "same_as is the id of", "names the meeting itself")
    assert all(part in reason for part, reason in zip(told, reasons, strict=True))
    assert len(tagged.sent) == 1
