"""The dedupe agent without a broker: what it sends, and what it remembers when."""
from __future__ import annotations

from datetime import timedelta

from agents.dedupe import key, register
from agents.memory import Memory
from pipeline.dedupe import CopyIndex
from schemas.articles import CleanArticle, UniqueArticle
from schemas.fingerprints import Fingerprint
from tests.agents.fakes import Topic, clean, new_app, running, topic

WIRE = " ".join(f"The ministers discussed point {n} of the agenda and agreed to meet again in {1990 + n}." for n in range(30))


async def read(
    *articles: CleanArticle, out: Topic, table: dict[bytes, bytes], retention: timedelta = timedelta(days=1)
) -> list[UniqueArticle]:
    app = new_app()
    memory = Memory(table, Fingerprint, CopyIndex)
    agent = register(
        app, clean=topic(app, "news.clean"), unique=out, dead_letters=Topic(), table=table, memory=memory, retention=retention
    )
    async with running(app, agent) as put:
        for article in articles:
            await put(article.model_dump_json().encode())
    return [UniqueArticle.model_validate_json(value or b"") for value in out.values]


async def test_a_copy_goes_on_with_the_name_of_its_original() -> None:
    sent = await read(clean("a", WIRE), clean("b", WIRE), out=Topic(), table={})
    assert [unique.copy_of for unique in sent] == [None, "a"]


async def test_the_table_alone_is_enough_to_know_a_copy_after_a_restart() -> None:
    table: dict[bytes, bytes] = {}
    await read(clean("a", WIRE), out=Topic(), table=table)
    sent = await read(clean("b", WIRE), out=Topic(), table=table)
    assert sent[0].copy_of == "a"


async def test_an_article_is_remembered_only_after_the_broker_has_it() -> None:
    table: dict[bytes, bytes] = {}
    remembered_at_ack: list[int] = []
    await read(clean("a"), out=Topic(on_ack=lambda: remembered_at_ack.append(len(table))), table=table)
    assert (remembered_at_ack, len(table)) == ([0], 1)


async def test_an_article_that_two_watches_take_is_an_original_in_both() -> None:
    table: dict[bytes, bytes] = {}
    sent = await read(clean("a", WIRE, "russia-china"), clean("a", WIRE, "russia-india"), out=Topic(), table=table)
    assert [unique.copy_of for unique in sent] == [None, None]
    assert set(table) == {b"russia-china/a", b"russia-india/a"}


async def test_an_article_is_forgotten_when_its_retention_is_over() -> None:
    table: dict[bytes, bytes] = {}
    await read(clean("a", WIRE), out=Topic(), table=table)
    (old,) = (Fingerprint.model_validate_json(value) for value in table.values())
    aged = old.model_copy(update={"seen_at": old.seen_at - timedelta(days=2)})
    table[key(old)] = aged.model_dump_json().encode()
    sent = await read(clean("b", "Something else altogether."), clean("c", WIRE), out=Topic(), table=table)
    assert set(table) == {b"russia-china/b", b"russia-china/c"}
    assert [unique.copy_of for unique in sent] == [None, None]
