"""Meetings and alerts of chance, and the messages that carry them."""
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from agents.outlets.view.store import REMEMBERED, Record
from agents.topics import ALERTS, CURRENT, VERDICTS
from schemas.cloudevents import headers
from schemas.ids import alert_id
from schemas.meetings import (
    Alert,
    AlertType,
    Applied,
    DateRange,
    Evidence,
    Facts,
    Format,
    Judged,
    Level,
    Meeting,
    Mode,
    Participant,
    Place,
    Salience,
    Source,
    Status,
)
from schemas.verdicts import Ruling, Verdict

THEN = datetime(2025, 7, 3, 12, tzinfo=UTC)
WATCHES = ("russia-china", "us-china")
NAMES = ("Sergey Lavrov", "Wang Yi", "Xi Jinping", None)
OFFICES = ("foreign_minister", "president", None)
PLACES = (Place(city="Beijing", country="CN"), Place(city="São Paulo", country="BR"), Place(city=None, country="RU"), None)
LANGUAGES = ("el", "de", "zh")
HOSTS = ("example.org", "news.example.org", "beispiel.de", None)


def days(first: int, last: int) -> DateRange:
    """Days counted from the first of 2025."""
    begin = date(2025, 1, 1)
    return DateRange(start=begin + timedelta(first), end=begin + timedelta(first + last))


MINISTERS = Facts.model_validate(
    {
        "status": "held",
        "mode": "in_person",
        "format": "bilateral",
        "level": "minister",
        "participants": [
            {"side": "RU", "name": "Sergey Lavrov", "office": "foreign_minister"},
            {"side": "CN", "name": "Wang Yi", "office": "foreign_minister"},
        ],
        "place": {"city": "Kuala Lumpur", "country": "MY"},
        "date": days(3, 0),
        "yearless": None,
    }
)

participants = st.builds(Participant, side=st.sampled_from(("RU", "CN")), name=st.sampled_from(NAMES), office=st.sampled_from(OFFICES))
dates = st.builds(days, st.integers(0, 60), st.integers(0, 30))
facts = st.builds(
    Facts,
    status=st.sampled_from(Status),
    mode=st.sampled_from(Mode),
    format=st.sampled_from(Format),
    level=st.sampled_from(Level),
    participants=st.tuples(participants, participants),
    place=st.sampled_from(PLACES),
    date=st.none() | dates,
    yearless=st.none(),
)
sources = st.builds(
    Source,
    article_id=st.sampled_from("abc"),
    version=st.just("1"),
    url=st.none(),
    source=st.sampled_from(HOSTS),
    title=st.none(),
    language=st.sampled_from(LANGUAGES),
    published_at=st.none(),
    copy_of=st.none(),
)


def evidence(sentence: str = "Ο Λαβρόφ συνάντησε τον Γουάνγκ Γι.") -> Evidence:
    return Evidence(sentence=sentence, start=0, end=len(sentence), cues=(), features=())


def meeting_of(
    name: str, of: Facts, told: tuple[Source, ...], confidence: float = 0.9, watch: str = WATCHES[0], *sentences: str, after: int = 0
) -> Meeting:
    """A meeting of which these articles told, `after` minutes later; each with the sentence in its place."""
    said = [evidence(sentence) for sentence in sentences] or [evidence()]
    parts = [Applied(source=source, mention=0, evidence=said[n % len(said)], alert_id=None) for n, source in enumerate(told)]
    return Meeting(
        meeting_id=name,
        watch=watch,
        revision=1,
        facts=of,
        confidence=confidence,
        salience=Salience.MAIN,
        applied=tuple(parts),
        context=(),
        as_of=None,
        last_seen=THEN + timedelta(minutes=after),
    )


def alert_of(
    meeting: Meeting,
    article: Source,
    revision: int = 1,
    kind: AlertType = AlertType.NEW,
    sentence: str = "They met.",
    verdict: Verdict | None = None,
) -> Alert:
    return Alert(
        alert_id=alert_id(meeting.meeting_id, revision),
        type=kind,
        watch=meeting.watch,
        meeting_id=meeting.meeting_id,
        revision=revision,
        changes=(),
        facts=meeting.facts,
        confidence=meeting.confidence,
        sources=1,
        article=article,
        evidence=evidence(sentence),
        verdict=verdict,
    )


def verdict_on(meeting_id: str, ruling: Ruling, *, after: int = 0, **said: str) -> Verdict:
    """A ruling, given `after` so many minutes."""
    return Verdict.given(meeting_id, WATCHES[0], ruling, THEN + timedelta(minutes=after), **said)


def judged(meeting: Meeting, *verdicts: Verdict) -> Meeting:
    """The meeting once a worker has taken these up, which alerted nobody."""
    return meeting.model_copy(update={"verdicts": tuple(Judged(verdict=one, alert_id=None) for one in verdicts)})


def given(offset: int, verdict: Verdict) -> Record:
    """A message of `meetings.verdicts`."""
    return Record(VERDICTS, 0, offset, verdict.watch.encode(), verdict.model_dump_json().encode(), {})


def retraction(offset: int, meeting: Meeting, verdict: Verdict) -> list[Record]:
    """What the topics say of a meeting that is taken back: verdict, alert, tombstone, what is remembered; all with this offset."""
    article, sentence = meeting.applied[-1].source, meeting.applied[-1].evidence.sentence
    alert = alert_of(meeting, article, meeting.revision + 1, AlertType.RETRACTED, sentence, verdict)
    gone = current(offset, meeting.meeting_id, None)
    return [given(offset, verdict), told(offset, alert), gone, remembered(offset, judged(meeting, verdict))]


def remembered(offset: int, meeting: Meeting) -> Record:
    """A message of the workers' table of meetings."""
    return Record(REMEMBERED, 0, offset, meeting.meeting_id.encode(), meeting.model_dump_json().encode(), {})


def current(offset: int, meeting_id: str, meeting: Meeting | None) -> Record:
    """A message of `meetings.current`; without a meeting a tombstone."""
    value = meeting.model_dump_json().encode() if meeting else None
    return Record(CURRENT, 0, offset, meeting_id.encode(), value, {})


def told(offset: int, alert: Alert) -> Record:
    """A message of `meetings.alerts`."""
    return Record(ALERTS, 0, offset, alert.meeting_id.encode(), alert.model_dump_json().encode(), headers(alert, THEN))
