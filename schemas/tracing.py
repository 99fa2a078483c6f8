"""Where a message belongs: W3C Trace Context, https://www.w3.org/TR/trace-context/.

Ids follow from the article, or the verdict, and from what is done with it, so that what is done again has the same ones.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Self

from pydantic import Field

from schemas.message import Message

TRACEPARENT = "traceparent"

_TRACE, _SPAN = 16, 8  # bytes
_SAMPLED = 0x01
# Of versions to come what is known of them today: more may follow, behind a hyphen.
_FORM = re.compile(
    rb"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})-(?!0{16})(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace, and the span in it that a message comes from. `str` is a `traceparent`."""

    trace_id: str  # 32 hex digits
    span_id: str  # 16 hex digits
    sampled: bool = True  # whether who wrote it may have recorded the span; of ours a log can tell

    @classmethod
    def of(cls, subject: str) -> Self:
        """Where the trace of an article or a verdict begins, by its id."""
        trace_id = _hash(_TRACE, "trace", subject)
        return cls(trace_id, _hash(_SPAN, trace_id))

    @classmethod
    def decoded(cls, headers: Iterable[tuple[str, bytes | None]]) -> Self | None:
        """What a message's headers say; None where they say nothing, or nothing sensible."""
        told = [value or b"" for name, value in headers if name.lower() == TRACEPARENT]
        found = _FORM.fullmatch(told[0]) if len(told) == 1 else None
        if found is None or (found["version"] == b"00" and found["more"]):
            return None
        return cls(found["trace"].decode(), found["span"].decode(), bool(int(found["flags"], 16) & _SAMPLED))

    def step(self, *what: str) -> Self:
        """The next span of the trace: that of who does `what` with the message that this one sent."""
        return replace(self, span_id=_hash(_SPAN, self.trace_id, self.span_id, *what))

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{_SAMPLED if self.sampled else 0:02x}"

    @property
    def headers(self) -> dict[str, bytes]:
        """As a message carries it."""
        return {TRACEPARENT: str(self).encode()}


class TraceHeaders(Message):
    """The headers of what is on its way, each UTF-8."""

    traceparent: str | None = Field(
        default=None, description="W3C Trace Context; who sends an article or a verdict may begin a trace, else it follows from its id"
    )


def _hash(size: int, *parts: str) -> str:
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
