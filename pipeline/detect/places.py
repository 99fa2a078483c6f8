"""Places that something happens in: one needs a word that locates ("in", "στο", 在); bare Moscow and Beijing are governments."""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.detect.clauses import commas, cuts, gap, overlap, words_between
from pipeline.detect.document import Document, Sentence, once
from pipeline.lexicon.matcher import Tag
from schemas.meetings import Place

_LOCATED_BY = 1  # words between the preposition and the place
_CAPITAL_REACH = 3  # sentences
_SEAT_REACH = 4  # words between an ambassador and where he resides, countries apart: "ambassador of the … to the"


@once
def located(document: Document, sentence: Sentence) -> Sequence[tuple[Tag, Place]]:
    """The places of `sentence` that something happens in."""
    return [*_located(document, sentence)]


def _located(document: Document, sentence: Sentence) -> Iterator[tuple[Tag, Place]]:
    for tag in sentence.of("place", "country", "structure.capital"):
        if tag.kind != "structure.capital" and not _is_venue(document, tag) and not is_located(document, sentence, tag):
            continue
        if is_seat(document, sentence, tag):
            continue
        place = place_of(document, sentence, tag)
        if place is not None:
            yield tag, place


def _is_venue(document: Document, tag: Tag) -> bool:
    """Whether a name can only be a place where people meet: "Diaoyutai", but not "the Kremlin", which also speaks."""
    place = document.lexicon.world.places.get(tag.value or "")
    return place is not None and place.city is not None and not place.government


def place_of(document: Document, sentence: Sentence, tag: Tag) -> Place | None:
    """What a tag `place`, `country` or `structure.capital` names; None for the capital of nobody."""
    world = document.lexicon.world
    if tag.kind == "place":
        city = world.city_of(tag.value or "")
        return Place(city=city.name, country=city.country)
    if tag.kind == "country":
        return Place(city=None, country=tag.value)
    return capital_of(document, country_of(document, sentence, tag))


def capital_of(document: Document, country: str | None) -> Place | None:
    """The capital of a country; None of one that the lexicon knows no capital of."""
    world = document.lexicon.world
    capital = world.countries[country].capital if country else None
    return Place(city=world.places[capital].name, country=country) if capital else None


def elsewhere(one: Place | None, other: Place | None) -> bool:
    """Whether two tellings of a venue contradict each other; a country does not contradict a city in it, nor anything what is not told."""
    if one is None or other is None:
        return False
    if one.country != other.country:
        return True
    return one.city is not None and other.city is not None and one.city != other.city


def is_located(document: Document, sentence: Sentence, place: Tag) -> bool:
    """Whether a word that locates stands by the place: "in Beijing", "在北京"."""
    nearest = max((tag.end for tag in sentence.of("structure.locative") if tag.end <= place.start), default=None)
    before = (
        nearest is not None
        and not cuts(document, sentence, nearest, place.start)
        and _steps(document, sentence, nearest, place.start) <= (_LOCATED_BY if document.unit > 2 else 0)
    )
    return before or any(
        0 <= tag.start - place.end <= 1 or (tag.start, tag.end) == (place.start, place.end)  # or glued to it: "Moskvada"
        for tag in sentence.of("structure.locative_after")
    )


def is_seat(document: Document, sentence: Sentence, place: Tag) -> bool:
    """Whether a place is where an ambassador or consul resides, and not where he is now: "ambassador of China to Moscow"."""
    offices = document.lexicon.offices
    titles = (tag for tag in sentence.of("office") if offices[tag.value or ""].accredited and tag.end <= place.start)
    return any(_of_title(document, sentence, title, place) for title in titles)


def _of_title(document: Document, sentence: Sentence, title: Tag, place: Tag) -> bool:
    """Whether nothing stands between a title and a place but countries and small words."""
    start, end = title.end, place.start
    if cuts(document, sentence, start, end) + commas(document, start, end):
        return False
    others = (*sentence.contacts, *sentence.of("person", "cue.speech"))
    return not any(start <= tag.start < end for tag in others) and _steps(document, sentence, start, end) <= _SEAT_REACH


def _steps(document: Document, sentence: Sentence, start: int, end: int) -> int:
    """Words in `text[start:end]` without countries: "in Kazakhstan's Astana", 在烏茲別克的撒馬爾罕."""
    inside = [tag for tag in sentence.of("country", "nationality") if start <= tag.start and tag.end <= end]
    titles = sentence.of("office")  # a country may be part of one
    spans = {(tag.start, tag.end) for tag in inside if not any(overlap(title, tag) for title in titles)}
    if document.unit > 2:
        return words_between(document, start, end) - sum(words_between(document, *span) for span in spans)
    return (end - start - sum(last - first for first, last in spans) - document.text.count("的", start, end)) // document.unit


def country_of(document: Document, sentence: Sentence, place: Tag) -> str | None:
    """The country of a tag `nationality`, `country`, `place` or `structure.capital` ("the Chinese capital", "столица Китая")."""
    if place.kind in ("country", "nationality"):
        return place.value
    if place.kind == "place":
        return document.lexicon.world.city_of(place.value or "").country
    nations = sentence.of("nationality", "country")
    beside = next((tag.value for tag in nations if words_between(document, *gap(tag, place)) == 0), None)
    return beside or _capital_before(document, sentence, place)


def _capital_before(document: Document, sentence: Sentence, capital: Tag) -> str | None:
    """The country whose capital was named last before a bare "the capital"."""
    world = document.lexicon.world
    for one in reversed(document.sentences[max(0, sentence.number - _CAPITAL_REACH) : sentence.number + 1]):
        for tag in reversed(one.of("place")):
            country = world.city_of(tag.value or "").country
            if tag.start < capital.start and country and world.countries[country].capital == tag.value:
                return country
    return None
