"""What all agents share: bad bytes and broken articles become dead letters, a broker that is away is waited for."""
from __future__ import annotations

from typing import Any

import pytest
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    NotEnoughReplicasError,
    NotLeaderForPartitionError,
    TopicAuthorizationFailedError,
    UnknownError,
    UnknownTopicOrPartitionError,
)
from faust import current_event
from faust.exceptions import ProducerSendError
from faust.types import Message

from agents import stage
from agents.stage import Stream, key_of, send_acked, working
from schemas.articles import RawArticle
from schemas.deadletters import TRIED, DeadLetterHeaders, originals
from schemas.message import decode
from tests.agents.fakes import Topic, new_app, raw, running, topic


async def passed_on(value: bytes, out: Topic, dead: Topic) -> None:
    """Run an agent that sends on what it reads, on `value` and then on a good article."""
    app = new_app()

    @app.agent(topic(app, "news.raw"), name="copy", concurrency=1)
    async def agent(stream: Stream) -> None:
        async for event in stream.events():
            async with working("copy", event, dead):
                article = decode(RawArticle, event.value)
                await send_acked(out, article.article_id, article)

    async with running(app, agent) as put:
        await put(value)
        await put(raw("good").model_dump_json().encode())


GOOD = raw("bad").model_dump_json().encode()
BAD = {
    "malformed JSON": b"{broken",
    "no JSON at all": b"\x80\x04\x95",
    "nothing": b"",
    "a NUL byte": b"\x00",
    "a raw NUL inside a string": GOOD.replace(b'"bad"', b'"b\x00d"'),
    "an array": b"[]",
    "a wrong type": GOOD.replace(b'"bad"', b"7"),
    "a missing field": b'{"article_id": "a"}',
    "an unknown field": GOOD.replace(b"{", b'{"labels": [], ', 1),
    "a time without a zone": GOOD.replace(b"T12:00:00Z", b"T12:00:00"),
    "half of a surrogate pair": GOOD.replace(b'"bad"', rb'"\ud83d"'),
    "a surrogate in broken UTF-8": GOOD.replace(b"bad", b"\xed\xa0\xbd"),
}


@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
async def test_bytes_that_are_no_article_go_to_the_dead_letters_unchanged_and_the_next_article_goes_on(value: bytes) -> None:
    out, dead = Topic(), Topic()
    await passed_on(value, out, dead)
    assert dead.values == [value]
    assert [sent.key for sent in out.sent] == [b"good"]


async def test_a_dead_letter_says_which_stage_failed_on_what_and_where_it_came_from() -> None:
    dead = Topic()
    await passed_on(b'{"article_id": 7}', Topic(), dead)
    told = DeadLetterHeaders.decoded(dead.sent[0].headers.items())
    assert (told.stage, told.topic, told.partition) == ("copy", "news.raw", 0)
    assert told.reason.startswith("Undecodable: no RawArticle: article_id: Input should be a valid string")
    assert "agents/stage.py" in told.stacktrace


async def test_a_message_is_called_by_its_key_and_one_without_a_key_by_where_it_lies() -> None:
    app, called = new_app(), list[str]()

    @app.agent(topic(app, "news.raw"), name="call", concurrency=1)
    async def agent(stream: Stream) -> None:
        async for event in stream.events():
            called.append(key_of(event))

    async with running(app, agent) as put:
        for key in (b"a", b"\xff", None):
            await put(b"", key=key)
    assert called[:2] == ["a", "\ufffd"]
    assert called[2].startswith("news.raw/0/")


async def test_the_broker_has_a_dead_letter_before_the_original_counts_as_read() -> None:
    originals: list[Message] = []
    read: list[bool] = []

    def acknowledged() -> None:
        event = current_event()
        assert event
        originals.append(event.message)
        read.append(event.message.acked)

    await passed_on(b"{broken", Topic(), Topic(on_ack=acknowledged))
    assert (read, [original.acked for original in originals]) == ([False], [True])


async def test_a_message_that_is_too_large_for_the_broker_is_a_dead_letter() -> None:
    out, dead = Topic(refusals=[MessageSizeTooLargeError("8 MB")]), Topic()
    await passed_on(GOOD, out, dead)
    assert dead.values == [GOOD]
    assert [sent.key for sent in out.sent] == [b"good"]


def wrapped(error: Exception) -> ProducerSendError:
    """As Faust raises what happens before a message leaves."""
    wrapper = ProducerSendError("Error while sending")
    wrapper.__cause__ = error
    return wrapper


TROUBLE = {
    "no answer in time": KafkaTimeoutError(),
    "no room in the buffer in time": wrapped(KafkaTimeoutError()),
    "no connection": KafkaConnectionError(),
    "no leader": NotLeaderForPartitionError(),
    "too few replicas": NotEnoughReplicasError(),
    "no such topic any more": UnknownTopicOrPartitionError(),
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "RETRY", 0)


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
async def test_while_the_broker_has_trouble_an_article_waits_and_is_no_dead_letter(trouble: Exception) -> None:
    out, dead = Topic(refusals=[trouble, trouble]), Topic()
    await passed_on(GOOD, out, dead)
    assert [sent.key for sent in out.sent] == [b"bad", b"good"]
    assert dead.sent == []


@pytest.mark.parametrize(
    "trouble", [*TROUBLE.values(), TopicAuthorizationFailedError(), UnknownError()], ids=[*TROUBLE, "not allowed", "something else"]
)
async def test_a_dead_letter_waits_for_the_broker_whatever_it_says_and_the_next_article_waits_too(trouble: Exception) -> None:
    happened: list[str] = []
    out, dead = Topic(on_ack=lambda: happened.append("the next article")), Topic(refusals=[trouble] * 3)
    dead.on_ack = lambda: happened.append("the dead letter")
    await passed_on(b"{broken", out, dead)
    assert happened == ["the dead letter", "the next article"]
    assert dead.values == [b"{broken"]


@pytest.mark.parametrize(
    "refusal", [MessageSizeTooLargeError("1 MB"), wrapped(MessageSizeTooLargeError("1 MB"))], ids=["by the broker", "by the client"]
)
async def test_a_dead_letter_that_its_topic_refuses_as_too_large_goes_without_its_bytes_and_says_so(refusal: Exception) -> None:
    dead = Topic(refusals=[refusal, KafkaTimeoutError()])
    await passed_on(b"{broken", Topic(), dead)
    (sent,) = dead.sent
    told = DeadLetterHeaders.decoded(sent.headers.items())
    assert (sent.key, sent.value, told.complete, told.topic, told.offset) == (None, b"", False, "news.raw", 0)


class Event:
    """An event with headers, as the consumer gives it."""

    class message:  # noqa: N801
        topic, partition, offset = "news.raw", 3, 41
        headers: tuple[tuple[str, bytes | None], ...] = ()

    def __init__(self, *headers: tuple[str, bytes | None], key: bytes | None = b"k", value: bytes | None = b"v") -> None:
        self.key, self.value = key, value
        self.message.headers = headers


async def dead_letter_of(event: Any, error: Exception | None = None) -> Topic:
    dead = Topic()
    async with working("clean", event, dead):
        raise error or ValueError("x")
    return dead


async def test_the_headers_and_the_key_of_the_original_come_along() -> None:
    dead = await dead_letter_of(Event(("traceparent", b"00-1")))
    (sent,) = dead.sent
    assert (sent.key, sent.headers["original-traceparent"]) == (b"k", b"00-1")
    assert (sent.headers["partition"], sent.headers["offset"]) == (b"3", b"41")


async def test_a_header_that_comes_twice_comes_along_twice_and_one_without_a_value_is_empty() -> None:
    given = (("via", b"a"), ("via", b"b"), ("none", None))
    dead = await dead_letter_of(Event(*given))
    assert originals(dead.sent[0].pairs) == [("via", b"a"), ("via", b"b"), ("none", b"")]


@pytest.mark.parametrize(
    ("told", "tries"),
    [
        pytest.param((), b"1", id="for the first time"),
        pytest.param(((TRIED, b"2"),), b"3", id="after it was re-driven twice"),
        pytest.param(((TRIED, b"-7"),), b"1", id="after nonsense"),
        pytest.param(((TRIED, b"9" * 5_000),), b"1", id="after a number without end"),
        pytest.param(((TRIED, None),), b"1", id="after nothing"),
    ],
)
async def test_a_dead_letter_says_how_often_its_article_has_failed(told: tuple[tuple[str, bytes | None], ...], tries: bytes) -> None:
    (sent,) = (await dead_letter_of(Event(*told))).sent
    assert sent.headers["tries"] == tries
    assert f"original-{TRIED}" not in sent.headers


async def test_a_message_without_key_and_value_which_the_client_would_not_send_is_a_dead_letter_with_an_empty_value() -> None:
    (sent,) = (await dead_letter_of(Event(key=None, value=None))).sent
    assert (sent.key, sent.value) == (None, b"")


@pytest.mark.parametrize("message", ["half a pair: \ud83d", "x" * 10_000_000], ids=["that is no Unicode", "of 10 MB"])
async def test_an_error_message_can_be_told(message: str) -> None:
    dead = await dead_letter_of(Event(), ValueError(message))
    assert dead.sent[0].headers["reason"].startswith(b"ValueError: ")
    assert sum(map(len, dead.sent[0].headers.values())) < 10_000


async def test_a_dead_letter_shows_no_value_of_the_code_that_failed() -> None:
    dead = Topic()
    async with working("clean", Event(), dead):  # type: ignore[arg-type]
        password = "correct horse"
        raise ValueError(f"{len(password)} characters are too few")
    (sent,) = dead.sent
    told = b" ".join(sent.headers.values())
    assert b"13 characters" in told
    assert b"correct horse" not in told
