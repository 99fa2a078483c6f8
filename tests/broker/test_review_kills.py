"""A worker that is killed while verdicts and articles come: what is told follows from the order of `news.tagged`, and from nothing else.

The moments are of chance. `KILLS_SEED=1234`, with the number that a failure tells, repeats them.
"""
from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random

from agents.cluster import Cluster
from agents.producer import VerdictProducer
from agents.settings import Settings
from agents.topic_changes import create_topics
from agents.topics import CURRENT, TAGGED
from pipeline.events.ledger import Ledger
from pipeline.lexicon.load import Lexicon
from pipeline.meet import Decision, decide
from pipeline.review import review
from schemas.errors import VerdictError
from schemas.meetings import Alert, AlertType, Meeting, TaggedArticle
from schemas.verdicts import Ruling, Verdict, is_verdict
from tests.broker.articles import THEN, VISITS, meeting_in, text
from tests.broker.own_process import ready
from tests.broker.service_process import launch
from tests.broker.stream import Record, Stream

KILLS = 3
VERDICTS = 60
AGAIN = "Sergey Lavrov and Wang Yi met in {} on 3 July 2025, and pipeline {} was their subject, a Russian and a Chinese spokeswoman said."


async def test_no_alert_is_lost_none_is_another_and_meetings_are_as_verdicts_and_articles_make_them(
    cluster: Cluster, settings: Settings, stream: Stream, lexicon: Lexicon, kills_seed: int
) -> None:
    chance = Random(kills_seed)
    await create_topics(cluster, settings)
    worker = await launch(cluster, settings)
    try:
        await ready(worker)
        await stream.send(meeting_in(city, f"visit-{city}") for city in VISITS)
        await stream.through()
        ids = sorted({alert.meeting_id for alert in await stream.alerts()})
        giving = asyncio.create_task(given(cluster, stream, ids, chance))
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.1, 1.5))
            worker.kill()
            await worker.wait()
            worker = await launch(cluster, settings)
            await ready(worker)
        await giving
        await stream.through(120.0)
    finally:
        worker.kill()
        await worker.wait()

    alerts, current = followed(await stream.records(TAGGED), lexicon)
    seed = f"KILLS_SEED={kills_seed}"
    assert {AlertType.NEW, AlertType.RETRACTED, AlertType.CORROBORATED} <= {alert.type for alert in alerts}
    assert await stream.alerts() == alerts, seed
    last = {(record.key or b"").decode(): record.value for record in await stream.records(CURRENT)}
    assert {key: Meeting.model_validate_json(value) if value else None for key, value in last.items()} == current, seed
    assert {letter.error for letter, _ in await stream.dead_letters()} <= {"VerdictError"}, seed


async def given(cluster: Cluster, stream: Stream, ids: list[str], chance: Random) -> None:
    """Verdicts of chance on these meetings, with articles that tell of them again in between."""
    async with VerdictProducer(cluster) as verdicts:
        for n in range(VERDICTS):
            meeting_id, other = chance.sample(ids, 2)
            ruling = chance.choice(list(Ruling))
            same_as = other if ruling is Ruling.SAME_AS else None
            await verdicts.send(Verdict.given(meeting_id, "russia-china", ruling, THEN + timedelta(minutes=n), same_as=same_as))
            await stream.send([text(f"again-{n}", AGAIN.format(chance.choice(VISITS), n))])
            await asyncio.sleep(chance.uniform(0, 0.2))


def followed(records: Iterable[Record], lexicon: Lexicon) -> tuple[list[Alert], dict[str, Meeting | None]]:
    """The alerts and the meetings that follow from what one worker reads which never dies."""
    known, alerts, current = Ledger(), list[Alert](), dict[str, Meeting | None]()
    for record in records:
        try:
            for decision in decisions(record, known, lexicon):
                known.put(decision.meeting)
                alerts += [decision.alert] if decision.alert else []
                current[decision.meeting.meeting_id] = decision.standing
        except VerdictError:
            continue
    return alerts, current


def decisions(record: Record, known: Ledger, lexicon: Lexicon) -> Iterator[Decision]:
    if is_verdict(record.headers):
        yield from review(Verdict.model_validate_json(record.value or b""), known, lexicon.watches)
    else:
        article = TaggedArticle.model_validate_json(record.value or b"")
        yield from (decide(article, mention, known, lexicon.watches) for mention in article.mentions)
