"""The envelope of an alert, read with the CloudEvents library."""
from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from cloudevents.core.formats.json import JSONFormat

from schemas.cloudevents import headers
from schemas.meetings import Alert, AlertType
from tests.agents.fakes import THEN
from tests.agents.meetings import alert


@pytest.mark.parametrize("kind", AlertType)
def test_a_standard_library_reads_the_envelope_and_the_alert(kind: AlertType) -> None:
    sent = alert("m1", kind)
    event = from_binary_event(KafkaMessage(headers(sent, THEN), key=b"m1", value=sent.model_dump_json().encode()), JSONFormat())
    assert event.get_specversion() == "1.0"
    assert event.get_id() == sent.alert_id
    assert event.get_type() == f"org.dyadwatch.meeting.{kind}.v1"
    assert event.get_source() == "/dyadwatch/watches/russia-china"
    assert event.get_subject() == "m1"
    assert event.get_time() == THEN
    assert event.get_datacontenttype() == "application/json"
    assert event.get_dataschema() == "urn:dyadwatch:schema:alert:v1"
    assert Alert.model_validate(event.get_data()) == sent


def test_the_time_is_told_in_utc_whatever_zone_it_came_in() -> None:
    athens = timezone(timedelta(hours=3))
    assert headers(alert(), datetime(2025, 7, 3, 1, 30, tzinfo=athens))["ce_time"] == b"2025-07-02T22:30:00Z"
