"""Labelled articles made of verdicts: of the articles that are still in the stream, and those that were made before."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from agents.cluster import Cluster
from agents.reading import partitions_of, records
from agents.reviews import known_meetings
from agents.topics import TAGGED, UNIQUE
from pipeline.events.ledger import Ledger
from pipeline.labels import Label, Omission, doc_id, judged_articles, label
from schemas.articles import UniqueArticle
from schemas.meetings import Meeting, TaggedArticle
from schemas.message import Message

M = TypeVar("M", bound=Message)
Ids = Mapping[str, Sequence[str]]  # of the verdicts that count for an article, by its `doc_id`


@dataclass(frozen=True, slots=True)
class Labelled:
    """The articles, those that were made before first, and how many are left out, by why."""

    articles: Sequence[Label]
    omitted: Mapping[Omission, int]


async def labelled(cluster: Cluster, before: Sequence[Label] = ()) -> Labelled:
    """The articles that verdicts tell of.

    What was made `before` stays as it is, also what somebody has changed of it, unless the article's meetings were ruled anew since.

    Raises:
        BrokerError: nobody answers at `cluster`, or the topics do not exist.
    """
    by_watch: dict[str, list[Meeting]] = defaultdict(list)
    for meeting in (await known_meetings(cluster)).values():
        by_watch[meeting.watch].append(meeting)
    ledgers = {watch: Ledger(meetings) for watch, meetings in by_watch.items()}
    judged = {doc_id(watch, one): ids for watch, known in ledgers.items() for one, ids in judged_articles(known).items()}
    return together(judged, await _made(cluster, ledgers, judged), before)


def together(judged: Ids, made: Mapping[str, Label | Omission], before: Sequence[Label]) -> Labelled:
    """What was made now and `before`; of articles that were `judged` and not made the text is gone."""
    kept = {old["doc_id"]: old for old in before if judged.get(old["doc_id"], old.get("verdicts")) == old.get("verdicts")}
    outcome = {name: kept.get(name, made.get(name, Omission.GONE)) for name in [*made, *judged]}
    new = {name: one for name, one in outcome.items() if not isinstance(one, Omission)}
    return Labelled(list((kept | new).values()), Counter(one for one in outcome.values() if isinstance(one, Omission)))


async def _made(cluster: Cluster, ledgers: Mapping[str, Ledger], judged: Ids) -> Mapping[str, Label | Omission]:
    """A label of the last version that came of each article, of those whose text is there."""
    tagged: dict[tuple[str, str], TaggedArticle] = {}
    async for record in records(cluster, await partitions_of(cluster, TAGGED)):
        told = _decoded(TaggedArticle, record)
        if told is not None and (name := doc_id(told.watch, told.source.article_id)) in judged:
            tagged[name, told.source.version] = told
    ids = {name.removeprefix(doc_id(watch, "")).encode() for name, _ in tagged for watch in ledgers}
    made: dict[str, Label | Omission] = {}
    async for record in records(cluster, await partitions_of(cluster, UNIQUE)):
        unique = _decoded(UniqueArticle, record) if record.key in ids else None  # most are not even looked at
        if unique is not None:
            name = doc_id(unique.article.watch, unique.article.article_id)
            if told := tagged.get((name, unique.version)):
                made[name] = label(unique, told, ledgers[told.watch], judged[name])
    return made


def _decoded(model: type[M], record: Any) -> M | None:
    """None for what is none, such as a verdict among the tagged articles."""
    try:
        return model.model_validate_json(record.value or b"")
    except ValidationError:
        return None
