"""A visit of one side's principal to the other's country that names no host."""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.actors import Actor, Via
from pipeline.detect.clauses import TOUCHES, commas, cuts, gap, words_between
from pipeline.detect.costs import CUT, speaks
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import DELEGATION, Frame
from pipeline.detect.journeys import destination_of
from pipeline.detect.levels import leads, level_at
from pipeline.detect.participants import participants
from pipeline.detect.places import country_of
from pipeline.detect.subjects import is_partner
from pipeline.detect.unmet import Chosen
from pipeline.lexicon.matcher import Tag

_OPENS = 3  # words behind one that opens a clause, up to who acts in it, and from there to a pronoun
_SMALL = ("structure.and", "structure.locative")  # what words like "with" may be too


def hostless(document: Document, sentence: Sentence, contact: Tag, chosen: Chosen) -> Frame | None:
    """A visit of one side's principal to the other's country that names no host near by."""
    if not chosen or not contact.kind.startswith(("visit.", "receive.")):
        return None
    own = [item for item in chosen if item[2] or item[1].end <= contact.start or not is_partner(document, sentence, item[1])]
    cost, visitor, neighbour = min(own or chosen, key=lambda item: item[0])
    if neighbour or not _travels(document, visitor) or _talked_with(document, sentence, contact, visitor):
        return None
    found = destination_of(document, sentence, contact, visitor.side)
    destination = country_of(document, sentence, found) if found else None
    if destination is None or (found and _awaited(document, sentence, found, [a for _, a, before in chosen if not before])):
        return None
    hosts = (item for item in chosen if item[1].side == destination and not item[2] and item[1].via is not Via.BOTH)
    subject = contact.start == sentence.start  # "receiving the minister, Putin said …", but "…, the host's spokesman said"
    host = next((item for item in hosts if subject or not speaks(document, sentence, contact, item[1])), None)
    if host is not None and contact.kind == "visit.noun" and _prepares(document, sentence, visitor, host[1]):
        host = None
    if host is not None and (host[0] <= cost + CUT or _receives(document, sentence, contact, host[1])):
        return None
    unnamed = Actor(destination, None, None, contact.start, contact.end, Via.TITLE)
    pair = {visitor.side: visitor, destination: unnamed}
    first, second = (pair[side] for side in document.watch.sides)
    return Frame(sentence, contact, (first, second), cost, cost, None, neighbour=False, hostless=True)


def _prepares(document: Document, sentence: Sentence, visitor: Actor, host: Actor) -> bool:
    """Whether one who would be host of a leader stands there with a colleague of the leader: "Lavrov and Wang prepared Putin's visit"."""
    if not leads(document, visitor) or leads(document, host) or (level := level_at(document, host)) is None:
        return False
    return any(one.side == visitor.side and level_at(document, one) is level for one in participants(document, sentence))


def _awaited(document: Document, sentence: Sentence, goal: Tag, actors: Sequence[Actor]) -> bool:
    """Whether somebody does something to the visitor in the clause behind `goal`: "driven to the Kremlin, where Putin assured him"."""
    opening = next((at for at in sentence.openings if 0 <= at - goal.end <= TOUCHES), None)
    if opening is None:
        return False
    hosts = [a for a in actors if a.start >= opening and words_between(document, opening, a.start) <= _OPENS]
    him = [tag for tag in sentence.of("structure.pronoun") if tag.start >= opening]
    return any(words_between(document, *gap(host, tag)) <= _OPENS for host in hosts for tag in him)


def _travels(document: Document, visitor: Actor) -> bool:
    """Whether a journey can be that of `visitor`: of no institution, and of none who resides there: "the Chinese ambassador arrived"."""
    if visitor.via is Via.BODY:
        return visitor.office == DELEGATION
    return visitor.office is None or not document.lexicon.offices[visitor.office].accredited


def _talked_with(document: Document, sentence: Sentence, contact: Tag, actor: Actor) -> bool:
    """Whether `actor` stands behind a noun of another contact and one small word: "after talks with Putin he will travel to Beijing"."""
    nouns = [tag for tag in sentence.of("meet.noun", "phone.noun", "video.noun") if tag is not contact and tag.end <= actor.start]
    return any(
        words_between(document, noun.end, actor.start) == 1
        and not commas(document, noun.end, actor.start)
        and not any(noun.end <= tag.start < actor.start and tag.kind not in _SMALL for tag in sentence.tags)
        for noun in nouns
    )


def _receives(document: Document, sentence: Sentence, contact: Tag, host: Actor) -> bool:
    """Whether `host`, in the clause of a word of reception, is the one who receives, however far away."""
    return contact.kind.startswith("receive.") and not cuts(document, sentence, *gap(contact, host))
