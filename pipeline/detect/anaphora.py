"""Whom a pronoun means, or the ending of a verb whose subject is left out."""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.actors import Actor, Via
from pipeline.detect.clauses import commas, cuts, gap, words_between
from pipeline.detect.document import Document, Sentence
from pipeline.lexicon.matcher import Tag

_PRONOUN_REACH = 6  # words
_SUBJECT_REACH = 2  # words between a pronoun and the verb whose subject it is
_LISTED = 2  # before the last of a list: its first, and who is meant
_JOINT = 3  # words that join the last of a list: "and the minister"
_OPENS = 4  # words between the start of a sentence and its verb where the subject is left out


def pronoun_beside(document: Document, sentence: Sentence, contact: Tag) -> bool:
    """Whether a pronoun stands beside a word of contact and can be who is missing: "he was then received by Xi"."""
    return any(
        words_between(document, *gap(tag, contact)) <= _PRONOUN_REACH and not cuts(document, sentence, *gap(tag, contact))
        for tag in sentence.of("structure.pronoun")
    )


def meant_by_pronoun(document: Document, sentence: Sentence, contact: Tag, nearest: Actor, reached: Sequence[Actor]) -> Actor | None:
    """Whom a pronoun means that is the subject of a contact in a clause behind: not one of a list, but who stands before that.

    "Putin was accompanied by Lavrov and Belousov when he met Xi" is of Putin.
    """
    before = [tag for tag in sentence.of("structure.pronoun") if nearest.end <= tag.start and tag.end <= contact.start]
    if not before or words_between(document, before[-1].end, contact.start) > _SUBJECT_REACH:
        return None
    if not cuts(document, sentence, nearest.end, before[-1].start):
        return None
    own = [actor for actor in reached if actor.side == nearest.side and actor.via in (Via.NAME, Via.TITLE) and not actor.aside]
    before_it = sorted((actor for actor in own if actor.end <= nearest.start), key=lambda actor: actor.start)
    if len(before_it) < _LISTED:
        return None
    first, last = before_it[0], before_it[-1]
    joined = any(last.end <= tag.start and tag.end <= nearest.start for tag in sentence.of("structure.and"))
    return first if joined and words_between(document, last.end, nearest.start) <= _JOINT else None


def left_out(document: Document, sentence: Sentence, contact: Tag, here: Sequence[Actor]) -> bool:
    """Whether the subject of a contact is only in its verb, which opens the sentence, and who is met is marked: "Sešel se i s prezidentem".

    Then it is somebody spoken of before, as with a pronoun.
    """
    acting = [actor for actor in here if not actor.aside]
    met = min(acting, key=lambda actor: actor.start, default=None)
    if met is None or met.start < contact.end or words_between(document, sentence.start, contact.start) > _OPENS:
        return False
    if contact.kind.endswith(".noun") and not sentence.of("cue.planned"):
        return False  # "Má naplánované rokovanie s ministrom", but a bare noun may be anybody's
    between = contact.end, met.start
    with_whom = any(word in document.language.partner for word in document.folded[contact.end : met.start].split())
    return with_whom and not cuts(document, sentence, *between) and not commas(document, *between)
