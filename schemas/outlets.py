"""Ways out by which alerts are sent: what a webhook is given, and how each target stands."""
from __future__ import annotations

from pydantic import AwareDatetime, Field

from schemas.meetings import Alert
from schemas.message import Message


class WebhookEvent(Message):
    """The body of a webhook, in the form of Standard Webhooks; the header `webhook-id` is the alert's id."""

    type: str = Field(description="as the `ce_type` of the alert: `org.dyadwatch.meeting.new.v1`; `org.dyadwatch.test.v1` for a sample")
    timestamp: AwareDatetime = Field(description="when the article came that caused the alert; the same at each attempt")
    data: Alert


class OutletState(Message):
    """How a target stands. Topic `outlets.states` (compacted), key `outlet_id`; written after each attempt."""

    outlet_id: str
    place: int = Field(ge=0, description="offset in `meetings.alerts` of the next alert to look at; those before are taken or not for it")
    since: AwareDatetime = Field(description="when it began, or its last digest was done; the next is the first that is due after that")
    succeeded_at: AwareDatetime | None = Field(default=None, description="when it last took something")
    failures: int = Field(default=0, ge=0, description="attempts that failed since")
    failing_since: AwareDatetime | None = Field(default=None, description="the first of them")
    next_attempt: AwareDatetime | None = Field(default=None, description="not before; None where nothing is to be tried again")
    error: str | None = Field(default=None, description="of the last attempt, for a person; None if it went well")
    stopped: str | None = Field(default=None, description="why nothing is sent until a person enables it; None while it is")
    enabled_at: AwareDatetime | None = Field(default=None, description="when a person last had it tried again")
