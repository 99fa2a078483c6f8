"""Whatever comes in: it passes, or it is a dead letter with its exact bytes, and the stream goes on."""
from __future__ import annotations

import pytest
import pytest_asyncio

from agents.brokers import MAX_MESSAGE
from agents.service import Service
from agents.topics import CLEAN, RAW, TAGGED, UNIQUE
from schemas.articles import ContentType
from schemas.deadletters import DeadLetterHeaders
from tests.broker.articles import meeting_in, text
from tests.broker.stream import Record, Stream

SAMPLE = text("bad", "Lavrov met Wang Yi.").model_dump_json().encode()
NO_ARTICLES = {
    "malformed JSON": b'{"article_id": "a"',
    "wrong types": b'{"article_id": 1, "content_type": "text/plain", "body": [], "fetched_at": 0}',
    "an unknown kind of content": SAMPLE.replace(b"text/plain", b"application/pdf"),
    "no UTF-8": SAMPLE.replace(b"Wang Yi", b"\xff\xfe"),
    "half of a surrogate pair": SAMPLE.replace(b"Wang Yi", rb"\ud83d"),
    "a NUL byte": b"\x00",
    "a NUL byte inside a string": SAMPLE.replace(b"Wang Yi", b"Wang\x00Yi"),
    "nothing": b"",
    "a large nothing": b" " * (MAX_MESSAGE - 1_000),
}
UNREADABLE = {
    "empty text": text("empty", ""),
    "blank text": text("blank", " \n\t \u3000"),
    "NUL bytes alone": text("nul", "\x00\x00\x00"),
}
NO_NEWS = {
    "an unknown language": text("klingon", "tlhIngan Hol vIjatlh 'ej qaSuch DaH jagh HoH " * 20),
    "HTML without content": text("empty-page", "<html><head></head><body><nav></nav></body></html>", ContentType.HTML),
    "broken HTML": text("broken-page", "<html><body><p>Lavrov <b>met </i></p" * 50, ContentType.HTML),
    "another subject": text("sports", "The cyclist won the third stage after a long climb in the rain. " * 20),
}


GOOD = meeting_in("Astana", "good")
LARGE = meeting_in("Vladivostok", "large", "The weather was fine. " * 250_000)
BROKEN = {CLEAN: "dedupe", UNIQUE: "tag", TAGGED: "meet"}
Letters = dict[bytes | None, tuple[DeadLetterHeaders, Record]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def letters(service: Service, stream: Stream) -> Letters:
    """All of it sent, and the dead letters that came of it, by key."""
    for name, value in NO_ARTICLES.items():
        await stream.send_bytes(RAW, value, key=name.encode())
    for topic in BROKEN:
        await stream.send_bytes(topic, b"{broken", key=topic.encode(), headers={"traceparent": b"00-1"})
    await stream.send([*UNREADABLE.values(), *NO_NEWS.values(), LARGE, GOOD])
    await stream.through()
    return {letter.key: (told, letter) for told, letter in await stream.dead_letters()}


@pytest.mark.parametrize("name", NO_ARTICLES)
async def test_what_is_no_article_is_a_dead_letter_to_the_byte(letters: Letters, name: str) -> None:
    told, letter = letters[name.encode()]
    assert letter.value == NO_ARTICLES[name]
    assert (told.stage, told.topic) == ("clean", RAW)
    assert told.reason.startswith("Undecodable: no RawArticle")


@pytest.mark.parametrize("name", UNREADABLE)
async def test_an_article_without_text_is_a_dead_letter(letters: Letters, name: str) -> None:
    article = UNREADABLE[name]
    told, letter = letters[article.article_id.encode()]
    assert letter.value == article.model_dump_json().encode()
    assert told.reason.startswith("Unreadable: ")


@pytest.mark.parametrize("topic", BROKEN)
async def test_bad_bytes_on_any_topic_are_dead_letters_of_its_stage(letters: Letters, topic: str) -> None:
    told, letter = letters[topic.encode()]
    assert (told.stage, told.topic, letter.value) == (BROKEN[topic], topic, b"{broken")
    assert letter.headers["original-traceparent"] == b"00-1"


async def test_a_text_of_5_mb_passes_and_after_all_of_it_the_stream_goes_on(letters: Letters, stream: Stream) -> None:
    """And nothing else alerts: not an unknown language, nor another subject, nor a page without content."""
    assert len(LARGE.model_dump_json().encode()) > 5_000_000
    assert [alert.article.article_id for alert in await stream.alerts()] == [LARGE.article_id, GOOD.article_id]
