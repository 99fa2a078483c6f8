"""Messages of the topic as alerts: each once, however often it was sent."""
from __future__ import annotations

from dataclasses import dataclass

import pytest
from aiokafka import TopicPartition

from agents import subscriber
from agents.subscriber import Sieve
from agents.topics import ALERTS
from schemas.cloudevents import headers
from tests.cli.alerts import PUBLISHED, alert

PARTITION = TopicPartition(ALERTS, 0)


@dataclass(frozen=True)
class Record:
    """A message as the client gives it."""

    offset: int
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    topic: str = ALERTS
    partition: int = 0


def record(offset: int, alert_id: str) -> Record:
    one = alert(alert_id=alert_id)
    return Record(offset, one.model_dump_json().encode(), tuple(headers(one, PUBLISHED).items()))


def through(sieve: Sieve, *ids: str) -> list[str]:
    found = [sieve.delivery(record(offset, one)) for offset, one in enumerate(ids)]
    return [one.alert.alert_id for one in found if one]


def test_an_alert_that_was_sent_again_is_passed_over() -> None:
    assert through(Sieve({PARTITION: 0}), "a", "b", "a", "b", "c") == ["a", "b", "c"]


def test_what_is_before_the_wanted_is_known_and_not_given() -> None:
    assert through(Sieve({PARTITION: 2}), "a", "b", "a", "c") == ["c"]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriber, "MOST_SEEN", 2)
    assert through(Sieve({PARTITION: 0}), "a", "b", "a", "c", "a") == ["a", "b", "c", "a"]


def test_what_is_no_alert_is_left_out() -> None:
    sieve = Sieve({PARTITION: 0})
    assert sieve.delivery(Record(0, b"{", ())) is None
    assert through(sieve, "a") == ["a"]
