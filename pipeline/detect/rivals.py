"""How the candidates of an article stand to each other: what is told twice, once less fully, or as a part of another."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pipeline.detect.candidates import Candidate
from pipeline.detect.clauses import gap, same_clause, words_between
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import Frame
from pipeline.detect.readings import Reading
from schemas.meetings import AHEAD, REMOTE

_WORDS_PER_UNIT = 10.0  # of a cost
_ATTENDS_REACH = 3  # words
_LISTED = ("person", "office", "country", "nationality", "structure.and")
_JOURNEY = 5  # days
_NEXT_STOP = timedelta(days=3)  # from one city to the next


def tells_less(candidate: Candidate, other: Candidate) -> bool:
    """Whether `other` tells more strongly of the same two, named where they are not: articles seldom have two meetings of one pair."""
    if other is candidate or candidate.best.frame is other.best.frame or candidate.best.frame.hostless:
        return False
    pairs = [(own.person, its.person) for own, its in zip(candidate.actors, other.actors, strict=True)]
    named = any(own for own, _ in pairs) and all(its and own in (None, its) for own, its in pairs)
    return named and (candidate.status in AHEAD) == (other.status in AHEAD) and _strength(candidate) < _strength(other)


def _strength(candidate: Candidate) -> float:
    named = sum(actor.person is not None for actor in candidate.actors)
    return named + len(candidate.readings) - candidate.best.frame.cost / _WORDS_PER_UNIT


def hosts(document: Document, one: Candidate, other: Candidate) -> bool:
    """Whether `one` names whom the visitor of `other` meets in that country and those days: then `other` is a leg of that visit."""
    if one.best.frame.hostless or not shares_one(one, other) or one.mode in REMOTE:
        return False
    if other.status in AHEAD and one.status not in AHEAD and not _in_those_days(document, one, other):
        return False  # a visit to come is none of what was
    place, goal, when, day = one.best.place, other.best.place, one.best.when, other.best.when
    if place and goal and place.country != goal.country:
        return False
    if when and day and when.first and day.first:
        return abs((when.first - day.first).days) <= _JOURNEY
    return not (when and day and when.yearless and day.yearless and when.yearless[:4] != day.yearless[:4])


def _in_those_days(document: Document, one: Candidate, other: Candidate) -> bool:
    """Whether a journey to come is told to be so soon after what was that it is the next stop of it: "on Thursday he goes on to Harbin"."""
    was, comes = one.best.when, other.best.when
    last = was.last if was and was.day else document.published if was is None and one.firm else None  # what has no day is of the news
    if last is None or comes is None or not comes.day or comes.first is None:
        return False
    return timedelta(0) <= comes.first - last <= _NEXT_STOP


def shares_one(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates have a participant in common."""
    return one is not other and any(a.person and a.person == b.person for a, b in zip(one.actors, other.actors, strict=True))


def in_sequence(candidate: Candidate, rivals: Sequence[Candidate]) -> bool:
    """Whether the subject of another contact of the sentence goes on to somebody else: "met Lavrov and was then received by Putin"."""
    frame = candidate.best.frame
    if frame.neighbour or frame.hostless:
        return False
    return any(_goes_on(other, frame) for rival in rivals if rival is not candidate for other in rival.frames)


def _goes_on(first: Frame, second: Frame) -> bool:
    """Whether both are told in one sentence, one behind the other, of one who is named before both, each with another partner."""
    if first.sentence is not second.sentence or first.neighbour or first.hostless or first.contact.end > second.contact.start:
        return False
    pairs = list(zip(first.actors, second.actors, strict=True))
    for (who, same), (met, then) in (pairs, pairs[::-1]):
        if who == same and met.person != then.person and who.end <= first.contact.start:
            return met.end <= then.start and met.end <= second.contact.start
    return False


def only_attended(document: Document, reading: Reading, candidate: Candidate, rivals: Sequence[Candidate]) -> bool:
    """Whether the two are said to be there at talks of which the article has told as of others': "Lavrov and Wang Yi also took part"."""
    frame = reading.frame
    sentence, contact = frame.sentence, frame.contact
    told = any(r is not candidate and r.best.frame.sentence.number < sentence.number for r in rivals)
    if not told or not contact.kind.endswith(".noun"):
        return False
    words = (tag for tag in sentence.of("structure.attends") if same_clause(document, sentence, tag, contact))
    return any(_steps(document, sentence, *gap(tag, contact)) <= _ATTENDS_REACH for tag in words)


def _steps(document: Document, sentence: Sentence, start: int, end: int) -> int:
    """Words in `text[start:end]` without names, titles and what joins them."""
    listed = [tag for tag in sentence.of(*_LISTED) if start <= tag.start and tag.end <= end]
    return words_between(document, start, end) - sum(words_between(document, tag.start, tag.end) for tag in listed)
