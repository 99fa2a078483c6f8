"""Labelled articles out of verdicts, in the form of the corpus: what an article tells, as far as analysts have judged it.

An article becomes one where each meeting that it tells as news was judged. One that was ruled wrong counts as its correction says; without
one, nobody has said what would be right. What it only recalls, and meetings of many, count as they were told: analysts judge alerts.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pipeline.events.ledger import Ledger
from schemas.articles import READ, BlockKind, UniqueArticle
from schemas.meetings import Facts, Format, Meeting, Mention, Participant, Salience, TaggedArticle
from schemas.verdicts import Ruling

Label = dict[str, Any]
PART = "develop"
NEGATIVE = "reviewed"


class Omission(StrEnum):
    """Why an article is left out."""

    WRONG = "tell of a meeting that was ruled wrong, and nobody has said what is right"
    UNJUDGED = "tell as news also of a meeting that nobody has judged"
    GONE = "have a text that the stream keeps no longer"


def judged_articles(known: Ledger) -> Mapping[str, Sequence[str]]:
    """Each article that tells of a meeting which was judged, and the ids of the verdicts that count for it."""
    found: dict[str, set[str]] = defaultdict(set)
    for meeting in known:
        for part in meeting.parts:
            found[part.article_id].update(_verdicts(meeting, known))
    return {article_id: sorted(ids) for article_id, ids in found.items() if ids}


def label(unique: UniqueArticle, tagged: TaggedArticle, known: Ledger, verdicts: Sequence[str]) -> Label | Omission:
    """The article with all meetings that it tells of; or why it is left out.

    `unique` and `tagged` are of the same version; `known` has the meetings that it was applied to; these `verdicts` count for it.
    """
    article, meetings = unique.article, list[Label]()
    for mention in tagged.mentions:
        meeting = known.applied(tagged.source, mention.index)
        root = known.root(meeting) if meeting else None
        judged = bool(meeting and _verdicts(meeting, known))
        verdict = root.verdict if judged and root else None
        ruling = verdict.ruling if verdict else None
        correction = verdict.correction if verdict else None
        if ruling is Ruling.WRONG and correction is None:
            return Omission.WRONG
        if not judged and mention.salience is Salience.MAIN and mention.facts.format is not Format.MULTILATERAL:
            return Omission.UNJUDGED
        if ruling is not Ruling.NO_MEETING:
            facts = mention.facts.model_copy(update=correction.said if correction else {})
            meetings.append(_meeting(mention, facts, root.meeting_id if root else f"{article.article_id}-{mention.index}"))
    title, *_ = [*_texts(unique, {BlockKind.TITLE}), None]
    return {
        "doc_id": doc_id(article.watch, article.article_id),
        "part": PART,
        "language": article.language,
        "published_at": article.published_at and article.published_at.isoformat(),
        "source": article.source,
        "url": article.url,
        "title": title,
        "text": "\n".join(_texts(unique, READ - {BlockKind.TITLE})) or title,
        "syndicated_from": unique.copy_of and doc_id(article.watch, unique.copy_of),
        "meetings": meetings,
        "negative_kind": None if any(map(_is_news, meetings)) else NEGATIVE,
        "verdicts": list(verdicts),
    }


def doc_id(watch: str, article_id: str) -> str:
    """How a labelled article is called."""
    return f"{watch}-{article_id}"


def _verdicts(meeting: Meeting, known: Ledger) -> list[str]:
    """The verdicts that say what `meeting` is: on it and on those that it is the same as, or else that others are the same as it."""
    own = [one.verdict for one in known.path(meeting) if one.verdict]
    others = [one.verdict for one in known.same(meeting.meeting_id) if one.verdict] if not own else []
    return [verdict.verdict_id for verdict in own or others]


def _texts(unique: UniqueArticle, kinds: frozenset[BlockKind] | set[BlockKind]) -> list[str]:
    return [unique.article.text[block.start : block.end] for block in unique.article.blocks if block.kind in kinds]


def _meeting(mention: Mention, facts: Facts, event: str) -> Label:
    return {
        "salience": mention.salience.value,
        "status": facts.status.value,
        "format": facts.format.value,
        "mode": facts.mode.value,
        "level": facts.level.value,
        **_people(facts),
        "others": [],
        "place": facts.place and {"city": facts.place.city, "country": facts.place.country},
        "date": facts.date and {"start": str(facts.date.start), "end": str(facts.date.end)},
        "event_key": event,
        "evidence": mention.evidence.sentence,
    }


def _people(facts: Facts) -> dict[str, list[str]]:
    """Under the code of each side in small letters."""
    people: dict[str, list[str]] = {}
    for person in facts.participants:
        people.setdefault(person.side.lower(), []).append(_called(person))
    return people


def _called(person: Participant) -> str:
    return person.name or (person.office or "official").replace("_", " ")


def _is_news(meeting: Label) -> bool:
    return bool(meeting["salience"] == Salience.MAIN and meeting["format"] != Format.MULTILATERAL)
