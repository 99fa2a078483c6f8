"""Which of the places of a sentence is the venue of a contact."""
from __future__ import annotations

from pipeline.detect.anchors import parted
from pipeline.detect.clauses import commas, cuts, gap, of_another_part, of_saying, words_between
from pipeline.detect.document import Document, Sentence
from pipeline.detect.places import located
from pipeline.lexicon.matcher import Tag
from schemas.meetings import Place

_CUT = 16  # words that a clause border counts for
_COUNTRY = 6  # words that a country counts more than a city
_FOREIGN = 10  # words that a place in a third country counts more
_TOO_FAR = 30  # words


def place_near(document: Document, sentence: Sentence, contact: Tag, start: int, end: int) -> Place | None:
    """The venue of `contact`, sought in `text[start:end]` of `sentence`: the cheapest located place to reach."""
    costs = [
        (_cost(document, sentence, contact, tag) + (0 if place.city else _COUNTRY) + _foreign(document, place), tag.start, place)
        for tag, place in located(document, sentence)
        if start <= tag.start < end
        and not _of_another(document, sentence, contact, tag)
        and not parted(document, sentence, contact, tag)
        and not of_saying(document, sentence, contact, tag)
    ]
    cost, _, place = min(costs, key=lambda item: item[:2], default=(_TOO_FAR, 0, None))
    return place if cost < _TOO_FAR else None


def _of_another(document: Document, sentence: Sentence, contact: Tag, place: Tag) -> bool:
    """Whether a place stands in another clause, with a contact word of its own."""
    if cuts(document, sentence, *gap(contact, place)) == 0:
        return False
    return any(cuts(document, sentence, *gap(other, place)) == 0 for other in sentence.contacts)


def _foreign(document: Document, place: Place) -> int:
    return 0 if place.country in document.watch.sides else _FOREIGN


def _cost(document: Document, sentence: Sentence, contact: Tag, place: Tag) -> int:
    start, end = gap(contact, place)
    borders = cuts(document, sentence, start, end) + of_another_part(document, sentence, contact, place)
    return words_between(document, start, end) + _CUT * borders + commas(document, start, end)
