"""The tag agent without a broker."""
from __future__ import annotations

from agents.tag import register
from schemas.articles import UniqueArticle
from schemas.errors import ArticleError
from schemas.meetings import TaggedArticle
from tests.agents.fakes import Topic, new_app, running, topic, unique
from tests.agents.meetings import tagged


async def tag(article: UniqueArticle) -> TaggedArticle:
    if article.article.article_id == "bad":
        raise ArticleError("no such language")
    return tagged()


async def test_a_tagged_article_goes_on_under_its_watch_and_one_that_cannot_be_tagged_to_the_dead_letters() -> None:
    app, out, dead = new_app(), Topic(), Topic()
    agent = register(app, unique=topic(app, "news.unique"), tagged=out, dead_letters=dead, tag=tag, at_once=1)
    async with running(app, agent) as put:
        await put(unique("bad").model_dump_json().encode())
        await put(unique("good").model_dump_json().encode())
    assert [(sent.key, sent.value) for sent in out.sent] == [(b"russia-china", tagged().model_dump_json().encode())]
    assert dead.values == [unique("bad").model_dump_json().encode()]
