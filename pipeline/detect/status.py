"""Status: announced, ongoing, held or cancelled, from the tense of the contact word and the cues of its clause."""
from __future__ import annotations

from pipeline.detect.clauses import cues, gap, same_clause, words_between
from pipeline.detect.document import Document
from pipeline.detect.frames import Frame
from pipeline.detect.when import When
from pipeline.lexicon.matcher import Tag
from schemas.articles import BlockKind
from schemas.meetings import Status

_AUXILIARY_REACH = 1  # words
_PLANNED_REACH = 2  # words between "planned" and the day it is planned for


def looks_ahead(document: Document, frame: Frame) -> bool:
    """Whether the words alone, without their date, tell of something to come."""
    if frame.tense == "future" or (frame.tense == "infinitive" and frame.sentence.block is BlockKind.TITLE):
        return True
    if frame.tense == "past":
        return _will_have(document, frame)
    return bool(cues(document, frame.sentence, frame.contact, "future", "planned", "invited")) or _of_a_future(document, frame)


def _until(document: Document, frame: Frame, postponed: Tag, when: When) -> bool:
    """Whether a date is the new one: behind "put off", or nearer to it than to the contact; but not in "planned for Friday"."""
    contact = frame.contact
    if postponed.start < when.start:
        return True
    planned = (tag for tag in frame.sentence.of("cue.planned") if tag.end <= when.start)
    if any(words_between(document, tag.end, when.start) <= _PLANNED_REACH for tag in planned):
        return False
    return contact.end <= when.start and words_between(document, *gap(when, postponed)) < words_between(document, *gap(contact, when))


def _of_a_future(document: Document, frame: Frame) -> bool:
    """Whether a noun stands in the clause of a contact to come: "will meet at the summit in September"."""
    verbs = (tag for tag in frame.sentence.contacts if tag.kind.endswith(".future"))
    return frame.tense == "noun" and any(same_clause(document, frame.sentence, tag, frame.contact) for tag in verbs)


def _will_have(document: Document, frame: Frame) -> bool:
    """Whether an auxiliary of the future stands right before a participle: "will be received"."""
    before = (tag for tag in frame.sentence.of("cue.future") if tag.end <= frame.contact.start)
    return any(words_between(document, tag.end, frame.contact.start) <= _AUXILIARY_REACH for tag in before)


def is_over(document: Document, frame: Frame, when: When | None) -> bool:
    """Whether a noun or a present tense tells of a day that had passed when the article was written.

    A bare weekday may be the next one beside a present tense ("confers on Friday") and in a title.
    """
    if when is None or not when.day or when.last is None or document.published is None or when.last >= document.published:
        return False
    if when.weekday:
        return frame.tense == "noun" and frame.sentence.block is not BlockKind.TITLE
    return frame.tense in ("noun", "present")


def status_of(document: Document, frame: Frame, when: When | None) -> tuple[Status, bool]:
    """The status, and whether the words say so firmly: a bare noun or present may tell of what was or of what will be."""
    sentence, contact = frame.sentence, frame.contact
    ahead = when is not None and when.first is not None and document.published is not None and when.first > document.published
    postponed = cues(document, sentence, contact, "postponed")
    moved = ahead and when is not None and any(_until(document, frame, tag, when) for tag in postponed)
    if cues(document, sentence, contact, "cancelled") or (postponed and not moved):
        return Status.CANCELLED, True
    if looks_ahead(document, frame) or (frame.tense != "past" and (ahead or (when is not None and when.turn > 0))):
        return Status.ANNOUNCED, True
    if frame.tense != "past" and cues(document, sentence, contact, "ongoing"):
        return Status.ONGOING, True
    return Status.HELD, frame.tense == "past"
