"""Alerts made by hand."""
from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from schemas.meetings import (
    Alert,
    AlertType,
    Cue,
    DateRange,
    Evidence,
    Facts,
    Format,
    Level,
    Mode,
    Participant,
    Place,
    Source,
    Status,
)

PUBLISHED = datetime(2026, 1, 28, tzinfo=UTC)
SENTENCE = "Der russische Verteidigungsminister sprach am Dienstag per Video mit Dong Jun."


def facts(**changes: Any) -> Facts:
    return Facts(
        status=Status.HELD,
        mode=Mode.VIDEO,
        format=Format.BILATERAL,
        level=Level.MINISTER,
        participants=(
            Participant(side="RU", name="Andrei Belousov", office="defence_minister"),
            Participant(side="CN", name="Dong Jun", office=None),
        ),
        place=Place(city="Moscow", country="RU"),
        date=DateRange(start=date(2026, 1, 27), end=date(2026, 1, 27)),
        yearless=None,
    ).model_copy(update=changes)


def evidence(sentence: str = SENTENCE, start: int = 100, cues: tuple[Cue, ...] = ()) -> Evidence:
    return Evidence(sentence=sentence, start=start, end=start + len(sentence), cues=cues, features=(("talks", 2.1), ("letter", -0.5)))


def source(**changes: Any) -> Source:
    return Source(
        article_id="a1",
        version="1",
        url="https://zeitung.example/1",
        source="zeitung.example",
        title="Minister reden",
        language="de",
        published_at=PUBLISHED,
        copy_of=None,
    ).model_copy(update=changes)


def alert(**changes: Any) -> Alert:
    return Alert(
        alert_id="e1",
        type=AlertType.NEW,
        watch="russia-china",
        meeting_id="m1",
        revision=1,
        changes=(),
        facts=facts(),
        confidence=0.914,
        sources=1,
        article=source(),
        evidence=evidence(),
    ).model_copy(update=changes)
