"""Who is beyond a word of contact: somebody else is met, "met students and quoted Xi", or its clause ends before, "X ile görüştü ve …"."""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.actors import Actor
from pipeline.detect.circumstances import stands_at
from pipeline.detect.clauses import beside_saying, commas, cuts, gap, words_between
from pipeline.detect.company import is_list
from pipeline.detect.document import Document, Sentence
from pipeline.detect.levels import leads, level_at
from pipeline.detect.subjects import marked
from pipeline.lexicon.matcher import Tag

_OBJECT_REACH = 4  # words between a verb and whom it has for object: "met in Moscow with students"
_TRAVELS = 1  # words between a journey and whose it is
_TRAVELS_LAST = 3  # the same where verbs stand last: "Putin'in Çin'e yapacağı ziyaretin"
_ALSO = 3  # words: "and, later, with Xi"
_BLANKS = 2  # characters
_LONGEST_ABOUT = 24  # characters
_MET = ("meet", "receive", "talk", "phone", "video")


def met_instead(document: Document, sentence: Sentence, contact: Tag) -> Tag | None:
    """The people who act for no country and are whom `contact` tells of: "met journalists", "talks with businessmen"."""
    if contact.kind.partition(".")[0] not in _MET:
        return None
    behind = (tag for tag in sentence.of("structure.public") if tag.start >= contact.end)
    first = next(behind, None)
    if first is None or words_between(document, contact.end, first.start) > _OBJECT_REACH:
        return None
    parted = commas(document, contact.end, first.start) + cuts(document, sentence, contact.end, first.start)
    named = any(contact.end <= tag.start < first.start for tag in sentence.of("person", "office", "structure.counterpart", "structure.and"))
    loose = contact.kind.endswith(".noun") and not marked(document, sentence, first)  # "after the meeting journalists asked …"
    return None if parted or named or loose else first


def of_the_public(document: Document, sentence: Sentence, contact: Tag, reached: Sequence[Actor]) -> bool:
    """Whether both sides are named in a clause behind alone, and others meet, or that clause is of a letter.

    "Experts discussed it at a conference, where a greeting of Xi to Putin was read out."
    """
    public = any(tag.end <= contact.start for tag in sentence.of("structure.public"))
    letters = [tag.start for tag in sentence.of("cue.letter", "structure.greeting") if tag.start >= contact.end]
    if not (public or letters) or not {actor.side for actor in reached} >= {*document.watch.sides}:
        return False
    opening = next((at for at in sorted((*sentence.openings, *document.parts)) if contact.end <= at < sentence.end), None)
    if opening is None or any(actor.start < opening for actor in reached):
        return False
    return public or letters[0] > opening


def last_of_clause(document: Document, sentence: Sentence, contact: Tag, here: Sequence[Actor]) -> bool:
    """Whether a verb, whose subject stands before it, is the last word of its clause: who stands behind it is in another.

    Behind a clause without a subject it may follow: "Xi ile görüştükten sonra Putin …".
    """
    if not document.language.verb_last or not _ends_its_clause(document, sentence, contact):
        return False
    return any(actor.end <= contact.start and not actor.aside and not marked(document, sentence, actor) for actor in here)


def is_beyond(document: Document, sentence: Sentence, contact: Tag, instead: Tag | None, actor: Actor) -> bool:
    """Whether `actor` stands behind those whom `contact` tells of `instead`, and not with them."""
    if instead is None or actor.start < instead.end or is_list(document, sentence, instead.end, actor.start):
        return False
    joins = [tag.start for tag in sentence.of("structure.and", "structure.clause") if instead.end <= tag.start < actor.start]
    joined = bool(joins) or commas(document, instead.end, actor.start) > 0
    also = not joined or words_between(document, instead.end, actor.start) <= _ALSO
    return not (also and marked(document, sentence, actor))


def only_says(document: Document, sentence: Sentence, contact: Tag, here: Sequence[Actor], actor: Actor) -> bool:
    """Whether `actor` says something in a clause behind that of whom `contact` tells: "met the Serb, and on Tuesday Wang Yi said …"."""
    met = [one.end for one in here if contact.end <= one.start and one.end <= actor.start and one.side not in document.watch.sides]
    return bool(met) and commas(document, max(met), actor.start) > 0 and beside_saying(document, sentence, actor)


def is_told_of(sentence: Sentence, contact: Tag, actor: Actor) -> bool:
    """Whether `actor` stands in what somebody says behind `contact`: "at the talks Lavrov said that Putin and Xi would go on"."""
    verbs = (verb.end for verb in sentence.of("cue.speech") if contact.end <= verb.start and verb.end <= actor.start)
    said = next(verbs, None)
    return said is not None and any(said <= opening < actor.start for opening in sentence.openings)


def only_travels(document: Document, sentence: Sentence, contact: Tag, actor: Actor, here: Sequence[Actor]) -> bool:
    """Whether `actor` leads a country and stands at a journey of which two of lower rank speak: "they discussed Putin's visit to China"."""
    last = document.language.governs_behind
    visits = [tag for tag in sentence.of("visit.noun") if (tag.start, tag.end) != (contact.start, contact.end)]
    visits = [tag for tag in visits if not last or actor.end <= tag.start]
    reach = _TRAVELS_LAST if document.language.verb_last else _TRAVELS
    own = any(words_between(document, *gap(tag, actor)) <= reach and not commas(document, *gap(tag, actor)) for tag in visits)
    hosts = any(leads(document, one) and one.side != actor.side for one in here)  # who may be visited
    if hosts or not own or not leads(document, actor):
        return False
    others = (one for one in here if not one.aside and level_at(document, one) and not leads(document, one))
    return {one.side for one in others if not cuts(document, sentence, *gap(one, actor))} >= {*document.watch.sides}


def is_topic(document: Document, actor: Actor) -> bool:
    """Whether a word before or behind `actor` says that others only speak of that one: "they talked about Putin"."""
    language, folded, blanks = document.language, document.folded, document.unit > 2
    before = folded[max(0, actor.start - _LONGEST_ABOUT) : actor.start].rstrip()
    if any(before.endswith(word) and not (blanks and before[: -len(word)][-1:].isalpha()) for word in language.about):
        return True
    return any(stands_at(folded, word, actor.end, blanks) for word in language.about_after)


def _ends_its_clause(document: Document, sentence: Sentence, contact: Tag) -> bool:
    """Whether a verb stands last in its clause, and another begins behind it."""
    if contact.kind.endswith((".noun", ".infinitive")) or contact.kind.startswith("cue."):
        return False
    end = contact.end
    joins: Sequence[int] = [tag.start for tag in sentence.of("structure.and", "structure.clause") if end <= tag.start <= end + _BLANKS]
    if joins or commas(document, end, end + _BLANKS):
        return True
    return any(stands_at(document.folded, mark, end, document.unit > 2) for mark in document.language.converb)
