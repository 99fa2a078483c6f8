"""How far apart two places of a sentence are, in grammar rather than in letters."""
from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from pipeline.detect.document import Document, Sentence
from pipeline.lexicon.matcher import Tag

TOUCHES = 2  # characters between somebody and a clause about that one
_SPEECH_REACH = 2  # words
_JOINED = 2  # words between an "and" and the plan that it joins
_COMMA = 3  # words that a comma counts for between a cue and what it changes


_CLOSED = re.compile("[\"”“»’]\\s*,|,\\s*[\"”“»’]")  # the end of a quotation before who says it


class Span(Protocol):
    """Anything that stands at `text[start:end]`: a tag, a participant, a date."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The first character behind it."""


def words_between(document: Document, start: int, end: int) -> int:
    """Words between two places of the text, about, without those of a gloss; in scripts without blanks, pairs of characters."""
    if end < start:
        start, end = end, start
    blanks = document.unit > 2
    if not document.glosses:  # as in most articles
        return len(document.text[start:end].split()) if blanks else (end - start) // document.unit
    inside = [gloss for gloss in document.glosses if start <= gloss[0] and gloss[1] <= end]
    if blanks:
        return len(document.text[start:end].split()) - sum(len(document.text[first:last].split()) for first, last in inside)
    return (end - start - sum(last - first for first, last in inside)) // document.unit


def gap(one: Span, other: Span) -> tuple[int, int]:
    """The stretch between two of them; empty where they touch or overlap."""
    left, right = (one, other) if one.start <= other.start else (other, one)
    return left.end, max(left.end, right.start)


def overlap(one: Span, other: Span) -> bool:
    """Whether two of them share a character."""
    return one.start < other.end and other.start < one.end


def cuts(document: Document, sentence: Sentence, start: int, end: int) -> int:
    """Clause borders in `text[start:end]` of `sentence`: words that open a clause, semicolons and colons."""
    return _between(sentence.openings, start, end) + _between(document.semicolons, start, end)


def commas(document: Document, start: int, end: int) -> int:
    """Commas, dashes and brackets in `text[start:end]`."""
    return _between(document.commas, start, end)


def _between(places: Sequence[int], start: int, end: int) -> int:
    """How many of `places`, which are in order, lie in `start:end`."""
    first = bisect_left(places, start)
    return bisect_left(places, end, first) - first


def same_clause(document: Document, sentence: Sentence, one: Tag, other: Tag) -> bool:
    """Whether no clause border stands between two tags of `sentence`."""
    return _open_cuts(document, sentence, *gap(one, other)) == 0


def closed_before(document: Document, sentence: Sentence, contact: Tag, other: Span) -> bool:
    """Whether `contact` stands in a clause between commas that ends before `other`, and not right before: "when he visited, in May, …".

    "The line, on which they agreed at their talks, will be built": the future is not that of the talks.
    """
    if not enclosed(document, sentence, contact, other, fronted=False):
        return False
    last = document.commas[bisect_left(document.commas, other.start) - 1]
    return words_between(document, last + 1, other.start) > 1


def negated(sentence: Sentence, contact: Tag) -> bool:
    """Whether a negation stands right before `contact`: "will not meet him"."""
    return any(0 <= contact.start - tag.end <= TOUCHES for tag in sentence.of("cue.negation"))


def of_the_next(document: Document, sentence: Sentence, contact: Tag, plan: Tag) -> bool:
    """Whether an "and" behind `contact` joins a plan to it that is of another contact: "had talks and agreed to see each other again"."""
    join = next((tag for tag in reversed(sentence.of("structure.and")) if contact.end <= tag.start and tag.end <= plan.start), None)
    if join is None or words_between(document, join.end, plan.start) > _JOINED:
        return False
    if any(join.end <= tag.start < plan.start for tag in sentence.of("person", "office", "country", "nationality")):
        return False
    return any(plan.start <= tag.start for tag in sentence.contacts)


def _open_cuts(document: Document, sentence: Sentence, start: int, end: int) -> int:
    """Clause borders in `text[start:end]`, but those of a clause between two commas: "the talks, which were to begin today, are off"."""
    openings = sentence.openings[bisect_left(sentence.openings, start) : bisect_left(sentence.openings, end)]
    closed = sum(_behind_a_comma(document, start, at) and _between(document.commas, at + 1, end) > 0 for at in openings)
    return cuts(document, sentence, start, end) - closed


def enclosed(document: Document, sentence: Sentence, one: Span, contact: Span, fronted: bool) -> bool:
    """Whether `one` stands before `contact` in a clause of its own that a comma closes: "Lavrov, who met Rubio, was received by Xi".

    `fronted`: also in one that the sentence begins with: "while Rubio was in Rome, Lavrov met Xi".
    """
    if one.end > contact.start or not commas(document, one.end, contact.start):
        return False
    opening = next((at for at in reversed(sentence.openings) if at <= one.start), None)
    if opening is None or commas(document, opening + 1, one.start):
        return False
    return (fronted and opening == sentence.start) or _behind_a_comma(document, sentence.start, opening)


def behind_clause(document: Document, sentence: Sentence, one: Span, contact: Tag) -> int:
    """Where `one` ends, or a clause about it between two commas that stands right behind it and before `contact`."""
    opening = next((at for at in sentence.openings if one.end <= at <= one.end + TOUCHES), None)
    if opening is None or not _behind_a_comma(document, one.end, opening):
        return one.end
    first = bisect_left(document.commas, opening + 1)
    closed = first < len(document.commas) and document.commas[first] < contact.start
    return document.commas[first] + 1 if closed else one.end


def _behind_a_comma(document: Document, start: int, at: int) -> bool:
    """Whether a word that opens a clause at `at` stands behind a comma, or has it as a part of its form."""
    return document.text[at] == "," or document.text[start:at].rstrip().endswith(",")


def cues(document: Document, sentence: Sentence, contact: Tag, *kinds: str) -> list[Tag]:
    """The cues of these kinds (`future` for `cue.future`) in the clause of `contact`; behind a comma, only those nearest to it."""
    here = sentence.of(*_tag_kinds(kinds))
    if not here:  # as in most sentences
        return []
    found = [tag for tag in here if same_clause(document, sentence, tag, contact)]
    return [tag for tag in found if attached(document, sentence, contact, tag) and not _said(document, sentence, contact, tag)]


def _said(document: Document, sentence: Sentence, contact: Tag, cue: Tag) -> bool:
    """Whether a cue stands in what somebody says: "speaking after the talks he said they would go on".

    Or before the verb of saying and a comma or the end of a quotation: "the two will go on, he said at the talks".
    """
    for verb in sentence.of("cue.speech"):
        if contact.end <= verb.start and verb.end <= cue.start and not commas(document, verb.end, cue.start):
            return not _by_the_way(document, sentence, verb, cue)
        if cue.end <= verb.start and verb.end <= contact.start and _quotes(document, cue.end, verb, contact.start):
            return True
    return False


def _by_the_way(document: Document, sentence: Sentence, verb: Tag, cue: Tag) -> bool:
    """Whether nothing but a name stands between who says it and the cue: "the talks are, according to Peskov, put off" without commas."""
    name = next((tag for tag in sentence.of("person") if tag.start >= verb.end), None)
    if name is None or name.end > cue.start or cuts(document, sentence, verb.end, cue.start):
        return False
    return words_between(document, verb.end, name.start) + words_between(document, name.end, cue.start) == 0


def _quotes(document: Document, start: int, verb: Tag, end: int) -> bool:
    """Whether `verb` follows a quotation, or a comma behind what is said, and the rest up to `end` is of the one who says it."""
    if _CLOSED.search(document.text, start, verb.start):
        return True
    return not commas(document, verb.end, end) and document.folded[start : verb.start].rstrip(" \"»”’'").endswith(",")


@cache
def _tag_kinds(cues: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"cue.{kind}" for kind in cues)


def attached(document: Document, sentence: Sentence, contact: Tag, other: Span, rivals: Sequence[Tag] | None = None) -> bool:
    """Whether a cue or date can belong to `contact`: no comma stands between, or no other contact word is nearer to it.

    Others are those of the sentence, or the `rivals`.
    """
    if not commas(document, *gap(other, contact)):
        return True
    nearest = _nearest_contact(document, sentence.contacts if rivals is None else rivals, other)
    return nearest is not None and (nearest.start, nearest.end) == (contact.start, contact.end)  # a word may have several readings


def of_another_part(document: Document, sentence: Sentence, contact: Tag, other: Span) -> bool:
    """Whether a place or date stands behind an "and" beside another contact: "met him in Rome in May and will see her in Bonn in June"."""
    start, end = gap(other, contact)
    joins = sentence.of("structure.and")
    if not any(start <= tag.start and tag.end <= end for tag in joins):
        return False
    first = max((tag.end for tag in joins if tag.end <= other.start), default=sentence.start)
    last = min((tag.start for tag in joins if tag.start >= other.end), default=sentence.end)
    others = [tag for tag in sentence.contacts if tag.start != contact.start and first <= tag.start and tag.end <= last]
    gathers = any(first <= tag.start for tag in sentence.of("organisation", "cue.multilateral"))
    occasions = {tag.start for tag in others if tag.kind == "summit.noun" or (gathers and tag.kind == "meet.noun")}
    return any(tag.start not in occasions for tag in others)


def of_saying(document: Document, sentence: Sentence, contact: Tag, other: Span) -> bool:
    """Whether a place or date is that of a report and not of the contact: "…, the ministry in Moscow said on Monday"."""

    def apart(one: Tag) -> int:
        stretch = gap(one, other)
        return commas(document, *stretch) + cuts(document, sentence, *stretch)

    return apart(contact) > 0 and any(apart(verb) == 0 for verb in sentence.of("cue.speech"))


def of_what_was(document: Document, sentence: Sentence, contact: Tag, other: Span) -> bool:
    """Whether a date is that of a verb of the past before a clause with the contact: "arrived on Monday, where he will meet Xi"."""
    if other.end > contact.start or not cuts(document, sentence, other.end, contact.start):
        return False
    before = (tag for tag in sentence.contacts if tag.kind.endswith(".past") and tag.end <= other.start)
    return any(not commas(document, tag.end, other.start) for tag in before)


def beside_saying(document: Document, sentence: Sentence, one: Span) -> bool:
    """Whether a verb of saying stands right beside `one`."""
    return any(words_between(document, *gap(tag, one)) <= _SPEECH_REACH for tag in sentence.of("cue.speech"))


def _nearest_contact(document: Document, contacts: Sequence[Tag], cue: Span) -> Tag | None:
    contacts = [tag for tag in contacts if not (cue.start <= tag.start and tag.end <= cue.end)]

    def distance(tag: Tag) -> int:
        stretch = gap(tag, cue)
        borders = commas(document, *stretch) + _between(document.semicolons, *stretch)
        return words_between(document, *stretch) + _COMMA * borders

    return min(contacts, key=lambda tag: (distance(tag), tag.start), default=None)
