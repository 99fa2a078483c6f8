"""Why an article is in the dead letters, and where it came from. Topic `news.deadletters`; the value is the original, to the byte.

When a dead letter is re-driven, a note of it follows in the same topic, so that both are forgotten at about the same time.
"""
from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Self

from pydantic import Field

from schemas.message import Message

Headers = Iterable[tuple[str, bytes | None]]  # a Kafka message may repeat a name, and a header may have no value

ORIGINAL = "original-"  # before the names of the original's own headers
TRIED = "dyadwatch-tried"  # header of a re-driven message: how often it failed before
_MOST_DIGITS = 9  # of that number; a longer one is none of ours


class DeadLetterHeaders(Message):
    """The headers of a dead letter, each UTF-8; headers of the original come along as `original-` and their name."""

    stage: str = Field(max_length=249, description="the agent that could not process it")
    reason: str = Field(description="kind of error and its message")
    topic: str = Field(max_length=249, description="where the original was read")
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)
    tries: int = Field(ge=1, description="how often it has failed: once, and once more after each time it was re-driven")
    complete: bool = Field(description="false where the topic refused it as too large, so that it is here without key, bytes and headers")
    stacktrace: str = Field(description="the end of it")

    @property
    def error(self) -> str:
        """The kind of error alone."""
        return self.reason.partition(":")[0]

    def encoded(self) -> list[tuple[str, bytes]]:
        """As a message carries them. What is no Unicode, quoted from the article, is escaped."""
        texts = [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in self]
        return [(name, text.encode(errors="backslashreplace")) for name, text in texts]

    @classmethod
    def decoded(cls, headers: Headers) -> Self:
        """Read them from a message.

        Raises:
            ValueError: they are not complete.
        """
        return cls.model_validate(_own(cls, headers))


class RedrivenHeaders(Message):
    """The headers of the note that a dead letter was re-driven; the note has no value."""

    redriven: str = Field(pattern=r"^[0-9]+/[0-9]+$", description="partition and offset of the dead letter")

    def encoded(self) -> list[tuple[str, bytes]]:
        """As a message carries them."""
        return [("redriven", self.redriven.encode())]

    @classmethod
    def decoded(cls, headers: Headers) -> Self:
        """Read them from a message.

        Raises:
            ValueError: it is no such note.
        """
        return cls.model_validate(_own(cls, headers))


def originals(headers: Headers) -> list[tuple[str, bytes]]:
    """The headers of the original, from those of its dead letter; one without a value is empty."""
    return [(name.removeprefix(ORIGINAL), value or b"") for name, value in headers if name.startswith(ORIGINAL)]


def tried(headers: Headers) -> int:
    """How often a message failed before, by its headers; 0 where they do not say it or make no sense."""
    told = dict(headers).get(TRIED) or b""
    return int(told) if told.isdigit() and len(told) <= _MOST_DIGITS else 0


def _own(model: type[Message], headers: Headers) -> dict[str, str]:
    return {name: (value or b"").decode() for name, value in headers if name in model.model_fields}
