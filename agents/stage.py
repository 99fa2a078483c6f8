"""What all stage agents share: nothing is lost when an article cannot be processed, or when the broker is away for a while."""
from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Protocol, cast

import faust
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError, RecordListTooLargeError
from faust.exceptions import ProducerSendError
from faust.types import AgentT, EventT, StreamT

from agents.sight.clock import compare_clocks
from agents.sight.work import Work, work_on
from schemas.deadletters import ORIGINAL, TRIED, DeadLetterHeaders, tried
from schemas.message import Message

Agent = AgentT[Any]
Stream = StreamT[Any]
Acknowledged = Callable[[], Awaitable[None]]  # returns when the broker has it
Event = EventT[Any]  # raw bytes in and out: decoding is ours, so that bad bytes reach the dead letters

log = logging.getLogger(__name__)

RETRY = 1.0  # seconds between attempts while no broker answers
MOST_EXPIRED = 100  # rows that one article lets go, so that no article waits long for those before it
TRACE_TAIL = 4_000  # characters of a stack trace in a header
TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)
REASON = 1_000  # characters; a reason may quote a value of any length


class Sink(Protocol):
    """A topic that an agent sends to."""

    async def send(self, *, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]) -> Any:
        """Put a message in the producer's buffer; the result can be awaited for the broker's acknowledgement."""


def source(app: faust.App, name: str) -> faust.TopicT:
    """Topic `name` as `app` reads and writes it: bytes."""
    return app.topic(name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


async def send_acked(topic: Sink, key: str, message: Message | None, headers: Mapping[str, bytes] | None = None) -> None:
    """Send and wait until the broker has it: Faust's `send` alone only puts it in a buffer, which a kill empties. None is a tombstone.

    Raises:
        UnicodeEncodeError: the message holds half of a surrogate pair, which no UTF-8 can carry.
        ProducerSendError, MessageSizeTooLargeError: the message is too large for us, for the broker.
    """
    await (await hand_over(topic, key, message, headers))()


async def hand_over(topic: Sink, key: str, message: Message | None, headers: Mapping[str, bytes] | None = None) -> Acknowledged:
    """Put it in the client's buffer, from which it leaves in order, together with what else is there. Both steps raise as `send_acked`."""
    value = message.model_dump_json().encode() if message is not None else None
    return await _handed_over(topic, key.encode(), value, list((headers or {}).items()), _brokers_fault)


async def _handed_over(
    topic: Sink, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]], waits_for: Callable[[BaseException], bool]
) -> Acknowledged:
    async def buffered() -> tuple[float, Awaitable[Any]]:
        while True:
            try:
                return time.time(), await topic.send(key=key, value=value, headers=headers)
            except (KafkaError, ProducerSendError) as error:
                await _pause(error, waits_for)

    sent_at, sent = await buffered()

    async def acknowledged() -> None:
        nonlocal sent_at, sent
        while True:
            try:
                told = await sent
            except (KafkaError, ProducerSendError) as error:
                await _pause(error, waits_for)
                sent_at, sent = await buffered()
            else:
                compare_clocks(sent_at, told)
                return

    return acknowledged


async def _pause(error: Exception, waits_for: Callable[[BaseException], bool]) -> None:
    """Wait a moment for the broker, which gave this `error`; raise it where it will not pass.

    An agent that raised what is not the article's fault would have its message acknowledged.
    """
    if not waits_for(_of_the_client(error)):
        raise error
    log.warning("no acknowledgement from the broker, trying again: %r", error)
    await asyncio.sleep(RETRY)


def _of_the_client(error: Exception) -> BaseException:
    """What the client raised: Faust wraps it where it comes before the message is sent."""
    return error.__cause__ or error if isinstance(error, ProducerSendError) else error


def _brokers_fault(error: BaseException) -> bool:
    """Whether it may pass: the client itself has tried for 40 s, and raises what it saw last."""
    return isinstance(error, KafkaTimeoutError) or getattr(error, "retriable", False)


def _not_too_large(error: BaseException) -> bool:
    return not isinstance(error, TOO_LARGE)


def moment(event: Event) -> datetime:
    """When the broker got the message of `event`; the same however often it is read, whatever the clocks of workers say."""
    return datetime.fromtimestamp(event.message.timestamp, UTC)


def key_of(event: Event) -> str:
    """What its message is of, as its sender says it; of one without a key, where it lies."""
    message = event.message
    return event.key.decode(errors="replace") if event.key else f"{message.topic}/{message.partition}/{message.offset}"


@asynccontextmanager
async def working(
    stage: str, event: Event, dead_letters: Sink, turn: Callable[[], Awaitable[object]] | None = None
) -> AsyncIterator[Work]:
    """What `stage` does with `event`; whatever that raises sends the original bytes to the dead letters, and the stream goes on.

    Faust acknowledges a message whose agent raised, so an exception that leaves the agent loses the article: whatever else the broker
    says to the dead letter, it is sent until the broker has acknowledged it. What is larger than the topic takes is told without its bytes.
    Where several are worked on at a time, `turn` returns when a dead letter may be sent, so that they are in order too.
    """
    with work_on(stage, _headers(event)) as work:
        try:
            yield work
        except Exception as error:  # noqa: BLE001
            if turn is not None:
                await turn()
            await _put_aside(stage, event, error, dead_letters)
            work.failed(error)


async def _put_aside(stage: str, event: Event, error: Exception, dead_letters: Sink) -> None:
    told = dead_letter_headers(stage, event, error)
    log.warning("%s: dead letter: %s", stage, told.reason.encode(errors="backslashreplace").decode())
    value = event.value if event.key is not None else event.value or b""  # the client sends nothing that has neither
    try:
        await (await _handed_over(dead_letters, event.key, value, [*_originals(event), *told.encoded()], _not_too_large))()
    except (*TOO_LARGE, ProducerSendError):
        log.error("%s: the dead letter is larger than its topic takes: without its bytes", stage)
        without = told.model_copy(update={"complete": False})
        await (await _handed_over(dead_letters, None, b"", without.encoded(), lambda _: True))()


def dead_letter_headers(stage: str, event: Event, error: Exception) -> DeadLetterHeaders:
    """Why and from where."""
    reason = f"{type(error).__name__}: {error}"
    return DeadLetterHeaders(
        stage=stage,
        reason=reason if len(reason) <= REASON else f"{reason[:REASON]}…",
        topic=event.message.topic,
        partition=event.message.partition,
        offset=event.message.offset,
        tries=tried(_headers(event)) + 1,
        complete=True,
        stacktrace="".join(traceback.format_exception(error))[-TRACE_TAIL:],
    )


def _originals(event: Event) -> list[tuple[str, bytes]]:
    return [(f"{ORIGINAL}{name}", value) for name, value in _headers(event) if name != TRIED]


def _headers(event: Event) -> list[tuple[str, bytes]]:
    """All of them: `event.headers` has one of each name."""
    headers = cast(Iterable[tuple[str, bytes | None]], event.message.headers or ())
    return [(name, value or b"") for name, value in headers]
