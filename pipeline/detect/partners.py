"""Whom a word of contact tells of as met: who stands behind it, or is marked as partner; the other side may only be spoken of."""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.actors import Actor, Via
from pipeline.detect.clauses import commas, cuts, words_between
from pipeline.detect.company import joint, one_list
from pipeline.detect.document import Document, Sentence
from pipeline.detect.subjects import marked
from pipeline.lexicon.matcher import Tag

_OBJECT_REACH = 4  # words between a verb and whom it has for object: "met in Moscow with students"
_TAKES_AN_OBJECT = ("meet", "receive")
_HAS_A_PARTNER = (*_TAKES_AN_OBJECT, "talk", "phone", "video")


def met_another(document: Document, sentence: Sentence, contact: Tag, pair: tuple[Actor, Actor], here: Sequence[Actor]) -> bool:
    """Whether one of `pair` is only spoken of, while the other meets somebody of a third country: "met with Rubio and praised Wang Yi"."""
    third = _partner(document, sentence, contact, here)
    if third is None or third.side in document.watch.sides:
        return False
    behind = [actor for actor in pair if actor.start >= max(third.end, contact.end)]
    if not behind:
        return not one_list(document, sentence, pair, here) and not any(one_list(document, sentence, (third, actor), here) for actor in pair)
    (other, *more) = behind
    if more or _joined(document, sentence, third, other, here):
        return False
    told = any(third.end <= tag.start and tag.end <= other.start for tag in (*sentence.contacts, *sentence.of("cue.speech")))
    apart = told or cuts(document, sentence, third.end, other.start) > 0
    if marked(document, sentence, other):
        return False
    return apart or marked(document, sentence, third)


def _partner(document: Document, sentence: Sentence, contact: Tag, here: Sequence[Actor]) -> Actor | None:
    """Who stands behind `contact` as the one who is met, else who is marked as partner before it."""
    kind, _, tense = contact.kind.partition(".")
    if kind not in _HAS_A_PARTNER:
        return None
    acting = sorted((a for a in here if not a.aside and a.via not in (Via.BODY, Via.BOTH)), key=lambda actor: actor.start)
    behind = next((actor for actor in acting if actor.start >= contact.end), None)
    if behind is not None and _reaches(document, sentence, contact.end, behind.start):
        near = kind in _TAKES_AN_OBJECT and tense != "noun" and words_between(document, contact.end, behind.start) <= _OBJECT_REACH
        if near or marked(document, sentence, behind):
            return behind
    before = next((actor for actor in reversed(acting) if actor.end <= contact.start), None)
    reached = before is not None and _reaches(document, sentence, before.end, contact.start)
    return before if before is not None and reached and marked(document, sentence, before) else None


def _reaches(document: Document, sentence: Sentence, start: int, end: int) -> bool:
    """Whether neither a clause ends nor another contact stands in `text[start:end]`."""
    parted = commas(document, start, end) + cuts(document, sentence, start, end)
    return not parted and not any(start <= tag.start and tag.end <= end for tag in sentence.contacts)


def _joined(document: Document, sentence: Sentence, third: Actor, other: Actor, here: Sequence[Actor]) -> bool:
    """Whether the two stand in one list, one after the other or with others between: "met Rubio, Modi and, on Tuesday, Wang Yi"."""
    row = sorted((a for a in here if not a.aside and third.start <= a.start <= other.start), key=lambda actor: (actor.start, actor.end))
    return all(joint(document, sentence, one, two) for one, two in zip(row, row[1:], strict=False))
