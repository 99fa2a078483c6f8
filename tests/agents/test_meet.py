"""The meet agent without a broker: in which order it alerts, publishes and remembers."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from aiokafka.errors import MessageSizeTooLargeError

from agents.meet import register
from agents.memory import Memory
from pipeline.events.ledger import Ledger
from pipeline.meet import Decision
from schemas.errors import VerdictError
from schemas.meetings import Alert, AlertType, DateRange, Meeting, Mention, TaggedArticle
from schemas.verdicts import Ruling, Verdict, VerdictHeaders
from tests.agents.fakes import THEN, Topic, new_app, running, topic
from tests.agents.meetings import alert, meeting, tagged, verdict

Decide = Callable[[TaggedArticle, Mention, Ledger], Decision]
Review = Callable[[Verdict, Ledger], Iterator[Decision]]


def alerting(article: TaggedArticle, mention: Mention, known: Ledger) -> Decision:
    """A new meeting for each mention."""
    name = f"m{mention.index}"
    return Decision(meeting(name), meeting(name), alert(name))


def retracting(given: Verdict, known: Ledger) -> Iterator[Decision]:
    """The other meeting gains, and the one that is judged is gone."""
    if given.same_as:
        yield Decision(meeting(given.same_as), meeting(given.same_as), alert(given.same_as, AlertType.CORROBORATED))
    yield Decision(meeting(given.meeting_id), None, alert(given.meeting_id, AlertType.RETRACTED))


class Run:
    """The agent with topics that write down, in one list, what happened when."""

    def __init__(self, decide: Decide = alerting, review: Review = retracting) -> None:
        self.happened: list[str] = []
        self.table: dict[bytes, bytes] = {}
        self.alerts = Topic(on_ack=lambda: self.happened.append(f"alert, {len(self.table)} known"))
        self.current = Topic(on_ack=lambda: self.happened.append(f"current, {len(self.table)} known"))
        self.dead = Topic()
        self._app = new_app()
        self._agent = register(
            self._app,
            tagged=topic(self._app, "news.tagged"),
            alerts=self.alerts,
            current=self.current,
            dead_letters=self.dead,
            table=self.table,
            memory=Memory(self.table, Meeting, Ledger),
            decide=decide,
            review=review,
            retention=timedelta(days=365),
        )

    async def read(self, *messages: TaggedArticle | Verdict) -> None:
        async with running(self._app, self._agent) as put:
            for message in messages:
                headers = VerdictHeaders(verdict=message.verdict_id).encoded() if isinstance(message, Verdict) else None
                await put(message.model_dump_json().encode(), headers)


async def test_each_mention_is_alerted_and_published_before_it_is_remembered() -> None:
    run = Run(alerting)
    await run.read(tagged(mentions=2))
    assert run.happened == ["alert, 0 known", "current, 0 known", "alert, 1 known", "current, 1 known"]
    assert set(run.table) == {b"m0", b"m1"}


async def test_an_alert_travels_under_its_meeting_with_an_envelope() -> None:
    run = Run(alerting)
    await run.read(tagged())
    (sent,) = run.alerts.sent
    assert sent.key == b"m0"
    assert Alert.model_validate_json(sent.value or b"") == alert("m0")
    assert sent.headers["ce_id"] == alert("m0").alert_id.encode()
    assert sent.headers["ce_time"] == b"2025-07-03T12:00:00Z"


async def test_a_decision_without_an_alert_alerts_nobody_and_is_remembered() -> None:
    run = Run(lambda article, mention, known: Decision(meeting(), meeting(), None))
    await run.read(tagged())
    assert run.alerts.sent == []
    assert (run.current.values, run.table) == ([meeting().model_dump_json().encode()], {b"m": meeting().model_dump_json().encode()})


async def test_a_mention_sees_the_meetings_of_those_before_it() -> None:
    seen: list[int] = []

    def decide(article: TaggedArticle, mention: Mention, known: Ledger) -> Decision:
        seen.append(len(known))
        return alerting(article, mention, known)

    run = Run(decide)
    await run.read(tagged(mentions=3))
    assert seen == [0, 1, 2]


async def test_an_article_whose_second_mention_fails_is_a_dead_letter_and_its_first_stands() -> None:
    def decide(article: TaggedArticle, mention: Mention, known: Ledger) -> Decision:
        if mention.index:
            raise ValueError("two sides are needed")
        return alerting(article, mention, known)

    run = Run(decide)
    await run.read(tagged(mentions=2))
    assert len(run.alerts.sent) == 1
    assert run.dead.values == [tagged(mentions=2).model_dump_json().encode()]


async def test_an_article_of_which_the_broker_refuses_an_alert_is_a_dead_letter_and_the_next_knows_nothing_of_its_meeting() -> None:
    seen: list[int] = []

    def decide(article: TaggedArticle, mention: Mention, known: Ledger) -> Decision:
        seen.append(len(known))
        return alerting(article, mention, known)

    run = Run(decide)
    run.alerts.refused_later = [MessageSizeTooLargeError("8 MB")]
    await run.read(tagged(), tagged())
    assert len(run.dead.sent) == 1
    assert (seen, set(run.table)) == ([0, 0], {b"m0"})


async def test_a_meeting_is_forgotten_when_its_retention_is_over_and_a_tombstone_says_so() -> None:
    run = Run(lambda article, mention, known: Decision(meeting("new"), meeting("new"), None))
    old = meeting("old").model_copy(update={"last_seen": THEN - timedelta(days=366)})
    ahead = DateRange(start=date(2026, 1, 1), end=date(2026, 1, 1))
    planned = old.model_copy(update={"meeting_id": "planned", "facts": old.facts.model_copy(update={"date": ahead})})
    run.table |= {row.meeting_id.encode(): row.model_dump_json().encode() for row in (old, planned, meeting("young"))}
    await run.read(tagged())
    assert set(run.table) == {b"new", b"planned", b"young"}
    assert [(sent.key, sent.value is None) for sent in run.current.sent] == [(b"new", False), (b"old", True)]
    assert run.happened == ["current, 3 known", "current, 4 known"]  # the tombstone is out before the table lets go


async def test_a_verdict_is_told_and_the_meeting_taken_back_before_that_is_remembered() -> None:
    run = Run()
    run.table[b"m"] = meeting("m").model_dump_json().encode()
    await run.read(verdict(came_at=THEN))
    assert run.happened == ["alert, 1 known", "current, 1 known"]
    assert [(sent.key, sent.value is None) for sent in run.current.sent] == [(b"m", True)]
    (sent,) = run.alerts.sent
    assert Alert.model_validate_json(sent.value or b"").type is AlertType.RETRACTED
    assert (sent.headers["ce_type"], sent.headers["ce_time"]) == (b"org.dyadwatch.meeting.retracted.v1", b"2025-07-03T12:00:00Z")
    assert run.table == {b"m": meeting("m").model_dump_json().encode()}


async def test_each_meeting_that_a_verdict_changes_is_remembered_when_all_is_sent_that_it_caused() -> None:
    run = Run()
    await run.read(verdict(Ruling.SAME_AS, same_as="other", came_at=THEN))
    assert run.happened == ["alert, 0 known", "current, 0 known", "alert, 1 known", "current, 1 known"]
    assert [(sent.key, sent.value is None) for sent in run.current.sent] == [(b"other", False), (b"m", True)]


async def test_a_verdict_that_cannot_be_is_a_dead_letter_with_the_reason() -> None:
    def refusing(given: Verdict, known: Ledger) -> Iterator[Decision]:
        raise VerdictError(f"there is no meeting {given.meeting_id}")
        yield

    run = Run(review=refusing)
    await run.read(verdict(), tagged())
    (letter,) = run.dead.sent
    assert letter.value == verdict().model_dump_json().encode()
    assert (letter.headers["stage"], letter.headers["reason"]) == (b"meet", b"VerdictError: there is no meeting m")
    assert len(run.alerts.sent) == 1  # the article behind it is read
