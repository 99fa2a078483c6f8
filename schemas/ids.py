"""Deterministic ids: the same input in the same order gives the same ids on any machine, also after a crash."""
from __future__ import annotations

from hashlib import blake2b

_DIGEST = 12  # bytes; 24 hex digits, no collision to fear below 10^12 ids


def digest(*parts: str) -> str:
    """24 hex digits for `parts`; ("ab", "c") differs from ("a", "bc")."""
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=_DIGEST).hexdigest()


def meeting_id(watch: str, article_id: str, version: str, mention_index: int) -> str:
    """The id of the meeting that this mention of this version of an article created."""
    return digest("meeting", watch, article_id, version, str(mention_index))


def alert_id(meeting: str, revision: int) -> str:
    """The id of a meeting's alert number `revision`, counted from 1; travels as `ce_id`."""
    return digest("alert", meeting, str(revision))


def verdict_id(meeting: str, ruling: str, *said: str) -> str:
    """The id of a ruling on a meeting; `said` is all that goes with it, and when it was given."""
    return digest("verdict", meeting, ruling, *said)
