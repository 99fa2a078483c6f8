"""Meeting frames: each contact word takes the participant of each side that reaches it most cheaply."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.detect.actors import Actor, Via
from pipeline.detect.anaphora import left_out, meant_by_pronoun, pronoun_beside
from pipeline.detect.anchors import apart
from pipeline.detect.circumstances import is_ahead, is_setting
from pipeline.detect.clauses import beside_saying, commas, cues, cuts, enclosed, gap, words_between
from pipeline.detect.company import company, met_as_well, met_by_one_before, one_list
from pipeline.detect.contacts import contacts
from pipeline.detect.costs import CUT, characters_between, cost_of, speaks, speaks_behind
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import DELEGATION, NEXT_SENTENCE, Frame
from pipeline.detect.hostless import hostless
from pipeline.detect.journeys import goes_nowhere
from pipeline.detect.objects import is_beyond, is_told_of, is_topic, last_of_clause, met_instead, of_the_public, only_says, only_travels
from pipeline.detect.partners import is_object, met_another, out_of_reach, with_a_third
from pipeline.detect.subjects import both_met, ends_as_partner, first_of_all, marked, met_alone, met_behind, of_a_third
from pipeline.detect.unmet import of_another_part_behind, unmet
from pipeline.lexicon.matcher import Tag
from schemas.meetings import Level

# What it costs to take somebody who is told of farther before, in words.
_FARTHER_BEFORE = 16.0
_REMEMBERED = 20.0
_CHEAP_ENOUGH = 45.0
_LEADS = (Via.NAME, Via.TITLE)  # who is named beside a delegation mostly leads it
_TOLD_OF = ("meet", "receive", "phone", "video", "visit")


def frames(
    document: Document,
    sentence: Sentence,
    here: Sequence[Actor],
    before: Sequence[Actor],
    earlier: Sequence[Actor],
    known: Mapping[str, Actor],
) -> list[Frame]:
    """The frames of `sentence`, whose participants are `here`.

    A missing side is sought among those of the sentence `before`, and where a pronoun stands, of those `earlier`; else it is whom the
    article has named last of that side, if it is `known`.
    """

    def around(contact: Tag) -> Sequence[Actor]:
        return [actor for actor in here if not apart(document, sentence, contact, actor)]

    all_of_them = (_frame(document, sentence, tag, around(tag), before, earlier, known) for tag in contacts(document, sentence))
    found = [frame for frame in all_of_them if frame is not None]
    found = [frame for frame in found if not _of_a_clause(document, frame, found)]
    found = [frame for frame in found if not _depends(document, frame, found) and not _is_spoken_of(document, frame, found)]
    found = [frame for frame in found if not _belongs_behind(document, frame, found)]
    return [one for frame in found for one in (frame, *_as_well(document, frame, around(frame.contact)))]


def _as_well(document: Document, frame: Frame, here: Sequence[Actor]) -> list[Frame]:
    """Those of the same contact word who are met beside the one that it reaches first: "he will meet Xi and the premier Li Qiang"."""
    if frame.hostless or frame.in_turn or frame.of_a_third or frame.both_met or frame.joined:
        return []
    if frame.neighbour:  # "he met Lavrov and the president Putin"
        also = met_by_one_before(document, frame.sentence, frame.contact, frame.actors, here)
    else:
        also = met_as_well(document, frame.sentence, frame.actors, here)
    return [replace(frame, actors=pair, part=part) for pair, part in also]


def _depends(document: Document, frame: Frame, found: Sequence[Frame]) -> bool:
    """Whether a bare infinitive only says what another contact of its sentence was for: "met … to discuss …"."""
    if frame.tense != "infinitive" or cues(document, frame.sentence, frame.contact, "future", "planned", "possible", "invited"):
        return False
    others = [other for other in found if other.tense != "infinitive" and not other.hostless]
    then = frame.kind == "receive" or is_ahead(document, frame.sentence, frame.contact)  # "before being received by Putin"
    return bool(others) and not (then and all(other.actors != frame.actors for other in others))


def _is_spoken_of(document: Document, frame: Frame, found: Sequence[Frame]) -> bool:
    """Whether an occasion of many is what the two speak of at another contact: "said at talks with Wang that he would go to the forum".

    Or before which they meet: "two weeks ahead of the summit Lavrov met Wang Yi".
    """
    if frame.kind != "summit":
        return False
    others = [other for other in found if other.actors == frame.actors and other.kind != "summit"]
    if others and is_ahead(document, frame.sentence, frame.contact):
        return True
    speaks = frame.sentence.of("cue.speech", "cue.wished")
    return bool(speaks) and any(is_setting(document, other.sentence, other.contact) for other in others)


def _belongs_behind(document: Document, frame: Frame, found: Sequence[Frame]) -> bool:
    """Whether both stand in a clause behind with a contact of their own: "the visit comes before the summit, where the two are to meet"."""
    end = frame.contact.end
    if frame.hostless or frame.neighbour or not all(end <= a.start and cuts(document, frame.sentence, end, a.start) for a in frame.actors):
        return False
    own = (other for other in found if other.actors == frame.actors and other.kind in _TOLD_OF and not other.hostless)
    return any(not cuts(document, frame.sentence, *gap(frame.actors[0], other.contact)) for other in own)


def _of_a_clause(document: Document, frame: Frame, found: Sequence[Frame]) -> bool:
    """Whether a contact of a clause between commas is told of somebody behind it, whose contact another word tells.

    "Lavrov, who met Rubio on Monday, was received by Xi": Xi is met on another day, by no one within that clause.
    """
    last = max(frame.actors, key=lambda actor: actor.start)
    stays = frame.contact.kind.startswith("visit.")  # "Wang Yi, who has been in Moscow since Monday, met Lavrov": there
    if frame.hostless or frame.neighbour or stays or not commas(document, frame.contact.end, last.start):
        return False
    rest = (other.contact for other in found if last in other.actors and not other.hostless)
    return any(enclosed(document, frame.sentence, frame.contact, contact, fronted=False) for contact in rest)


def _frame(
    document: Document,
    sentence: Sentence,
    contact: Tag,
    here: Sequence[Actor],
    before: Sequence[Actor],
    earlier: Sequence[Actor],
    known: Mapping[str, Actor],
) -> Frame | None:
    if goes_nowhere(document, sentence, contact):
        return None
    instead = met_instead(document, sentence, contact)
    over = last_of_clause(document, sentence, contact, here)
    reached = [a for a in here if not (over and a.start >= contact.end) and not is_beyond(document, sentence, contact, instead, a)]
    reached = [a for a in reached if not (only_says(document, sentence, contact, here, a) or is_told_of(sentence, contact, a))]
    reached = [a for a in reached if not (is_topic(document, a) or of_another_part_behind(document, sentence, contact, a, reached))]
    reached = [a for a in reached if not only_travels(document, sentence, contact, a, here)]
    thirds = any(actor.side not in document.watch.sides for actor in here)  # as in few sentences
    beyond = out_of_reach(document, sentence, contact, here) if thirds else ()
    met = [a for a in reached if is_object(document, sentence, contact, a, here)] if thirds else ()  # by a third, who goes on
    reached = [a for a in reached if a not in beyond and a not in met]
    reached = [a for a in reached if not with_a_third(document, sentence, contact, a, here)] if thirds else reached
    if of_the_public(document, sentence, contact, reached):
        return None
    priced = ((cost_of(document, sentence, contact, actor), actor) for actor in reached)
    costs = sorted(priced, key=lambda item: (item[0], not ends_as_partner(document, item[1]), characters_between(contact, item[1])))
    beside = pronoun_beside(document, sentence, contact)
    pronoun = beside or left_out(document, sentence, contact, reached)
    farther = [*earlier, *before]
    told = farther if pronoun and not _foreign(document, farther) else before
    chosen: list[tuple[float, Actor, bool]] = []
    for side in document.watch.sides:
        own = next(((cost, actor, False) for cost, actor in costs if actor.side == side), None)
        if own is not None and (other := met_behind(document, sentence, contact, own[1], here)) is not None:
            own = (cost_of(document, sentence, contact, other), other, False)
        if own is not None and (meant := meant_by_pronoun(document, sentence, contact, own[1], reached)) is not None:
            own = (own[0], meant, False)
        if own is not None and (own[1].office == DELEGATION or _is_where(document, sentence, own[1])):
            own = next(((own[0], actor, False) for _, actor in costs if actor.side == side and actor.via in _LEADS), own)
        if own is not None and speaks_for_another(document, sentence, own[1]):
            own = _served(document, side, costs, farther) or own
        last = _told_before(side, told, before)
        if last is not None and last[1].via is not Via.BODY and own is not None and _only_tells(document, sentence, contact, own[1]):
            own = last
        if own is None and instead is None:
            own = last
        if own is None and instead is None and side in known and any(marked(document, sentence, actor) for _, actor in costs[:1]):
            own = (_REMEMBERED, known[side], True)
        if own is not None and own[0] <= _CHEAP_ENOUGH:
            chosen.append(own)
    others = any(_third_party(document, actor, cost) for cost, actor in costs)
    if not (others or beyond or met) and (visit := hostless(document, sentence, contact, chosen)) is not None:
        return visit
    if len(chosen) < 2 or all(neighbour for *_, neighbour in chosen):
        return None
    if any(neighbour for *_, neighbour in chosen) and (others or _begins_with_a_third(document, contact, here)):
        return None  # "a call with Trump": the other party is there, and from a third country
    if unmet(document, sentence, contact, chosen, before):
        return None
    if beside and any(speaks_behind(document, sentence, contact, actor) for _, actor, told_before in chosen if not told_before):
        return None  # "“he met Xi”, Rudenko said" is of somebody else
    dearest, nearest = max(cost for cost, *_ in chosen), min(cost for cost, *_ in chosen)
    foreigners = [(cost, actor) for cost, actor in costs if actor.side not in document.watch.sides]
    third = next((actor for cost, actor in foreigners if cost < dearest), None)
    first, second = (actor for _, actor, _ in chosen)
    pair = first, second
    neighbour = any(told_before for *_, told_before in chosen)
    if foreigners and not neighbour and met_another(document, sentence, contact, pair, here):
        return None
    alone = [actor for _, actor in foreigners if met_alone(document, sentence, contact, actor, pair)]
    near = [actor for cost, actor in foreigners if cost <= dearest + CUT and actor not in alone]
    joined, strangers = company(document, sentence, pair, here, near) if foreigners else (False, 0)
    third_here = any(actor.via in (Via.NAME, Via.TITLE) for _, actor in foreigners)
    leads = _between(contact, pair, foreigners) or first_of_all(document, sentence, pair, here)  # "Putin met Xi and Modi, each alone"
    behind = contact.end <= min(first.start, second.start)
    met_by_another = (third_here and not leads) or (behind and one_list(document, sentence, pair, here))
    in_turn = bool(sentence.of("structure.in_turn")) and not neighbour and met_by_another
    return Frame(
        sentence, contact, pair, dearest, nearest, third, neighbour, strangers, third_here, joined=joined,
        remembered=neighbour and any(cost == _REMEMBERED for cost, _, told_before in chosen if told_before),
        far=neighbour and any(cost == _FARTHER_BEFORE for cost, _, told_before in chosen if told_before),
        pronoun=neighbour and pronoun, in_turn=in_turn,
        of_a_third=not neighbour and of_a_third(document, sentence, contact, pair, here),
        both_met=not neighbour and both_met(document, sentence, contact, pair, here), alone=third in alone,
    )  # fmt: skip


def _between(contact: Tag, pair: tuple[Actor, Actor], foreigners: Sequence[tuple[float, Actor]]) -> bool:
    """Whether a word of contact stands between the two, and nobody of a third country before both."""
    first, second = sorted(pair, key=lambda actor: actor.start)
    return first.end <= contact.start and contact.end <= second.start and all(actor.start > first.start for _, actor in foreigners)


def _is_where(document: Document, sentence: Sentence, actor: Actor) -> bool:
    """Whether a ministry is only where they meet: "had the ambassador in his office at the foreign ministry"."""
    if actor.via is not Via.BODY:
        return False
    before = [tag.end for tag in sentence.of("structure.locative") if tag.end <= actor.start]
    behind = [tag.start for tag in sentence.of("structure.locative_after") if tag.start >= actor.end or tag.end == actor.end]
    return any(words_between(document, end, actor.start) <= 1 for end in before[-1:]) or any(at - actor.end <= 1 for at in behind[:1])


def _served(
    document: Document, side: str, costs: Sequence[tuple[float, Actor]], farther: Sequence[Actor]
) -> tuple[float, Actor, bool] | None:
    """Of `side` the one for whom an aide speaks: named in the sentence, else told of before it."""
    own = ((cost, actor) for cost, actor in costs if actor.side == side and not actor.aside)
    here = next(((cost, actor, False) for cost, actor in own if not _serves(document, actor)), None)
    told = _last_of(side, [actor for actor in farther if not _serves(document, actor)])
    return here or ((NEXT_SENTENCE, told, True) if told else None)


def _only_tells(document: Document, sentence: Sentence, contact: Tag, actor: Actor) -> bool:
    """Whether an institution only says what is told: "they discussed trade, the ministry said"."""
    return actor.via is Via.BODY and speaks(document, sentence, contact, actor)


def _told_before(side: str, told: Sequence[Actor], before: Sequence[Actor]) -> tuple[float, Actor, bool] | None:
    """The last of `side` who is `told` of in the sentence `before` or farther before, with the cost."""
    last = _last_of(side, told)
    return (NEXT_SENTENCE if last in before else _FARTHER_BEFORE, last, True) if last is not None else None


def _last_of(side: str, actors: Sequence[Actor]) -> Actor | None:
    """The last of `actors` who acts for `side` and does not only describe another."""
    own = [actor for actor in actors if actor.side == side and not actor.aside]
    return next((actor for actor in reversed(own) if actor.via is not Via.BODY), own[-1] if own else None)  # a ministry mostly tells of it


def _foreign(document: Document, actors: Sequence[Actor]) -> bool:
    """Whether somebody of a third country is among `actors`: then a pronoun may mean that one."""
    return any(actor.side not in document.watch.sides and actor.via in (Via.NAME, Via.TITLE) for actor in actors)


def _serves(document: Document, actor: Actor) -> bool:
    """Whether `actor` holds an office of those who serve another, and often speak for that one."""
    office = document.lexicon.offices[actor.office] if actor.office else None
    return office is not None and office.serving and office.level is Level.OTHER


def speaks_for_another(document: Document, sentence: Sentence, actor: Actor) -> bool:
    """Whether an aide says something here: "talks with Xi await him, aide Ushakov said" is of whom he serves."""
    return _serves(document, actor) and beside_saying(document, sentence, actor)


def _third_party(document: Document, actor: Actor, cost: float) -> bool:
    """Whether somebody of a third country stands in the clause."""
    return actor.side not in document.watch.sides and actor.via is not Via.BODY and cost < CUT


def _begins_with_a_third(document: Document, contact: Tag, here: Sequence[Actor]) -> bool:
    """Whether the first who is named stands before `contact` and is from a third country: "the Serb left to meet Lavrov"."""
    first = min((actor for actor in here if not actor.aside), key=lambda actor: actor.start, default=None)
    if first is None or first.end > contact.start or first.via not in (Via.NAME, Via.TITLE):
        return False
    return first.side not in document.watch.sides
