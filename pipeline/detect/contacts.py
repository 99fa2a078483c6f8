"""Words of contact in a sentence, each in the reading that its words ask for, and verbs of saying that are one."""
from __future__ import annotations

from pipeline.detect.clauses import commas, cues, cuts, of_the_next, words_between
from pipeline.detect.document import Document, Sentence
from pipeline.lexicon.matcher import Tag

_HEARER_REACH = 4  # words


def contacts(document: Document, sentence: Sentence) -> list[Tag]:
    """All that can tell of a contact in `sentence`."""
    return [*_words(document, sentence), *_told(document, sentence)]


def _words(document: Document, sentence: Sentence) -> list[Tag]:
    """The contact words of `sentence`; a word with several readings is an infinitive only where an auxiliary stands by."""
    if len(sentence.contacts) < 2:
        return [*sentence.contacts]
    readings: dict[tuple[int, int], list[Tag]] = {}
    for tag in sentence.contacts:
        readings.setdefault((tag.start, tag.end), []).append(tag)
    return [tags[0] if len(tags) == 1 else min(tags, key=lambda tag: _unlikely(document, sentence, tag)) for tags in readings.values()]


def _unlikely(document: Document, sentence: Sentence, contact: Tag) -> int:
    """How far behind the other readings of its word a reading stands; a capital inside a sentence makes a noun."""
    if contact.kind.endswith(".noun") and contact.start > sentence.start and document.text[contact.start].isupper():
        return -1
    if contact.kind.endswith(".past"):
        # "At this hour he confers", "meets him later this week": German and Dutch forms are of both tenses.
        found = cues(document, sentence, contact, "ongoing", "future", "planned")
        return 2 if any(not of_the_next(document, sentence, contact, tag) for tag in found) else 1
    if not contact.kind.endswith(".infinitive"):
        return 1
    return 0 if cues(document, sentence, contact, "future", "planned") else 3


def _told(document: Document, sentence: Sentence) -> list[Tag]:
    """Verbs of saying whose hearer is the other side: "told his Chinese counterpart that …"."""
    return [
        tag._replace(kind="talk.past")
        for tag in sentence.of("cue.speech")
        for hearer in sentence.of("structure.counterpart")
        if hearer.start >= tag.end
        and not any(tag.start <= opening < tag.end for opening in sentence.openings)  # "said that his colleague …"
        and words_between(document, tag.end, hearer.start) <= _HEARER_REACH
        and not commas(document, tag.end, hearer.start) + cuts(document, sentence, tag.end, hearer.start)
    ]
