"""Extraction in real processes: a hostile page costs itself and nothing else."""
from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

import pipeline
from agents.extraction import Extraction
from pipeline.clean import Cleaned, clean
from pipeline.lexicon.load import load_lexicon
from pipeline.tag import tag
from schemas.articles import UniqueArticle
from schemas.errors import ArticleError, DeadlineExceeded, LexiconError, Undecodable, Unreadable
from tests.agents import hostile
from tests.agents.fakes import THEN, raw

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def extract() -> AsyncIterator[Extraction]:
    async with Extraction(1, deadline=0.5) as pool:
        yield pool


@pytest.mark.parametrize(
    ("body", "error", "reason"),
    [
        ("never ends", DeadlineExceeded, "DYADWATCH_EXTRACTION_DEADLINE"),
        ("kills its process", ArticleError, "exit code -9"),
        ("is unreadable", Unreadable, "no letters"),
    ],
)
async def test_an_article_that_cannot_be_read_fails_by_itself_and_the_next_is_read(
    extract: Extraction, body: str, error: type[ArticleError], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        await extract.run(hostile.read, raw(body=body))
    assert await extract.run(hostile.read, raw()) == hostile.DONE


async def test_what_comes_while_the_process_is_busy_goes_together_and_a_hostile_article_fails_by_itself(extract: Extraction) -> None:
    bodies = ["", "", "good", "never ends", "is unreadable", "good", "kills its process", "good", *["good"] * 20]
    read = await asyncio.gather(*(extract.run(hostile.read, raw(body=body)) for body in bodies), return_exceptions=True)
    assert {body: type(result) for body, result in zip(bodies, read, strict=True)} == {
        "": Cleaned,
        "good": Cleaned,
        "never ends": DeadlineExceeded,
        "is unreadable": Unreadable,
        "kills its process": ArticleError,
    }
    assert [result for body, result in zip(bodies, read, strict=True) if body == "good"] == [hostile.DONE] * bodies.count("good")


async def test_articles_that_take_long_are_each_given_their_time_though_they_came_together() -> None:
    async with Extraction(1, deadline=0.5) as extract:
        slow = [raw(body="takes 0.4 s") for _ in range(6)]
        assert await asyncio.gather(*(extract.run(hostile.read, article) for article in slow)) == [hostile.DONE] * 6


async def test_a_process_cleans_and_tags_as_this_process_would() -> None:
    article = raw(body="Russian Foreign Minister Sergey Lavrov met Chinese Foreign Minister Wang Yi in Beijing on Thursday.")
    async with Extraction(1, deadline=60) as extract:
        cleaned = await extract.clean(article.model_dump_json().encode())
        unique = UniqueArticle(article=cleaned.articles[0], version="1", copy_of=None, came_at=THEN)
        tagged = await extract.tag(unique)
    lexicon = load_lexicon()
    assert cleaned == clean(article, lexicon)
    assert tagged == tag(unique, lexicon)


async def test_bytes_that_are_no_article_are_told_apart_from_what_cannot_be_read() -> None:
    async with Extraction(1, deadline=60) as extract:
        with pytest.raises(Undecodable, match=r"no RawArticle: .*1 mistakes"):
            await extract.clean(b"{broken")


async def test_a_mistake_in_the_lexicon_ends_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(Path(pipeline.__file__).parent, tmp_path / "pipeline")
    with (tmp_path / "pipeline/lexicon/languages/de.toml").open("a", encoding="utf-8") as file:
        file.write("[nonsense]\n")
    monkeypatch.syspath_prepend(tmp_path)  # the processes import what stands first
    with pytest.raises(LexiconError, match=r"de\.toml"):
        async with Extraction(1, deadline=60):
            pytest.fail("it started")
