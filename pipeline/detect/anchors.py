"""Contacts of others by which a sentence tells when its own was: "five days after Putin's telephone call with Xi the ministers met"."""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.detect.actors import Actor, Via
from pipeline.detect.clauses import Span, commas, words_between
from pipeline.detect.document import Document, Sentence, once
from pipeline.detect.elapsed import elapsed, first_contact
from pipeline.detect.participants import participants
from pipeline.detect.subjects import marked
from pipeline.lexicon.matcher import Tag

_TO_PLACE = 1  # words
_AFTER_REACH = 2  # words between an "after" and its noun


def parted(document: Document, sentence: Sentence, contact: Tag, other: Span) -> bool:
    """Whether one of the two stands in the words of an anchor and the other does not."""
    return any(_within(stretch, contact) != _within(stretch, other) for stretch in _anchors(document, sentence))


def apart(document: Document, sentence: Sentence, contact: Tag, actor: Actor) -> bool:
    """Whether one of the two stands in the words of an anchor and the other does not, or in those of a noun behind an "after".

    "Lavrov's journey follows talks between Mishustin and Li": what the two had talks for is not told of Lavrov.
    """
    stretches = (*_anchors(document, sentence), *_behind_after(document, sentence))
    return any(_within(stretch, contact) != _within(stretch, actor) for stretch in stretches)


def anchored(document: Document, sentence: Sentence, one: Span) -> bool:
    """Whether `one` stands in the words of an anchor: of a contact it is only told how long after it something was."""
    return any(_within(stretch, one) for stretch in _anchors(document, sentence))


def _within(stretch: tuple[int, int], one: Span) -> bool:
    return stretch[0] <= one.start < stretch[1]


@once
def _anchors(document: Document, sentence: Sentence) -> Sequence[tuple[int, int]]:
    """The stretches of `sentence` that are anchors, with the two who meet in each, if both are named."""
    return [*_stretches(document, sentence)]


@once
def _behind_after(document: Document, sentence: Sentence) -> Sequence[tuple[int, int]]:
    """The stretches of nouns behind an "after" with both who met, where another contact stands before; where it stands behind, none."""
    found: list[tuple[int, int]] = []
    if not document.language.date_words.gone.phrases:
        return found
    for word in sentence.of("structure.after"):
        contact = first_contact(sentence, word.end, word.end)
        if contact is None or not contact.kind.endswith(".noun") or words_between(document, word.end, contact.start) > _AFTER_REACH:
            continue
        before = next((tag for tag in reversed(sentence.contacts) if tag.end <= word.start), None)
        if before is None or commas(document, before.end, contact.start):
            continue
        if two := _two(document, sentence, word, contact):
            found.append((word.start, max(contact.end, *(actor.end for actor in two))))
    return found


def _stretches(document: Document, sentence: Sentence) -> Iterator[tuple[int, int]]:
    for one in elapsed(document, sentence):
        two = _two(document, sentence, one, one.contact)
        parts: list[Span] = [one, one.contact, *two]
        start, end = min(part.start for part in parts), max(part.end for part in parts)
        yield start, _with_place(document, sentence, end) if one.contact.end > one.end else end


def _with_place(document: Document, sentence: Sentence, end: int) -> int:
    """`end`, or where a place ends that stands right behind: "five days after Putin and Xi met in Moscow"."""
    place = next((tag for tag in sentence.of("place", "country") if tag.start >= end), None)
    if place is None or words_between(document, end, place.start) > _TO_PLACE or commas(document, end, place.start):
        return end
    return place.end


def _two(document: Document, sentence: Sentence, words: Span, contact: Tag) -> Sequence[Actor]:
    """The two nearest of `contact` on its side of the `words` that make it an anchor, if they are those who met."""
    people = [actor for actor in participants(document, sentence) if not actor.aside]
    behind = contact.end > words.end
    near = [a for a in people if a.start >= words.end] if behind else [a for a in reversed(people) if a.end <= contact.start]
    return near[:2] if len(near) > 1 and _meet(document, sentence, contact, *near[:2]) else []


def _meet(document: Document, sentence: Sentence, contact: Tag, actor: Actor, other: Actor) -> bool:
    """Whether two who follow each other are the two of an anchor: of two countries, with no comma and no other contact between.

    Behind the contact the other is joined: "five days after his call with Xi Putin received Wang Yi" tells of Putin something else.
    """
    if actor.side == other.side:
        return False
    start, end = min(actor.end, other.end), max(actor.start, other.start)
    others = (tag for tag in sentence.contacts if start <= tag.start < end and tag.start != contact.start)
    if commas(document, start, end) or any(others):
        return False
    joined = any(start <= tag.start and tag.end <= end for tag in sentence.of("structure.and"))
    if joined or contact.start >= start or actor.via is Via.BOTH or marked(document, sentence, other):
        return True
    return not marked(document, sentence, actor) and words_between(document, start, end) <= 1  # "po telefonátu Putina se Si"
