"""The five seed articles through the whole stream. The tests build on each other: one service, one replay, then another."""
from __future__ import annotations

from datetime import UTC, datetime

from agents.service import Service
from agents.subscriber import Subscriber
from agents.topics import ALERTS, CURRENT
from schemas.meetings import Alert, Meeting
from schemas.tracing import Trace
from tests.broker.articles import THEN, chained, meeting_in, seeds
from tests.broker.stream import Stream


async def test_the_seeds_become_the_very_alerts_that_the_stages_give_without_a_stream(service: Service, stream: Stream) -> None:
    await stream.send(seeds())
    await stream.through()
    alerts, _ = chained(seeds())
    assert alerts
    assert await stream.alerts() == alerts
    assert await stream.dead_letters() == []


async def test_the_compacted_topic_ends_with_each_meeting_as_it_stands(service: Service, stream: Stream) -> None:
    _, meetings = chained(seeds())
    current = {record.key: Meeting.model_validate_json(record.value or b"") for record in await stream.records(CURRENT)}
    assert {key: meeting.model_copy(update={"last_seen": THEN}) for key, meeting in current.items()} == {
        meeting_id.encode(): meeting for meeting_id, meeting in meetings.items()
    }
    assert all(THEN < meeting.last_seen <= datetime.now(UTC) for meeting in current.values())  # the broker's time


async def test_any_kafka_client_reads_alerts_with_their_envelope(service: Service, stream: Stream) -> None:
    records = await stream.records(ALERTS)
    for record in records:
        alert = Alert.model_validate_json(record.value or b"")
        assert record.key == alert.meeting_id.encode()
        assert THEN < datetime.fromisoformat(record.headers.pop("ce_time").decode()) <= datetime.now(UTC)
        trace = str(Trace.of(alert.article.article_id)).encode()
        assert record.headers.pop("traceparent")[:35] == record.headers.pop("ce_traceparent")[:35] == trace[:35]
        assert record.headers == {
            "ce_specversion": b"1.0",
            "ce_id": alert.alert_id.encode(),
            "ce_type": f"org.dyadwatch.meeting.{alert.type}.v1".encode(),
            "ce_source": b"/dyadwatch/watches/russia-china",
            "ce_subject": alert.meeting_id.encode(),
            "ce_dataschema": b"urn:dyadwatch:schema:alert:v1",
            "content-type": b"application/json",
        }
    assert len({record.headers["ce_id"] for record in records}) == len(records)


async def test_replayed_again_the_seeds_alert_nobody(service: Service, stream: Stream) -> None:
    before = await stream.records(ALERTS)
    await stream.send(seeds())
    await stream.through()
    assert await stream.records(ALERTS) == before


async def test_a_subscriber_from_now_sees_what_comes_next_and_one_from_the_beginning_all(service: Service, stream: Stream) -> None:
    before = await stream.alerts()
    async with Subscriber(stream.cluster) as alerts:
        await stream.send([meeting_in("Samarkand", "later")])
        coming = await anext(aiter(alerts))
    assert coming.alert.article.article_id == "later"
    assert await stream.alerts() == [*before, coming.alert]


async def test_a_subscriber_gets_an_alert_that_was_sent_twice_once(service: Service, stream: Stream) -> None:
    first = (await stream.records(ALERTS))[0]
    before = await stream.alerts()
    await stream.send_bytes(ALERTS, first.value, first.key, first.headers)
    assert len(await stream.records(ALERTS)) == len(before) + 1
    assert await stream.alerts() == before
