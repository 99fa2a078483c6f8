"""Small dead letters for tests."""
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from agents.deadletters import Letter, LetterId
from agents.topics import RAW
from schemas.deadletters import DeadLetterHeaders

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
TOLD = DeadLetterHeaders(
    stage="clean", reason="DeadlineExceeded: too slow", topic=RAW, partition=0, offset=3, tries=1, complete=True, stacktrace=""
)


def letter(number: int = 17, **changes: object) -> Letter:
    """A dead letter; `changes` are of its headers."""
    return Letter(LetterId(0, number), NOON, 5, TOLD.model_copy(update=changes))


FOREIGN = replace(letter(), told=None)
