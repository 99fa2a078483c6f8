"""Where a visit leads: to a country of the watch, or to none."""
from __future__ import annotations

from collections.abc import Iterator

from pipeline.detect.clauses import commas, cuts, gap, of_another_part, words_between
from pipeline.detect.document import Document, Sentence, once
from pipeline.detect.places import country_of
from pipeline.detect.subjects import marked
from pipeline.lexicon.forms import Spacing
from pipeline.lexicon.matcher import Tag

_NEAR = 8  # words between a word of journey and where it leads
_OBJECT_REACH = 3  # words: "visited on Tuesday the president Putin"
_FARTHER_GOAL = 5  # words that "travels on Monday, for the first time in years, to Russia" may be longer


def goes_nowhere(document: Document, sentence: Sentence, contact: Tag) -> bool:
    """Whether a verb of journey has no destination in a country of the watch: "was in favour"; or a noun one in another country."""
    if not contact.kind.startswith("visit.") or destination_of(document, sentence, contact) is not None:
        return False
    if _visits_somebody(document, sentence, contact):
        return False
    return contact.kind != "visit.noun" or _leads_abroad(document, sentence, contact)


def _visits_somebody(document: Document, sentence: Sentence, contact: Tag) -> bool:
    """Whether one of the other country stands right behind a verb of journey as its object: "Xi visited Putin at his residence"."""
    if contact.kind.endswith(".noun") or document.language.verb_last:
        return False
    people = sentence.of("person")
    visitor = next((tag for tag in reversed(people) if tag.end <= contact.start), None)
    object_ = next((tag for tag in people if tag.start >= contact.end), None)
    if visitor is None or object_ is None or cuts(document, sentence, visitor.end, object_.start):
        return False
    if commas(document, contact.end, object_.start):
        return False
    if marked(document, sentence, object_):  # "arrived with Wang Yi at the forum"
        return False
    sides = {document.lexicon.people[tag.value or ""].side for tag in (visitor, object_)}
    return sides == {*document.watch.sides} and words_between(document, contact.end, object_.start) <= _OBJECT_REACH


def _leads_abroad(document: Document, sentence: Sentence, visit: Tag) -> bool:
    """Whether a visit is one to a third country, as a word before that says: "informed him of the visit to the United States"."""
    words = [tag.end for tag in sentence.of("structure.locative") if tag.start >= visit.start]
    goals = _abroad(document, sentence, visit)
    return any(0 <= words_between(document, end, tag.start) <= 1 for tag in goals for end in words if end <= tag.start)


def _abroad(document: Document, sentence: Sentence, contact: Tag) -> Iterator[Tag]:
    """The places of third countries behind `contact`, near and without a clause border between."""
    behind = (tag for tag in sentence.of("place", "country") if contact.end <= tag.start)
    near = (tag for tag in behind if words_between(document, contact.end, tag.start) < _NEAR)
    reached = (tag for tag in near if not cuts(document, sentence, contact.end, tag.start))
    return (tag for tag in reached if country_of(document, sentence, tag) not in document.watch.sides)


def destination_of(document: Document, sentence: Sentence, contact: Tag, home: str | None = None) -> Tag | None:
    """The nearest place or country of the watch, but `home`, that `contact` can lead to, without a clause border between."""
    near = [
        (words_between(document, *gap(tag, contact)), tag)
        for tag in sentence.of("place", "country", "structure.capital")
        if country_of(document, sentence, tag) in {*document.watch.sides} - {home}
        and not _of_title(document, sentence, tag)
        and not cuts(document, sentence, *gap(tag, contact))
        and not of_another_part(document, sentence, contact, tag)
    ]
    if any(tag.end <= contact.start for _, tag in near) and _goes_on(document, sentence, contact):
        near = [(distance, tag) for distance, tag in near if tag.start >= contact.end]
    distance, tag = min(near, key=lambda item: item[0], default=(_NEAR, None))
    if tag is not None and _NEAR <= distance < _NEAR + _FARTHER_GOAL:
        leads = sentence.of("structure.locative") if tag.start > contact.end else sentence.of("cue.future")  # "will China … besuchen"
        return tag if any(0 <= tag.start - word.end <= 1 for word in leads) else None
    return tag if distance < _NEAR else None


@once
def clause_where(document: Document, sentence: Sentence, contact: Tag) -> tuple[int, Tag] | None:
    """Where the clause of `contact` begins that tells what happens where a journey leads, and that place: "flies to Beijing, where …"."""
    opening = next((at for at in reversed(sentence.openings) if at <= contact.start), None)
    if opening is None or not contact.kind.startswith(("meet.", "receive.")):
        return None
    goals = (tag for tag in reversed(sentence.of("place", "country", "structure.capital")) if tag.end <= opening)
    goal = next(goals, None)
    verb = next((tag for tag in reversed(sentence.contacts) if goal and tag.end <= goal.start), None)
    if goal is None or verb is None or not verb.kind.startswith("visit."):
        return None
    apart = words_between(document, goal.end, opening)  # a verb may end behind the place: "reist nach Peking weiter, wo"
    return (opening, goal) if apart <= 1 and not cuts(document, sentence, verb.end, goal.start) else None


def _goes_on(document: Document, sentence: Sentence, contact: Tag) -> bool:
    """Whether a verb leads to a third country right behind it, so that one before is where it begins: "after Russia … to Brussels"."""
    if contact.kind.endswith(".noun") or document.language.verb_last or document.language.spacing is not Spacing.WORDS:
        return False
    leads = [contact.end, *(tag.end for tag in sentence.of("structure.locative") if tag.start >= contact.end)]  # not "from Hanoi"
    goals = (tag for tag in _abroad(document, sentence, contact) if any(0 <= tag.start - end <= 1 for end in leads))
    return any(not commas(document, contact.end, tag.start) for tag in goals)


def _of_title(document: Document, sentence: Sentence, country: Tag) -> bool:
    """Whether a country stands right behind an office: "president of Russia"."""
    if document.language.country_first:
        return False
    before = [office for office in sentence.of("office") if office.end <= country.start]
    verbs = [tag.start for tag in sentence.contacts if before and not tag.kind.endswith(".noun")]  # "the Chinese premier visited Moscow"
    near = (office for office in before if words_between(document, office.end, country.start) <= 1)
    return any(not any(office.end <= verb < country.start for verb in verbs) for office in near)
