"""Why an article is in the dead letters, and where it came from. Topic `news.deadletters`; the value is the original, to the byte."""
from __future__ import annotations

from typing import Self

from pydantic import Field

from schemas.message import Message


class DeadLetterHeaders(Message):
    """The headers of a dead letter, each UTF-8; headers of the original come along as `original-` and their name."""

    stage: str = Field(description="the agent that could not process it")
    reason: str = Field(description="kind of error and its message")
    topic: str = Field(description="where the original was read")
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)
    stacktrace: str = Field(description="the end of it")

    def encoded(self) -> dict[str, bytes]:
        """As a message carries them. What is no Unicode, quoted from the article, is escaped."""
        return {name: str(value).encode(errors="backslashreplace") for name, value in self}

    @classmethod
    def decoded(cls, headers: dict[str, bytes]) -> Self:
        """Read them from a message.

        Raises:
            ValueError: they are not complete.
        """
        return cls.model_validate({name: value.decode() for name, value in headers.items() if name in cls.model_fields})
