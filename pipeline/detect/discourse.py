"""Frames across sentences: whom "the two leaders" and "the talks" mean is told by what stands before."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from pipeline.detect.actors import Actor, Via
from pipeline.detect.anchors import anchored
from pipeline.detect.clauses import beside_saying, commas, gap, overlap, words_between
from pipeline.detect.contacts import contacts
from pipeline.detect.costs import CUT
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import NEXT_SENTENCE, Frame
from pipeline.detect.frames import frames, speaks_for_another
from pipeline.detect.implied import implied
from pipeline.detect.levels import is_minister, leads
from pipeline.detect.pairs_beside import told_beside
from pipeline.detect.participants import participants
from pipeline.lexicon.matcher import Tag
from schemas.articles import BlockKind
from schemas.meetings import Level

MOST_FRAMES = 500  # what an article may hold of them; news hold ten, and comparing all with all must stay cheap
_REMEMBERED = 3  # sentences
_BESIDE = 5  # words
_SPOKEN_OF = ("meet.noun", "phone.noun", "video.noun")  # words that can mean the contact told of last
_AGREED_ON = ("meet.infinitive", "meet.future", "phone.infinitive", "phone.future")  # the next one of the same two: "they will meet again"

Pair = tuple[Actor, Actor]


def all_frames(document: Document) -> list[Frame]:
    """The frames of all sentences, in order; of an article with more than `MOST_FRAMES`, the first."""
    found: list[Frame] = []
    before: Sequence[Actor] = ()
    earlier: Sequence[Actor] = ()
    between: Sequence[Actor] = ()
    pair: Pair | None = None
    seen: dict[str, Actor] = {}
    envoys: dict[str, Actor] = {}  # those of them who lead no country
    spoken_of: list[str] = []
    foreign = False
    for sentence in document.sentences:
        if len(found) >= MOST_FRAMES:
            break
        named = participants(document, sentence)
        told_first = [actor for actor in named if not anchored(document, sentence, actor)] or named
        acting = [actor for actor in told_first if not speaks_for_another(document, sentence, actor)] if len(named) > 1 else ()
        pair = _pair_of(acting) or pair or _of_one_rank(seen)
        named = _not_of_others(document, named, spoken_of)
        told = [actor.side for actor in named if actor.via in (Via.NAME, Via.TITLE) and not actor.aside]
        spoken_of += told
        foreign = foreign or any(side not in document.watch.sides for side in told)
        here = [*_meant(document, named, pair), *_guests(document, sentence, named, seen, envoys, foreign=foreign)]
        people = [actor for actor in named if actor.person and not actor.aside]
        seen.update((actor.side, actor) for actor in people)
        envoys.update((actor.side, actor) for actor in people if not leads(document, actor))
        last = found[-1] if found and sentence.number - found[-1].sentence.number <= _REMEMBERED else None
        last = last if last and not anchored(document, last.sentence, last.contact) else None
        told_here = frames(document, sentence, here, before, earlier, {} if foreign else seen) if here else ()  # one of the two is named
        own = [_nearer(document, frame, last) for frame in told_here]
        next_one = found[-1] if found and not foreign and sentence.of("cue.planned", "cue.future") else None
        own = own or _of_the_last(document, sentence, last or next_one, named)
        previous = document.sentences[sentence.number - 1] if sentence.number else None
        if not own and previous is not None and (not found or found[-1].sentence is not previous):
            own = told_beside(document, previous, before, sentence, named)
        found += sorted(own, key=lambda frame: not anchored(document, sentence, frame.contact))  # the last is what is spoken of behind
        earlier, between = [*between, *before], before
        told_of = [actor for actor in here if not _only_told_it(document, sentence, actor, here)]
        told_of = [actor for actor in told_of if not anchored(document, sentence, actor)] or told_of
        before = () if sentence.block is BlockKind.TITLE else told_of
    return found or implied(document)


def _pair_of(actors: Sequence[Actor]) -> Pair | None:
    """The first two in a sentence who act for different countries and are more than "the two sides"."""
    known = [a for a in actors if a.via not in (Via.BOTH, Via.BODY) and not a.aside]
    pairs = ((one, other) for i, one in enumerate(known) for other in known[i + 1 :] if other.side != one.side)
    return next(pairs, None)


def _of_one_rank(seen: Mapping[str, Actor]) -> Pair | None:
    """Two of different countries who bear one office, but were never named in one sentence: "the two" are no others."""
    for one in seen.values():
        for other in seen.values():
            if one.side < other.side and one.office is not None and one.office == other.office:
                return one, other
    return None


def _meant(document: Document, actors: Sequence[Actor], pair: Pair | None) -> list[Actor]:
    """`actors`, in which "the two leaders" are the two named together last; nobody, where these are of another pair of countries."""
    if pair is None or not any(actor.via is Via.BOTH for actor in actors):
        return list(actors)
    of = {one.side: one for one in pair}
    known = []
    for actor in actors:
        if actor.via is not Via.BOTH or (actor.office and not all(_can_be(document, actor.office, one) for one in pair)):
            known.append(actor)
        elif set(of) == set(document.watch.sides):
            meant = of[actor.side]
            known.append(replace(actor, person=meant.person, office=meant.office or actor.office))
    return known


def _can_be(document: Document, office: str, one: Actor) -> bool:
    """Whether "the two" of an office can mean `one`: premiers are "the two leaders" too, unless the article names both presidents."""
    if one.office in (None, office):
        return True
    offices = document.lexicon.offices
    leads = (offices[office].level, offices[one.office].level) == (Level.HEAD_OF_STATE, Level.HEAD_OF_GOVERNMENT)
    people = document.lexicon.people
    presidents = {people[person].side for person in document.people if people[person].held(office, document.published)}
    return leads and not presidents >= {*document.watch.sides}


def _not_of_others(document: Document, named: Sequence[Actor], spoken_of: Sequence[str]) -> list[Actor]:
    """`named` without "the two ministers" and "his colleague" where the last two countries spoken of are not those of the watch."""
    if not any(actor.via is Via.BOTH or actor.guessed for actor in named):  # as mostly
        return list(named)
    told = [actor.side for actor in named if actor.via in (Via.NAME, Via.TITLE)]
    last = next(chain(reversed(told), reversed(spoken_of)), None)
    before = next((side for side in chain(reversed(told), reversed(spoken_of)) if side != last), None)
    if before is None or {last, before} == {*document.watch.sides}:
        return list(named)
    return [actor for actor in named if actor.via is not Via.BOTH and not actor.guessed]


def _guests(
    document: Document,
    sentence: Sentence,
    named: Sequence[Actor],
    seen: Mapping[str, Actor],
    envoys: Mapping[str, Actor],
    *,
    foreign: bool,
) -> list[Actor]:
    """"The guest was also received by …", "the Chinese diplomat", "the minister": of those `seen` last, the one of the side not named here.

    A diplomat is the last of the `envoys` rather than a president. Where somebody `foreign` was spoken of, that may be "the minister".
    """
    sides = {actor.side for actor in named if not actor.aside}.intersection(document.watch.sides)
    if len(sides) != 1:
        return []
    other = next((seen[side] for side in document.watch.sides if side not in sides and side in seen), None)
    if other is None:
        return []
    envoy = envoys.get(other.side, other)
    guests = [tag for tag in sentence.of("structure.guest") if not any(_is_said_to_be(document, tag, actor) for actor in named)]
    words = [(tag, other) for tag in guests] + [(tag, envoy) for tag in _officials(document, sentence, other.side)]
    words += [] if foreign else [(tag, other) for tag in _bare_titles(document, sentence, named, other)]
    return [replace(meant, start=tag.start, end=tag.end, via=Via.COUNTERPART) for tag, meant in words[:1]]


def _is_said_to_be(document: Document, guest: Tag, actor: Actor) -> bool:
    """Whether `actor`, of a third country, is named right beside a word for a guest: "another guest is the Japanese premier Abe"."""
    if actor.side in document.watch.sides or actor.via is not Via.NAME:
        return False
    return words_between(document, *gap(guest, actor)) <= 1 and not commas(document, *gap(guest, actor))


def _bare_titles(document: Document, sentence: Sentence, named: Sequence[Actor], other: Actor) -> list[Tag]:
    """Titles without name and country that `other` bears, "the premier", or "the minister" of any minister; not of who only speaks."""
    free = [tag for tag in sentence.of("office") if not any(overlap(actor, tag) for actor in named)]
    bears = {other.office, "minister"} if other.office and is_minister(document, other.office) else {other.office}
    verbs = sentence.of("cue.speech")
    speaks = {tag.start for tag in free if any(words_between(document, *gap(tag, verb)) <= 0 for verb in verbs)}
    return [tag for tag in free if tag.value in bears and tag.start not in speaks]


def _officials(document: Document, sentence: Sentence, side: str) -> list[Tag]:
    """Words for somebody who acts for a country, beside a nationality of `side`: "the Chinese diplomat" is whom the article has named."""
    nations = [tag for tag in sentence.of("nationality", "country") if tag.value == side]
    officials = sentence.of("structure.official")
    return [tag for tag in officials if any(words_between(document, *gap(tag, nation)) <= 0 for nation in nations)]


def _nearer(document: Document, frame: Frame, last: Frame | None) -> Frame:
    """`frame`, or one of the pair told of last: "the meeting came a day after the president had announced …"."""
    if last is None or frame.contact.kind not in _SPOKEN_OF or frame.nearest < CUT:
        return frame
    if _of_others(document, frame.sentence, frame.contact):
        return frame
    return _carried_over(frame.sentence, frame.contact, last)


def _of_the_last(document: Document, sentence: Sentence, last: Frame | None, named: Sequence[Actor]) -> list[Frame]:
    """"The talks lasted an hour": a meeting word in a sentence that names nobody but who says it."""
    words = [*sentence.of(*_SPOKEN_OF), *_agreed_on(document, sentence)] if last is not None else ()
    if last is None or not words or _of_others(document, sentence, words[0]):
        return []
    planned = bool(sentence.of("cue.planned", "cue.future"))  # "the next round will be held in May, the two agreed"
    if not all((planned and actor.via is Via.BOTH) or _only_speaks(document, sentence, words[0], actor) for actor in named):
        return []
    return [_carried_over(sentence, words[0], last)]


def _agreed_on(document: Document, sentence: Sentence) -> list[Tag]:
    """Verbs of a contact that is planned, or that was agreed on: "they agreed to meet again in October"."""
    verbs = [contact for contact in contacts(document, sentence) if contact.kind in _AGREED_ON] if sentence.contacts else []
    planned = sentence.of("cue.planned", "cue.future", "talk.past") or any(verb.kind.endswith(".future") for verb in verbs)
    return verbs if planned else []


def _only_speaks(document: Document, sentence: Sentence, contact: Tag, actor: Actor) -> bool:
    """Whether `actor` stands beside a verb of saying behind a comma: "the talks lasted an hour, said Ushakov"."""
    return bool(commas(document, *gap(contact, actor))) and beside_saying(document, sentence, actor)


def _only_told_it(document: Document, sentence: Sentence, actor: Actor, here: Sequence[Actor]) -> bool:
    """Whether `actor` only said what is told of another of the same country: "Putin will visit China, Ushakov said"."""
    if not beside_saying(document, sentence, actor):
        return False
    others = (one for one in here if one.side == actor.side and one.person != actor.person and one.end <= actor.start and not one.aside)
    return any(commas(document, one.end, actor.start) and not beside_saying(document, sentence, one) for one in others)


def _of_others(document: Document, sentence: Sentence, contact: Tag) -> bool:
    """Whether another country or an organisation stands so near that the word speaks of its meeting; not "a talk on the sidelines of …"."""
    others = [tag for tag in sentence.of("country", "nationality", "organisation") if tag.value not in document.watch.sides]
    margins = [tag.start for tag in sentence.of("cue.sidelines")]
    stretches = (gap(tag, contact) for tag in others)
    return any(words_between(document, *at) <= _BESIDE and not any(at[0] <= margin < at[1] for margin in margins) for at in stretches)


def _carried_over(sentence: Sentence, contact: Tag, last: Frame) -> Frame:
    """A frame of `contact` whose participants are those of the frame told of `last`."""
    return Frame(sentence, contact, last.actors, NEXT_SENTENCE, NEXT_SENTENCE, None, True, last.strangers, hostless=last.hostless)
