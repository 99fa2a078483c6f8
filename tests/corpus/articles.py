"""The labelled articles, as the pipeline takes them."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pipeline.address import article_id
from pipeline.clean import clean
from pipeline.lexicon.load import Lexicon
from schemas.articles import CleanArticle, ContentType, RawArticle
from schemas.errors import ArticleError

FOLDER = Path(__file__).parent
NATURAL = ("dev", "pages")  # what is aimed at; they tell of the same events
STREAMS = (NATURAL, ("outlets",), ("news",))  # as a reader gets them
CHOSEN_SETS = ("gatherings", "contrast", "traps")  # no streams: summits alone, and stories in several variants
SETS = (*(name for names in STREAMS for name in names), *CHOSEN_SETS)
FETCHED = datetime(2026, 8, 1, tzinfo=UTC)

Label = dict[str, Any]
T = TypeVar("T")


def labels(name: str, part: str | None = None) -> Iterator[Label]:
    """The articles of one set, in the order of the stream; of one `part` (`develop`, `check`) or of both."""
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as file:
        articles = (json.loads(line) for line in file)
        yield from (article for article in articles if part in (None, article["part"]))


def in_order(articles: Iterable[T], label: Callable[[T], Label]) -> list[T]:
    """`articles` of several sets as one stream, by publication; one without a date keeps its place behind the one before it."""
    placed: list[tuple[datetime, T]] = []
    for article in articles:
        published = label(article)["published_at"]
        moment = datetime.fromisoformat(published) if published else placed[-1][0] if placed else FETCHED
        placed.append((moment.replace(tzinfo=moment.tzinfo or UTC), article))
    return [article for _, article in sorted(placed, key=lambda one: one[0])]


def cleaned(name: str, part: str, lexicon: Lexicon) -> Iterator[tuple[Label, CleanArticle]]:
    """The articles of one set and part that pass the gate of a watch, in the order of the stream, each beside its labels."""
    for label in labels(name, part):
        try:
            articles = clean(raw(label), lexicon).articles
        except ArticleError:
            continue
        yield from ((label, article) for article in articles)


def raw(label: Label) -> RawArticle:
    """A labelled article without its labels."""
    published = datetime.fromisoformat(label["published_at"]) if label["published_at"] else None
    return RawArticle(
        article_id=article_id(label["url"], label["text"]),
        content_type=ContentType.TEXT,
        body=label["text"],
        url=label["url"],
        source=label["source"],
        title=label["title"],
        published_at=published.replace(tzinfo=published.tzinfo or UTC) if published else None,
        fetched_at=FETCHED,
    )
