"""tag: from an article's text to its mentions of meetings, free of language."""
from __future__ import annotations

from datetime import timedelta

from pipeline.detect.actors import Actor
from pipeline.detect.candidates import Candidate, candidates, one_pair
from pipeline.detect.decision import Verdict, weigh
from pipeline.detect.discourse import all_frames
from pipeline.detect.document import Document, read
from pipeline.detect.evidence import telling
from pipeline.detect.features import features
from pipeline.detect.levels import level_of
from pipeline.detect.places import elsewhere
from pipeline.detect.readings import Reading
from pipeline.detect.scene import day_around, gathering_place, gathers_at, home_of, place_abroad, place_around, residence, span_around
from pipeline.detect.when import fitting, vagueness
from pipeline.lexicon.load import Lexicon
from schemas.articles import UniqueArticle
from schemas.errors import ArticleError
from schemas.meetings import (
    AHEAD,
    REMOTE,
    Cue,
    DateRange,
    Evidence,
    Facts,
    Format,
    Mention,
    Mode,
    Participant,
    Place,
    Salience,
    Source,
    Status,
    TaggedArticle,
)

_EVEN = 0.5  # probability
_CONTEXT = ("country", "nationality", "person", "place", "organisation")


def tag(unique: UniqueArticle, lexicon: Lexicon) -> TaggedArticle:
    """What `unique` says of meetings of its watch.

    Raises:
        ArticleError: its language or its watch is not in the lexicon.
    """
    article = unique.article
    lexicon = lexicon.of(article.watch)
    language = lexicon.languages.get(article.language)
    if language is None or article.watch not in lexicon.watches:
        raise ArticleError(f"the lexicon has no language {article.language!r} or no watch {article.watch!r}: did it change meanwhile?")
    document = read(article, language, lexicon)
    found = candidates(document, all_frames(document))
    verdicts = [weigh(meeting, news) for meeting, news in features(document, found)]
    kept = [(c, v) for c, v in zip(found, verdicts, strict=True) if v.meeting >= _EVEN]
    kept = [(c, v) for c, v in kept if not any(_retold(document, c, v, other, its) for other, its in kept)]
    kept = [(c, v) for c, v in kept if not any(_unnamed_beside(document, c, other, its) for other, its in kept)]
    return TaggedArticle(
        watch=article.watch,
        source=Source(
            article_id=article.article_id,
            version=unique.version,
            url=article.url,
            source=article.source,
            title=article.title,
            language=article.language,
            published_at=article.published_at,
            copy_of=unique.copy_of,
        ),
        came_at=unique.came_at,
        mentions=tuple(_mention(document, i, candidate, verdict) for i, (candidate, verdict) in enumerate(kept)),
        context=_context(document),
        fetched_at=article.fetched_at,
    )


def _retold(document: Document, candidate: Candidate, verdict: Verdict, other: Candidate, its: Verdict) -> bool:
    """Whether the surer of two candidates of the same two people, both news, tells what this one tells.

    Only in another place do they meet twice, or, where the words or a day say so, at another time or once before and once to come.
    """
    if other is candidate or verdict.news < _EVEN or its.news < _EVEN or not one_pair(document, other, *candidate.actors):
        return False
    if _calls(candidate, other) or _calls(other, candidate):
        return False
    another = (candidate.status in AHEAD) != (other.status in AHEAD) or candidate.apart_in_time(other)
    another = candidate.meets_again(other) or (another and not _in_one_place(document, candidate, other))
    told = candidate.firm or any(reading.when is not None and reading.when.day for reading in candidate.readings)
    if told and another:
        return False
    return _surety(candidate, verdict) < _surety(other, its)


def _surety(candidate: Candidate, verdict: Verdict) -> tuple[bool, float, int]:
    """A key for sorting: a journey tells less than what happens on it; of two as sure the first."""
    frame = candidate.best.frame
    return not frame.hostless, verdict.meeting * verdict.news, -frame.contact.start


def _unnamed_beside(document: Document, candidate: Candidate, other: Candidate, its: Verdict) -> bool:
    """Whether officials of nobody in particular are told of beside a meeting of others that is news: mostly those are in their company."""
    return _unnamed(document, candidate) and not _unnamed(document, other) and its.news >= _EVEN


def _unnamed(document: Document, candidate: Candidate) -> bool:
    return all(actor.office and document.lexicon.offices[actor.office].plural for actor in candidate.actors)


def _calls(candidate: Candidate, other: Candidate) -> bool:
    """Whether one is a call that was, and the other a journey to come: "invited him to Beijing in their video call"."""
    journey = other.status in AHEAD and all(frame.kind in ("visit", "receive") for frame in other.frames)
    return journey and other.mode not in REMOTE and candidate.mode in REMOTE and candidate.status not in AHEAD


def _in_one_place(document: Document, candidate: Candidate, other: Candidate) -> bool:
    """Whether both are told to be in the same place."""
    place, its = _place(document, candidate), _place(document, other)
    return place is not None and its is not None and not elsewhere(place, its)


def _mention(document: Document, index: int, candidate: Candidate, verdict: Verdict) -> Mention:
    main = verdict.news >= _EVEN
    return Mention(
        index=index,
        salience=Salience.MAIN if main else Salience.BACKGROUND,
        confidence=round(verdict.meeting * (verdict.news if main else 1 - verdict.news), 4),
        facts=_dated(document, facts_of(document, candidate), main),
        evidence=_evidence(document, telling(candidate), verdict),
    )


def _dated(document: Document, facts: Facts, main: bool) -> Facts:
    """News of a meeting without a word on its day is of the day it was published, or of the day before."""
    fresh = main and facts.status in (Status.HELD, Status.ONGOING) and facts.date is None and facts.yearless is None
    if not fresh or document.published is None:
        return facts
    first = document.published - timedelta(days=1) if facts.status is Status.HELD else document.published
    return facts.model_copy(update={"date": DateRange(start=first, end=document.published, told=False)})


def facts_of(document: Document, candidate: Candidate) -> Facts:
    """What the candidate's readings say together."""
    ahead = candidate.status in AHEAD
    dating = [r for r in candidate.readings if r.moved] or [r for r in candidate.readings if not (ahead and r.arrived)]
    dated = min((r.when for r in dating if r.when and (r.when.day or r.when.yearless or r.when.first)), key=vagueness, default=None)
    told = dated is not None
    if dated is not None:
        dated = fitting(dated, document.published, ahead=ahead, off=candidate.status is Status.CANCELLED)
    where = candidate.best.frame.sentence
    dated = dated or day_around(document, candidate.best.frame, candidate.status) or span_around(document, where, candidate.status)
    place = _place(document, candidate)
    if (place is None or place.city is None) and candidate.format is Format.SIDELINES and candidate.mode not in REMOTE:
        place = home_of(document, [reading.frame.sentence for reading in candidate.readings]) or place
    occasion = _gathering(document, candidate) if place is None else None
    if place is None and candidate.mode not in REMOTE:
        place = occasion or place_abroad(document, where)
    date = DateRange(start=dated.first, end=dated.last, told=told) if dated and dated.first and dated.last else None
    return Facts(
        status=candidate.status,
        mode=Mode.IN_PERSON if candidate.mode is Mode.UNKNOWN and place and place.city else candidate.mode,
        format=Format.SIDELINES if occasion or _at_a_gathering(document, candidate, place, date) else candidate.format,
        level=level_of(document.lexicon, candidate.actors, document.published),
        participants=tuple(_participant(document, actor) for actor in candidate.actors),
        place=place,
        date=date,
        yearless=dated.yearless if dated and date is None else None,
    )


def _gathering(document: Document, candidate: Candidate) -> Place | None:
    """Where the gathering is that brought the two together, of whose meeting no place is told; None where it has an occasion of its own."""
    own = candidate.format is not Format.BILATERAL or candidate.mode in REMOTE
    return None if own else gathering_place(document)


def _at_a_gathering(document: Document, candidate: Candidate, place: Place | None, date: DateRange | None) -> bool:
    """Whether the two meet in the city and on the days of a wider event, or in a third country to which one may have brought them."""
    if place is None or candidate.format is not Format.BILATERAL:
        return False
    if place.city is not None and gathers_at(document, place, candidate.status, date):
        return True
    if place.country in document.watch.sides:
        return False
    return any(s.of("summit.noun") or (s.of("meet.noun") and s.of("organisation", "cue.multilateral")) for s in document.sentences)


def _place(document: Document, candidate: Candidate) -> Place | None:
    """The first place that its readings name, a city before a country; else where the article has its scene."""
    if candidate.mode in REMOTE:
        return None
    places = [r.place for r in candidate.readings if r.place]
    if (city := next((p for p in places if p.city), None)) is not None:
        return city
    bilateral = candidate.format is Format.BILATERAL
    own = [p for p in places if p.country in document.watch.sides] if bilateral else places
    countries = {p.country for p in own[:1]} or (document.watch.sides if bilateral else None)
    around = place_around(document, candidate.best.frame.sentence, countries)
    if bilateral and around is None:
        around = residence(document, candidate.actors, [reading.frame.sentence for reading in candidate.readings])
    return around or next(iter(own), None)


def _participant(document: Document, actor: Actor) -> Participant:
    name = document.lexicon.people[actor.person].name if actor.person else None
    return Participant(side=actor.side, name=name, office=actor.office)


def _evidence(document: Document, reading: Reading, verdict: Verdict) -> Evidence:
    sentence = reading.frame.sentence
    cues = [Cue(kind=t.kind, value=t.value, start=t.start, end=t.end) for t in sentence.tags if not t.kind.startswith("structure.")]
    return Evidence(
        sentence=document.text[sentence.start : sentence.end],
        start=sentence.start,
        end=sentence.end,
        cues=tuple(cues),
        features=tuple((name, round(share, 3)) for name, share in verdict.shares),
    )


def _context(document: Document) -> tuple[str, ...]:
    """What the article is about besides the two countries: its names as language-neutral tags."""
    world, sides = document.lexicon.world, document.watch.sides
    known = {*sides, *(world.countries[side].capital for side in sides)}
    found = set()
    for tag in (t for s in document.sentences for t in s.of(*_CONTEXT) if t.value not in known):
        value = world.people[tag.value].name if tag.kind == "person" and tag.value else tag.value
        found.add(f"{'country' if tag.kind == 'nationality' else tag.kind}:{value}")
    return tuple(sorted(found))
