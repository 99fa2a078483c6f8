"""Words of contact in a sentence, each in the reading that its words ask for, and verbs of saying that are one."""
from __future__ import annotations

from pipeline.detect.clauses import commas, cues, cuts, gap, of_the_next, overlap, words_between
from pipeline.detect.document import Document, Sentence
from pipeline.lexicon.matcher import Tag

_HEARER_REACH = 4  # words
_AGREED_REACH = 12  # words between "agreed" and a verb: "agreed on Monday in Moscow that the two should soon meet"
_AGREED_LAST = 1  # between what was agreed on and the verb, where verbs stand last
_AGREED_UNSPACED = 3  # the same in scripts without blanks: 会談を行うことで合意
_ANSWER = 2  # sentences in which an answer follows an invitation
_NO_ANSWER = ("cue.negation", "cue.possible", "cue.unsettled", "cue.denied")
_TALKS = ("meet", "phone", "video")


def contacts(document: Document, sentence: Sentence) -> list[Tag]:
    """All that can tell of a contact in `sentence`."""
    words = _words(document, sentence)
    if sentence.of("cue.agreed"):
        words = [tag._replace(kind=f"{tag.kind.split('.')[0]}.future") if _is_agreed_on(document, sentence, tag) else tag for tag in words]
    return [*words, *_told(document, sentence), *_invited(document, sentence)]


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


def _invited(document: Document, sentence: Sentence) -> list[Tag]:
    """Words of inviting that name no journey, where it is accepted: "invited him to Moscow for May. Li accepted"."""
    near = document.around(sentence, 1) if sentence.of("cue.invited") else ()
    if not near or any(tag.kind.startswith("visit.") for one in near for tag in one.contacts):  # that is what the invitation is for
        return []
    answers = sentence.of("cue.accepted")
    words = [tag for tag in sentence.of("cue.invited") if not any(overlap(tag, answer) for answer in answers)]
    return [words[0]._replace(kind="visit.future")] if words and is_answered(document, sentence, words[0]) else []


def is_answered(document: Document, sentence: Sentence, invitation: Tag) -> bool:
    """Whether words behind an invitation say that it was accepted, and not that nobody knows whether it was."""
    if any(tag.start >= invitation.end for tag in sentence.of("cue.accepted")):
        return not any(tag.start >= invitation.end for tag in sentence.of(*_NO_ANSWER))
    near = document.sentences[sentence.number + 1 : sentence.number + 1 + _ANSWER]
    return any(s.of("cue.accepted") and not s.of(*_NO_ANSWER) for s in near)


def _is_agreed_on(document: Document, sentence: Sentence, contact: Tag) -> bool:
    """Whether those who speak have agreed on a contact, which is one to come: "agreed to meet in Moscow on Friday".

    A noun stands right before the verb, where verbs stand last: "agreed on at the talks" is none.
    """
    kind, _, tense = contact.kind.partition(".")
    if kind not in _TALKS or tense not in ("infinitive", "noun"):
        return False
    others = [tag for tag in sentence.contacts if tag.end <= contact.start or contact.end <= tag.start]
    last = document.language.governs_behind

    def governs(verb: Tag) -> bool:
        start, end = gap(verb, contact)
        if any(start <= tag.start and tag.end <= end for tag in (*others, *sentence.of("cue.speech"))):
            return False
        apart = words_between(document, start, end)
        if contact.end <= verb.start:
            return last and apart <= (_AGREED_LAST if document.unit > 2 else _AGREED_UNSPACED) and not commas(document, start, end)
        return tense == "infinitive" and apart <= _AGREED_REACH and cuts(document, sentence, start, end) <= 1

    return any(governs(verb) for verb in sentence.of("cue.agreed"))
