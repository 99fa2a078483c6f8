"""Messages into topics, acknowledged."""
from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from agents.brokers import MAX_MESSAGE, METADATA_AGE, profile_of, started
from agents.cluster import Cluster
from agents.topics import RAW, VERDICTS
from schemas.articles import RawArticle
from schemas.errors import BrokerError, InputError
from schemas.tracing import Trace
from schemas.verdicts import Verdict


class AckedProducer:
    """`async with AckedProducer(cluster) as producer`: what it sends, the broker has.

    Raises:
        BrokerError: nobody answers at `cluster`.
    """

    def __init__(self, cluster: Cluster, largest: int = MAX_MESSAGE) -> None:
        """`largest`: bytes of a message with its key and headers."""
        self._cluster = cluster
        self._largest = largest
        self._stack = AsyncExitStack()
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        profile = await profile_of(self._cluster)
        producer = AIOKafkaProducer(
            **self._cluster.client,
            acks="all",
            max_request_size=self._largest,
            max_batch_size=profile.max_batch_size,
            metadata_max_age_ms=round(METADATA_AGE * 1000),
        )
        self._producer = await self._stack.enter_async_context(started(self._cluster, producer))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    async def _send(self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        """Send and wait until the broker has it.

        Raises:
            BrokerError: the broker refused it or did not answer in time.
            MessageSizeTooLargeError: it is too large.
        """
        if self._producer is None:
            raise RuntimeError("enter the producer first")
        try:
            await self._producer.send_and_wait(topic, value, key=key, headers=list(headers))
        except MessageSizeTooLargeError:
            raise
        except KafkaError as error:
            named = (key or b"a message without a key").decode("utf-8", "backslashreplace")
            raise BrokerError(f"the broker did not take {named} for {topic}: {error}") from error


class ArticleProducer(AckedProducer):
    """`async with ArticleProducer(cluster) as producer: await producer.send(article)`. Raises what `AckedProducer` raises."""

    def __init__(self, cluster: Cluster, topic: str = RAW) -> None:
        super().__init__(cluster)
        self._topic = topic

    async def send(self, article: RawArticle) -> None:
        """Send and wait until the broker has it. Sending an article again is harmless: the stream knows it by its id.

        Raises:
            InputError: it cannot be a message: it is too large, or holds half of a surrogate pair.
            BrokerError: the broker refused it or did not answer in time.
        """
        key, value = article.article_id.encode(), article.model_dump_json().encode()
        try:
            await self._send(self._topic, key, value, _traced(article.article_id))
        except MessageSizeTooLargeError as error:
            raise InputError(f"article {article.article_id} is larger than {MAX_MESSAGE:,} bytes") from error
        except UnicodeEncodeError as error:
            raise InputError(f"article {article.article_id} holds text that is no Unicode: {error}") from error


class VerdictProducer(AckedProducer):
    """`async with VerdictProducer(cluster) as producer: await producer.send(verdict)`. Raises what `AckedProducer` raises."""

    async def send(self, verdict: Verdict) -> None:
        """Send and wait until the broker has it. Sending a verdict again is harmless: the stream knows it by its id.

        Raises:
            BrokerError: the broker refused it or did not answer in time.
        """
        await self._send(VERDICTS, verdict.watch.encode(), verdict.model_dump_json().encode(), _traced(verdict.verdict_id))


def _traced(subject: str) -> Sequence[tuple[str, bytes]]:
    """The headers of an article or a verdict that begins its way here."""
    return list(Trace.of(subject).headers.items())
