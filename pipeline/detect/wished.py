"""What is only wished: a contact that depends on a word of hoping, proposing or urging, "hopes to meet him", "called on him to talk"."""
from __future__ import annotations

from pipeline.detect.circumstances import is_ahead, is_setting
from pipeline.detect.clauses import commas, words_between
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import Frame
from pipeline.lexicon.matcher import Tag

_VERB_REACH = 14  # words between the word and a verb that depends on it
_NOUN_REACH = 3  # and a noun: "proposed in Moscow talks with"
_CLOSES = ".,;:!?…—–\n"  # behind a participle that ends its clause
_LAST_REACH = 4  # between a verb and the word behind it, where verbs stand last
_OPENS = 3  # words between it and the "that" of what is wished: "expressed the hope to the press that"


def only_wished(document: Document, frame: Frame) -> bool:
    """Whether the contact of `frame` depends on a word of wishing."""
    words = frame.sentence.of("cue.wished")
    if not words or agreed_to(document, frame):
        return False
    if is_setting(document, frame.sentence, frame.contact) or is_ahead(document, frame.sentence, frame.contact):
        return False
    return any(_governs(document, frame, word) or _ends_it(document, frame, word) for word in words)


def agreed_to(document: Document, frame: Frame) -> bool:
    """Whether a contact that somebody proposes is accepted behind it: "proposed the next round of talks for May, and Lavrov agreed"."""
    sentence, contact = frame.sentence, frame.contact
    if frame.tense not in ("noun", "infinitive") or not any(tag.start >= contact.end for tag in sentence.of("cue.accepted")):
        return False
    last = sentence.end if document.language.verb_last else contact.start  # where verbs stand last "proposed" stands behind it
    accepted = max(tag.start for tag in sentence.of("cue.accepted"))
    return any(tag.end <= min(last, accepted) for tag in sentence.of("cue.wished", "cue.possible"))


def _governs(document: Document, frame: Frame, word: Tag) -> bool:
    """Whether what stands behind `word` depends on it up to the contact: an infinitive, the clause of a "that", a noun beside it."""
    sentence, contact = frame.sentence, frame.contact
    if word.end > contact.start:
        return False
    apart = words_between(document, word.end, contact.start)
    openings = [at for at in sentence.openings if word.end <= at <= contact.start]
    if frame.tense == "noun":
        named = [tag for tag in sentence.of("person", "office", "nationality", "country") if word.end <= tag.start < contact.start]
        apart -= sum(words_between(document, tag.start, tag.end) for tag in named)  # "proposed to the Chinese premier Li Qiang talks"
        return not openings and apart <= _NOUN_REACH * (1 if document.unit > 2 else 2) and not commas(document, word.end, contact.start)
    clause = openings[0] if openings else None
    if apart > _VERB_REACH or len(openings) > 1 or (clause is not None and words_between(document, word.end, clause) > _OPENS):
        return False
    return frame.tense == "infinitive" or (clause is not None and not _goes_on(sentence, word.end, clause))


def _goes_on(sentence: Sentence, start: int, end: int) -> bool:
    """Whether an "and" in `text[start:end]` begins something else: "urged restraint and will meet him"."""
    return any(start <= tag.start < end for tag in sentence.of("structure.and"))


def _ends_it(document: Document, frame: Frame, word: Tag) -> bool:
    """Whether `word` stands behind a contact that depends on it, as where verbs stand last: "görüşmek istediğini söyledi".

    Or behind a noun and as the last word of its clause: "hat Gespräche mit ihm in Moskau vorgeschlagen".
    """
    start, end = frame.contact.end, word.start
    if end < start or commas(document, start, end) or any(start <= at < end for at in frame.sentence.openings):
        return False
    if document.language.verb_last:
        return words_between(document, start, end) <= _LAST_REACH
    closes = document.text[word.end : word.end + 1] in _CLOSES
    return frame.tense in ("noun", "present") and closes and not any(start <= tag.start < end for tag in frame.sentence.contacts)
