"""The labelled articles, as the pipeline takes them."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pipeline.address import article_id
from pipeline.clean import clean
from pipeline.lexicon.load import Lexicon
from schemas.articles import CleanArticle, ContentType, RawArticle
from schemas.errors import ArticleError

FOLDER = Path(__file__).parent


def reviewed(folder: Path = FOLDER) -> tuple[str, ...]:
    """Sets that `dyadwatch review export` has written to `reviewed.jsonl`, `reviewed-2026.jsonl`, ...: none in the repository."""
    return tuple(sorted(path.stem for path in folder.glob("reviewed*.jsonl")))


NATURAL = ("dev", "pages")  # what is aimed at; they tell of the same events
_OWN = ("outlets", "news", "portals", "wires", "stories", "transposed", "bulletins", "dispatches", "reports", "gazettes")
STREAMS = (NATURAL, *((name,) for name in (*_OWN, *reviewed())))  # as a reader gets them
MANY_HANDS = ("portals", "wires", "bulletins", "dispatches", "reports", "gazettes")  # a meeting that several recall may have several keys
UNFITTED = ("wires", "dispatches", "reports", "gazettes", "turns")  # no weight is fitted to them: so weights do on hands unknown to them
CHOSEN_SETS = ("gatherings", "contrast", "traps", "turns")  # no streams: summits alone, and stories in several variants
SETS = (*(name for names in STREAMS for name in names), *CHOSEN_SETS)
FETCHED = datetime(2026, 8, 1, tzinfo=UTC)

Label = dict[str, Any]
T = TypeVar("T")


def labels(name: str, part: str | None = None) -> Iterator[Label]:
    """The articles of one set, in the order of the stream; of one `part` (`develop`, `check`) or of both."""
    for article in _written(name):
        if part in (None, article["part"]):
            names = [_names().get(meeting["event_key"], meeting["event_key"]) for meeting in article["meetings"]]
            yield article | {"meetings": [m | {"event_key": name} for m, name in zip(article["meetings"], names, strict=True)]}


def stream(names: Sequence[str], part: str) -> list[Label]:
    """The articles of one part of several sets, as a reader gets them."""
    return in_order((article for name in names for article in labels(name, part)), lambda article: article)


def _written(name: str) -> Iterator[Label]:
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


@cache
def _names() -> dict[str, str]:
    """One name for each event of the streams, which name some of them differently: the same people on the same day."""
    names: dict[str, str] = {}
    first: dict[tuple[str, ...], str] = {}
    for meeting in (m for sets in STREAMS for name in sets for article in _written(name) for m in article["meetings"]):
        key, day = meeting["event_key"], meeting["date"]
        if day is not None and day["start"] == day["end"] and meeting["format"] != "multilateral":
            who = day["start"], *sorted(meeting["ru"]), "and", *sorted(meeting["cn"])
            names.setdefault(key, first.setdefault(who, key))
    return names


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
