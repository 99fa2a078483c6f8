"""Who acts in a sentence: names, titles, counterparts and "the two ministers", each with the side it acts for."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.detect.actors import Actor, Via
from pipeline.detect.asides import asides
from pipeline.detect.document import Document, Sentence
from pipeline.detect.places import country_of, is_located
from pipeline.lexicon.matcher import Tag
from pipeline.lexicon.world import Person

_NATIONS = ("nationality", "country")
_LISTED = (",", "،", "、", "，")  # what stands between the members of a list
_APART = frozenset(",;:()–—«»\"“”„،؛，、；：。")
_REACH = 4  # words between an office and the nationality that belongs to it
_SERVES = 1  # words between a person and the office of one who serves that person
_NAME = re.compile(r"\s+([^\W\d_][\w’'-]*\s+[^\W\d_][\w’'-]+)")  # two words; of a name both have a capital
_SOMEWHERE = "ZZ"  # CLDR's code of an unknown country
_JOIN = 1  # words between an office and the name that bears it


def participants(document: Document, sentence: Sentence) -> list[Actor]:
    """Everybody in `sentence` who acts for a country, in order of place; of both sides and of third countries."""
    if not sentence.of("person", "office", "structure.both", "structure.counterpart"):
        return []
    titles, used = _titles(document, sentence)
    actors = _served(document, titles, list(_named(document, sentence, titles)))  # gives an envoy the side of whom he serves
    actors = _served(document, titles, [*actors, *_plain_titles(document, sentence, titles)])
    actors += _both(document, sentence, titles, actors)
    actors.sort(key=lambda actor: (actor.start, actor.end))
    actors += _counterparts(document, sentence, actors, used)
    actors.sort(key=lambda actor: (actor.start, actor.end))
    return asides(document, sentence, actors)


@dataclass(slots=True)
class _Title:
    """An office in the text, the countries it belongs to, and whether a name has taken it."""

    tag: Tag
    sides: tuple[str, ...]
    start: int
    end: int
    taken: bool = False


def _titles(document: Document, sentence: Sentence) -> tuple[list[_Title], set[int]]:
    """The offices of `sentence` with their countries; and where the country tags stand that belong to one."""
    offices = sentence.of("office")
    nations = list({(tag.start, tag.end, tag.value): tag for tag in sentence.of(*_NATIONS)}.values())  # a word may be name and adjective
    used: set[int] = set()
    titles = []
    for office in offices:
        local = document.lexicon.offices[office.value or ""].local
        places = [tag for tag in sentence.of("place") if not is_located(document, sentence, tag)] if local else []
        near = _nearest_nations(document, sentence, office, [*nations, *places], offices, used)
        used |= {tag.start for tag in near}
        sides = tuple(dict.fromkeys(filter(None, (country_of(document, sentence, tag) for tag in near))))
        titles.append(_Title(office, sides, min([office.start, *(t.start for t in near)]), max([office.end, *(t.end for t in near)])))
    return titles, used


def _nearest_nations(
    document: Document, sentence: Sentence, office: Tag, nations: Sequence[Tag], offices: Sequence[Tag], used: set[int]
) -> list[Tag]:
    """The nationality or country nearest to `office`, before or behind it, with those that are coordinated with it."""
    best: tuple[float, Tag] | None = None
    for nation in nations:
        if nation.start in used or (document.language.country_first and nation.start > office.start):
            continue
        left, right = (nation, office) if nation.start < office.start else (office, nation)
        between = document.text[left.end : right.start]
        words = _words(document, left.end, right.start)
        names = sentence.of("person") if left is office else ()  # "minister Lavrov about Syria"
        parted = any(left.end <= o.start < right.start for o in (*offices, *sentence.contacts, *names) if o is not office)
        if words > _REACH or _APART & set(between) or parted or _of_the_next(document, office, nation, offices):
            continue
        distance = words + (0.5 if left is office else 0)  # "the Russian minister of …" before "minister … of China"
        if best is None or distance < best[0]:
            best = (distance, nation)
    if best is None:
        return []
    nearest = best[1]
    same = [n for n in nations if (n.start, n.end) == (nearest.start, nearest.end)]  # 中俄 stands for both
    return _chain(document, sentence, nearest, [n for n in nations if n.start not in used]) if len(same) == 1 else same


def _chain(document: Document, sentence: Sentence, nation: Tag, nations: Sequence[Tag]) -> list[Tag]:
    """`nation` with all that are coordinated with it: "Britain, France and Iran"; a comma joins only where an "and" does too."""
    row = sorted(nations, key=lambda tag: tag.start)
    at = row.index(nation)
    links = [
        "and" if _coordinated(document, sentence, one, other) else "," if document.text[one.end : other.start].strip() in _LISTED else ""
        for one, other in pairwise(row)
    ]
    first = next((i + 1 for i in range(at - 1, -1, -1) if not links[i]), 0)
    last = next((i for i in range(at, len(links)) if not links[i]), len(links))
    return row[first : last + 1] if "and" in links[first:last] else [nation]


def _of_the_next(document: Document, office: Tag, nation: Tag, offices: Sequence[Tag]) -> bool:
    """Whether a nationality behind `office` stands right before another one: "an envoy of the Chinese president"."""
    return nation.start > office.start and any(o.start >= nation.end and not document.text[nation.end : o.start].strip() for o in offices)


def _coordinated(document: Document, sentence: Sentence, one: Tag, other: Tag) -> bool:
    """Whether two country words stand side by side: "Russian and Chinese", "russisch-chinesisch", 中俄, "da Rússia e da China"."""
    left, right = (one, other) if one.start < other.start else (other, one)
    between = document.folded[left.end : right.start]
    if between.strip(" -–/、·・") == "":
        return True
    inside = [tag.kind for tag in sentence.of("structure.and", "office") if left.end <= tag.start and tag.end <= right.start]
    return inside == ["structure.and"] and not _APART & set(between) - {"、"} and _words(document, left.end, right.start) <= 2


def _named(document: Document, sentence: Sentence, titles: Sequence[_Title]) -> Iterator[Actor]:
    """The people named in `sentence`, each with the office written beside the name."""
    for tag in sentence.of("person"):
        person = document.lexicon.people[tag.value or ""]
        office = person.office_on(document.published)
        if office is not None and document.lexicon.offices[office].spokesperson:
            continue
        title = _title_of(document, tag, person, titles)
        start, end = tag.start, tag.end
        if title is not None:
            title.taken = True
            start, end = min(start, title.start), max(end, title.end)
            office = title.tag.value if person.held(title.tag.value or "", None) or not person.terms else office
        yield Actor(person.side, tag.value, office, start, end, Via.NAME)


def _title_of(document: Document, name: Tag, person: Person, titles: Sequence[_Title]) -> _Title | None:
    """The office that stands beside `name` and can be that person's."""
    best: tuple[float, _Title] | None = None
    for title in titles:
        if title.taken or (title.sides and person.side not in title.sides) or len(title.sides) > 1:
            continue
        if document.lexicon.offices[title.tag.value or ""].serving and not person.held(title.tag.value or "", None):
            continue  # "an envoy of Xi"
        if title.end <= name.start:
            gap, between = _words(document, title.end, name.start), document.text[title.end : name.start]
        elif name.end <= title.tag.start:
            gap, between = _words(document, name.end, title.tag.start), document.text[name.end : title.tag.start]
        else:
            continue
        apposition = between.strip() in ("", ",", "،", "，", "·") or not _APART & set(between)
        if gap <= _JOIN and apposition and (best is None or gap < best[0]):
            best = (gap, title)
    return best[1] if best else None


def _served(document: Document, titles: Sequence[_Title], actors: list[Actor]) -> list[Actor]:
    """Mark those whom another serves, "Putin's aide Ushakov", "an envoy of Xi", and give the servant their side."""
    for title in titles:
        if title.tag.value is None or not document.lexicon.offices[title.tag.value].serving:
            continue
        for i, actor in enumerate(actors):
            before = title.tag.start >= actor.end and _words(document, actor.end, title.tag.start) <= _SERVES
            behind = actor.start >= title.tag.end and _words(document, title.tag.end, actor.start) <= _SERVES + 2
            apart = _APART & set(document.text[min(actor.end, title.tag.end) : max(actor.start, title.tag.start)])
            if actor.office != title.tag.value and (before or behind) and not apart:
                actors[i] = replace(actor, aside=True)
                title.sides = title.sides or (actor.side,)
                break
    return actors


def _plain_titles(document: Document, sentence: Sentence, titles: Sequence[_Title]) -> Iterator[Actor]:
    """Offices with a country and without a name; two countries are two participants."""
    for title in titles:
        if title.taken or title.tag.value is None or document.lexicon.offices[title.tag.value].spokesperson:
            continue
        via = Via.BODY if document.lexicon.offices[title.tag.value].body else Via.TITLE
        if via is Via.BODY and any(_speaks_for(document, other, title) for other in titles):
            continue
        for side in title.sides or _unknown(document, sentence, title):
            yield Actor(side, None, title.tag.value, title.start, title.end, via)


def _unknown(document: Document, sentence: Sentence, title: _Title) -> tuple[str, ...]:
    """The side of a title without a country before a name that no list has: somebody of a third country, mostly the reader's own."""
    name = _NAME.match(document.text, title.end, sentence.end)
    if name is None or not all(word[0].isupper() for word in name[1].split()):
        return ()
    return () if any(tag.start < name.end(1) and tag.end > name.start(1) for tag in sentence.tags) else (_SOMEWHERE,)


def _speaks_for(document: Document, speaker: _Title, body: _Title) -> bool:
    """Whether a body is only named with its speaker: "a spokeswoman of the Chinese foreign ministry"."""
    if not document.lexicon.offices[speaker.tag.value or ""].spokesperson:
        return False
    behind, before = _words(document, speaker.tag.end, body.tag.start), _words(document, body.tag.end, speaker.tag.start)
    return 0 <= behind <= _REACH or 0 <= before <= 1


def _both(document: Document, sentence: Sentence, titles: Sequence[_Title], actors: Sequence[Actor]) -> Iterator[Actor]:
    """"The two foreign ministers", "the two sides": one participant of each side of the watch."""
    for tag in sentence.of("structure.both"):
        free = [t for t in titles if not t.taken and not t.sides]
        title = next((t for t in free if tag.start <= t.tag.start and t.tag.end <= tag.end), None)  # 両首脳 is a "both" and an office
        if title is None:
            title = next((t for t in free if 0 <= _words(document, tag.end, t.tag.start) <= 1), None)
        if title is None:
            title = next((t for t in free if 0 <= _words(document, t.tag.end, tag.start) <= 1), None)
        office = title.tag.value if title else None
        if title:
            title.taken = True
        for side in document.watch.sides:
            yield Actor(side, None, office, tag.start, title.tag.end if title and title.tag.end > tag.end else tag.end, Via.BOTH)


def _counterparts(document: Document, sentence: Sentence, actors: Sequence[Actor], used: set[int]) -> Iterator[Actor]:
    """"His Chinese counterpart": the other side, in the office of the nearest one before, unless the name follows."""
    for tag in sentence.of("structure.counterpart"):
        nation = _nation_of(document, tag, sentence.of(*_NATIONS), used)
        if nation is not None:
            used.add(nation.start)
        behind = next((a for a in actors if a.start >= tag.end), None)
        if behind is not None and behind.via is Via.NAME and _words(document, tag.end, behind.start) <= _JOIN:
            continue  # "his Chinese counterpart Wang Yi": the name says it all
        before = next((a for a in reversed(actors) if a.end <= tag.start and (nation is None or a.side != nation.value)), None)
        partner = before or next((a for a in actors if a.start >= tag.end and (nation is None or a.side != nation.value)), None)
        if nation is None and any(actor.side not in document.watch.sides for actor in actors):
            continue  # whose colleague it is, nothing tells
        side = nation.value if nation else _other_side(document, partner)
        if side is not None and (partner is None or partner.side != side):
            start = min(tag.start, nation.start) if nation else tag.start
            office = partner.office if partner else None
            row = _chain(document, sentence, nation, sentence.of(*_NATIONS)) if nation else []
            for country in dict.fromkeys([side, *(n.value for n in row if n.value and not (partner and n.value == partner.side))]):
                yield Actor(country, None, office, start, tag.end, Via.COUNTERPART, guessed=nation is None)


def _nation_of(document: Document, tag: Tag, nations: Sequence[Tag], used: set[int]) -> Tag | None:
    near = [
        (_words(document, min(tag.end, n.end), max(tag.start, n.start)), n)
        for n in nations
        if n.start not in used and not _APART & set(document.text[min(tag.end, n.end) : max(tag.start, n.start)])
    ]
    distance, nation = min(near, key=lambda item: item[0], default=(_REACH + 1, None))
    return nation if distance <= _REACH - 2 else None


def _other_side(document: Document, partner: Actor | None) -> str | None:
    first, second = document.watch.sides
    if partner is None or partner.side not in (first, second):
        return None
    return second if partner.side == first else first


def _words(document: Document, start: int, end: int) -> int:
    """Words in `text[start:end]`, about; negative where the two ends are swapped."""
    if end < start:
        return -1
    if document.unit > 2:
        return len(document.text[start:end].split())
    return (end - start + document.unit - 1) // document.unit
