"""The alert that a test sends: made up, of a meeting that nobody will mistake for news."""
from __future__ import annotations

from datetime import UTC, date, datetime

from schemas.ids import alert_id
from schemas.meetings import Alert, AlertType, DateRange, Evidence, Facts, Format, Level, Mode, Participant, Place, Source, Status

_SENTENCE = "The Russian and Chinese foreign ministers met in Beijing on 1 January 2000, says this sample."
_MEETING = "sample"


def sample() -> Alert:
    """An alert with everything that an alert can have."""
    return Alert(
        alert_id=alert_id(_MEETING, 1),
        type=AlertType.NEW,
        watch="russia-china",
        meeting_id=_MEETING,
        revision=1,
        changes=(),
        facts=Facts(
            status=Status.HELD,
            mode=Mode.IN_PERSON,
            format=Format.BILATERAL,
            level=Level.MINISTER,
            participants=(
                Participant(side="RU", name=None, office="foreign_minister"),
                Participant(side="CN", name=None, office="foreign_minister"),
            ),
            place=Place(city="Beijing", country="CN"),
            date=DateRange(start=date(2000, 1, 1), end=date(2000, 1, 1)),
            yearless=None,
        ),
        confidence=1.0,
        sources=1,
        article=Source(
            article_id=_MEETING,
            version="1",
            url="https://www.example.org/sample",
            source="www.example.org",
            title="A sample",
            language="en",
            published_at=datetime(2000, 1, 1, tzinfo=UTC),
            copy_of=None,
        ),
        evidence=Evidence(sentence=_SENTENCE, start=0, end=len(_SENTENCE), cues=(), features=()),
    )
