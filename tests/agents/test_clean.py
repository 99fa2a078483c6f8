"""The clean agent without a broker or processes."""
from __future__ import annotations

from agents.clean import register
from pipeline.clean import Cleaned
from pipeline.gate import Rejection
from schemas.articles import CleanArticle, RawArticle
from schemas.errors import DeadlineExceeded
from schemas.message import decode
from tests.agents.fakes import Topic, clean, new_app, raw, running, topic


async def read(*articles: RawArticle, cleaned: dict[str, Cleaned | Exception], at_once: int = 1) -> tuple[Topic, Topic]:
    async def extract(article: bytes) -> Cleaned:
        answer = cleaned[decode(RawArticle, article).article_id]
        if isinstance(answer, Exception):
            raise answer
        return answer

    app, out, dead = new_app(), Topic(), Topic()
    agent = register(app, raw=topic(app, "news.raw"), out=out, dead_letters=dead, clean=extract, at_once=at_once)
    async with running(app, agent) as put:
        for article in articles:
            await put(article.model_dump_json().encode())
    return out, dead


async def test_an_article_goes_on_once_for_each_watch_that_takes_it() -> None:
    taken = (clean(watch="russia-china"), clean(watch="russia-india"))
    out, dead = await read(raw(), cleaned={"a": Cleaned(taken, None)})
    assert [sent.key for sent in out.sent] == [b"russia-china", b"russia-india"]
    assert tuple(CleanArticle.model_validate_json(value or b"") for value in out.values) == taken
    assert dead.sent == []


async def test_an_article_that_no_watch_takes_ends_here_and_is_no_dead_letter() -> None:
    out, dead = await read(raw(), cleaned={"a": Cleaned((), Rejection.NOT_BOTH_SIDES)})
    assert out.sent == dead.sent == []


async def test_an_article_whose_extraction_took_too_long_is_a_dead_letter_and_the_next_goes_on() -> None:
    hostile, good = raw("hostile"), raw("good")
    cleaned: dict[str, Cleaned | Exception] = {"hostile": DeadlineExceeded("10 s"), "good": Cleaned((clean("good"),), None)}
    out, dead = await read(hostile, good, cleaned=cleaned)
    assert dead.values == [hostile.model_dump_json().encode()]
    assert dead.sent[0].headers["reason"] == b"DeadlineExceeded: 10 s"
    assert len(out.sent) == 1
