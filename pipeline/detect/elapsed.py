"""How long after a contact something was, which dates the contact: "five days after Putin's telephone call with Xi"."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.detect.clauses import commas, cuts, words_between
from pipeline.detect.document import Document, Sentence, once
from pipeline.lexicon.matcher import Tag

_REACH = 3  # words between the phrase and a noun: "five days after the long telephone call"
_LONGEST_LINK = 4  # letters before each name between them: "five days after the Russian president and Xi Jinping spoke"
_VERB_REACH = 2  # words between the last name and a verb
_BEHIND_REACH = 3  # words between a contact and the phrase behind it: "통화가 있은 지 닷새 만에"
_NAMES = ("person", "office", "nationality", "country", "structure.both")


@dataclass(frozen=True, slots=True)
class Elapsed:
    """`text[start:end]` tells how many units ("day", "week", "month", "year") had gone since `contact`."""

    start: int
    end: int
    contact: Tag
    unit: str
    count: int


@once
def elapsed(document: Document, sentence: Sentence) -> Sequence[Elapsed]:
    """All that a sentence tells of that, in order."""
    words, span = document.language.date_words, (document.folded, sentence.start, sentence.end)
    found = [
        Elapsed(*match.span(), contact, unit, count)
        for phrases, contact_of in ((words.gone, _behind), (words.gone_after, _before))
        for unit, count, match in phrases(*span)
        if (contact := contact_of(document, sentence, *match.span())) is not None
    ]
    longer = [*((one.start, one.end) for one in found), *(match.span() for *_, match in (words.to_go(*span) if found else ()))]
    return [one for one in found if not any(_contains(stretch, (one.start, one.end)) for stretch in longer)]


def _contains(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether a stretch is a part of another: 3日後 of 3日後に控え, which is of what is to come."""
    return one != other and one[0] <= other[0] and other[1] <= one[1]


def _behind(document: Document, sentence: Sentence, first: int, start: int) -> Tag | None:
    """The first contact behind `text[first:start]`, or that ends there: a noun, or any word if somebody is named before it.

    Each right there, in a sentence with another contact: "three days after the elections Putin called Xi" is of the elections.
    """
    contact = first_contact(sentence, first, start)
    if contact is None or commas(document, start, max(start, contact.start)) or cuts(document, sentence, start, contact.start):
        return None
    noun, at = contact.kind.endswith(".noun"), start
    for name in sentence.of(*_NAMES):
        if start <= name.start < contact.start:
            if len(document.text[at : name.start].strip()) > _LONGEST_LINK:
                return None
            at = max(at, name.end)
    others = any(tag.end <= first or tag.start >= contact.end for tag in sentence.contacts)
    if (at == start and not noun) or (at > start and not others):  # "due giorni dopo il ministro …" is of two days later
        return None
    return contact if words_between(document, at, max(at, contact.start)) <= (_REACH if noun else _VERB_REACH) else None


def first_contact(sentence: Sentence, first: int, start: int) -> Tag | None:
    """The first contact of `sentence` that ends behind `start` and begins at `first` or behind; a noun, where its word may be one."""
    behind = [tag for tag in sentence.contacts if tag.start >= first and tag.end > start]
    readings = [tag for tag in behind if tag.start == behind[0].start]
    return next((tag for tag in readings if tag.kind.endswith(".noun")), readings[0] if readings else None)


def _before(document: Document, sentence: Sentence, end: int, _behind: int) -> Tag | None:
    """The last contact before the phrase that begins at `end`, if it stands right there."""
    contact = next((tag for tag in reversed(sentence.contacts) if tag.end <= end), None)
    if contact is None or commas(document, contact.end, end) or words_between(document, contact.end, end) > _BEHIND_REACH:
        return None
    return contact
