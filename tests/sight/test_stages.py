"""What each stage counts, under which trace it sends an article on, and what its log lines say meanwhile."""
from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import faust
import pytest

from agents import clean, dedupe, meet, review, tag, topics
from agents.logs import configure
from agents.memory import Memory
from agents.settings import LogFormat, LogLevel
from agents.sight import metrics
from agents.stage import Agent, Event, Sink, send_acked, working
from pipeline.clean import Cleaned
from pipeline.dedupe import CopyIndex
from pipeline.events.ledger import Ledger
from pipeline.gate import Rejection
from pipeline.meet import Decision
from schemas.articles import RawArticle, UniqueArticle
from schemas.errors import DeadlineExceeded, Undecodable
from schemas.fingerprints import Fingerprint
from schemas.meetings import AlertType, Judged, Meeting, Mention, TaggedArticle
from schemas.message import Message, decode
from schemas.tracing import Trace
from schemas.verdicts import Ruling, Verdict, VerdictHeaders
from tests.agents import fakes
from tests.agents.fakes import WATCH, Topic, new_app, running, topic
from tests.agents.meetings import alert, meeting, tagged, verdict
from tests.sight.counting import Since, values

Put = Callable[..., Awaitable[Any]]
DAY = timedelta(days=1)
BEGUN = Trace.of("a")


@asynccontextmanager
async def stage(register: Callable[..., Agent], source: str, **told: Any) -> AsyncIterator[tuple[Put, Topic]]:
    """One agent without a broker; the topic is that to which it sends articles on."""
    app, out = new_app(), Topic()
    sinks = {name: out for name in ("out", "unique", "tagged", "alerts") if told.get(name) is Topic}
    agent = register(app, **{source: topic(app, "news"), "dead_letters": Topic()} | told | sinks)
    async with running(app, agent) as put:
        yield put, out


def cleaning(answer: Cleaned | Exception) -> Any:
    async def extract(_: bytes) -> Cleaned:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return stage(clean.register, "raw", out=Topic, clean=extract, at_once=1)


def deduping() -> Any:
    table: dict[bytes, bytes] = {}
    memory = Memory(table, Fingerprint, CopyIndex)
    return stage(dedupe.register, "clean", unique=Topic, table=table, memory=memory, retention=DAY)


def tagging(mentions: int) -> Any:
    async def tags(_: UniqueArticle) -> TaggedArticle:
        return tagged(mentions)

    return stage(tag.register, "unique", tagged=Topic, tag=tags, at_once=1)


def meeting_with(decision: Decision) -> Any:
    def decide(article: TaggedArticle, mention: Mention, known: Ledger) -> Decision:
        return decision

    def judge(given: Verdict, known: Ledger) -> Iterator[Decision]:
        yield decision

    table: dict[bytes, bytes] = {}
    judging = {"decide": decide, "review": judge}
    memory = Memory(table, Meeting, Ledger)
    return stage(meet.register, "tagged", alerts=Topic, current=Topic(), table=table, memory=memory, retention=DAY, **judging)


def reviewing() -> Any:
    return stage(review.register, "verdicts", tagged=Topic, watches={WATCH})


def judged(given: Verdict, refused: str | None = None) -> Meeting:
    """A meeting that remembers it."""
    return meeting().model_copy(update={"verdicts": (Judged(verdict=given, alert_id=None, refused=refused),)})


STAGES: dict[str, tuple[Any, Message, tuple[str, str, str]]] = {
    "an article that passes the gate": (lambda: cleaning(Cleaned((fakes.clean(),), None, "en")), fakes.raw(), ("clean", "en", "passed")),
    "one that does not": (
        lambda: cleaning(Cleaned((), Rejection.NOT_BOTH_SIDES, "el")),
        fakes.raw(),
        ("clean", "el", "rejected"),
    ),
    "one in no language": (lambda: cleaning(Cleaned((), Rejection.NO_LANGUAGE)), fakes.raw(), ("clean", "unknown", "rejected")),
    "one that takes too long": (lambda: cleaning(DeadlineExceeded("10 s")), fakes.raw(), ("clean", "unknown", "dead_letter")),
    "one that is new": (deduping, fakes.clean(), ("dedupe", "en", "original")),
    "one in a language that is in no lexicon": (
        deduping,
        fakes.clean().model_copy(update={"language": "<script>"}),
        ("dedupe", "unknown", "original"),
    ),
    "one with a meeting": (lambda: tagging(1), fakes.unique(), ("tag", "el", "with_meetings")),
    "one without": (lambda: tagging(0), fakes.unique(), ("tag", "el", "without_meetings")),
    "one that alerts": (lambda: meeting_with(Decision(meeting(), meeting(), alert())), tagged(), ("meet", "el", "alerted")),
    "one that does not alert": (lambda: meeting_with(Decision(meeting(), meeting(), None)), tagged(), ("meet", "el", "no_alert")),
}


@pytest.mark.parametrize(("agent", "message", "counted"), STAGES.values(), ids=STAGES)
async def test_an_article_is_counted_once_by_what_becomes_of_it(agent: Any, message: Message, counted: tuple[str, str, str]) -> None:
    since = Since()
    async with agent() as (put, _):
        await put(message.model_dump_json().encode())
    assert since.of("dyadwatch_articles_total") == {counted: 1}
    assert since.of("dyadwatch_stage_duration_seconds_count") == {counted[:1]: 1}
    assert values("dyadwatch_articles_in_progress")[counted[:1]] == 0


async def test_a_copy_is_no_original() -> None:
    text = " ".join(f"The ministers discussed point {n} of the agenda." for n in range(30))
    since = Since()
    async with deduping() as (put, _):
        for article_id in "ab":
            await put(fakes.clean(article_id, text).model_dump_json().encode())
    assert since.of("dyadwatch_articles_total") == {("dedupe", "en", "original"): 1, ("dedupe", "en", "copy"): 1}
    assert values("dyadwatch_table_rows")[topics.FINGERPRINTS,] == 2


async def test_the_gate_says_why_and_a_dead_letter_by_which_error() -> None:
    since = Since()
    rejected = Cleaned((), Rejection.NO_LANGUAGE), Cleaned((), Rejection.NOT_BOTH_SIDES, "en")
    for answer in (*rejected, DeadlineExceeded("10 s"), KeyError("x"), Undecodable("no JSON")):
        async with cleaning(answer) as (put, _):
            await put(fakes.raw().model_dump_json().encode(), key=b"a")
    assert since.of("dyadwatch_gate_rejections_total") == {("no_language",): 1, ("not_both_sides",): 1}
    reasons = ("DeadlineExceeded", "KeyError", "Undecodable")
    assert since.of("dyadwatch_dead_letters_total") == {("clean", reason): 1 for reason in reasons}


async def test_an_alert_is_counted_by_its_type_with_the_time_since_its_article_was_fetched() -> None:
    since, seconds = Since(), lambda: metrics.REGISTRY.get_sample_value("dyadwatch_fetch_to_alert_seconds_sum") or 0
    before = seconds()
    fetched = tagged().model_copy(update={"fetched_at": datetime.now(UTC) - timedelta(minutes=20)})
    async with meeting_with(Decision(meeting(), meeting(), alert())) as (put, _):
        await put(fetched.model_dump_json().encode())
        await put(tagged().model_dump_json().encode())  # as older workers write it
    assert since.of("dyadwatch_alerts_total") == {(WATCH, "new"): 2}
    assert since.of("dyadwatch_fetch_to_alert_seconds_count") == {(): 1}
    assert 1200 <= seconds() - before < 1300


async def test_a_verdict_is_counted_where_it_is_applied_and_its_alert_has_no_time_since_a_fetch() -> None:
    since, given = Since(), verdict(Ruling.NO_MEETING)
    async with reviewing() as (put, tagged_topic):
        await put(given.model_dump_json().encode())
    (sent,) = tagged_topic.sent
    async with meeting_with(Decision(judged(given), None, alert(kind=AlertType.RETRACTED))) as (put, alerts):
        await put(sent.value or b"", sent.headers)
    assert since.of("dyadwatch_verdicts_total") == {("no_meeting", "alerted"): 1}
    assert since.of("dyadwatch_alerts_total") == {(WATCH, "retracted"): 1}
    assert since.of("dyadwatch_articles_total") == since.of("dyadwatch_fetch_to_alert_seconds_count") == {}
    trace = Trace.of(given.verdict_id).step("review", WATCH).step("meet", WATCH)
    assert alerts.sent[0].headers["traceparent"] == alerts.sent[0].headers["ce_traceparent"] == str(trace).encode()


@pytest.mark.parametrize(("refused", "outcome"), [(None, "no_alert"), ("it is retracted", "refused")])
async def test_a_verdict_that_alerts_nobody_is_counted_by_whether_it_can_be(refused: str | None, outcome: str) -> None:
    since, given = Since(), verdict(Ruling.RIGHT)
    async with meeting_with(Decision(judged(given, refused), meeting(), None)) as (put, _):
        await put(given.model_dump_json().encode(), VerdictHeaders(verdict=given.verdict_id).encoded())
    assert since.of("dyadwatch_verdicts_total") == {("right", outcome): 1}


async def test_a_verdict_of_no_watch_is_a_dead_letter_of_its_stage() -> None:
    since = Since()
    async with reviewing() as (put, _):
        await put(verdict(watch="mars-venus").model_dump_json().encode())
    assert since.of("dyadwatch_verdicts_total") == {("no_meeting", "dead_letter"): 1}
    assert since.of("dyadwatch_dead_letters_total") == {("review", "VerdictError"): 1}
    assert since.of("dyadwatch_articles_total") == {("review", "unknown", "dead_letter"): 1}


ON_THE_WAY: dict[str, tuple[Any, Message, tuple[str, ...]]] = {
    "clean": (lambda: cleaning(Cleaned((fakes.clean(),), None, "en")), fakes.raw(), ("clean",)),
    "dedupe": (deduping, fakes.clean(), ("dedupe", WATCH)),
    "tag": (lambda: tagging(1), fakes.unique(), ("tag", WATCH)),
    "meet": (lambda: meeting_with(Decision(meeting(), meeting(), alert())), tagged(), ("meet", WATCH)),
}


@pytest.mark.parametrize(("agent", "message", "step"), ON_THE_WAY.values(), ids=ON_THE_WAY)
async def test_an_article_goes_on_in_its_trace_and_the_same_again_with_the_same_ids(
    agent: Any, message: Message, step: tuple[str, ...]
) -> None:
    theirs = Trace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
    async with agent() as (put, out):
        for headers in ({}, theirs.headers, theirs.headers, {"traceparent": b"nonsense"}):
            await put(message.model_dump_json().encode(), headers, b"a")
    sent = [one.headers["traceparent"].decode() for one in out.sent]
    assert sent == [str(trace.step(*step)) for trace in (BEGUN, theirs, theirs, BEGUN)]


async def test_an_alert_tells_its_trace_as_an_attribute_of_the_event_too() -> None:
    async with meeting_with(Decision(meeting(), meeting(), alert())) as (put, alerts):
        await put(tagged().model_dump_json().encode())
    (sent,) = alerts.sent
    assert sent.headers["ce_traceparent"] == sent.headers["traceparent"] == str(BEGUN.step("meet", WATCH)).encode()


async def test_an_alert_that_is_sent_again_after_a_crash_is_the_same_to_the_byte() -> None:
    sent = []
    for _ in range(2):  # the table does not know it the second time
        async with meeting_with(Decision(meeting(), meeting(), alert())) as (put, alerts):
            await put(tagged().model_dump_json().encode(), BEGUN.headers)
        sent += alerts.sent
    first, again = sent
    assert first == again
    assert first.pairs == again.pairs


def logged(capsys: pytest.CaptureFixture[str]) -> list[Mapping[str, Any]]:
    """What we have logged since the last look."""
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line for line in lines if line["logger"].startswith(("agents", "tests"))]


def told(line: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    return line.get("article_id"), line.get("stage"), line.get("trace_id")


async def test_log_lines_of_several_articles_at_a_time_say_each_whose_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogLevel.DEBUG, LogFormat.JSON)
    log = logging.getLogger("tests")
    begun: dict[str, asyncio.Event] = {name: asyncio.Event() for name in "abc"}

    async def extract(article: bytes) -> Cleaned:
        begun[decode(RawArticle, article).article_id].set()
        await asyncio.gather(*(event.wait() for event in begun.values()))
        log.info("reading")
        return Cleaned((), Rejection.NOT_BOTH_SIDES, "en")

    app: faust.App = new_app()
    agent = clean.register(app, raw=topic(app, "news.raw"), out=Topic(), dead_letters=Topic(), clean=extract, at_once=3)
    async with running(app, agent) as put:
        await asyncio.gather(*(put(fakes.raw(name).model_dump_json().encode(), key=name.encode()) for name in begun))
    log.info("afterwards")
    *reading, last = logged(capsys)
    assert {told(line) for line in reading} == {(name, "clean", Trace.of(name).trace_id) for name in begun}
    assert len(reading) == 2 * len(begun)  # the second is that of `clean`, that it goes no further
    assert told(last) == (None, None, None)


async def test_a_rejected_article_is_told_at_debug_alone_an_alert_and_a_dead_letter_in_one_line_each(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(LogLevel.DEBUG, LogFormat.JSON)
    async with cleaning(Cleaned((), Rejection.NOT_BOTH_SIDES, "en")) as (put, _):
        await put(fakes.raw().model_dump_json().encode(), key=b"a")
    assert [line["level"] for line in logged(capsys)] == ["debug"]

    async with meeting_with(Decision(meeting(), meeting(), alert())) as (put, _):
        await put(tagged().model_dump_json().encode())
    (line,) = logged(capsys)
    assert (line["level"], *told(line)) == ("info", "a", "meet", BEGUN.trace_id)
    assert line["event"] == f"alert {alert().alert_id}: new, meeting m"

    async with cleaning(DeadlineExceeded("not done within 10 s")) as (put, _):
        await put(fakes.raw().model_dump_json().encode(), key=b"a")
    (line,) = logged(capsys)
    assert (line["level"], *told(line)) == ("warning", "a", "clean", BEGUN.trace_id)


async def test_a_message_that_cannot_be_read_is_logged_under_its_key_and_the_trace_that_its_headers_tell(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(LogLevel.DEBUG, LogFormat.JSON)
    async with cleaning(Undecodable("no RawArticle")) as (put, _):
        await put(b"{broken", BEGUN.headers, b"theirs")
    (line,) = logged(capsys)
    assert told(line) == ("theirs", "clean", BEGUN.trace_id)


async def test_what_is_logged_for_people_says_so_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogLevel.WARNING, LogFormat.CONSOLE)
    async with cleaning(DeadlineExceeded("not done within 10 s")) as (put, _):
        await put(fakes.raw().model_dump_json().encode(), key=b"a")
    (line,) = capsys.readouterr().err.splitlines()
    assert f"article_id=a stage=clean trace_id={BEGUN.trace_id}" in line


async def test_work_that_is_cancelled_is_no_longer_in_progress_and_was_nothing() -> None:
    class Never(Topic):
        async def send(self, **_: Any) -> Any:
            await asyncio.Event().wait()

    async def work(event: Event, out: Sink) -> None:
        async with working("clean", event, Topic()) as one:
            trace = one.on("a")
            await send_acked(out, "a", fakes.raw(), trace.headers)

    since = Since()
    app = new_app()
    app.finalize()
    doing = asyncio.create_task(work(_event(), Never()))
    while values("dyadwatch_articles_in_progress")["clean",] == 0:
        await asyncio.sleep(0)
    doing.cancel()
    await asyncio.gather(doing, return_exceptions=True)
    assert values("dyadwatch_articles_in_progress")["clean",] == 0
    assert since.of("dyadwatch_articles_total") == since.of("dyadwatch_stage_duration_seconds_count") == {}


def _event() -> Any:
    class Message:
        headers = ()

    class Nothing:
        message = Message()

    return Nothing()
