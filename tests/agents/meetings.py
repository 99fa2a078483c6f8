"""Small meetings for tests."""
from __future__ import annotations

from schemas.ids import alert_id
from schemas.meetings import (
    Alert,
    AlertType,
    Evidence,
    Facts,
    Format,
    Level,
    Meeting,
    Mention,
    Mode,
    Participant,
    Salience,
    Source,
    Status,
    TaggedArticle,
)
from schemas.verdicts import Ruling, Verdict
from tests.agents.fakes import THEN, WATCH

FACTS = Facts(
    status=Status.HELD,
    mode=Mode.IN_PERSON,
    format=Format.BILATERAL,
    level=Level.MINISTER,
    participants=(
        Participant(side="RU", name="Sergey Lavrov", office="foreign_minister"),
        Participant(side="CN", name="Wang Yi", office="foreign_minister"),
    ),
    place=None,
    date=None,
    yearless=None,
)
EVIDENCE = Evidence(sentence="Ο Λαβρόφ συνάντησε τον Γουάνγκ Γι.", start=0, end=34, cues=(), features=())
SOURCE = Source(article_id="a", version="1", url=None, source=None, title=None, language="el", published_at=None, copy_of=None)


def mention(index: int = 0) -> Mention:
    return Mention(index=index, salience=Salience.MAIN, confidence=0.9, facts=FACTS, evidence=EVIDENCE)


def tagged(mentions: int = 1) -> TaggedArticle:
    return TaggedArticle(watch=WATCH, source=SOURCE, came_at=THEN, mentions=tuple(map(mention, range(mentions))), context=())


def meeting(meeting_id: str = "m", watch: str = WATCH) -> Meeting:
    return Meeting(
        meeting_id=meeting_id,
        watch=watch,
        revision=1,
        facts=FACTS,
        confidence=0.9,
        salience=Salience.MAIN,
        applied=(),
        context=(),
        as_of=None,
        last_seen=THEN,
    )


def alert(meeting_id: str = "m", kind: AlertType = AlertType.NEW) -> Alert:
    return Alert(
        alert_id=alert_id(meeting_id, 1),
        type=kind,
        watch=WATCH,
        meeting_id=meeting_id,
        revision=1,
        changes=(),
        facts=FACTS,
        confidence=0.9,
        sources=1,
        article=SOURCE,
        evidence=EVIDENCE,
    )


def verdict(ruling: Ruling = Ruling.NO_MEETING, meeting_id: str = "m", **other: object) -> Verdict:
    given = {"verdict_id": f"v-{meeting_id}-{ruling}", "watch": WATCH, "meeting_id": meeting_id, "ruling": ruling, "at": THEN}
    return Verdict.model_validate(given | other)
