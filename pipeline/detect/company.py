"""Who stands in one list with whom: "met Xi, Modi and Erdogan"."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.detect.actors import Actor, Via
from pipeline.detect.clauses import TOUCHES, commas
from pipeline.detect.dates import day_between
from pipeline.detect.document import Document, Sentence
from pipeline.lexicon.matcher import Tag

_LISTING = ",،、，·・ "  # what stands between the members of a list
_DAY = 2  # words of a day: "on Tuesday"
_LONGEST_ARTICLE = 3  # letters
_COUNTERPART = 2  # characters between the words for a counterpart and the name
_SMALL_WORDS = 3  # between an "and" and the next of a list: "and with the", "e con il", "și cu omologul său"


def company(
    document: Document, sentence: Sentence, pair: tuple[Actor, Actor], here: Sequence[Actor], near: Sequence[Actor]
) -> tuple[bool, int]:
    """Whether somebody of a third country stands in one list with both, and of how many third countries officials are with them.

    Of those `near`, who stands in a list with one of the two meets the other alone: "Putin met Xi, Modi and Erdogan" is three meetings, but
    "met the Chinese, Indian and Turkish presidents" one.
    """
    row = sorted((actor for actor in here if not actor.aside), key=lambda actor: (actor.start, actor.end))
    lists = [_list_of(document, sentence, actor, row) for actor in pair]
    if pair[0] in lists[1]:
        return any(actor.side not in document.watch.sides for actor in lists[1]), len({actor.side for actor in near})
    spans = {(actor.start, actor.end) for actor in pair}
    alone = [actor for actor in (*lists[0], *lists[1]) if (actor.start, actor.end) not in spans]
    return False, len({actor.side for actor in near if actor not in alone})


def one_list(document: Document, sentence: Sentence, pair: tuple[Actor, Actor], here: Sequence[Actor]) -> bool:
    """Whether the two stand in one list, by words of their own: "the Iranian met Lavrov and Wang Yi"."""
    row = sorted((actor for actor in here if not actor.aside), key=lambda actor: (actor.start, actor.end))
    apart = pair[0].end <= pair[1].start or pair[1].end <= pair[0].start
    return apart and pair[0] in _list_of(document, sentence, pair[1], row)


def met_as_well(
    document: Document, sentence: Sentence, pair: tuple[Actor, Actor], here: Sequence[Actor]
) -> list[tuple[tuple[Actor, Actor], int | None]]:
    """The further pairs that the same contact tells of: "Shoigu will meet President Xi Jinping and the foreign minister Wang Yi" is two.

    Only of whom is met, so of the later of the two; and only by name, for titles without one are often of the one who was named before.
    With each where its part of the sentence begins, if that has a day of its own: "yesterday with Wang, and today with Xi".
    """
    first, second = sorted(pair, key=lambda actor: actor.start)
    if first.via is Via.BODY or second.via is not Via.NAME or first.end > second.start:
        return []
    row = sorted((actor for actor in here if not actor.aside), key=lambda actor: (actor.start, actor.end))
    if first not in row or second not in row:
        return []
    at = row.index(second)
    before = _met_before(document, sentence, first, row[: at + 1])
    behind = [] if first in _list_of(document, sentence, second, row) else _met_behind(document, sentence, row[at:])
    return _further_pairs(pair, second, [*behind, *before])


def met_by_one_before(
    document: Document, sentence: Sentence, contact: Tag, pair: tuple[Actor, Actor], here: Sequence[Actor]
) -> list[tuple[tuple[Actor, Actor], int | None]]:
    """The same where the one who meets them is told of before: "yesterday he met Shoigu, and today Lavrov and Putin"."""
    met = next((actor for actor in pair if actor in here), None)
    if met is None or met.via is not Via.NAME or met.start < contact.end:
        return []
    row = sorted((actor for actor in here if not actor.aside), key=lambda actor: (actor.start, actor.end))
    return _further_pairs(pair, met, _met_behind(document, sentence, row[row.index(met) :])) if met in row else []


def _further_pairs(
    pair: tuple[Actor, Actor], met: Actor, as_well: Sequence[tuple[Actor, int | None]]
) -> list[tuple[tuple[Actor, Actor], int | None]]:
    """`pair` with others of the side of `met` in the place of that one."""
    others = {actor.person: (actor, part) for actor, part in as_well if actor.side == met.side and actor.person != met.person}
    return [((actor, pair[1]) if pair[0] is met else (pair[0], actor), part) for actor, part in others.values()]


def _met_behind(document: Document, sentence: Sentence, row: Sequence[Actor]) -> list[tuple[Actor, int | None]]:
    """Those who follow the first of `row` in a list, each with where a day of its own begins."""
    found: list[tuple[Actor, int | None]] = []
    joined, part = False, None
    for last, actor in pairwise(row):
        link = joint(document, sentence, last, actor) if actor.start >= last.end and actor.via is Via.NAME else ""
        if not link or _begins_a_clause(document, sentence, last, actor):
            break
        joined = joined or link == "and"  # commas alone are those of an apposition
        if day_between(document, sentence, last.end, actor.start):
            joins = [tag.start for tag in sentence.of("structure.and") if last.end <= tag.start < actor.start]
            part = joins[-1] if joins and not day_between(document, sentence, joins[-1], actor.start) else last.end
        found.append((actor, part))
    return found if joined else []


def _begins_a_clause(document: Document, sentence: Sentence, last: Actor, actor: Actor) -> bool:
    """Whether `actor`, behind a comma, has a verb of contact or of saying right behind: "he met Lavrov, and Putin flew to Minsk"."""
    if not commas(document, last.end, actor.start):
        return False
    verbs = (tag for tag in (*sentence.contacts, *sentence.of("cue.speech")) if not tag.kind.endswith(".noun"))
    return any(0 <= verb.start - actor.end <= TOUCHES for verb in verbs)


def _met_before(document: Document, sentence: Sentence, first: Actor, row: Sequence[Actor]) -> list[tuple[Actor, int | None]]:
    """Those who stand before the last of `row` in a list that `first` does not share: where a verb ends the clause, "X Y ve Z ile"."""
    found: list[tuple[Actor, int | None]] = []
    joined = False
    for actor, last in reversed(list(pairwise(row))):
        link = joint(document, sentence, actor, last) if last.start >= actor.end else ""
        if actor is first:
            return found if joined and link != "and" else []
        if not link or actor.via is not Via.NAME:
            break
        joined = joined or link == "and"
        found.append((actor, None))
    return []


def joint(document: Document, sentence: Sentence, one: Actor, other: Actor) -> str:
    """What joins two who stand in one list: "and", with small words, "Xi et avec le premier", or a day; a comma; or nothing."""
    ands = [tag.end for tag in sentence.of("structure.and") if one.end <= tag.start and tag.end <= other.start]
    if _listed(document, sentence, one, other):
        return "and" if ands else ","
    start = next(iter(ands), None)
    if start is None or document.unit <= 2:
        return ""
    between = document.text[one.end : start].strip(_LISTING).count(" ")
    if between and not (between <= _DAY and day_between(document, sentence, one.end, start)):  # "by Xi on Monday and by Li on Tuesday"
        return ""
    if any(tag.start < other.start and tag.end > start and not tag.kind.startswith(("structure.", "dates.")) for tag in sentence.tags):
        return ""
    words = len(document.text[start : other.start].split())
    dated = words <= _SMALL_WORDS + _DAY and day_between(document, sentence, start, other.start)
    return "and" if dated or words <= _SMALL_WORDS else ""


def _list_of(document: Document, sentence: Sentence, actor: Actor, row: Sequence[Actor]) -> Sequence[Actor]:
    """`actor` with those of `row`, the participants in order of place, who stand in one list with it."""
    if actor not in row:
        return [actor]
    first = last = row.index(actor)
    while first > 0 and _listed(document, sentence, row[first - 1], row[first]):
        first -= 1
    while last + 1 < len(row) and _listed(document, sentence, row[last], row[last + 1]):
        last += 1
    return row[first : last + 1]


def _listed(document: Document, sentence: Sentence, one: Actor, other: Actor) -> bool:
    """Whether two participants are neighbours in a list: the same words stand for both, or only a comma or an "and" stands between."""
    if one.end >= other.start:
        return True
    return is_list(document, sentence, one.end, other.start)


def is_list(document: Document, sentence: Sentence, start: int, end: int) -> bool:
    """Whether nothing but a comma or an "and" stands in `text[start:end]`, and maybe an article: "Lawrow, Wang Yi und der Inder"."""
    counterpart = [tag for tag in sentence.of("structure.counterpart", "nationality") if start <= tag.start and tag.end <= end]
    if counterpart and counterpart[-1].end >= end - _COUNTERPART:  # "Lavrov, his colleague Wang Yi and the Indian minister"
        end = counterpart[0].start
    between = document.text[start:end].strip().strip(_LISTING).strip()
    joins = (tag for tag in sentence.of("structure.and") if start <= tag.start and tag.end <= end)
    if not between or (counterpart and len(between) <= _LONGEST_ARTICLE):
        return True
    return any(_is_article(between.removeprefix(document.text[tag.start : tag.end])) for tag in joins)


def _is_article(word: str) -> bool:
    """Whether a word behind an "and", or none at all, can be an article."""
    return not word or (word[0] == " " and word[1:].isalpha() and len(word) <= 1 + _LONGEST_ARTICLE)
