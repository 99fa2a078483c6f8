"""Whatever comes in: it passes, or it is a dead letter with its exact bytes, and the stream goes on."""
from __future__ import annotations

import pytest

from agents.brokers import MAX_MESSAGE
from agents.service import Service
from agents.topics import CLEAN, RAW, TAGGED, UNIQUE
from schemas.articles import ContentType, RawArticle
from tests.broker.articles import meeting_in, text
from tests.broker.stream import Stream

GOOD = text("bad", "Lavrov met Wang Yi.").model_dump_json().encode()
NO_ARTICLES = {
    "malformed JSON": b'{"article_id": "a"',
    "wrong types": b'{"article_id": 1, "content_type": "text/plain", "body": [], "fetched_at": 0}',
    "an unknown kind of content": GOOD.replace(b"text/plain", b"application/pdf"),
    "no UTF-8": GOOD.replace(b"Wang Yi", b"\xff\xfe"),
    "half of a surrogate pair": GOOD.replace(b"Wang Yi", rb"\ud83d"),
    "a NUL byte": b"\x00",
    "a NUL byte inside a string": GOOD.replace(b"Wang Yi", b"Wang\x00Yi"),
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


@pytest.mark.parametrize("name", NO_ARTICLES)
async def test_what_is_no_article_is_a_dead_letter_to_the_byte(service: Service, stream: Stream, name: str) -> None:
    await stream.send_bytes(RAW, NO_ARTICLES[name], key=name.encode())
    await stream.through()
    told, letter = (await stream.dead_letters())[-1]
    assert (letter.key, letter.value) == (name.encode(), NO_ARTICLES[name])
    assert (told.stage, told.topic) == ("clean", RAW)
    assert told.reason.startswith("Undecodable: no RawArticle")


@pytest.mark.parametrize("name", UNREADABLE)
async def test_an_article_without_text_is_a_dead_letter(service: Service, stream: Stream, name: str) -> None:
    await stream.send([UNREADABLE[name]])
    await stream.through()
    told, letter = (await stream.dead_letters())[-1]
    assert letter.value == UNREADABLE[name].model_dump_json().encode()
    assert told.reason.startswith("Unreadable: ")


@pytest.mark.parametrize("name", NO_NEWS)
async def test_an_article_that_says_nothing_to_us_ends_quietly_or_as_a_dead_letter(service: Service, stream: Stream, name: str) -> None:
    """Which of the two is for `clean` to say; that it alerts nobody and stops nothing is for the stream."""
    before = await stream.alerts()
    await stream.send([NO_NEWS[name]])
    await stream.through()
    assert await stream.alerts() == before


@pytest.mark.parametrize(("topic", "stage"), [(CLEAN, "dedupe"), (UNIQUE, "tag"), (TAGGED, "meet")])
async def test_bad_bytes_on_any_topic_are_dead_letters_of_its_stage(service: Service, stream: Stream, topic: str, stage: str) -> None:
    await stream.send_bytes(topic, b"{broken", key=b"k", headers={"traceparent": b"00-1"})
    await stream.through()
    told, letter = (await stream.dead_letters())[-1]
    assert (told.stage, told.topic, letter.key, letter.value) == (stage, topic, b"k", b"{broken")
    assert letter.headers["original-traceparent"] == b"00-1"


async def test_a_text_of_5_mb_passes(service: Service, stream: Stream) -> None:
    article = meeting_in("Vladivostok", "large")
    large = RawArticle.model_validate(article.model_dump() | {"body": article.body + "\n" + "Слово за слово. " * 200_000})
    assert len(large.model_dump_json().encode()) > 5_000_000
    before = await stream.dead_letters()
    await stream.send([large])
    await stream.through()
    assert await stream.dead_letters() == before
    assert (await stream.alerts())[-1].article.article_id == "large"


async def test_after_all_of_it_the_stream_goes_on(service: Service, stream: Stream) -> None:
    await stream.send([meeting_in("Astana", "good")])
    await stream.through()
    assert (await stream.alerts())[-1].article.article_id == "good"
