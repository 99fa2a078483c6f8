"""Dead letters for whoever asks: listed, read whole, and re-driven to where they failed, with a note so that it happens once.

The note is a message of the same topic, behind the dead letter: retention forgets both, the dead letter first. Readers tell the two
apart by their headers; what has the headers of neither is somebody else's, listed and left alone.
"""
from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import MessageSizeTooLargeError

from agents.brokers import MAX_REQUEST, reaching, started
from agents.cluster import Cluster
from agents.lag import READERS
from agents.producer import AckedProducer
from agents.reading import partitions_of, read_to_end
from agents.topics import DEADLETTERS
from schemas.deadletters import TRIED, DeadLetterHeaders, Headers, RedrivenHeaders, originals
from schemas.errors import DeadLetterError

# Of what a fetch brings at most, unless one message is larger: so little that seeking to a message, which drops the rest, costs nothing.
FETCH = 2**16  # bytes
ANSWERS_WITHIN = 30_000  # milliseconds for one message
REASON = 1_000  # characters; headers of ours are no longer, but anybody can write such headers

_ID = re.compile(r"[0-9]{1,9}/[0-9]{1,18}")  # a partition is a 32-bit number, an offset a 64-bit one
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END_OF_TIME = 250_000_000_000_000  # milliseconds; the year 9892, which every time zone can tell


class LetterId(NamedTuple):
    """Where a dead letter is in its topic; `0/17` for people. It never changes."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}/{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The id that `str` gave.

        Raises:
            ValueError: `text` is none.
        """
        if not _ID.fullmatch(text):
            raise ValueError(f"{text!r} is no id of a dead letter: they look like 0/17, and `dyadwatch deadletters list` shows them")
        return cls(*map(int, text.split("/")))


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter without what may be large: its key, its bytes, the original's headers and the stack trace."""

    id: LetterId
    at: datetime  # 1970 where the message tells no sensible time
    size: int  # bytes of its value
    told: DeadLetterHeaders | None  # None for a message that is none of ours
    redriven_at: datetime | None = None  # the last time

    @property
    def stage(self) -> str | None:
        """The agent that could not process it."""
        return self.told.stage if self.told else None

    @property
    def error(self) -> str | None:
        """The kind of error."""
        return self.told.error if self.told else None


@dataclass(frozen=True, slots=True)
class Whole:
    """All of a dead letter."""

    letter: Letter  # that knows nothing of re-driving
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    stacktrace: str


class DeadLetters:
    """`async with DeadLetters(cluster) as dead_letters: await dead_letters.listed()`. It changes nothing on the broker.

    Raises:
        BrokerError: nobody answers at `cluster`, or the topic does not exist.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._consumer = AIOKafkaConsumer(
            **cluster.client, enable_auto_commit=False, auto_offset_reset="earliest", max_partition_fetch_bytes=FETCH
        )
        self._stack = AsyncExitStack()
        self._partitions: list[TopicPartition] = []

    async def __aenter__(self) -> Self:
        self._partitions = await partitions_of(self._cluster, DEADLETTERS)
        await self._stack.enter_async_context(started(self._cluster, self._consumer))
        self._consumer.assign(self._partitions)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    async def listed(self) -> list[Letter]:
        """All that the topic has at this moment, those that were re-driven too, oldest first.

        It reads the whole topic, but keeps about 2 kB of each message.

        Raises:
            BrokerError: the broker went away.
        """
        found: dict[LetterId, Letter] = {}
        redriven: dict[LetterId, datetime] = {}
        async with reaching(self._cluster):
            await self._consumer.seek_to_beginning(*self._partitions)
            async for record in read_to_end(self._consumer, self._partitions):
                if (noted := _redriven(record.headers)) is None:
                    found[LetterId(record.partition, record.offset)] = _letter(record)
                else:
                    redriven[noted] = _time(record.timestamp)
        letters = (replace(letter, redriven_at=redriven.get(letter.id)) for letter in found.values())
        return sorted(letters, key=lambda letter: (letter.at, letter.id))

    async def whole(self, wanted: LetterId) -> Whole:
        """All of one.

        Raises:
            DeadLetterError: there is none of that id, or no longer.
            BrokerError: the broker went away.
        """
        partition = TopicPartition(DEADLETTERS, wanted.partition)
        async with reaching(self._cluster):
            record = await self._record(partition, wanted.offset) if partition in self._partitions else None
        if record is None:
            raise DeadLetterError(f"there is no dead letter {wanted}, or no longer: `dyadwatch deadletters list` shows what there is")
        if redriven := _redriven(record.headers):
            raise DeadLetterError(f"{wanted} is no dead letter, but the note that {redriven} was re-driven")
        told = _told(record.headers)
        return Whole(_letter(record), record.key, record.value, tuple(record.headers), told.stacktrace if told else "")

    async def _record(self, partition: TopicPartition, offset: int) -> Any:
        begin = (await self._consumer.beginning_offsets([partition]))[partition]
        end = (await self._consumer.end_offsets([partition]))[partition]
        if not begin <= offset < end:
            return None
        if await self._consumer.position(partition) != offset:
            self._consumer.seek(partition, offset)
        for record in (await self._consumer.getmany(partition, timeout_ms=ANSWERS_WITHIN, max_records=1)).get(partition, ()):
            if record.offset == offset:
                return record
        return None


class Redriver(AckedProducer):
    """`async with Redriver(cluster) as redriver: await redriver.redrive(whole)`. Raises what `AckedProducer` raises."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster, MAX_REQUEST)

    async def redrive(self, whole: Whole) -> None:
        """Send it to where it failed, and when the broker has it, note that.

        A kill in between repeats it at the next time, which is harmless: the stream knows the article by its id.

        Raises:
            DeadLetterError: it cannot be sent.
            BrokerError: the broker refused it or did not answer in time.
        """
        await self.send(whole)
        await self.note(whole.letter.id)

    async def send(self, whole: Whole) -> None:
        """Send the original with its key and its headers, and one header that says how often it failed. Raises what `redrive` raises."""
        told = redrivable(whole.letter, again=True)
        headers = [*originals(whole.headers), (TRIED, str(told.tries).encode())]
        try:
            await self._send(told.topic, whole.key, whole.value, headers)
        except MessageSizeTooLargeError as error:
            told_why = f"{whole.letter.id} is larger than {told.topic} takes, with the header that says how often it failed"
            raise DeadLetterError(told_why) from error

    async def note(self, redriven: LetterId) -> None:
        """Write that it was re-driven. Raises what `redrive` raises."""
        await self._send(DEADLETTERS, None, b"", RedrivenHeaders(redriven=str(redriven)).encoded())


async def redrive(cluster: Cluster, letters: Iterable[Letter], *, again: bool) -> AsyncIterator[tuple[Letter, DeadLetterError | None]]:
    """Re-drive each in the order of their ids, that in which they failed; gives each, once that is known, with why it was refused.

    Raises:
        BrokerError: the broker cannot be reached or refuses; those that were given before are re-driven.
    """
    async with DeadLetters(cluster) as dead_letters, Redriver(cluster) as redriver:
        for letter in sorted(letters, key=lambda letter: letter.id):
            try:
                redrivable(letter, again=again)
                await redriver.redrive(await dead_letters.whole(letter.id))
            except DeadLetterError as error:
                yield letter, error
            else:
                yield letter, None


def redrivable(letter: Letter, *, again: bool) -> DeadLetterHeaders:
    """Where it came from, if it may be re-driven.

    Raises:
        DeadLetterError: it cannot be, or it was and shall not be `again`.
    """
    told = letter.told
    if told is None:
        raise DeadLetterError(f"{letter.id} is no dead letter of ours: nothing says where it came from")
    if told.topic not in dict(READERS):
        raise DeadLetterError(f"{letter.id} was read from {told.topic}, which no agent reads")
    if not told.complete:
        where = f"{told.topic}/{told.partition}/{told.offset}"
        raise DeadLetterError(f"{letter.id} has no bytes, for it was too large; while the topic keeps them, they are at {where}")
    if letter.redriven_at and not again:
        raise DeadLetterError(f"{letter.id} was re-driven on {letter.redriven_at:%Y-%m-%d at %H:%M} UTC; --again does it once more")
    return told


def selected(letters: Iterable[Letter], stage: str | None, reason: str | None) -> list[Letter]:
    """Those of that stage whose kind of error has `reason` in it, in any case; None is any, also none."""
    return [
        letter
        for letter in letters
        if (stage is None or letter.stage == stage) and (reason is None or reason.casefold() in (letter.error or "").casefold())
    ]


def _letter(record: Any) -> Letter:
    told = _told(record.headers)
    short = told and told.model_copy(update={"stacktrace": "", "reason": told.reason[: REASON + 1]})
    return Letter(LetterId(record.partition, record.offset), _time(record.timestamp), len(record.value or b""), short)


def _told(headers: Headers) -> DeadLetterHeaders | None:
    try:
        return DeadLetterHeaders.decoded(headers)
    except ValueError:
        return None


def _redriven(headers: Headers) -> LetterId | None:
    try:
        return LetterId.parse(RedrivenHeaders.decoded(headers).redriven)
    except ValueError:
        return None


def _time(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds) if 0 <= milliseconds < _END_OF_TIME else EPOCH
