"""The envelope of an alert: CloudEvents 1.0, Kafka binding, binary mode. Attributes are headers, the value is the alert alone.

`traceparent` is there twice: as the header that each client knows, and as the attribute of CloudEvents' extension for distributed tracing,
which stays with the event wherever it is sent on.
"""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from schemas.meetings import Alert, AlertType
from schemas.message import Message
from schemas.tracing import Trace

ID = "ce_id"
TIME = "ce_time"
TEST_TYPE = "org.dyadwatch.test.v1"  # of a sample, which tells of nothing


def event_type(kind: AlertType) -> str:
    """The `ce_type`; a change that would break a reader of `v1` makes a `v2` beside it."""
    return f"org.dyadwatch.meeting.{kind}.v1"


class AlertHeaders(Message):
    """The headers of an alert, each UTF-8."""

    ce_specversion: Literal["1.0"]
    ce_id: str = Field(description="the alert's id: the same however often it is sent, and of no other alert")
    ce_type: str = Field(description="what happened, with the value's version", json_schema_extra={"enum": [*map(event_type, AlertType)]})
    ce_source: str = Field(description="the watch that it is for, as a path")
    ce_time: str = Field(description="when the article or verdict came that caused it, in UTC", json_schema_extra={"format": "date-time"})
    ce_subject: str = Field(description="the meeting's id, as the key")
    ce_dataschema: Literal["urn:dyadwatch:schema:alert:v1"] = Field(description="id of the JSON Schema of the value")
    content_type: Literal["application/json"] = Field(serialization_alias="content-type", description="of the value")
    traceparent: str | None = Field(default=None, description="W3C Trace Context: the trace of the article or verdict that caused it")
    ce_traceparent: str | None = Field(default=None, description="the same, for who has only the attributes")

    def encoded(self) -> dict[str, bytes]:
        """As a message carries them."""
        return {name: str(value).encode() for name, value in self.model_dump(by_alias=True, exclude_none=True).items()}


def headers(alert: Alert, time: datetime, trace: Trace | None = None) -> dict[str, bytes]:
    """The headers of the message that carries `alert`.

    `time` and `trace` are those of what caused it, `time` with a time zone: the same alert sent again is the same to the byte.
    """
    return AlertHeaders(
        ce_specversion="1.0",
        ce_id=alert.alert_id,
        ce_type=event_type(alert.type),
        ce_source=f"/dyadwatch/watches/{alert.watch}",
        ce_time=time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        ce_subject=alert.meeting_id,
        ce_dataschema="urn:dyadwatch:schema:alert:v1",
        content_type="application/json",
        traceparent=trace and str(trace),
        ce_traceparent=trace and str(trace),
    ).encoded()
