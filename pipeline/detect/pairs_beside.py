"""A noun of contact in one sentence, and those who meet in the one beside it: "Wang Yi saw Lavrov in Moscow. The talks took an hour"."""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.actors import Actor, Via
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import NEXT_SENTENCE, Frame
from schemas.articles import BlockKind

_NOUNS = ("meet.noun", "phone.noun", "video.noun")
_SAYS = (Via.BOTH, Via.BODY)  # who does not act alone
_NATIONS = ("country", "nationality")


def told_beside(document: Document, before: Sentence, there: Sequence[Actor], sentence: Sentence, here: Sequence[Actor]) -> list[Frame]:
    """The frame of a noun in `sentence`, or in the one `before`, whose two participants stand in the other; `there` and `here` act in them.

    Nobody else is named in either, and the sentence with the noun names nobody, or only "the two".
    """
    if before.block is not sentence.block and BlockKind.TITLE in (before.block, sentence.block):
        return []
    if all(actor.via in _SAYS for actor in here):
        return [] if _of_others(document, sentence) else _frame(document, sentence, there)
    if not there and not sentence.contacts and _of_both_countries(document, before):
        return _frame(document, before, here)
    return []


def _frame(document: Document, told: Sentence, actors: Sequence[Actor]) -> list[Frame]:
    """The frame of the first noun in `told` of the only two of different countries among `actors`."""
    noun = next(iter(told.of(*_NOUNS)), None)
    if noun is None:
        return []
    named = [actor for actor in actors if actor.via not in _SAYS and not actor.aside]
    first, second = (next((actor for actor in named if actor.side == side), None) for side in document.watch.sides)
    if first is None or second is None or any(actor.side not in document.watch.sides for actor in named):
        return []
    return [Frame(told, noun, (first, second), NEXT_SENTENCE, NEXT_SENTENCE, None, neighbour=True, apart=True)]


def _of_others(document: Document, sentence: Sentence) -> bool:
    """Whether another country or an organisation is spoken of."""
    others = (tag.value for tag in sentence.of(*_NATIONS, "organisation"))
    return any(value not in document.watch.sides for value in others)


def _of_both_countries(document: Document, sentence: Sentence) -> bool:
    """Whether both countries are named, and no other."""
    return {tag.value for tag in sentence.of(*_NATIONS)} == {*document.watch.sides}
