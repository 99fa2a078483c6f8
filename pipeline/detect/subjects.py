"""Whose contact it is: somebody of a third country who stands first meets the others, each alone; so does whoever meets two in turn."""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.actors import Actor, Via
from pipeline.detect.circumstances import ends_with, stands_at
from pipeline.detect.clauses import TOUCHES, beside_saying, commas, cuts, gap, words_between
from pipeline.detect.company import one_list
from pipeline.detect.dates import day_between
from pipeline.detect.document import Document, Sentence
from pipeline.lexicon.matcher import Tag

_MEETS = ("meet.past", "meet.present", "meet.future", "meet.infinitive")
_WITH_ANOTHER = ("meet", "talk", "phone", "video")
_RECEIVES = ("receive.past", "receive.present", "receive.future", "receive.infinitive")
_LONGEST_ARTICLE = 3  # letters
_ARTICLE = 1  # words between what marks a participant and the participant
_OBJECT_REACH = 2  # words between a verb and whom it has for object
_OPENS = 4  # words between the start of a clause and its subject, or its verb where the subject is left out


def of_a_third(document: Document, sentence: Sentence, contact: Tag, pair: tuple[Actor, Actor], here: Sequence[Actor]) -> bool:
    """Whether somebody who acts for neither side stands before both of `pair`, and neither begins a clause with a contact of its own.

    "The Serb was received by Putin and, a day later, by Xi", "he met Lavrov before talks with Wang Yi": both have the same subject.
    """
    sides = {actor.side for actor in pair}
    first, second = sorted(pair, key=lambda actor: actor.start)
    before = [actor for actor in here if not actor.aside and actor.via is not Via.BODY and actor.end <= first.start]
    met = is_partner(document, sentence, first) and not ends_as_partner(document, first)  # "met with Putin and Xi", but "Putin ile Şi"
    met = met or any(_meets(document, contact, actor, first) for actor in before)
    listed = one_list(document, sentence, pair, here) and not met
    if any(actor.side in sides for actor in before) or listed or second.start < first.end:
        return False
    speaks = commas(document, first.end, second.start) > 0 and beside_saying(document, sentence, second)  # "he meets Wang, said Lavrov"
    known = any(actor.via is Via.COUNTERPART and actor.person is not None for actor in pair)  # whom a title means, or a pronoun before it
    spans: list[Actor | Tag] = [*before, *(() if speaks or known else _pronouns(document, sentence, first))]
    others = [span for span in spans if not beside_saying(document, sentence, span) and not _is_met(document, sentence, span)]
    after = max((span.end for span in others), default=None)
    if after is None or any(after <= at < first.start for at in document.semicolons):
        return False
    return not _begins(document, sentence, after, first, second)


def _meets(document: Document, contact: Tag, third: Actor, first: Actor) -> bool:
    """Whether a third stands right before a verb of meeting, and those whom it meets behind: "Modi met Putin and Xi"."""
    verb = contact.kind in (*_MEETS, *_RECEIVES) and third.end <= contact.start and contact.end <= first.start
    near = _OPENS if third.via is Via.TITLE else _ARTICLE  # behind a title stands a name that no list has
    return verb and third.via in (Via.NAME, Via.TITLE) and words_between(document, third.end, contact.start) <= near


def _pronouns(document: Document, sentence: Sentence, actor: Actor) -> list[Tag]:
    """The pronouns that stand before `actor` in its clause; not in "he and his colleague Mishustin", who meet each other."""
    joins = [tag.start for tag in sentence.of("structure.and")]
    before = (tag for tag in sentence.of("structure.pronoun") if tag.end <= actor.start)
    alone = (tag for tag in before if not any(0 <= join - tag.end <= TOUCHES for join in joins))
    return [tag for tag in alone if not cuts(document, sentence, tag.end, actor.start)]


def _begins(document: Document, sentence: Sentence, after: int, one: Actor, other: Actor) -> bool:
    """Whether `one` stands at the beginning of a clause, behind `after`, that has a contact word before `other`."""
    places = [at for at in (*document.commas, *document.semicolons) if after <= at < one.start]
    words = [tag.end for tag in sentence.of("structure.clause", "structure.and") if after <= tag.start and tag.end <= one.start]
    start = max([*places, *words], default=None)
    if any(after <= tag.start <= after + TOUCHES and tag.end == start for tag in sentence.of("structure.clause")):
        return False  # "the Serb, whom Putin had received, met Xi"
    if _subordinate(document, sentence, after) and commas(document, after, one.start) and not marked(document, sentence, one):
        return True
    if start is None or words_between(document, start, one.start) > _OPENS:
        return False
    if any(start <= tag.start < one.start for tag in sentence.contacts):
        return False
    return any(one.end <= tag.start < other.start and not commas(document, one.end, tag.start) for tag in sentence.contacts)


def _subordinate(document: Document, sentence: Sentence, after: int) -> bool:
    """Whether whoever ends at `after` stands in a clause that a word opens: "while the Serb was in Delhi, Putin met Xi"."""
    opening = max((tag.end for tag in sentence.of("structure.clause") if tag.end <= after), default=None)
    return opening is not None and not commas(document, opening, after)


def _is_met(document: Document, sentence: Sentence, one: Actor | Tag) -> bool:
    """Whether somebody is told of as met by another: "after talks with the Serb, Putin met Xi"."""
    return isinstance(one, Actor) and marked(document, sentence, one)


def both_met(document: Document, sentence: Sentence, contact: Tag, pair: tuple[Actor, Actor], here: Sequence[Actor]) -> bool:
    """Whether one word or ending marks both as those whom a third meets: "spoke with Putin on Monday and on Tuesday with Xi".

    Or a third meets both together, or one of them, and they speak of the other; or both meet one and the same, each alone or together.
    """
    first, second = sorted(pair, key=lambda actor: actor.start)
    if second.start < first.end:  # "met the ambassadors of Russia and China"
        thirds = (one for one in here if one.side not in document.watch.sides and one.end <= min(contact.start, first.start))
        here_by = (one.end for one in thirds if not commas(document, one.end, first.start))
        near = any(contact.start >= second.end or words_between(document, end, contact.start) <= _OPENS for end in here_by)
        return first.via is Via.TITLE and near and contact.kind in (*_MEETS, *_RECEIVES)
    if one_list(document, sentence, pair, here):
        passive = contact.kind == "meet.past" and _mark(document, sentence, first, passive=True) == "agent"
        joined = any(first.end <= tag.start < second.start for tag in sentence.of("structure.and"))
        receives = contact.kind in _RECEIVES or (contact.kind == "receive.noun" and document.unit <= 2)  # 会见 is a verb as well
        by_a_third = any(_meets(document, contact, one, first) for one in here if one.side not in document.watch.sides)
        met = joined and first.start >= contact.end and (receives or passive or by_a_third)
        return met or (joined and _meet_a_third(document, sentence, contact, second, here))
    if _of_two_others(document, sentence, contact, pair, here):
        return True
    passive = contact.kind.startswith("receive.")
    mark = _mark(document, sentence, first, passive)
    return mark is not None and mark == _mark(document, sentence, second, passive)


def _meet_a_third(document: Document, sentence: Sentence, contact: Tag, last: Actor, here: Sequence[Actor]) -> bool:
    """Whether two, of whom `last` is the second, are the subject of a verb, and whom they meet is a third: "each met the UN chief"."""
    verb = contact.kind in (*_MEETS, *_RECEIVES) or (document.unit <= 2 and contact.kind in ("meet.noun", "receive.noun"))  # 会见
    if not verb:
        return False
    in_turn = bool(sentence.of("structure.in_turn"))
    behind = [one for one in here if one.side not in document.watch.sides and one.via in (Via.NAME, Via.TITLE) and last.end <= one.start]
    if last.end > contact.start:
        return bool(behind) and in_turn

    def is_met(one: Actor) -> bool:
        start, end = gap(contact, one)
        if any(start <= tag.start < end for tag in sentence.contacts) or cuts(document, sentence, start, end):
            return False
        near = contact.end <= one.start and words_between(document, start, end) <= _OBJECT_REACH
        return (near and (in_turn or not commas(document, start, end))) or is_partner(document, sentence, one)

    return any(map(is_met, behind))


def _of_two_others(document: Document, sentence: Sentence, contact: Tag, pair: tuple[Actor, Actor], here: Sequence[Actor]) -> bool:
    """Whether one of `pair` meets a third who stands in a list with that one, and the other is what they speak of.

    "Trump and Xi Jinping discussed Putin", "while Putin and Trump conferred, Xi waited"; but "Putin and Modi met Xi".
    """
    if contact.kind.removeprefix("cue.").partition(".")[0] not in _WITH_ANOTHER:
        return False
    others = [a for a in here if a.via is Via.NAME and not a.aside and a.side not in document.watch.sides and a.end <= contact.start]
    for one, other in (pair, pair[::-1]):
        listed = one.end <= contact.start and any(one_list(document, sentence, (one, third), here) for third in others)
        listed = listed and other.start > one.start  # "Xi spoke on the phone with Putin and Trump" is of Xi
        met = contact.kind in _MEETS and other.start >= contact.end and not commas(document, contact.end, other.start)
        met = met or (not contact.kind.endswith(".noun") and 0 <= other.start - contact.end <= TOUCHES)
        if listed and not met and not is_partner(document, sentence, other):
            return True
    return False


def first_of_all(document: Document, sentence: Sentence, pair: tuple[Actor, Actor], here: Sequence[Actor]) -> bool:
    """Whether one of the two is named first of all, and the other, who is met, stands in a list behind: of verbs at the end of a clause."""
    first, second = sorted(pair, key=lambda actor: actor.start)
    others = [actor for actor in here if not actor.aside and actor is not first]
    leads = all(actor.start > first.start for actor in others)
    return leads and not one_list(document, sentence, pair, here) and marked(document, sentence, second)


def met_alone(document: Document, sentence: Sentence, contact: Tag, third: Actor, pair: tuple[Actor, Actor]) -> bool:
    """Whether one of `pair` meets the third and then the other: "met the Serb on Monday and on Tuesday Xi", "with the Serb and with Xi".

    The verb is told once, but each has a day or a word of its own.
    """
    first, second = sorted(pair, key=lambda actor: actor.start)
    start, end = third.end, second.start
    if not (contact.end <= third.start and first.end <= third.start and start <= end) or third.via is Via.BODY:
        return False
    joins = [tag.start for tag in sentence.of("structure.and", "structure.clause") if start <= tag.start and tag.end <= end]
    joins += [at for at in (*document.commas, *document.semicolons) if start <= at < end]
    told = any(start <= tag.start < end for tag in (*sentence.contacts, *sentence.of("cue.speech")))
    if not joins or told or beside_saying(document, sentence, second):
        return False
    passive = contact.kind.startswith("receive.")
    marks = [_mark(document, sentence, actor, passive) for actor in (first, third, second)]
    if marks[0] is not None or marks[1] != marks[2]:
        return False
    if marks[1] is not None:
        return True
    return day_between(document, sentence, min(joins), end)


def marked(document: Document, sentence: Sentence, actor: Actor | Tag) -> bool:
    """Whether a word before or an ending behind tells that somebody meets with `actor`."""
    return _mark(document, sentence, actor) is not None


def met_behind(document: Document, sentence: Sentence, contact: Tag, nearest: Actor, row: Sequence[Actor]) -> Actor | None:
    """Who of the side of `nearest`, in the `row` of all, stands behind `contact` and "with" or "by"; `nearest` is met before an "and".

    Wang of "was received by Xi and held talks with Wang", Xi of "held talks with Wang and will be received by Xi".
    """
    joins = (tag for tag in sentence.of("structure.and") if nearest.end <= tag.start and tag.end <= contact.start)
    behind = next((actor for actor in sorted(row, key=lambda actor: actor.start) if actor.start >= contact.end), None)
    if next(joins, None) is None or behind is None or behind.side != nearest.side or commas(document, contact.end, behind.start):
        return None
    if cuts(document, sentence, contact.end, behind.start) or any(contact.end <= tag.start < behind.start for tag in sentence.contacts):
        return None
    return behind if _mark(document, sentence, behind, passive=contact.kind in _RECEIVES) is not None else None


def is_partner(document: Document, sentence: Sentence, actor: Actor) -> bool:
    """Whether a word or ending tells of `actor` as of one with whom somebody else meets: "arrived for talks with Lavrov"."""
    return _mark(document, sentence, actor) == "partner"


def _mark(document: Document, sentence: Sentence, actor: Actor | Tag, passive: bool = False) -> str | None:
    """What marks a participant as one with whom, or in the passive by whom, somebody meets: a word before, or an ending behind."""
    language, folded = document.language, document.folded
    blanks = document.unit > 2
    if ends_as_partner(document, actor):
        return "partner"
    start = min((tag.start for tag in _beside(document, sentence, actor)), default=actor.start)
    after = max((tag.end for tag in sentence.of("structure.pronoun", "structure.clause") if tag.end <= start), default=sentence.start)
    before = folded[after:start].rstrip()
    if actor.start == start and _is_first_name(document, after, start):
        before = before.rpartition(" ")[0]
    if any(tag.end == after + len(before) for tag in sentence.of("structure.ignored")):
        return None  # "во главе с Лавровым" is with nobody
    marks = {"partner": language.partner, "agent": language.agent if passive else ()}
    return next((kind for kind, words in marks.items() if any(ends_with(before, one, blanks) for one in words)), None)


def _is_first_name(document: Document, after: int, start: int) -> bool:
    """Whether the word right before a name at `start` begins with a capital, as the first name that no list has: "with Steve Witkoff"."""
    before, blank, word = document.text[after:start].rstrip().rpartition(" ")
    return bool(before.strip() and blank) and len(word) > 1 and word.isalpha() and word.istitle() and document.text[start].isupper()


def ends_as_partner(document: Document, actor: Actor | Tag) -> bool:
    """Whether an ending or a word behind `actor` tells that somebody meets that one: "Wang Yi ile", 王毅と."""
    blanks = document.unit > 2
    return any(stands_at(document.folded, one, actor.end, blanks) for one in document.language.partner_after)


def _beside(document: Document, sentence: Sentence, actor: Actor | Tag) -> list[Tag]:
    """The words for a counterpart, with the nationality, that stand right before a name."""
    nations = sentence.of("nationality", "country")
    behind = [n for n in nations if n.end <= actor.start and actor.start - n.end <= 1]  # "su homólogo chino Wang Yi"
    starts = [actor.start, *(n.start for n in behind)]
    def touches(tag: Tag, start: int) -> bool:
        return 0 <= start - tag.end <= TOUCHES or (tag.end <= start and len(document.text[tag.end : start].strip()) <= _LONGEST_ARTICLE)

    # "με τον Ινδό ομόλογό του Τζαϊσανκάρ"
    counterparts = [tag for tag in sentence.of("structure.counterpart") if any(touches(tag, start) for start in starts)]
    return [*counterparts, *(n for tag in counterparts for n in nations if n.end <= tag.start and tag.start - n.end <= 1)]
