"""Who acts in a sentence: names, titles, counterparts and "the two ministers", each with the side it acts for."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.detect.actors import Actor, Via
from pipeline.detect.asides import asides
from pipeline.detect.clauses import gap, words_between
from pipeline.detect.document import Document, Sentence, once
from pipeline.detect.titles import APART, NATIONS, REACH, Title, chained, titles_of, words_to
from pipeline.lexicon.matcher import Tag
from pipeline.lexicon.world import Person
from schemas.meetings import Level

_SERVES = 1  # words between a person and the office of one who serves that person
_NAME = re.compile(r"\s+([^\W\d_][\w’'-]*\s+[^\W\d_][\w’'-]+)")  # two words; of a name both have a capital
_SOMEWHERE = "ZZ"  # CLDR's code of an unknown country
_STRINGS = (", ", "، ", "、")  # what parts several titles of one person
_QUOTES = " «»“”„\""  # that a name may stand in: «ولادیمیر پوتین»
_JOIN = 1  # words between an office and the name that bears it


@once
def participants(document: Document, sentence: Sentence) -> Sequence[Actor]:
    """Everybody in `sentence` who acts for a country, in order of place; of both sides and of third countries."""
    if not sentence.of("person", "office", "structure.both", "structure.counterpart"):
        return []
    titles, used = titles_of(document, sentence)
    actors = _served(document, sentence, titles, list(_named(document, sentence, titles)))  # gives an envoy the side of whom he serves
    _strung(document, sentence, titles, actors)
    _joined(document, sentence, titles, actors)
    both = {actor.side for actor in actors if not actor.aside} >= {*document.watch.sides}
    actors = _served(document, sentence, titles, [*actors, *_plain_titles(document, sentence, titles, both_named=both)])
    actors += _both(document, sentence, titles, actors)
    actors.sort(key=lambda actor: (actor.start, actor.end))
    actors = [actor for actor in actors if not _are_named_behind(document, sentence, actor, actors)]
    actors += _counterparts(document, sentence, actors, used)
    actors.sort(key=lambda actor: (actor.start, actor.end))
    return asides(document, sentence, actors)


def _named(document: Document, sentence: Sentence, titles: Sequence[Title]) -> Iterator[Actor]:
    """The people named in `sentence`, each with the office written beside the name."""
    for tag in sentence.of("person"):
        person = document.lexicon.people[tag.value or ""]
        office = person.office_on(document.published)
        if office is not None and document.lexicon.offices[office].spokesperson:
            continue
        title = _title_of(document, sentence, tag, person, titles)
        start, end = tag.start, tag.end
        if title is not None:
            title.taken = True
            start, end = min(start, title.start), max(end, title.end)
            office = title.tag.value if person.held(title.tag.value or "", None) or not person.terms else office
        yield Actor(person.side, tag.value, office, start, end, Via.NAME)


def _title_of(document: Document, sentence: Sentence, name: Tag, person: Person, titles: Sequence[Title]) -> Title | None:
    """The office that stands beside `name` and can be that person's."""
    if not titles:
        return None
    best: tuple[float, Title] | None = None
    verbs = [tag for tag in (*sentence.contacts, *sentence.of("cue.speech")) if not tag.kind.endswith(".noun")]
    for title in titles:
        if title.taken or (title.sides and person.side not in title.sides) or len(title.sides) > 1:
            continue
        if _is_served(document, person, title.tag.value or ""):
            continue  # "an envoy of Xi"
        if title.end <= name.start:
            start, end = title.end, name.start
        elif name.end <= title.tag.start:
            start, end = name.end, title.start if title.start >= name.end else title.tag.start
        else:
            continue
        gap, between = words_to(document, start, end), document.text[start:end]
        if any(start <= verb.start < end for verb in verbs):
            continue  # "the minister told Putin"
        apposition = between.strip(_QUOTES) in ("", ",", "،", "，", "·") or not APART & set(between)
        if gap <= _JOIN and apposition and (best is None or gap < best[0]):
            best = (gap, title)
    return best[1] if best else None


def _is_served(document: Document, person: Person, office: str) -> bool:
    """Whether one in `office` serves the person named beside it, who has neither that nor one of its level: "his deputy Rudenko" has."""
    offices, own = document.lexicon.offices, person.office_on(document.published)
    serves = offices[office].serving and not person.held(office, None)
    return serves and (own is None or offices[own].level is not offices[office].level)


def _strung(document: Document, sentence: Sentence, titles: Sequence[Title], actors: Sequence[Actor]) -> None:
    """Take the titles that a comma parts from a title with a name of their side: "a member of the Politburo, foreign minister Wang Yi".

    Only those that the named one held, or of the lowest level, which somebody may hold besides another: two ministers side by side are two.
    """
    bearers = {actor.start: actor for actor in actors if actor.office is not None}
    for title in reversed(titles):
        stop = next((stop for stop in _STRINGS if document.text.startswith(stop, title.end)), "")
        begins = _behind_former(sentence, title.end + len(stop))
        bearer = bearers.get(begins) if stop and not title.taken else None
        title.taken = title.taken or (bearer is not None and _bears(document, bearer, title))
        if title.taken and bearer is not None:
            bearers[title.start] = bearer


def _behind_former(sentence: Sentence, at: int) -> int:
    """`at`, or the place behind a former title that begins there: "a member of the Politburo, former foreign minister Wang Yi"."""
    word = next((tag for tag in sentence.of("structure.former") if tag.start == at), None)
    office = next((tag for tag in sentence.of("office") if word is not None and 0 <= tag.start - word.end <= 1), None)
    return office.end + 1 if office is not None else at


def _joined(document: Document, sentence: Sentence, titles: Sequence[Title], actors: Sequence[Actor]) -> None:
    """Take the titles that an "and" joins to one that a name has taken: "Wang Yi, foreign minister and member of the Politburo"; also those
    before it: "State Councillor and Foreign Minister Wang Yi"."""
    ands = sentence.of("structure.and")
    for before, behind in pairwise(titles):
        joined = any(before.end <= tag.start and tag.end <= behind.start <= tag.end + 1 and tag.start <= before.end + 1 for tag in ands)
        if joined and before.taken != behind.taken:
            borne, title = (before, behind) if before.taken else (behind, before)
            bearer = next((actor for actor in actors if actor.start <= borne.start and borne.end <= actor.end), None)
            title.taken = bearer is not None and _bears(document, bearer, title)


def _bears(document: Document, bearer: Actor, title: Title) -> bool:
    """Whether somebody named bears one more title: one once held, or of the lowest level, which goes with another."""
    if bearer.person is None or title.sides not in ((), (bearer.side,)):
        return False
    office = document.lexicon.offices[title.tag.value or ""]
    placed = office.accredited or (office.local and not office.of_institution)
    lowest = office.level is Level.OTHER and not (office.body or placed)
    return lowest or document.lexicon.people[bearer.person].held(title.tag.value or "", None)


def _served(document: Document, sentence: Sentence, titles: Sequence[Title], actors: list[Actor]) -> list[Actor]:
    """Mark those whom another serves, "Putin's aide Ushakov", "an envoy of Xi", and give the servant their side.

    Who is spoken of stands behind a verb: "aide Ushakov said Putin would go".
    """
    if not actors:
        return actors
    verbs, ands = sentence.of("cue.speech"), sentence.of("structure.and")
    for title in titles:
        if title.tag.value is None or not document.lexicon.offices[title.tag.value].serving:
            continue
        for i, actor in enumerate(actors):
            before = title.tag.start >= actor.end and words_to(document, actor.end, title.tag.start) <= _SERVES
            before = before and not any(actor.end <= word.start < title.tag.start for word in ands)  # a second title of the same one
            behind = actor.start >= title.tag.end and words_to(document, title.tag.end, actor.start) <= _SERVES + 2
            behind = behind and not any(title.end < a.end <= actor.start for a in actors)
            start, end = min(actor.end, title.tag.end), max(actor.start, title.tag.start)
            apart = APART & set(document.text[start:end]) or any(start <= verb.start < end for verb in verbs)
            if actor.office != title.tag.value and (before or behind) and not apart:
                acts = actor.via is Via.TITLE and not (title.sides or title.taken)  # "the deputy head of …", of whom neither is named
                own = {"office": title.tag.value, "start": min(actor.start, title.start), "end": max(actor.end, title.end)}
                actors[i] = replace(actor, **(own if acts else {"aside": True}))
                title.sides = title.sides or (actor.side,)
                break
    return actors


def _plain_titles(document: Document, sentence: Sentence, titles: Sequence[Title], *, both_named: bool) -> Iterator[Actor]:
    """Offices with a country and without a name; two countries are two participants."""
    for title in titles:
        if title.taken or title.tag.value is None or document.lexicon.offices[title.tag.value].spokesperson:
            continue
        via = Via.BODY if document.lexicon.offices[title.tag.value].body else Via.TITLE
        if via is Via.BODY and any(_speaks_for(document, other, title) for other in titles):
            continue
        if document.lexicon.offices[title.tag.value].joint and both_named:
            continue
        if document.lexicon.offices[title.tag.value].plural and not _with_the_other_side(document, sentence, title):
            continue
        level = () if both_named else _of_a_level(document, sentence, title)  # they hold talks at that level
        for side in title.sides or level or _unknown(document, sentence, title):
            yield Actor(side, None, title.tag.value, title.start, title.end, via)


def _of_a_level(document: Document, sentence: Sentence, title: Title) -> tuple[str, ...]:
    """Both sides of the watch for "Russian-Chinese consultations of deputy ministers", or "at the level of deputy ministers"."""
    sides, nations = document.watch.sides, sentence.of(*NATIONS)
    if {tag.value for tag in nations} != {*sides}:
        return ()
    beside = any(words_between(document, *gap(title.tag, tag)) == 0 for tag in sentence.of("structure.level"))
    end = max(tag.end for tag in nations)
    theirs = any(
        end <= tag.start and tag.end <= title.start
        and words_to(document, end, tag.start) <= _JOIN and words_to(document, tag.end, title.start) <= _JOIN
        for tag in sentence.of("meet.noun", "phone.noun", "video.noun")
    )  # fmt: skip
    return sides if beside or theirs else ()


def _with_the_other_side(document: Document, sentence: Sentence, title: Title) -> bool:
    """Whether officials of nobody in particular are of both sides, or meet colleagues: "Russian officials with Chinese counterparts"."""
    told = {*title.sides}
    if sentence.of("structure.counterpart"):
        told |= {tag.value for tag in sentence.of(*NATIONS) if tag.value}
    return told >= {*document.watch.sides}


def _unknown(document: Document, sentence: Sentence, title: Title) -> tuple[str, ...]:
    """The side of a title without a country before a name that no list has: somebody of a third country, mostly the reader's own."""
    name = _NAME.match(document.text, title.end, sentence.end)
    if name is None or not all(word[0].isupper() for word in name[1].split()):
        return ()
    return () if any(tag.start < name.end(1) and tag.end > name.start(1) for tag in sentence.tags) else (_SOMEWHERE,)


def _speaks_for(document: Document, speaker: Title, body: Title) -> bool:
    """Whether a body is only named with its speaker: "a spokeswoman of the Chinese foreign ministry"."""
    if not document.lexicon.offices[speaker.tag.value or ""].spokesperson:
        return False
    behind, before = words_to(document, speaker.tag.end, body.tag.start), words_to(document, body.tag.end, speaker.tag.start)
    return 0 <= behind <= REACH or 0 <= before <= 1


def _both(document: Document, sentence: Sentence, titles: Sequence[Title], actors: Sequence[Actor]) -> Iterator[Actor]:
    """"The two foreign ministers", "the two sides": one participant of each side of the watch."""
    for tag in sentence.of("structure.both"):
        free = [t for t in titles if not t.taken and not t.sides]
        title = next((t for t in free if tag.start <= t.tag.start and t.tag.end <= tag.end), None)  # 両首脳 is a "both" and an office
        if title is None:
            title = next((t for t in free if 0 <= words_to(document, tag.end, t.tag.start) <= 1), None)
        if title is None:
            title = next((t for t in free if 0 <= words_to(document, t.tag.end, tag.start) <= 1), None)
        office = title.tag.value if title else None
        if title:
            title.taken = True
        for side in document.watch.sides:
            yield Actor(side, None, office, tag.start, title.tag.end if title and title.tag.end > tag.end else tag.end, Via.BOTH)


def _are_named_behind(document: Document, sentence: Sentence, actor: Actor, actors: Sequence[Actor]) -> bool:
    """Whether `actor` is one of "the two presidents", or of "the presidents of Russia and China", whose names follow: "…, Putin and Xi"."""
    together = actor.via is Via.BOTH or any(a.start == actor.start and a.side != actor.side for a in actors if a.via is Via.TITLE)
    if actor.via not in (Via.BOTH, Via.TITLE) or not together:
        return False
    behind = [a for a in actors if a.start >= actor.end][:2]
    if len(behind) < 2 or {a.side for a in behind} != {*document.watch.sides} or any(a.via is not Via.NAME for a in behind):
        return False
    one, other = behind
    joined = any(one.end <= tag.start and tag.end <= other.start for tag in sentence.of("structure.and"))
    apposed = not document.text[actor.end : one.start].strip(" ,:،，–—-")
    return apposed and joined and words_to(document, one.end, other.start) <= _JOIN


def _counterparts(document: Document, sentence: Sentence, actors: Sequence[Actor], used: set[int]) -> Iterator[Actor]:
    """"His Chinese counterpart": the other side, in the office of the nearest one before, unless the name follows."""
    for tag in sentence.of("structure.counterpart"):
        nation = _nation_of(document, tag, sentence.of(*NATIONS), used)
        if nation is not None:
            used.add(nation.start)
        behind = next((a for a in actors if a.start >= tag.end), None)
        if behind is not None and behind.via is Via.NAME and words_to(document, tag.end, behind.start) <= _JOIN:
            continue  # "his Chinese counterpart Wang Yi": the name says it all
        if nation is not None and any(_is_called(document, a, min(tag.start, nation.start), nation.value) for a in actors):
            continue  # "Wang Yi, his Chinese counterpart"
        before = next((a for a in reversed(actors) if a.end <= tag.start and (nation is None or a.side != nation.value)), None)
        partner = before or next((a for a in actors if a.start >= tag.end and (nation is None or a.side != nation.value)), None)
        if nation is None and any(actor.side not in document.watch.sides for actor in actors):
            continue  # whose colleague it is, nothing tells
        side = nation.value if nation else _other_side(document, partner)
        if side is not None and (partner is None or partner.side != side):
            start = min(tag.start, nation.start) if nation else tag.start
            office = partner.office if partner else None
            row = chained(document, sentence, nation, sentence.of(*NATIONS)) if nation else []
            for country in dict.fromkeys([side, *(n.value for n in row if n.value and not (partner and n.value == partner.side))]):
                yield Actor(country, None, office, start, tag.end, Via.COUNTERPART, guessed=nation is None)


def _is_called(document: Document, actor: Actor, start: int, side: str | None) -> bool:
    """Whether a name of `side` stands right before `start`, where it is told what that one is."""
    return actor.via is Via.NAME and actor.side == side and 0 <= words_to(document, actor.end, start) <= _JOIN


def _nation_of(document: Document, tag: Tag, nations: Sequence[Tag], used: set[int]) -> Tag | None:
    near = [
        (words_to(document, min(tag.end, n.end), max(tag.start, n.start)), n)
        for n in nations
        if n.start not in used and not APART & set(document.text[min(tag.end, n.end) : max(tag.start, n.start)])
    ]
    distance, nation = min(near, key=lambda item: item[0], default=(REACH + 1, None))
    return nation if distance <= REACH - 2 else None


def _other_side(document: Document, partner: Actor | None) -> str | None:
    first, second = document.watch.sides
    if partner is None or partner.side not in (first, second):
        return None
    return second if partner.side == first else first


