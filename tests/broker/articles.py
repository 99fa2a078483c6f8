"""Articles for broker tests, and what the stages make of them in this process."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from agents.archive import Read, read_articles
from agents.seeds import seeds_folder
from pipeline.chain import Chain
from pipeline.lexicon.load import load_lexicon
from schemas.articles import ContentType, RawArticle
from schemas.meetings import Alert, Meeting

THEN = datetime(2026, 1, 1, tzinfo=UTC)
VISITS = ("Beijing", "Moscow", "Astana", "Samarkand", "Vladivostok", "Shanghai")


def seeds() -> list[RawArticle]:
    """The five articles that come with the program."""
    return [item.article for item in read_articles([str(seeds_folder())], THEN) if isinstance(item, Read)]


def text(article_id: str, body: str, kind: ContentType = ContentType.TEXT) -> RawArticle:
    return RawArticle(article_id=article_id, content_type=kind, body=body, fetched_at=THEN)


def meeting_in(city: str, article_id: str, more: str = "") -> RawArticle:
    """An article that reports one meeting, another one for each city."""
    told = f"Russian Foreign Minister Sergey Lavrov met Chinese Foreign Minister Wang Yi in {city} on 3 July 2025. "
    return text(article_id, told + f"They discussed bilateral relations in {city}.\n{more}")


def talks(number: int) -> Iterator[RawArticle]:
    """Articles on the meeting `number`: some are announced first, and some come with an article that raises nothing."""
    city, day = VISITS[number % len(VISITS)], date(2020, 1, 1) + timedelta(days=21 * number)
    when = f"{day.day} {day:%B %Y}"
    lavrov, wang = "Russian Foreign Minister Sergey Lavrov", "Chinese Foreign Minister Wang Yi"
    if number % 3 == 1:
        yield text(f"talks-{number}-planned", f"{lavrov} will meet {wang} in {city} on {when}, the ministry announced.")
    yield text(f"talks-{number}", f"{lavrov} met {wang} in {city} on {when}. They discussed bilateral relations in {city}.\n")
    if number % 3 == 2:
        yield text(f"talks-{number}-none", f"The cyclist won stage {number} after a long climb in the rain.")


def chained(articles: Iterable[RawArticle], watches: Sequence[Path] = ()) -> tuple[list[Alert], dict[str, Meeting]]:
    """The alerts and the meetings that the stages give without a stream, with the watches of these folders beside the packaged ones."""
    chain = Chain(load_lexicon(folders=watches))
    decisions = [decision for article in articles for _, decision in chain.observe(article).decisions]
    return [d.alert for d in decisions if d.alert], {d.meeting.meeting_id: d.meeting for d in decisions}
