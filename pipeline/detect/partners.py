"""Whom a word of contact tells of as met: who stands behind it, or is marked as partner; the other side may only be spoken of."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.detect.actors import Actor, Via
from pipeline.detect.clauses import TOUCHES, commas, cuts, enclosed, overlap, words_between
from pipeline.detect.company import joint, one_list
from pipeline.detect.dates import day_between
from pipeline.detect.document import Document, Sentence
from pipeline.detect.subjects import marked
from pipeline.lexicon.matcher import Tag

_OBJECT_REACH = 6  # words between a verb and whom it has for object: "traf am Dienstag in Peking den Außenminister"
_GENITIVE = 2  # words between a noun and the first of those whose contact it is: "the meeting of the presidents Putin and Trump"
_TAKES_AN_OBJECT = ("meet", "receive", "phone")
_OF_MANY = ("summit", "press", "visit")
_HAS_A_PARTNER = (*_TAKES_AN_OBJECT, "talk", "video")


def met_another(document: Document, sentence: Sentence, contact: Tag, pair: tuple[Actor, Actor], here: Sequence[Actor]) -> bool:
    """Whether `contact` tells of one of `pair` with somebody of a third country: "met with Rubio and praised Wang Yi"."""
    acting = _acting(here)
    two = _own_two(document, sentence, contact, acting)
    if two is not None:
        dated = any(actor.start >= two[1].end and _has_a_day(document, sentence, two[1].end, actor.start) for actor in pair)
        return not dated and any(actor.side not in document.watch.sides for actor in two)
    third = _partner(document, sentence, contact, acting) or _talked_with_before(document, sentence, contact, acting)
    if third is None or third.side in document.watch.sides:
        return third in pair and _met_by_a_third(document, sentence, contact, third, pair, acting)
    if any(overlap(actor, third) for actor in pair):  # "the British, French and Chinese ministers"
        return False
    behind = [actor for actor in pair if actor.start >= max(third.end, contact.end)]
    if not behind:
        return not any(one_list(document, sentence, two, here) for two in (pair, *((third, actor) for actor in pair)))
    (other, *more) = behind
    if more and any(other.end <= tag.start and tag.end <= more[0].start for tag in sentence.contacts):
        return True  # "Trump met Starmer, and Putin received Xi"
    others = any(third.end <= tag.start and tag.end <= other.start for tag in sentence.contacts)  # "told him of talks with Putin"
    if more or _joined(document, sentence, third, other, acting) or (marked(document, sentence, other) and not others):
        return False
    told = others or any(third.end <= tag.start and tag.end <= other.start for tag in sentence.of("cue.speech"))
    joins = any(third.end <= tag.start and tag.end <= other.start for tag in sentence.of("structure.and"))
    listed = joins or day_between(document, sentence, third.end, other.start) or not commas(document, third.end, other.start)
    apart = cuts(document, sentence, third.end, other.start) or not listed  # "received Lukashenko, an ally of Putin"
    return told or bool(apart) or marked(document, sentence, third)


def _has_a_day(document: Document, sentence: Sentence, start: int, end: int) -> bool:
    """Whether whom the text names at `end` has a day of his own behind `start`, and no word of contact of his own."""
    return day_between(document, sentence, start, end) and not any(start <= tag.start < end for tag in sentence.contacts)


def with_a_third(document: Document, sentence: Sentence, contact: Tag, actor: Actor, here: Sequence[Actor]) -> bool:
    """Whether another noun of contact tells of `actor` with somebody of a third country: "about Putin's meeting with Witkoff".

    Where that one is named as partner, "with Witkoff", only if another of that side is there, who may be whom `contact` tells of.
    """
    acting = _acting(here)
    another = any(one.side == actor.side and one.person != actor.person for one in acting)
    for noun in sentence.contacts:
        if overlap(noun, contact) or not _is_noun(noun) or noun.kind.startswith(_OF_MANY):
            continue
        two = _own_two(document, sentence, noun, acting)
        if two is None or actor not in two or all(one.side in document.watch.sides for one in two):
            continue
        if another or two == _opened_by(document, sentence, noun, acting):
            return True
    return False


def _is_noun(contact: Tag) -> bool:
    """Whether a word of contact is a noun, or only tells how: "by phone"."""
    return contact.kind.endswith(".noun") or contact.kind.startswith("cue.")


def _met_by_a_third(
    document: Document, sentence: Sentence, contact: Tag, met: Actor, pair: tuple[Actor, Actor], acting: Sequence[Actor]
) -> bool:
    """Whether somebody of a third country, who stands first, meets one of `pair` and they speak of the other: "Dan rang Xi about Putin".

    Or the other stands in a clause before that: "what Lavrov had said came up when Rubio rang Wang Yi".
    """
    first, other = acting[0], pair[met is pair[0]]
    caller = next((actor for actor in reversed(acting) if actor.end <= contact.start), first)
    if caller.side not in document.watch.sides and other.end <= caller.start and not contact.kind.endswith(".noun"):
        near = words_between(document, caller.end, contact.start) <= _GENITIVE and _reaches(document, sentence, caller.end, contact.start)
        return near and cuts(document, sentence, other.end, caller.start) > 0
    if first.side in document.watch.sides or first.end > contact.start or other.start < met.end or marked(document, sentence, other):
        return False
    return not _joined(document, sentence, met, other, acting) and not day_between(document, sentence, met.end, other.start)


def out_of_reach(document: Document, sentence: Sentence, contact: Tag, here: Sequence[Actor]) -> Sequence[Actor]:
    """Those whom a clause about somebody of a third country parts from `contact`.

    Its own clause, "received Fidan, who had met Xi", or one between two commas before it: "the minister, whom Lavrov received, met Xi".
    """
    acting = _acting(here)
    opening = next((at for at in reversed(sentence.openings) if at <= contact.start), None)
    whose = [actor for actor in acting if opening is not None and actor.end <= opening]
    if opening is None or not whose or opening - whose[-1].end > TOUCHES or whose[-1].side in document.watch.sides:
        return ()
    inside = [actor for actor in acting if opening <= actor.start and enclosed(document, sentence, actor, contact, fronted=False)]
    if inside:
        return inside
    return [*whose, *(actor for actor in acting if actor.start >= contact.end and commas(document, contact.end, actor.start))]


def is_object(document: Document, sentence: Sentence, contact: Tag, actor: Actor, here: Sequence[Actor]) -> bool:
    """Whether another, of a third country, meets `actor` before `contact`, and goes on: "Muttaqi met Lavrov and will visit China"."""
    acting = _acting(here)
    subject = next(iter(acting), None)
    if subject is None or subject.side in document.watch.sides or subject.end > actor.start:
        return False
    others = [other for other in sentence.contacts if other.end <= min(actor.start, contact.start)]
    met = any(_partner(document, sentence, other, acting) is actor for other in others if subject.end <= other.start)
    met = met or (acting[1:2] == [actor] and any(_opens_with(document, sentence, other, subject, actor) for other in others))
    joins = [tag.end for tag in sentence.of("structure.and") if actor.end <= tag.start and tag.end <= contact.start]
    joins += [at for at in document.commas if actor.end <= at < contact.start and not cuts(document, sentence, at, contact.start)]
    return met and any(not any(join <= one.start and one.end <= contact.start for one in acting) for join in sorted(joins)[-1:])


def _opens_with(document: Document, sentence: Sentence, contact: Tag, subject: Actor, actor: Actor) -> bool:
    """Whether a verb of meeting stands before its subject, and whom that one meets right behind: "التقى الوزير الموريتاني لافروف"."""
    verb = contact.kind.startswith(_TAKES_AN_OBJECT) and not contact.kind.endswith(".noun") and contact.end <= subject.start
    return verb and _reaches(document, sentence, contact.end, subject.start) and _reaches(document, sentence, subject.end, actor.start)


def _talked_with_before(document: Document, sentence: Sentence, contact: Tag, acting: Sequence[Actor]) -> Actor | None:
    """Whom the last contact before a talk, or a visit they speak of, tells of as met: "met Rubio and spoke about Wang Yi's visit"."""
    topic = contact.kind.startswith("talk.") or contact.kind == "visit.noun"
    for tag in reversed(sentence.contacts) if topic else ():
        if tag.end <= contact.start:
            two = _own_two(document, sentence, tag, acting) or (_partner(document, sentence, tag, acting),)
            if two[-1] is not None:
                return two[-1]
    return None


def _acting(here: Sequence[Actor]) -> list[Actor]:
    """Those who act for themselves, in order of place."""
    return sorted((a for a in here if not a.aside and a.via not in (Via.BODY, Via.BOTH)), key=lambda actor: (actor.start, actor.end))


def _own_two(document: Document, sentence: Sentence, contact: Tag, acting: Sequence[Actor]) -> tuple[Actor, Actor] | None:
    """The two who stand right behind a noun of contact, "the meeting of Putin and Trump", "of Wang Yi with Rubio".

    Or behind a verb before which nobody stands: "التقى وانغ يي الوزير التايلاندي". Or somebody of a third country, who opens what is told
    of a contact with one of ours: "in a call with Putin Macron said".
    """
    if (two := _around(document, sentence, contact, acting)) is not None:
        return two
    behind = [actor for actor in acting if actor.start >= contact.end][:2]
    if len(behind) < 2:
        return None
    if marked(document, sentence, behind[0]):
        return _opened_by(document, sentence, contact, acting)
    if not contact.kind.endswith(".noun"):
        first, second = behind
        more = next((actor for actor in acting if actor.start >= second.end), None)
        listed = more is not None and bool(joint(document, sentence, second, more))  # "traf Lawrow in Rom Rubio und Wang Yi"
        alone = behind == acting[:2] and not listed and _opens_with(document, sentence, contact, first, second)
        return (first, second) if alone else None
    first, second = behind
    if words_between(document, contact.end, first.start) > _GENITIVE or not _reaches(document, sentence, contact.end, second.start):
        return None
    return (first, second) if marked(document, sentence, second) or joint(document, sentence, first, second) == "and" else None


def _around(document: Document, sentence: Sentence, contact: Tag, acting: Sequence[Actor]) -> tuple[Actor, Actor] | None:
    """Somebody right before a noun of contact with the partner right behind, or both right before: "Putin's meeting with Witkoff"."""
    before = [actor for actor in acting if actor.end <= contact.start]
    last = document.language.governs_behind
    if not contact.kind.endswith(".noun") or not before or words_between(document, before[-1].end, contact.start) > int(last):
        return None
    behind = next((actor for actor in acting if actor.start >= contact.end), None)
    if last and len(before) > 1 and not commas(document, before[-2].end, contact.start):
        one, other = before[-2:]
        near = marked(document, sentence, other) and words_between(document, one.end, other.start) <= 1
        if near or joint(document, sentence, one, other) == "and":
            return one, other
    if behind is None or words_between(document, contact.end, behind.start) > _GENITIVE:
        return None
    if not _reaches(document, sentence, contact.end, behind.start):
        return None
    return (before[-1], behind) if marked(document, sentence, behind) or (document.unit <= 2 and contact.kind == "receive.noun") else None


def _opened_by(document: Document, sentence: Sentence, contact: Tag, acting: Sequence[Actor]) -> tuple[Actor, Actor] | None:
    """The two of a noun of contact before everybody, behind which one is marked as partner and the next, of a third country, is not."""
    inside = [actor for actor in acting if actor.end > contact.start]
    if len(inside) < 2:
        return None
    first, second, *more = inside
    third = second.side not in document.watch.sides and not marked(document, sentence, second)
    if not third or not marked(document, sentence, first) or not _is_noun(contact) or acting[0].start < contact.end:
        return None
    if any(contact.end <= tag.start < second.start for tag in sentence.contacts):
        return None
    near = words_between(document, contact.end, first.start) <= _OBJECT_REACH and not cuts(document, sentence, first.end, second.start)
    row = [joint(document, sentence, one, two) for one, two in pairwise([first, second, *more])]
    listed = row[0] == "and" or (bool(row[0]) and row[1:2] == ["and"])
    return (first, second) if near and not listed else None


def _partner(document: Document, sentence: Sentence, contact: Tag, acting: Sequence[Actor]) -> Actor | None:
    """Who stands behind `contact` as the one who is met, else who is marked as partner before it."""
    kind, _, tense = contact.kind.partition(".")
    if kind not in _HAS_A_PARTNER:
        return None
    behind = next((actor for actor in acting if actor.start >= contact.end and not document.language.verb_last), None)
    if behind is not None and _reaches(document, sentence, contact.end, behind.start):
        near = kind in _TAKES_AN_OBJECT and tense != "noun" and words_between(document, contact.end, behind.start) <= _OBJECT_REACH
        if near or marked(document, sentence, behind):
            return behind
    before = next((actor for actor in reversed(acting) if actor.end <= contact.start), None)
    reached = before is not None and _reaches(document, sentence, before.end, contact.start)
    return before if before is not None and reached and marked(document, sentence, before) else None


def _reaches(document: Document, sentence: Sentence, start: int, end: int) -> bool:
    """Whether neither a clause ends nor another contact stands in `text[start:end]`."""
    parted = commas(document, start, end) + cuts(document, sentence, start, end)
    return not parted and not any(start <= tag.start and tag.end <= end for tag in sentence.contacts)


def _joined(document: Document, sentence: Sentence, third: Actor, other: Actor, acting: Sequence[Actor]) -> bool:
    """Whether the two stand in one list, one after the other or with others between: "met Rubio, Modi and, on Tuesday, Wang Yi"."""
    row = [actor for actor in acting if third.start <= actor.start < other.start] + [other]
    return all(joint(document, sentence, one, two) for one, two in pairwise(row))
