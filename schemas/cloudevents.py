"""The envelope of an alert: CloudEvents 1.0, Kafka binding, binary mode. Attributes are headers, the value is the alert alone."""
from __future__ import annotations

from datetime import UTC, datetime

from schemas.meetings import Alert, AlertType

ID = "ce_id"
TIME = "ce_time"
DATA_SCHEMA = "urn:dyadwatch:schema:alert:v1"
CONTENT_TYPE = "application/json"
TEST_TYPE = "org.dyadwatch.test.v1"  # of a sample, which tells of nothing


def event_type(kind: AlertType) -> str:
    """The `ce_type`; a change that would break a reader of `v1` makes a `v2` beside it."""
    return f"org.dyadwatch.meeting.{kind}.v1"


def headers(alert: Alert, time: datetime) -> dict[str, bytes]:
    """The headers of the message that carries `alert`.

    `time` is that of the article that caused it, with a time zone: the same alert sent again is the same to the byte.
    """
    attributes = {
        "ce_specversion": "1.0",
        ID: alert.alert_id,
        "ce_type": event_type(alert.type),
        "ce_source": f"/dyadwatch/watches/{alert.watch}",
        TIME: time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "ce_subject": alert.meeting_id,
        "ce_dataschema": DATA_SCHEMA,
        "content-type": CONTENT_TYPE,
    }
    return {name: value.encode() for name, value in attributes.items()}
