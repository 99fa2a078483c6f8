"""What all stage agents share: nothing is lost when an article cannot be processed, or when the broker is away for a while."""
from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import faust
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError
from faust.types import AgentT, EventT, StreamT
from pydantic import ValidationError

from agents.brokers import MAX_MESSAGE
from schemas.deadletters import DeadLetterHeaders
from schemas.errors import Undecodable
from schemas.message import Message

M = TypeVar("M", bound=Message)
Agent = AgentT[Any]
Stream = StreamT[Any]
Event = EventT[Any]  # raw bytes in and out: decoding is ours, so that bad bytes reach the dead letters

log = logging.getLogger(__name__)

RETRY = 1.0  # seconds between attempts while no broker answers
MOST_EXPIRED = 100  # rows that one article lets go, so that no article waits long for those before it
TRACE_TAIL = 4_000  # characters of a stack trace in a header
REASON = 1_000  # characters; a reason may quote a value of any length


class Sink(Protocol):
    """A topic that an agent sends to."""

    async def send(self, *, key: bytes | None, value: bytes | None, headers: Mapping[str, bytes] | None = None) -> Any:
        """Put a message in the producer's buffer; the result can be awaited for the broker's acknowledgement."""


def source(app: faust.App, name: str) -> faust.TopicT:
    """Topic `name` as `app` reads and writes it: bytes."""
    return app.topic(name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


async def send_acked(topic: Sink, key: str, message: Message | None, headers: Mapping[str, bytes] | None = None) -> None:
    """Send and wait until the broker has it: Faust's `send` alone only puts it in a buffer, which a kill empties. None is a tombstone.

    Raises:
        UnicodeEncodeError: the message holds half of a surrogate pair, which no UTF-8 can carry.
        ProducerSendError: the message is too large.
    """
    await _acked(topic, key.encode(), message.model_dump_json().encode() if message is not None else None, headers)


async def _acked(topic: Sink, key: bytes | None, value: bytes | None, headers: Mapping[str, bytes] | None) -> None:
    while True:
        try:
            await (await topic.send(key=key, value=value, headers=headers))
        except (KafkaConnectionError, KafkaTimeoutError) as error:
            # Not the article's fault, and an agent that raised would have its message acknowledged: wait for the broker instead.
            log.warning("no acknowledgement from the broker, trying again: %s", error)
            await asyncio.sleep(RETRY)
        else:
            return


def moment(event: Event) -> datetime:
    """When the broker got the message of `event`; the same however often it is read, whatever the clocks of workers say."""
    return datetime.fromtimestamp(event.message.timestamp, UTC)


def decode(model: type[M], event: Event) -> M:
    """The message in `event`.

    Raises:
        Undecodable: its bytes are no `model`.
    """
    try:
        return model.model_validate_json(event.value or b"")
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole message"
        raise Undecodable(f"no {model.__name__}: {where}: {first['msg']} ({error.error_count()} mistakes)") from error


@asynccontextmanager
async def dead_lettering(stage: str, event: Event, dead_letters: Sink) -> AsyncIterator[None]:
    """Whatever `stage` raises on `event` sends the original bytes to the dead letters, acknowledged, and the stream goes on.

    Faust acknowledges a message whose agent raised, so an exception that leaves the agent loses the article.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001
        log.warning("%s: dead letter: %s: %s", stage, type(error).__name__, error)
        await _acked(dead_letters, event.key, event.value, dead_letter_headers(stage, event, error))


def dead_letter_headers(stage: str, event: Event, error: Exception) -> dict[str, bytes]:
    """Why and from where; the original's own headers come along as `original-...` while they are small."""
    reason = f"{type(error).__name__}: {error}"
    told = DeadLetterHeaders(
        stage=stage,
        reason=reason if len(reason) <= REASON else f"{reason[:REASON]}…",
        topic=event.message.topic,
        partition=event.message.partition,
        offset=event.message.offset,
        stacktrace="".join(traceback.format_exception(error))[-TRACE_TAIL:],
    )
    return _originals(event) | told.encoded()


def _originals(event: Event) -> dict[str, bytes]:
    headers = {f"original-{name}": value or b"" for name, value in dict(event.headers or {}).items()}
    size = sum(len(name) + len(value) for name, value in headers.items())
    return headers if size < MAX_MESSAGE // 100 else {}
