"""An article that is poison to the stage that reads it: a dead letter, whole and acknowledged, and those behind it go on."""
from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import aiokafka.codec
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from agents.brokers import MAX_MESSAGE
from agents.cluster import Cluster
from agents.service import Service
from agents.settings import Settings
from agents.topics import CLEAN, CURRENT, DEADLETTERS, RAW, TAGGED
from schemas.deadletters import DeadLetterHeaders
from schemas.meetings import DateRange, Meeting, Place
from tests.agents import fakes, meetings
from tests.agents.hostile import HostileExtraction
from tests.broker import conftest
from tests.broker.articles import meeting_in
from tests.broker.stream import Record, Stream

DAY = date(2025, 3, 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def service(cluster: Cluster, settings: Settings) -> AsyncIterator[Service]:
    """All agents, with processes that articles can do harm to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("agents.service.Extraction", HostileExtraction)
        async with Service(settings.model_copy(update={"extraction_deadline": 3.0}), cluster) as running:
            yield running


async def dead_letter(stream: Stream, *poison: Awaitable[None]) -> tuple[DeadLetterHeaders, Record]:
    """The only dead letter that comes of sending `poison`, once a good article behind it has passed all stages."""
    before = len(await stream.records(DEADLETTERS))
    for sending in poison:
        await sending
    good = meeting_in("Astana", f"good {before}")
    await stream.send([good])
    await stream.through()
    last = Meeting.model_validate_json((await stream.records(CURRENT))[-1].value or b"")
    assert last.applied[-1].source.article_id == good.article_id
    (letter,) = (await stream.dead_letters())[before:]
    return letter


@pytest.mark.parametrize("stage", ["clean", "tag"])
@pytest.mark.parametrize(
    ("harm", "reason"),
    [("kills its process", "ArticleError: its process died of it"), ("never ends", "DeadlineExceeded: not done within 3 s")],
)
async def test_what_does_harm_to_the_process_that_reads_it(stream: Stream, stage: str, harm: str, reason: str) -> None:
    poison = meeting_in("Dalian", f"{harm} in {stage}")
    told, letter = await dead_letter(stream, stream.send([poison]))
    assert (told.stage, told.reason[: len(reason)]) == (stage, reason)
    assert poison.body.partition(".")[0].encode() in (letter.value or b"")


async def test_a_message_of_the_largest_size_that_many_headers_make_larger_still(stream: Stream) -> None:
    """In the dead letter the name of each header is nine bytes longer."""
    headers = {f"{number:x}": b"" for number in range(15_000)}
    value = b" " * (MAX_MESSAGE - 150_000)
    told, letter = await dead_letter(stream, stream.send_bytes(RAW, value, key=b"k", headers=headers))
    assert (told.complete, letter.key, letter.value) == (True, b"k", value)
    assert {name.removeprefix("original-"): empty for name, empty in letter.headers.items()}.items() >= headers.items()


async def test_a_message_that_its_headers_make_larger_than_the_dead_letters_take(stream: Stream) -> None:
    headers = {f"{number:x}": b"" for number in range(60_000)}
    value = b" " * (MAX_MESSAGE - 600_000)
    told, letter = await dead_letter(stream, stream.send_bytes(RAW, value, key=b"k", headers=headers))
    assert (told.complete, letter.key, letter.value, "original-1" in letter.headers) == (False, None, b"", False)
    assert told.reason.startswith("Undecodable: no RawArticle")


async def test_an_article_of_which_the_next_stage_makes_a_message_that_is_too_large(stream: Stream, broker: str) -> None:
    if broker == conftest.EMBEDDED:
        pytest.skip("the embedded broker takes messages of any size")
    room = MAX_MESSAGE - len(fakes.clean(text="").model_dump_json()) - 120
    article = fakes.clean(text="Nothing happened. " * (room // 18))
    value = article.model_dump_json().encode()
    told, letter = await dead_letter(stream, stream.send_bytes(CLEAN, value, key=b"russia-china"))
    assert (told.stage, told.error, letter.value) == ("dedupe", "MessageSizeTooLargeError", value)


async def test_an_article_that_makes_a_known_meeting_too_large(stream: Stream) -> None:
    sentence = "Ван И " * 500_000
    evidence = replace(meetings.EVIDENCE, sentence=sentence, end=len(sentence))
    facts = meetings.FACTS.model_copy(update={"place": Place(city="Yekaterinburg", country="RU"), "date": DateRange(start=DAY, end=DAY)})
    mention = meetings.mention().model_copy(update={"evidence": evidence, "facts": facts})
    sources = [meetings.SOURCE.model_copy(update={"article_id": name}) for name in ("first", "second")]
    articles = [
        meetings.tagged().model_copy(update={"source": source, "mentions": (mention,), "came_at": datetime.now(UTC)}) for source in sources
    ]
    values = [article.model_dump_json().encode() for article in articles]
    told, letter = await dead_letter(stream, *(stream.send_bytes(TAGGED, value, key=b"russia-china") for value in values))
    assert (told.stage, letter.value) == ("meet", values[1])


class Codec:
    """Zstandard, as far as it takes to say that nothing is compressed."""

    @staticmethod
    def compress(payload: bytes, level: int | None = None) -> bytes:
        size = len(payload)
        return b"\x28\xb5\x2f\xfd\xa0" + size.to_bytes(4, "little") + (size << 3 | 1).to_bytes(3, "little") + payload


async def test_a_message_compressed_in_a_way_that_our_client_does_not_read(stream: Stream, broker: str) -> None:
    if broker == conftest.EMBEDDED:
        pytest.skip("the embedded broker keeps what it gets, and nobody else's producers are on it")
    value = b"{broken" * 100

    async def send() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(aiokafka.codec, "cramjam", SimpleNamespace(zstd=Codec))
            async with AIOKafkaProducer(**stream.cluster.client, compression_type="zstd") as producer:
                await producer.send_and_wait(RAW, value, key=b"k")

    _, letter = await dead_letter(stream, send())
    assert letter.value == value


async def test_a_message_that_is_small_only_while_it_is_packed_is_refused(stream: Stream, broker: str) -> None:
    if broker == conftest.EMBEDDED:
        pytest.skip("the embedded broker keeps what it gets, and nobody else's producers are on it")
    bomb = b" " * (2 * MAX_MESSAGE)
    async with AIOKafkaProducer(
        **stream.cluster.client, compression_type="gzip", max_request_size=2 * len(bomb), max_batch_size=2 * len(bomb)
    ) as producer:
        with pytest.raises(MessageSizeTooLargeError):
            await producer.send_and_wait(RAW, bomb)
