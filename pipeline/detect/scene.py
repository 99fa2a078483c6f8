"""Where and when a meeting is, if only the sentences around the one that tells of it say so."""
from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import timedelta

from pipeline.detect.actors import Actor
from pipeline.detect.anchors import parted
from pipeline.detect.clauses import Span, commas, gap, of_another_part, of_what_was, words_between
from pipeline.detect.dates import dates
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import Frame
from pipeline.detect.levels import office_of
from pipeline.detect.places import capital_of, is_located, is_seat, located, place_of
from pipeline.detect.readings import is_of_an_arrival, is_of_who_says_it
from pipeline.detect.when import When, in_dateline
from pipeline.lexicon.matcher import Tag
from schemas.articles import BlockKind
from schemas.meetings import AHEAD, DateRange, Level, Place, Status

_AROUND = 3  # sentences
_READ = 100  # sentences; news have fewer, and a book is no single scene
_HEAD = 2  # sentences
_DAYS_AROUND = 2  # sentences
_SAYING_REACH = 1  # words
_OFFICE_REACH = 1  # words
_FRESH = 10  # days that a report comes after what it reports
_GOVERNS = frozenset({Level.HEAD_OF_STATE, Level.HEAD_OF_GOVERNMENT, Level.MINISTER, Level.PARLIAMENT, Level.DEPUTY_MINISTER})
_A_MONTH = 31  # days
_HOLDS = 4  # words between an occasion and the body that holds it
_HELD_IN = 8  # words between an occasion and its city
_LASTS = timedelta(days=2)  # an occasion that is told to have opened goes on
_SHORT = timedelta(days=7)  # what is told of a month may be before or behind the occasion
_PEOPLE = ("person", "office", "structure.both", "structure.counterpart")
_SOON = 30  # days that an announcement comes before it
_IN_TIME = 180  # the same, where nothing else can be meant


def place_around(document: Document, sentence: Sentence, countries: Container[str | None] | None) -> Place | None:
    """Where what is told around `sentence` happens: the located city nearest before it, else the nearest behind it, at most `_AROUND`
    sentences away; else the only one of the article. Of these `countries`, or anywhere.
    """
    behind = document.sentences[sentence.number + 1 : sentence.number + 1 + _AROUND]
    if (found := place_before(document, sentence, countries)) is not None:
        return found
    if (found := next((cities[0] for s in behind if (cities := _cities(document, s, countries))), None)) is not None:
        return found
    everywhere = {city for s in document.sentences[:_READ] for city in _cities(document, s, countries)}
    everywhere = everywhere or {city for city in _no_capitals(document) if countries is None or city.country in countries}
    return everywhere.pop() if len(everywhere) == 1 else None


def place_abroad(document: Document, sentence: Sentence) -> Place | None:
    """Where two meet of whose meeting nothing else tells the place: a city in another clause of `sentence`, else any told before it."""
    here = _cities(document, sentence, None)
    return here[0] if here else place_before(document, sentence, None)


def place_before(document: Document, sentence: Sentence, countries: Container[str | None] | None) -> Place | None:
    """The located city nearest before `sentence`, at most `_AROUND` sentences away, of these `countries` or anywhere."""
    before = reversed(document.sentences[max(0, sentence.number - _AROUND) : sentence.number])
    return next((cities[-1] for s in before if (cities := _cities(document, s, countries))), None)


def gathering_place(document: Document) -> Place | None:
    """The third country's city to which a gathering of many has brought everybody, where the first sentences tell of one."""
    titles = sum(sentence.block is BlockKind.TITLE for sentence in document.sentences)
    head = document.sentences[: titles + _HEAD]
    if not any(sentence.of("organisation", "summit.noun", "cue.multilateral") for sentence in head):
        return None
    cities = Counter(
        place
        for sentence in document.sentences[:_READ]
        for _, place in located(document, sentence)
        if place.city and place.country not in document.watch.sides
    )
    home = home_of(document, head)
    abroad = home is not None and home.country not in document.watch.sides
    return max(cities, key=cities.__getitem__, default=home if abroad else None)


def gathers_at(document: Document, place: Place, status: Status, days: DateRange | None) -> bool:
    """Whether a sentence tells of a gathering of many in the city of a meeting and on its days: the two are there for that, too.

    "The forum opened in Kazan on Tuesday. Putin received Xi in the morning": not one that is over, nor one to come, nor without a word on
    where it is.
    """
    return any(_gathers(document, sentence, place, status, days) for sentence in document.sentences[:_READ])


def _gathers(document: Document, sentence: Sentence, place: Place, status: Status, days: DateRange | None) -> bool:
    if not sentence.of("organisation", "summit.noun"):
        return False
    bodies = sentence.of("organisation", "cue.multilateral")
    occasions = [tag for tag in sentence.of("summit.noun") if any(_near(document, tag, body, _HOLDS) for body in bodies)]
    occasions += [tag for tag in sentence.of("organisation") if _meets_in(document, tag, place)]  # a forum is held by no other body
    others = any(tag.kind != "summit.noun" for tag in sentence.contacts)
    if not occasions or (others and sentence.of(*_PEOPLE)) or sentence.of("cue.background", "cue.cancelled", "cue.postponed"):
        return False
    capitals = {document.lexicon.world.countries[side].capital for side in document.watch.sides}
    cities = [tag for tag, found in located(document, sentence) if found.city == place.city]
    cities += [tag for tag in sentence.of("place") if tag.value not in capitals and place_of(document, sentence, tag) == place]
    if not any(_near(document, tag, city, _HELD_IN) for tag in occasions for city in cities):
        return False
    ahead = status in AHEAD
    if ahead != bool(sentence.of("cue.future", "cue.planned")) and not sentence.of("cue.ongoing"):
        return False
    told = [(when.first, when.last) for when in dates(document, sentence, future=ahead) if when.first and when.last]
    if not told:
        return days is None or days.end - days.start <= _SHORT
    return days is not None and any(first <= days.end and days.start <= last + _LASTS for first, last in told)


def _meets_in(document: Document, organisation: Tag, place: Place) -> bool:
    """Whether an organisation always meets in this city."""
    world = document.lexicon.world
    home = world.organisations[organisation.value or ""].place
    return home is not None and world.places[home].name == place.city


def _near(document: Document, occasion: Tag, other: Tag, reach: int) -> bool:
    """Whether a body holds an occasion, or a city is where it is held: few words and no comma stand between."""
    between = gap(occasion, other)
    return words_between(document, *between) <= reach and not commas(document, *between)


def residence(document: Document, actors: Sequence[Actor], sentences: Sequence[Sentence]) -> Place | None:
    """Where an ambassador or consul among two who meet resides, as `sentences` tell it behind a title.

    Else an ambassador is received in the capital by those who govern there.
    """
    offices = [document.lexicon.offices.get(office_of(document, actor) or "") for actor in actors]
    if not any(office is not None and office.accredited for office in offices):
        return None
    tags = [(s, tag) for s in sentences for tag in s.of("place", "country") if is_seat(document, s, tag) and is_located(document, s, tag)]
    told = [place for s, tag in tags if (place := place_of(document, s, tag)) is not None]
    if told:
        return next((place for place in told if place.city), None) or capital_of(document, told[0].country) or told[0]
    governs = [office is not None and office.level in _GOVERNS and not office.serving for office in offices]  # an envoy travels
    hosts = [actor.side for actor, is_host in zip(actors, governs, strict=True) if is_host]
    envoys = [actor for actor in actors if office_of(document, actor) == "ambassador"]
    abroad = any(tag.value not in document.watch.sides for s in sentences for tag in s.of("country", "nationality"))
    return capital_of(document, hosts[0]) if len(hosts) == len(envoys) == 1 and not abroad else None


def home_of(document: Document, sentences: Iterable[Sentence]) -> Place | None:
    """The city that a gathering named in `sentences` always meets in: Davos, or Saint Petersburg of its economic forum."""
    world = document.lexicon.world
    named = (world.organisations[tag.value or ""].place for sentence in sentences for tag in sentence.of("organisation"))
    city = next((world.places[place] for place in named if place is not None), None)
    return Place(city=city.name, country=city.country) if city is not None else None


def _no_capitals(document: Document) -> Iterator[Place]:
    """The cities of the two countries that the article names, without those that can stand for a government or belong to an office."""
    world = document.lexicon.world
    capitals = [world.city_of(capital) for side in document.watch.sides if (capital := world.countries[side].capital)]
    for sentence in document.sentences[:_READ]:
        offices = [tag for tag in sentence.of("office") if document.lexicon.offices[tag.value or ""].local]
        for tag in sentence.of("place"):
            city = world.city_of(tag.value or "")
            near = any(words_between(document, *gap(tag, office)) <= _OFFICE_REACH for office in offices)
            near = near or any(_beside(document, verb, tag) for verb in sentence.of("cue.speech"))
            if city.country in document.watch.sides and city not in capitals and not near:
                yield Place(city=city.name, country=city.country)


def _cities(document: Document, sentence: Sentence, countries: Container[str | None] | None) -> list[Place]:
    """The located cities of `sentence`, without those where somebody says something; none of one that recalls the past."""
    if sentence.of("cue.background"):
        return []
    verbs = sentence.of("cue.speech")
    return [
        place
        for tag, place in located(document, sentence)
        if place.city and (countries is None or place.country in countries) and not any(_beside(document, verb, tag) for verb in verbs)
    ]


def _beside(document: Document, verb: Tag, told: Span) -> bool:
    """Whether a place or day is that of a saying: "said in Moscow on Monday"."""
    start, end = gap(verb, told)
    return commas(document, start, end) == 0 and words_between(document, start, end) <= _SAYING_REACH


def day_around(document: Document, frame: Frame, status: Status) -> When | None:
    """The day told nearest to the sentence of `frame` that fits a meeting of this status: fresh if held, ahead if announced.

    Where nothing dates the article it is one that is told with its year.
    """
    ahead, sentence = status in AHEAD, frame.sentence
    before = document.sentences[max(0, sentence.number - _DAYS_AROUND) : sentence.number]
    behind = document.sentences[sentence.number + 1 : sentence.number + 2]
    for near in (sentence, *reversed(before), *behind):
        future = ahead and (near is sentence or not _tells_of_the_past(near))
        for when in dates(document, near, future, past=not future):
            of_the_words = in_dateline(document, near, when) or (near is sentence and _is_of_something_else(document, frame, when))
            follows = near is sentence and when.start >= frame.contact.end  # a day at the beginning is of all that the sentence tells
            another = (follows and of_another_part(document, near, frame.contact, when)) or parted(document, near, frame.contact, when)
            if (when.counted and near is not sentence) or another or (ahead and of_the_words):
                continue
            said = any(_beside(document, verb, when) for verb in near.of("cue.speech"))
            if not said and _fits(document, when, ahead, _IN_TIME if _is_of_the_plan(near, sentence) else _SOON):
                return when
    return None


def _is_of_something_else(document: Document, frame: Frame, when: When) -> bool:
    """Whether a day in the sentence of `frame` is that of the words themselves, of what was, or of a journey made."""
    was = of_what_was(document, frame.sentence, frame.contact, when) or is_of_an_arrival(document, frame, when)
    return was or is_of_who_says_it(document, frame, when)


def _tells_of_the_past(sentence: Sentence) -> bool:
    """Whether the contacts of a sentence are over: its Tuesday is the last one, and no day of what is to come."""
    if sentence.block is BlockKind.TITLE:
        return False
    tenses = {tag.kind.rpartition(".")[2] for tag in sentence.contacts}
    return "past" in tenses and tenses.isdisjoint(("present", "future", "infinitive")) and not sentence.of("cue.future", "cue.planned")


def span_around(document: Document, sentence: Sentence, status: Status) -> When | None:
    """The week or month, told of talks in `sentence` or before it, of a meeting to come or called off: "the November session is off"."""
    if status not in AHEAD or document.published is None:
        return None
    for near in reversed(document.sentences[max(0, sentence.number - _DAYS_AROUND) : sentence.number + 1]):
        for when in dates(document, near, future=True) if near.contacts else ():
            if when.first is None or when.last is None or when.day or when.turn < 0 or (when.last - when.first).days > _A_MONTH:
                continue
            if when.last >= document.published and (when.first - document.published).days <= _SOON:
                return when
    return None


def _is_of_the_plan(near: Sentence, sentence: Sentence) -> bool:
    """Whether the sentence behind tells of nobody and of no contact but of a plan: "It is scheduled for 31 August"."""
    if near.number != sentence.number + 1 or near.contacts or near.of(*_PEOPLE):
        return False
    return bool(near.of("cue.planned", "cue.future"))


def _fits(document: Document, when: When, ahead: bool, soon: int) -> bool:
    if not when.day or when.first is None or when.last is None:
        return False
    if document.published is None:
        return when.year
    if when.since and not ahead:
        return False
    if ahead:
        return 0 <= (when.first - document.published).days <= soon
    return 0 <= (document.published - when.last).days <= _FRESH
