"""Two who are named near a word of contact that does not tell of their meeting."""
from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from pipeline.detect.actors import Actor, Via
from pipeline.detect.clauses import gap, words_between
from pipeline.detect.document import Document, Sentence
from pipeline.detect.subjects import marked
from pipeline.lexicon.matcher import Tag

_GENITIVE = 2  # words between a noun and those whose contact it is: "talks between the two countries"

Chosen = Sequence[tuple[float, Actor, bool]]  # of each side what it costs, who it is, and whether a sentence before tells of that one


def unmet(document: Document, sentence: Sentence, contact: Tag, chosen: Chosen, before: Sequence[Actor]) -> bool:
    """Whether `contact` tells of something else than a meeting of those `chosen`; `before` are those of the sentence before."""
    if all(_between_countries(document, contact, actor) for _, actor, _ in chosen):
        return True
    if _one_of_another_part(document, contact, chosen):
        return True
    if contact.kind.startswith("summit.") and (_goes_alone(chosen, before) or _parted(document, contact, chosen)):
        return True
    return _of_that_of_a_third(document, sentence, contact, chosen, before)


def _between_countries(document: Document, contact: Tag, actor: Actor) -> bool:
    """Whether "the two countries" are those of something else: "talks of two banks on payments between the two countries"."""
    if actor.via is not Via.BOTH or actor.office is not None or actor.person is not None:
        return False
    return contact.end <= actor.start and words_between(document, contact.end, actor.start) > _GENITIVE


def _goes_alone(chosen: Chosen, before: Sequence[Actor]) -> bool:
    """Whether the sentence before tells of both, and this one of one of them at an occasion of many: "on Friday he will go to a forum"."""
    here = [actor for _, actor, told_before in chosen if not told_before]
    return len(here) < len(chosen) and any(actor.person and actor.person == other.person for actor in here for other in before)


def _one_of_another_part(document: Document, contact: Tag, chosen: Chosen) -> bool:
    """Whether one of the two stands only behind a semicolon: "the Chinese envoy held talks there; the Russian one will come on Friday"."""
    here = [actor for _, actor, told_before in chosen if not told_before]
    part = _end_of_part(document, contact)
    return part is not None and len(here) > 1 and len([actor for actor in here if actor.start > part]) == 1


def of_another_part_behind(document: Document, sentence: Sentence, contact: Tag, actor: Actor, here: Sequence[Actor]) -> bool:
    """Whether `actor` stands behind a semicolon that follows the contact, and another of that side before it, or a pronoun."""
    part = _end_of_part(document, contact)
    if part is None or actor.start < part:
        return False
    return any(one.side == actor.side for one in here if one.start < part) or any(t.end < part for t in sentence.of("structure.pronoun"))


def _end_of_part(document: Document, contact: Tag) -> int | None:
    """Where the first semicolon behind `contact` stands."""
    first = bisect_left(document.parts, contact.end)
    return document.parts[first] if first < len(document.parts) else None


def _parted(document: Document, contact: Tag, chosen: Chosen) -> bool:
    """Whether a semicolon stands between an occasion and all who are named: "before the session all posed; Putin stood beside Xi"."""
    return all(any(start <= at < end for at in document.semicolons) for start, end in (gap(contact, actor) for _, actor, _ in chosen))


def _of_that_of_a_third(document: Document, sentence: Sentence, contact: Tag, chosen: Chosen, before: Sequence[Actor]) -> bool:
    """Whether the sentence before tells of one of the two with a third, and this one of what they spoke of, or of that contact again.

    "Lavrov met the Kyrgyz minister. They also spoke of the proposals of Wang Yi", "Beijing's ministry welcomed the talks".
    """
    here = [actor for _, actor, told_before in chosen if not told_before]
    with_a_third = any(actor.side not in document.watch.sides and actor.via is not Via.BODY and not actor.aside for actor in before)
    if len(here) == len(chosen) or not with_a_third or not (contact.kind.startswith("talk.") or contact.kind.endswith(".noun")):
        return False
    return not any(marked(document, sentence, actor) for actor in here)
