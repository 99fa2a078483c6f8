"""Status: announced, ongoing, held or cancelled, from the tense of the contact word and the cues of its clause."""
from __future__ import annotations

from pipeline.detect.clauses import cues
from pipeline.detect.dates import When
from pipeline.detect.document import Document
from pipeline.detect.frames import Frame
from schemas.articles import BlockKind
from schemas.meetings import Status


def looks_ahead(document: Document, frame: Frame) -> bool:
    """Whether the words alone, without their date, tell of something to come."""
    if frame.tense == "future" or (frame.tense == "infinitive" and frame.sentence.block is BlockKind.TITLE):
        return True
    return frame.tense != "past" and bool(cues(document, frame.sentence, frame.contact, "future", "planned", "invited"))


def status_of(document: Document, frame: Frame, when: When | None) -> tuple[Status, bool]:
    """The status, and whether the words say so firmly: a bare noun or present may tell of what was or of what will be."""
    sentence, contact = frame.sentence, frame.contact
    ahead = when is not None and when.first is not None and document.published is not None and when.first > document.published
    if cues(document, sentence, contact, "cancelled") or (cues(document, sentence, contact, "postponed") and not ahead):
        return Status.CANCELLED, True
    if looks_ahead(document, frame) or (frame.tense != "past" and (ahead or (when is not None and when.turn > 0))):
        return Status.ANNOUNCED, True
    if frame.tense != "past" and cues(document, sentence, contact, "ongoing"):
        return Status.ONGOING, True
    return Status.HELD, frame.tense == "past"
