"""Whose contact it is: where somebody of a third country stands first, the sentence is of that one, and the others are whom that one meets."""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.actors import Actor, Via
from pipeline.detect.clauses import Span, commas, cuts, gap, words_between
from pipeline.detect.company import one_list
from pipeline.detect.document import Document, Sentence
from pipeline.lexicon.matcher import Tag

_SPEECH_REACH = 2  # words
_OPENS = 4  # words between the start of a clause and its subject


def of_a_third(document: Document, sentence: Sentence, pair: tuple[Actor, Actor], here: Sequence[Actor]) -> bool:
    """Whether somebody who acts for neither side stands before both of `pair`, and neither begins a clause with a contact of its own.

    "The Serb was received by Putin and, a day later, by Xi", "he met Lavrov before talks with Wang Yi": what comes later is of the same subject.
    """
    sides = {actor.side for actor in pair}
    first, second = sorted(pair, key=lambda actor: actor.start)
    before = [actor for actor in here if not actor.aside and actor.via is not Via.BODY and actor.end <= first.start]
    if any(actor.side in sides for actor in before) or one_list(document, sentence, pair, here) or second.start < first.end:
        return False
    spans: list[Span] = [*before, *_pronouns(document, sentence, first)]
    others = [span for span in spans if not _says(document, sentence, span)]
    after = max((span.end for span in others), default=None)
    if after is None or any(after <= at < first.start for at in document.semicolons):
        return False
    return not _begins(document, sentence, after, first, second)


def _pronouns(document: Document, sentence: Sentence, actor: Actor) -> list[Tag]:
    """The pronouns that stand before `actor` in its clause."""
    before = (tag for tag in sentence.of("structure.pronoun") if tag.end <= actor.start)
    return [tag for tag in before if not cuts(document, sentence, tag.end, actor.start)]


def _begins(document: Document, sentence: Sentence, after: int, one: Actor, other: Actor) -> bool:
    """Whether `one` stands at the beginning of a clause, behind `after`, that has a contact word before `other`."""
    places = [at for at in (*document.commas, *document.semicolons) if after <= at < one.start]
    words = [tag.end for tag in sentence.of("structure.clause", "structure.and") if after <= tag.start and tag.end <= one.start]
    start = max([*places, *words], default=None)
    if start is None or words_between(document, start, one.start) > _OPENS:
        return False
    if any(start <= tag.start < one.start for tag in sentence.contacts):
        return False
    return any(one.end <= tag.start < other.start and not commas(document, one.end, tag.start) for tag in sentence.contacts)


def _says(document: Document, sentence: Sentence, one: Span) -> bool:
    """Whether a verb of saying stands right beside: what that one says is of others."""
    return any(words_between(document, *gap(tag, one)) <= _SPEECH_REACH for tag in sentence.of("cue.speech"))
