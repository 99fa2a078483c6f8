"""Stand-ins that behave: a topic that keeps what is sent, an application that runs one agent without a broker."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import faust

from agents.stage import Agent, source
from schemas.articles import Block, BlockKind, CleanArticle, ContentType, RawArticle, UniqueArticle

THEN = datetime(2025, 7, 3, 12, tzinfo=UTC)
WATCH = "russia-china"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was sent."""

    key: bytes | None
    value: bytes | None
    pairs: list[tuple[str, bytes]]

    @property
    def headers(self) -> Mapping[str, bytes]:
        """The last of each name."""
        return dict(self.pairs)


@dataclass(slots=True)
class Topic:
    """Keeps what is sent and acknowledges it, unless refusals are left: these are raised instead, one a time, at once or `later`."""

    sent: list[Sent] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    refused_later: list[Exception] = field(default_factory=list)
    on_ack: Callable[[], None] = lambda: None

    async def send(self, *, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]) -> Awaitable[None]:
        if self.refusals:
            raise self.refusals.pop(0)

        async def acknowledged() -> None:
            if self.refused_later:
                raise self.refused_later.pop(0)
            self.sent.append(Sent(key, value, headers))
            self.on_ack()

        return acknowledged()

    @property
    def values(self) -> list[bytes | None]:
        return [sent.value for sent in self.sent]


def new_app() -> faust.App:
    """An application that never sees a broker."""
    return faust.App("test", store="memory://", value_serializer="raw", web_enabled=False)


@asynccontextmanager
async def running(app: faust.App, agent: Agent) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """Run `agent`; the function puts bytes on its topic, with headers and a key or without, and returns when they are processed."""
    app.finalize()
    app.flow_control.resume()

    async def processed(value: bytes, headers: Mapping[str, bytes] | None = None, key: bytes | None = None) -> None:
        event = await put.put(value, key, headers=list((headers or {}).items()), wait=False)
        while not event.message.acked:
            await asyncio.sleep(0)

    async with agent.test_context() as put:
        yield processed


def topic(app: faust.App, name: str) -> faust.TopicT:
    """The topic that the agent under test reads."""
    return source(app, name)


def raw(article_id: str = "a", body: str = "Лавров встретился с Ван И.") -> RawArticle:
    return RawArticle(article_id=article_id, content_type=ContentType.TEXT, body=body, fetched_at=THEN)


def clean(article_id: str = "a", text: str = "Lavrov met Wang Yi in Beijing on Thursday.", watch: str = WATCH) -> CleanArticle:
    return CleanArticle(
        article_id=article_id,
        watch=watch,
        language="en",
        text=text,
        blocks=(Block(kind=BlockKind.BODY, start=0, end=len(text)),),
        url=None,
        source=None,
        published_at=None,
        fetched_at=THEN,
    )


def unique(article_id: str = "a") -> UniqueArticle:
    return UniqueArticle(article=clean(article_id), version="1", copy_of=None, came_at=THEN)
