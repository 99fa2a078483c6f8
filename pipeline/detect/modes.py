"""How the two of a frame meet: in person, by phone, by video."""
from __future__ import annotations

from collections.abc import Sequence
from math import inf

from pipeline.detect.anchors import parted
from pipeline.detect.clauses import cues, cuts, gap, words_between
from pipeline.detect.document import Document
from pipeline.detect.frame import Frame
from pipeline.lexicon.matcher import Tag
from schemas.meetings import Mode


def mode_of(document: Document, frame: Frame) -> Mode:
    """In person, by phone or by video; unknown where they are only said to have talked."""
    there = cues(document, frame.sentence, frame.contact, "in_person")
    if frame.kind == "video" or _near_cue(document, frame, "video", there):
        return Mode.VIDEO
    if frame.kind == "phone" or _near_cue(document, frame, "phone", there):
        return Mode.PHONE
    return Mode.IN_PERSON if frame.kind != "talk" or there else Mode.UNKNOWN


def _near_cue(document: Document, frame: Frame, kind: str, others: Sequence[Tag]) -> bool:
    """Whether a mode is told in the clause, nearer than the cues of `others`: by its own word, or by another contact.

    Beside a reception or a journey another contact is another: "spoke on the phone and agreed to meet in person in May".
    """
    sentence, contact = frame.sentence, frame.contact
    words = [tag for tag in sentence.tags if tag.kind.startswith(f"{kind}.") and frame.kind not in ("receive", "visit")]
    words = [tag for tag in words if cuts(document, sentence, *gap(tag, contact)) == 0]
    words = [tag for tag in (*cues(document, sentence, contact, kind), *words) if not parted(document, sentence, contact, tag)]
    nearest = min((words_between(document, *gap(tag, contact)) for tag in others), default=inf)
    return any(words_between(document, *gap(tag, contact)) <= nearest for tag in words)
