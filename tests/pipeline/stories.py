"""Builders for mentions and articles, so that a test shows only what matters to it."""
from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pipeline.events.ledger import Ledger
from pipeline.lexicon.load import Lexicon
from pipeline.meet import Decision, decide
from schemas.meetings import (
    DateRange,
    Evidence,
    Facts,
    Format,
    Level,
    Mention,
    Mode,
    Participant,
    Place,
    Salience,
    Source,
    Status,
    TaggedArticle,
)

BEIJING, MOSCOW, CHINA = Place(city="Beijing", country="CN"), Place(city="Moscow", country="RU"), Place(city=None, country="CN")
NOW = datetime(2025, 7, 20, tzinfo=UTC)
EVIDENCE = Evidence(sentence="Lavrov met Wang.", start=0, end=16, cues=(), features=())


def days(first: str, last: str | None = None) -> DateRange:
    return DateRange(start=date.fromisoformat(first), end=date.fromisoformat(last or first))


def facts(ru: str | None = "Sergey Lavrov", cn: str | None = "Wang Yi", **other: Any) -> Facts:
    """A held meeting of the two foreign ministers; names may be None, and every other fact may be given."""
    given = {
        "status": Status.HELD,
        "mode": Mode.IN_PERSON,
        "format": Format.BILATERAL,
        "level": Level.MINISTER,
        "participants": (
            Participant(side="RU", name=ru, office=other.pop("ru_office", "foreign_minister")),
            Participant(side="CN", name=cn, office=other.pop("cn_office", "foreign_minister")),
        ),
        "place": None,
        "date": None,
        "yearless": None,
    }
    return Facts(**{**given, **other})


def article(
    article_id: str,
    *told: Facts,
    published: str | None = None,
    context: tuple[str, ...] = (),
    background: bool = False,
    copy_of: str | None = None,
    confidence: float = 0.9,
    version: str = "1",
) -> TaggedArticle:
    """An article that tells of these meetings, as news or as `background`."""
    source = Source(
        article_id=article_id,
        version=version,
        url=None,
        source=None,
        title=None,
        language="en",
        published_at=datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None,
        copy_of=copy_of,
    )
    salience = Salience.BACKGROUND if background else Salience.MAIN
    mentions = tuple(Mention(index=i, salience=salience, confidence=confidence, facts=f, evidence=EVIDENCE) for i, f in enumerate(told))
    return TaggedArticle(watch="russia-china", source=source, came_at=NOW, mentions=mentions, context=context)


def tell(lexicon: Lexicon, *articles: TaggedArticle, known: Ledger | None = None) -> list[Decision]:
    """What becomes of the mentions of `articles`, in order, told to one ledger."""
    known = known if known is not None else Ledger()
    decisions = []
    for one in articles:
        for mention in one.mentions:
            decisions.append(decide(one, mention, known, lexicon.watches))
            known.put(decisions[-1].meeting)
    return decisions
