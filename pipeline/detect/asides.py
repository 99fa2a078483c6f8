"""Who is named in a sentence without being there: an apposition describes another by them, they send, hear of it, or get greetings."""
from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.detect.actors import Actor, Via
from pipeline.detect.clauses import commas, cuts, gap, words_between
from pipeline.detect.document import Document, Sentence
from pipeline.detect.subjects import ends_as_partner
from pipeline.lexicon.matcher import Tag

_APPOSITION = re.compile("[,،，–—()]")  # stands before and behind one
_VERBS = ("cue.speech", "cue.letter", "cue.invited", "cue.accepted")
_DESCRIBES = 2  # words before a name, behind the last comma of a sentence
_TELL = 3  # who tells, whom he met, who hears
_SENDER_REACH = 1  # words between "on behalf of" and who sends
_GREETING_REACH = 5  # words between greetings and who sends or gets them


def asides(document: Document, sentence: Sentence, actors: list[Actor]) -> list[Actor]:
    """`actors` of `sentence`, with those marked who are only named."""
    actors = _hearing(document, sentence, _sent(document, sentence, actors))
    if len(actors) > 1:  # nobody is described but by another
        actors = _described(document, sentence, _of_another(document, sentence, actors))
    return _greeted(document, sentence, actors)


def _of_another(document: Document, sentence: Sentence, actors: list[Actor]) -> list[Actor]:
    """Mark those whose name only tells whose man the next one is, right behind: "najbliższy współpracownik Putina Nikołaj Patruszew"."""
    names = {tag.end for tag in sentence.of("person")}
    whose = [
        one
        for one, other in pairwise(actors)
        if one.via is other.via is Via.NAME and one.side == other.side and one.person != other.person
        if one.end in names and document.unit > 2 and document.text[one.end : other.start] == " "
    ]
    return [replace(actor, aside=True) if actor in whose else actor for actor in actors]


def _sent(document: Document, sentence: Sentence, actors: list[Actor]) -> list[Actor]:
    """Mark those who only send another: "on the orders of President Putin", "on behalf of Xi"."""
    before = [tag.end for tag in sentence.of("structure.sender")]
    behind = [tag.start for tag in sentence.of("structure.sender_after")]

    def sends(actor: Actor) -> bool:
        ahead = any(end <= actor.start and words_between(document, end, actor.start) <= _SENDER_REACH for end in before)
        return ahead or any(0 <= start - actor.end <= 1 for start in behind)

    return [replace(actor, aside=True) if sends(actor) else actor for actor in actors]


def _hearing(document: Document, sentence: Sentence, actors: list[Actor]) -> list[Actor]:
    """Mark those who only hear from one of their own side, right before them, of what was: "informed Putin of his talks with Wang Yi"."""
    verbs = sentence.of("structure.informs")
    if not verbs:
        return actors
    people = [actor for actor in actors if actor.via in (Via.NAME, Via.TITLE) and not actor.aside]
    told_by = {(verb.start, verb.end) for verb in verbs}

    def hears(teller: Actor, hearer: Actor) -> bool:
        two = teller.side == hearer.side and teller.end <= hearer.start and not cuts(document, sentence, teller.end, hearer.start)
        told = any(teller.end <= verb.start and not _parted(document, verb.start, hearer) for verb in verbs)
        words = sentence.of("structure.and", "structure.public")  # "Lavrov and Putin informed Xi", "told the press about Putin's talks"
        told = told and not any(teller.end <= tag.start and tag.end <= hearer.start for tag in words)
        between = (tag for tag in sentence.contacts if teller.end <= tag.start < hearer.start)
        return two and told and all((tag.start, tag.end) in told_by for tag in between)

    hearing = [hearer for teller, hearer in pairwise(people) if hears(teller, hearer)]
    if document.language.verb_last:
        hearing += [hearer for verb in verbs if (hearer := _hears_last(document, people, verb)) is not None]
    return [replace(actor, aside=True) if actor in hearing else actor for actor in actors]


def _hears_last(document: Document, people: Sequence[Actor], verb: Tag) -> Actor | None:
    """Who hears, right before a verb that ends its clause: "Wang, with Shoigu his talks, the premier Li told" is of Wang and Shoigu."""
    before = [actor for actor in people if actor.end <= verb.start]
    if len(before) < _TELL or words_between(document, before[-1].end, verb.start) > 1:
        return None
    teller, *partners, hearer = before
    met = all(one.side != hearer.side for one in partners) and any(ends_as_partner(document, one) for one in partners)
    return hearer if met and teller.side == hearer.side and teller.person != hearer.person else None


def _parted(document: Document, verb: int, hearer: Actor) -> bool:
    """Whether a comma stands between who hears and a verb behind: "Putin and Lavrov met Wang, the Kremlin informed"."""
    return verb >= hearer.end and commas(document, hearer.end, verb) > 0


def _described(document: Document, sentence: Sentence, actors: list[Actor]) -> list[Actor]:
    """Mark those named only to describe another: inside the marks of an apposition that follows a participant and has no contact word."""
    marks = [match.start() for match in _APPOSITION.finditer(document.text, sentence.start, sentence.end)]
    if not marks:
        return actors
    return [replace(actor, aside=True) if _is_described(document, sentence, actors, actor, marks) else actor for actor in actors]


def _is_described(document: Document, sentence: Sentence, actors: Sequence[Actor], actor: Actor, marks: Sequence[int]) -> bool:
    before, behind = bisect_left(marks, actor.start), bisect_left(marks, actor.end)
    if before == 0:
        return False
    left, right = marks[before - 1], marks[behind] if behind < len(marks) else sentence.end
    others = [a for a in actors if a.end <= left <= a.end + 2 and a is not actor]
    if right == sentence.end and not _ends_with_a_third(document, sentence, others, left, actor):
        return False
    described = bool(others) and document.text[left + 1 : actor.start].strip() != ""
    if not described or any(left < tag.start < right for tag in sentence.contacts) or _is_listed(document, sentence, actors, left, actor):
        return False
    return not _is_next(document, sentence, left) and not any(_acts(document, sentence, a, left, actor.start) for a in others)


def _ends_with_a_third(document: Document, sentence: Sentence, others: Sequence[Actor], comma: int, actor: Actor) -> bool:
    """Whether the last words of a sentence may describe somebody of a third country: "received Lukashenko, a close ally of Putin"."""
    if all(other.side in document.watch.sides for other in others) or words_between(document, comma + 1, actor.start) < _DESCRIBES:
        return False
    return not any(comma < tag.start < actor.start for tag in sentence.of("structure.and"))


def _is_listed(document: Document, sentence: Sentence, actors: Sequence[Actor], comma: int, actor: Actor) -> bool:
    """Whether somebody stands right behind a comma, and an "and" before `actor`: "Lavrov, Wang Yi and the Indian minister met"."""
    next_one = next((one for one in actors if one.start > comma), None)
    if next_one is None or next_one.end > actor.start or document.text[comma + 1 : next_one.start].strip():
        return False
    return any(next_one.end <= tag.start and tag.end <= actor.start for tag in sentence.of("structure.and"))


def _is_next(document: Document, sentence: Sentence, comma: int) -> bool:
    """Whether an "and" follows a comma: then a list goes on, "Wang Yi, and the secretary of the Security Council, Shoigu, met"."""
    return any(comma < tag.start and not document.text[comma + 1 : tag.start].strip() for tag in sentence.of("structure.and"))


def _acts(document: Document, sentence: Sentence, one: Actor, comma: int, end: int) -> bool:
    """Whether a comma closes the name of one whose title stands before it, and a verb of that one follows up to `end`.

    "The Russian minister, Sergey Lavrov, congratulated the new one, Qin Gang, in a call": nobody describes Lavrov.
    """
    if not any(comma < tag.start < end for tag in sentence.of(*_VERBS)):
        return False
    return _APPOSITION.search(document.text, one.start, one.end) is not None


def _greeted(document: Document, sentence: Sentence, actors: list[Actor]) -> list[Actor]:
    """Mark those who only send greetings or get them, by one who is there: "asked his guest to convey his regards to Xi".

    They act for the side of the one who bears the greetings, who is there by a name, a pronoun or as a guest.
    """
    for tag in sentence.of("structure.greeting"):
        people = [actor for actor in actors if actor.via in (Via.NAME, Via.TITLE) and not actor.aside]
        several = [a for a in people if sum(a.side == b.side for b in people) > 1]
        bearer = several or (people if sentence.of("structure.guest", "structure.pronoun") else [])
        absent = min(bearer, key=lambda a: words_between(document, *gap(tag, a)), default=None)
        if absent is not None and words_between(document, *gap(tag, absent)) <= _GREETING_REACH:
            actors[actors.index(absent)] = replace(absent, aside=True)
    return actors
