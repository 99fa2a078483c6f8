"""The offices named in a sentence, each with the countries that it belongs to."""
from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.detect.document import Document, Sentence
from pipeline.detect.institutions import FOREIGN_NAME
from pipeline.detect.places import country_of, is_located
from pipeline.lexicon.matcher import Tag

Spans = Collection[tuple[int, int]]
NATIONS = ("nationality", "country")
APART = frozenset(",;:()–—«»\"“”„،؛，、；：。")
REACH = 4  # words between an office and the nationality that belongs to it
_LONG_REACH = 8  # the same of who heads an institution, whose name may be long
_LISTED = (",", "،", "、", "，")  # what stands between the members of a list
_COMMA_AND_ARTICLE = re.compile(r"[,،]\s+(?:[^\W\d_]{1,3}\s+){1,2}")  # "China, the United States"
_JOIN = 1  # words between an office and a country, or an institution whose name tells it, right beside
_BODY_REACH = 2  # words between an office and the body that it is an office of


@dataclass(slots=True)
class Title:
    """An office in the text, the countries it belongs to, and whether a name has taken it."""

    tag: Tag
    sides: tuple[str, ...]
    start: int
    end: int
    taken: bool = False


def titles_of(document: Document, sentence: Sentence) -> tuple[list[Title], set[int]]:
    """The offices of `sentence` with their countries, none that is a former one; and where the country tags stand that belong to one."""
    offices = sentence.of("office")
    if not offices:
        return [], set()
    journeys = {(tag.start, tag.end) for tag in sentence.contacts}  # "is in Russia" is no country of the title before it
    named = (tag for tag in sentence.of(*NATIONS) if (tag.start, tag.end) not in journeys)
    nations = list({(tag.start, tag.end, tag.value): tag for tag in named}.values())  # a word may be name and adjective
    used: set[int] = set()
    titles = []
    for office in offices:
        if _is_former(document, sentence, office):
            continue
        local = document.lexicon.offices[office.value or ""].local
        places = [tag for tag in sentence.of("place") if not is_located(document, sentence, tag)] if local else []
        near = _nearest_nations(document, sentence, office, [*nations, *places], offices, used)
        near += _region_behind(document, office, near, nations) if local else []
        used |= {tag.start for tag in near}
        sides = tuple(dict.fromkeys(filter(None, (country_of(document, sentence, tag) for tag in near))))
        titles.append(Title(office, sides, min([office.start, *(t.start for t in near)]), max([office.end, *(t.end for t in near)])))
    _join_bodies(document, sentence, titles)
    return titles, used


def _region_behind(document: Document, office: Tag, near: Sequence[Tag], nations: Sequence[Tag]) -> list[Tag]:
    """The region whose country stands before it: "governor of the Chinese province of Jilin"."""
    end = max([office.end, *(tag.end for tag in near)])
    region = min((n for n in nations if n.start >= end), key=lambda n: n.start, default=None)
    if region is None or not near or region.value != near[-1].value or APART & set(document.text[end : region.start]):
        return []
    return [region] if words_to(document, end, region.start) <= _JOIN else []


def _is_former(document: Document, sentence: Sentence, office: Tag) -> bool:
    """Whether an office is one that somebody had before: "the former Russian defence minister", "وزير الدفاع الروسي السابق"."""
    nations = {(tag.start, tag.end) for tag in sentence.of(*NATIONS)}
    for word in sentence.of("structure.former"):
        start, end = (word.end, office.start) if word.end <= office.start else (office.end, word.start)
        inside = [n for n in nations if start <= n[0] and n[1] <= end]
        blanks = document.text[start : inside[0][0]] + document.text[inside[0][1] : end] if inside else document.text[start:end]
        if start <= end and not blanks.strip(" -"):
            return True
    return False


def _join_bodies(document: Document, sentence: Sentence, titles: Sequence[Title]) -> None:
    """Give an office without a country that of the body beside it, which is then no participant of its own.

    "A special representative of the Russian foreign ministry", "Rusya Dışişleri Bakanlığı Özel Temsilcisi". An ambassador is of a country
    and may stand in a ministry.
    """
    bodies = [title for title in titles if title.sides and document.lexicon.offices[title.tag.value or ""].body]
    for title in titles:
        office = document.lexicon.offices[title.tag.value or ""]
        if title.sides or office.body or office.spokesperson or office.accredited:
            continue
        body = next((b for b in bodies if not b.taken and _beside(document, sentence, title, b)), None)
        if body is not None:
            body.taken = True
            title.sides, title.start, title.end = body.sides, min(title.start, body.start), max(title.end, body.end)


def _beside(document: Document, sentence: Sentence, one: Title, other: Title) -> bool:
    """Whether nothing but small words stand between two titles."""
    start, end = (one.end, other.start) if one.start <= other.start else (other.end, one.start)
    if words_to(document, start, end) > _BODY_REACH or APART & set(document.text[start:end]):
        return False
    return not any(tag.start < end and tag.end > start for tag in (*sentence.contacts, *sentence.of("cue.speech", "structure.and")))


def _nearest_nations(
    document: Document, sentence: Sentence, office: Tag, nations: Sequence[Tag], offices: Sequence[Tag], used: set[int]
) -> list[Tag]:
    """The country that the words of `office` tell, or the nearest one before or behind it; with those that are coordinated with it."""
    institutions = {(tag.start, tag.end) for tag in sentence.of("title.body")}
    free = [nation for nation in nations if nation.start not in used]
    nearest = _told_within(document, sentence, office, free, institutions)
    if nearest is None:
        nearest = _told_beside(document, sentence, office, nations, offices, used, institutions)
    if nearest is None:
        return []
    same = [n for n in nations if (n.start, n.end) == (nearest.start, nearest.end)]  # 中俄 stands for both
    return chained(document, sentence, nearest, free) if len(same) == 1 else same


def _told_within(document: Document, sentence: Sentence, office: Tag, nations: Sequence[Tag], institutions: Spans) -> Tag | None:
    """The country among the words of a title, or right behind them, that is of what all the rest is part of.

    The name of an institution tells its country too, but others may call theirs the same.
    """
    inside = sorted((n for n in nations if office.start <= n.start and n.end <= office.end), key=lambda n: n.start)
    if not document.lexicon.offices[office.value or ""].of_institution:  # "an envoy for Syria" is not of Syria
        inside = [nation for nation in inside if (nation.start, nation.end) == (office.start, office.end)]
    if not inside:
        return None
    plain = [nation for nation in inside if (nation.start, nation.end) not in institutions]
    told = (plain or inside)[0 if document.language.head_last else -1]
    behind = min((n for n in nations if n.start >= office.end), key=lambda n: n.start, default=None)
    if behind is None or document.language.head_last or not _follows(document, sentence, office, behind):
        return told
    return behind if not plain or behind.value == told.value else told


def _follows(document: Document, sentence: Sentence, office: Tag, nation: Tag) -> bool:
    """Whether a country stands behind a title with nothing but a small word between."""
    start, end = office.end, nation.start
    empty = not any(start <= tag.start < end for tag in sentence.tags) and not APART & set(document.text[start:end])
    return empty and words_to(document, start, end) <= _JOIN and not any(tag.start == nation.start for tag in sentence.of("office"))


def _told_beside(
    document: Document,
    sentence: Sentence,
    office: Tag,
    nations: Sequence[Tag],
    offices: Sequence[Tag],
    used: set[int],
    institutions: Spans,
) -> Tag | None:
    """The nationality or country nearest to `office`, before or behind it."""
    best: tuple[float, Tag] | None = None
    long = document.lexicon.offices[office.value or ""].of_institution
    for nation in nations:
        if nation.start in used or _on_the_wrong_side(document, office, nation) or _is_where(sentence, office, nation):
            continue
        left, right = (nation, office) if nation.start < office.start else (office, nation)
        words = words_to(document, left.end, right.start)
        reach = _LONG_REACH if long and (left is office) != document.language.head_last else REACH
        named = (nation.start, nation.end) in institutions  # "at the invitation of the Federation Council, the delegation …"
        if words > (_JOIN if named else reach) or APART & set(document.text[left.end : right.start]):
            continue
        names = sentence.of("person") if left is office else ()  # "minister Lavrov about Syria"
        parted = any(left.end <= o.start < right.start for o in (*offices, *sentence.contacts, *names) if o is not office)
        if parted or _of_the_next(document, office, nation, offices, nations):
            continue
        distance = words + (0.5 if left is office else 0)  # "the Russian minister of …" before "minister … of China"
        if best is None or distance < best[0]:
            best = (distance, nation)
    return best[1] if best else None


def chained(document: Document, sentence: Sentence, nation: Tag, nations: Sequence[Tag]) -> list[Tag]:
    """`nation` with all that are coordinated with it: "Britain, France and Iran"; a comma joins only where an "and" does too."""
    row = sorted(nations, key=lambda tag: tag.start)
    first = last = row.index(nation)
    links = set[str]()
    while first and (link := _link(document, sentence, row[first - 1], row[first])):
        links.add(link)
        first -= 1
    while last + 1 < len(row) and (link := _link(document, sentence, row[last], row[last + 1])):
        links.add(link)
        last += 1
    return row[first : last + 1] if "and" in links else [nation]


def _link(document: Document, sentence: Sentence, one: Tag, other: Tag) -> str:
    """What joins two neighbours of a list: "and", a comma, or nothing."""
    if _coordinated(document, sentence, one, other):
        return "and"
    between = document.text[one.end : other.start]
    return "," if between.strip() in _LISTED or _COMMA_AND_ARTICLE.fullmatch(between) else ""


def _on_the_wrong_side(document: Document, office: Tag, nation: Tag) -> bool:
    """Whether a country stands where the language never has that of a title: "khách Nga được Thủ tướng Lý Cường tiếp"."""
    language = document.language
    return (language.country_first and nation.start > office.start) or (language.country_last and nation.end <= office.start)


def _is_where(sentence: Sentence, office: Tag, nation: Tag) -> bool:
    """Whether a country before a title is where something happens, by an ending or a word behind it: "Çin'de Cumhurbaşkanı Erdoğan"."""
    if nation.end > office.start:
        return False
    others = {tag.start for tag in sentence.of("place", "country") if tag.start >= nation.end}  # "Rusiyanın Pekindəki səfiri"
    words = (tag for tag in sentence.of("structure.locative_after") if tag.start not in others)
    return any(nation.start <= tag.start <= nation.end + 1 and tag.end > nation.start for tag in words)


def _of_the_next(document: Document, office: Tag, nation: Tag, offices: Sequence[Tag], nations: Sequence[Tag]) -> bool:
    """Whether a nationality behind `office` is that of another one, or stands right before it: "an envoy of the Chinese president"."""
    if nation.start <= office.start:
        return False
    following = next((o for o in offices if nation.start < o.end and o.start > office.start), None)
    if following is None or document.text[nation.end : following.start].strip():
        return False
    if document.language.country_last and nation.start >= office.end:
        return False
    return nation.start >= following.start or not any(n.start == following.start for n in nations)


def _coordinated(document: Document, sentence: Sentence, one: Tag, other: Tag) -> bool:
    """Whether two country words stand side by side: "Russian and Chinese", "russisch-chinesisch", 中俄, "da Rússia e da China".

    A title that tells its country itself opens another: "الوزير الروسي نائب رئيس اللجنة العسكرية المركزية".
    """
    left, right = (one, other) if one.start < other.start else (other, one)
    between = document.folded[left.end : right.start]
    if between.strip(" -–/、·・") == "":
        return left.value == right.value or not any((o.start, o.end) == (right.start, right.end) for o in sentence.of("office"))
    inside = [tag.kind for tag in sentence.of("structure.and", "office") if left.end <= tag.start and tag.end <= right.start]
    return inside == ["structure.and"] and not APART & set(between) - {"、"} and words_to(document, left.end, right.start) <= 2


def words_to(document: Document, start: int, end: int) -> int:
    """Words in `text[start:end]`, about; negative where the two ends are swapped."""
    if end < start:
        return -1
    if document.unit > 2:
        return len(document.text[start:end].split())
    return (len(FOREIGN_NAME.sub("・", document.text[start:end])) + document.unit - 1) // document.unit
