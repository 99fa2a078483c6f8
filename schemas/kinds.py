"""The kinds of message that topics carry: what their value is, and which headers come with it."""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.articles import CleanArticle, RawArticle, UniqueArticle
from schemas.cloudevents import AlertHeaders
from schemas.deadletters import DeadLetterHeaders, RedrivenHeaders
from schemas.feeds import Feed, FeedState
from schemas.fingerprints import Fingerprint
from schemas.meetings import Alert, Meeting, TaggedArticle
from schemas.message import Message
from schemas.outlets import OutletState
from schemas.tracing import TraceHeaders
from schemas.verdicts import Verdict, VerdictHeaders


class Plain(StrEnum):
    """A value that is no JSON of ours."""

    TOMBSTONE = "tombstone"  # none at all: what the key stood for is gone
    EMPTY = "empty"  # no bytes: all is in the headers
    ORIGINAL = "original"  # bytes of any kind, as they came


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message. A model is written as JSON, its headers as UTF-8 each."""

    name: str
    value: type[Message] | Plain
    headers: type[Message] | None = None  # None: there are none of ours


FEED = Kind("Feed", Feed)
FEED_STATE = Kind("FeedState", FeedState)
RAW_ARTICLE = Kind("RawArticle", RawArticle, TraceHeaders)
CLEAN_ARTICLE = Kind("CleanArticle", CleanArticle, TraceHeaders)
UNIQUE_ARTICLE = Kind("UniqueArticle", UniqueArticle, TraceHeaders)
TAGGED_ARTICLE = Kind("TaggedArticle", TaggedArticle, TraceHeaders)
ALERT = Kind("Alert", Alert, AlertHeaders)
MEETING = Kind("Meeting", Meeting)
VERDICT = Kind("Verdict", Verdict, TraceHeaders)
DATED_VERDICT = Kind("DatedVerdict", Verdict, VerdictHeaders)
OUTLET_STATE = Kind("OutletState", OutletState)
FINGERPRINT = Kind("Fingerprint", Fingerprint)
DEAD_LETTER = Kind("DeadLetter", Plain.ORIGINAL, DeadLetterHeaders)
REDRIVEN = Kind("Redriven", Plain.EMPTY, RedrivenHeaders)
TOMBSTONE = Kind("Tombstone", Plain.TOMBSTONE)
