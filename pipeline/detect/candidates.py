"""Candidates: the readings of an article that can be one meeting, put together."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pipeline.detect.actors import Actor, Via
from pipeline.detect.clauses import cues
from pipeline.detect.document import Document
from pipeline.detect.frame import Frame
from pipeline.detect.levels import is_minister, office_of
from pipeline.detect.participants import participants
from pipeline.detect.places import elsewhere
from pipeline.detect.readings import Reading, readings
from pipeline.detect.when import When
from schemas.articles import BlockKind
from schemas.meetings import AHEAD, REMOTE, Format, Mode, Status

_ROUNDS = timedelta(days=1)  # talks of the same two that go on the next day are one meeting
_HEAD = 2  # sentences
_LONG_STAY = timedelta(days=7)
_A_MONTH = timedelta(days=31)
_STRENGTH = {"meet": 0, "receive": 0, "phone": 0, "video": 0, "press": 1, "talk": 1, "summit": 2, "visit": 3}


@dataclass(slots=True)
class Candidate:
    """A possible meeting: who, and all readings that tell of it, the strongest first."""

    first: Actor
    second: Actor
    readings: list[Reading] = field(default_factory=list)

    @property
    def actors(self) -> tuple[Actor, Actor]:
        """The two who meet, in the order of the watch's sides."""
        return self.first, self.second

    @property
    def best(self) -> Reading:
        """The reading that tells most directly of the meeting."""
        return self.readings[0]

    @property
    def frames(self) -> list[Frame]:
        """The frames of its readings."""
        return [reading.frame for reading in self.readings]

    def apart_in_time(self, other: Candidate) -> bool:
        """Whether the two are told of different times."""
        return any(_other_time(one, its) for one in self.readings for its in other.readings)

    def meets_again(self, other: Candidate) -> bool:
        """Whether this one is of a day or month to come, well after that on which the other was held: "and will meet again in May"."""
        if self.status is not Status.ANNOUNCED or other.status is not Status.HELD:
            return False
        own, its = ([r.when for r in c.readings if r.when and r.when.first and r.when.last] for c in (self, other))
        return bool(own and its) and all(_well_after(one, before) for one in own for before in its)

    @property
    def firm(self) -> bool:
        """Whether the words of any reading say the status."""
        return any(reading.firm for reading in self.readings)

    @property
    def status(self) -> Status:
        """Called off if anything says so; else as the strongest reading with a firm word on it has it, else the strongest; but held and
        not announced if it has a day that had passed, and not going on if the words tell of that as past.
        """
        own = [r for r in self.readings if not r.frame.hostless or self.best.frame.hostless]  # a visit goes on while one meets another
        told = [r.status for r in self.readings if r.firm and (r in own or r.status is not Status.ONGOING)] or [self.best.status]
        if Status.CANCELLED in told:
            return Status.CANCELLED
        over = told[0] is Status.ANNOUNCED and any(r.over for r in own)
        over = over or (told[0] is Status.ONGOING and any(r.firm and r.status is Status.HELD and r.passed for r in own))
        return Status.HELD if over else told[0]

    @property
    def format(self) -> Format:
        """At the margin of a wider event if anything says so, but a call is at no margin; else as its strongest reading has it."""
        if all(reading.format is not Format.SIDELINES for reading in self.readings):
            return self.best.format
        return Format.BILATERAL if self.mode in REMOTE else Format.SIDELINES

    @property
    def mode(self) -> Mode:
        """A call that is told anywhere; else in person if anything says so."""
        modes = [reading.mode for reading in self.readings]
        if any(reading.place for reading in self.readings):
            modes.append(Mode.IN_PERSON)
        return next((m for m in (*REMOTE, Mode.IN_PERSON) if m in modes), Mode.UNKNOWN)


def candidates(document: Document, frames: Sequence[Frame]) -> list[Candidate]:
    """The candidates of an article, in the order of their strongest readings' places.

    Strong readings come first, so that a visit or a summary joins the meeting that it tells of and does not found its own.
    """
    told = [reading for frame in frames for reading in readings(document, frame)]
    occasions = {reading.occasion for reading in told if reading.format is Format.SIDELINES}
    told = [r for r in told if r.frame.contact not in occasions or r.format is not Format.MULTILATERAL]
    found: list[Candidate] = []
    for reading in sorted(told, key=_strongest_first):
        first, second = (_resolved(document, actor, frames) for actor in reading.frame.actors)
        fitting = [c for c in found if _agree(c, reading)]
        homes = [c for c in fitting if one_pair(document, c, first, second)]
        homes = homes or [c for c in fitting if _loosely(c, reading, first, second)][:1]
        if reading.frame.hostless:  # "he goes to Beijing. A meeting with Xi is not ruled out"
            homes = [c for c in homes if not _only_possible(document, c) or _is_possible(document, reading)]
        for home in homes if reading.frame.hostless else homes[:1]:  # a visit tells of all that the visitor meets there
            home.first, home.second = _better(home.first, first), _better(home.second, second)
            home.readings.append(reading)
        if not homes:
            found.append(Candidate(first, second, [reading]))
    for candidate in found:
        _take_inviter(document, candidate)
        candidate.readings.sort(key=lambda r: (_STRENGTH[r.frame.kind], r.frame.hostless, r.frame.cost))
    return sorted(found, key=lambda c: (c.best.frame.sentence.number, c.best.frame.contact.start, c.best.when.start if c.best.when else 0))


def _take_inviter(document: Document, candidate: Candidate) -> None:
    """Make who invited the visitor the host of a journey that names none: "Xi will go to Russia. He has accepted Putin's invitation"."""
    visitor, host = candidate.actors if candidate.second.person is None else candidate.actors[::-1]
    if host.person is not None or host.office is not None or visitor.person is None or not all(f.hostless for f in candidate.frames):
        return
    for sentence in (near for frame in candidate.frames for near in document.around(frame.sentence, 1)):
        if sentence.of("cue.invited", "cue.accepted"):
            named = [one for one in participants(document, sentence) if one.person and not one.aside and one.side == host.side]
            if len({one.person for one in named}) == 1 and office_of(document, named[0]) == office_of(document, visitor):
                candidate.first, candidate.second = (visitor, named[0]) if candidate.second is host else (named[0], visitor)
                return


def _only_possible(document: Document, candidate: Candidate) -> bool:
    return all(_is_possible(document, reading) for reading in candidate.readings)


def _is_possible(document: Document, reading: Reading) -> bool:
    """Whether the words say that nothing is settled."""
    return bool(cues(document, reading.frame.sentence, reading.frame.contact, "possible", "unsettled"))


def _strongest_first(reading: Reading) -> tuple[bool, int, int, int, int]:
    """A key for sorting: what names a host, what tells of talks, what names both, what comes first."""
    frame = reading.frame
    unnamed = sum(actor.person is None for actor in frame.actors)
    return frame.hostless, _STRENGTH[frame.kind], unnamed, frame.sentence.number, frame.contact.start


def _resolved(document: Document, actor: Actor, frames: Sequence[Frame]) -> Actor:
    """`actor` with the person that its title stands for: the only one with this office in the article, or on the day of publication.

    Or the only one of the article who held it on another day. Who holds it on the day only of an office that one person has at a time:
    nobody knows all deputy ministers.
    """
    if actor.person is not None or actor.office is None or document.lexicon.offices[actor.office].body:
        return actor
    people = document.lexicon.people
    if actor.office == "minister":
        own = [a for f in frames for a in f.actors if a.person and a.side == actor.side]
        ministers = {a.person for a in own if a.office and is_minister(document, a.office)}
        if len(ministers) == 1:
            return replace(actor, person=ministers.pop())
    here = {a.person for f in frames for a in f.actors if a.person and a.side == actor.side and a.office == actor.office}
    here = here or {p for p in document.people if people[p].side == actor.side and people[p].held(actor.office, document.published)}
    here = here or {p for p in document.people if people[p].side == actor.side and _of_another_day(document, p, actor.office)}
    if not here and document.published is not None and document.lexicon.offices[actor.office].single:
        here = set(document.lexicon.world.holders(actor.office, actor.side, document.published))
    return replace(actor, person=here.pop()) if len(here) == 1 else actor


def _of_another_day(document: Document, person: str, office: str) -> bool:
    """Whether somebody whom the article names held `office` on another day, and on this one an office of that level.

    "China's chief diplomat" is one who was its foreign minister and now leads the party's foreign affairs.
    """
    people, offices = document.lexicon.people, document.lexicon.offices
    now = people[person].office_on(document.published)
    return people[person].held(office, None) and now is not None and offices[now].level is offices[office].level


def one_pair(document: Document, candidate: Candidate, first: Actor, second: Actor) -> bool:
    """Whether these two can be those of `candidate`."""
    return _one_person(document, candidate.first, first) and _one_person(document, candidate.second, second)


def _loosely(candidate: Candidate, reading: Reading, first: Actor, second: Actor) -> bool:
    """Whether one of `candidate` and `reading` is a headline of the other: one of the two who meet is the same person, and the other has
    in the headline only a title, maybe a looser one.
    """
    pairs = (candidate.first, first), (candidate.second, second)
    if not any(one.person is not None and one.person == told.person for one, told in pairs):
        return False
    if reading.frame.sentence.block is BlockKind.TITLE:
        return all(told.person in (None, one.person) for one, told in pairs)
    headline = all(frame.sentence.block is BlockKind.TITLE for frame in candidate.frames)
    return headline and all(one.person in (None, told.person) for one, told in pairs)


def _one_person(document: Document, one: Actor, other: Actor) -> bool:
    """Whether two participants of a side can be the same: a name agrees, or a title or nothing stands against it."""
    if one.person and other.person:
        return one.person == other.person
    named, titled = (one, other) if one.person else (other, one)
    if titled.office is None or titled.via is Via.BODY or (named.person and document.lexicon.offices[titled.office].serving):
        return True
    if named.person and document.lexicon.people[named.person].held(titled.office, document.published):
        return True
    return named.office in (None, titled.office) or (titled.office == "minister" and is_minister(document, named.office))


def _agree(candidate: Candidate, reading: Reading) -> bool:
    """Whether `reading` can tell of the candidate's meeting: nothing that either says contradicts the other."""
    return all(not _contradict(other, reading) for other in candidate.readings)


def _contradict(one: Reading, other: Reading) -> bool:
    both = (one, other), (other, one)
    if any(told.firm and told.status is Status.ANNOUNCED and its.old for told, its in both):
        return True
    if one.firm and other.firm and (one.status in AHEAD) != (other.status in AHEAD) and not _there_for(one, other):
        return True
    if _recalls(one, other) or _recalls(other, one):
        return True
    if (one.format is Format.MULTILATERAL) != (other.format is Format.MULTILATERAL):
        return True
    if one.frame is other.frame:
        return True  # told apart on purpose
    if _other_mode(one, other):
        return True
    if elsewhere(one.place, other.place):
        return True
    return _other_time(one, other)


def _recalls(one: Reading, other: Reading) -> bool:
    """Whether one is of long ago, and the other stands before it at the head of the article without a day: that one is the news."""
    if not one.old or other.when is not None or other.frame.neighbour or one.frame.sentence.number <= other.frame.sentence.number:
        return False
    return other.frame.sentence.number <= _HEAD and other.frame.kind not in ("visit", "summit")


def _there_for(one: Reading, other: Reading) -> bool:
    """Whether one tells of a journey just made, and the other of the talks to come on it: "arrived in Beijing", "will meet Wang Yi"."""
    came, talks = (one, other) if one.arrived else (other, one)
    return came.arrived and not came.old and talks.frame.kind != "visit" and talks.status is Status.ANNOUNCED


def _other_mode(one: Reading, other: Reading) -> bool:
    """A phone call and a video call differ, and each of them from a visit, a reception or a meeting in a city."""
    if one.mode in REMOTE and other.mode in REMOTE:
        return one.mode is not other.mode
    remote, there = (one, other) if one.mode in REMOTE else (other, one)
    return remote.mode in REMOTE and (there.frame.kind in ("receive", "visit") or bool(there.place and there.place.city))


def _other_time(one: Reading, other: Reading) -> bool:
    a, b = one.when, other.when
    if a is None or b is None:
        return False
    if a.first and a.last and b.first and b.last:
        if (a.either or b.either) and a.weekday and b.weekday and a.first.weekday() == b.first.weekday():
            return False  # the last or the next such day
        return a.last + _ROUNDS < b.first or b.last + _ROUNDS < a.first
    if a.yearless and b.yearless:
        return a.yearless[:4] != b.yearless[:4]
    return a.turn != b.turn and -1 in (a.turn, b.turn)


def _well_after(one: When, before: When) -> bool:
    """Whether `one`, which is no longer than a month, begins long enough behind `before` to be no later day of the same stay."""
    if one.first is None or one.last is None or before.last is None:
        return False
    return one.first - before.last >= _LONG_STAY and one.last - one.first <= _A_MONTH


def _better(known: Actor, other: Actor) -> Actor:
    """The one of two tellings of a participant that says more."""
    if known.person is None and other.person is not None:
        return other
    return replace(known, office=other.office) if known.office is None and other.office is not None else known
