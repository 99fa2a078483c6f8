"""What it costs a word of contact to reach a participant: words, and what parts the two more than words do."""
from __future__ import annotations

from pipeline.detect.actors import Actor, Via
from pipeline.detect.circumstances import stands_beside
from pipeline.detect.clauses import behind_clause, beside_saying, commas, cuts, enclosed, gap, words_between
from pipeline.detect.document import Document, Sentence
from pipeline.detect.subjects import ends_as_partner
from pipeline.lexicon.matcher import Tag

# What a stretch between a contact word and a participant costs, in words.
CUT = 8.0
_COMMA = 1.5
_OTHER_CONTACT = 4.0
_SPEAKER = 6.0  # "..., said Lavrov" takes part in the saying
_ASIDE = 25.0
_BODY = 6.0
_VAGUE = 3.0  # "the two sides"
_PARTNER = 3.0  # less for one who is marked as met: in "Wang Yi ile görüşmesinde Şi'nin davetini …" it is not Xi who stands nearer
_QUOTES = frozenset("\"“”„«»")


def cost_of(document: Document, sentence: Sentence, contact: Tag, actor: Actor) -> float:
    """What it costs `contact` to reach `actor`, in words."""
    start, end = gap(contact, actor)
    if actor.end <= contact.start:
        start = behind_clause(document, sentence, actor, contact)
    parted, between = commas(document, start, end), [tag for tag in sentence.contacts if start <= tag.start and tag.end <= end]
    others = len(between)
    foreign = actor.side not in document.watch.sides  # "when Putin arrived, Xi received him": who acts for a side may be meant behind
    borders = cuts(document, sentence, start, end) + enclosed(document, sentence, actor, contact, fronted=foreign)
    cost = words_between(document, start, end) + CUT * borders
    cost += _COMMA * parted + _OTHER_CONTACT * others
    if actor.end <= contact.start and not (borders or others or parted) and ends_as_partner(document, actor):
        cost = max(0.0, cost - _PARTNER)
    cost += CUT * (contact.end <= actor.start and any(_is_looked_back_to(document, sentence, tag) for tag in between))
    cost += _ASIDE if actor.aside else 0.0
    cost += {Via.BODY: _BODY, Via.BOTH: _VAGUE if actor.office is None else 0.0}.get(actor.via, 0.0)
    return cost + (_SPEAKER if speaks(document, sentence, contact, actor) else 0.0)


def _is_looked_back_to(document: Document, sentence: Sentence, contact: Tag) -> bool:
    """Whether those behind a noun of contact are its own, and of no word before it: "the first contact since the summit of Putin"."""
    language = document.language
    words = (*language.during, *language.outcome), (*language.during_after, *language.outcome_after)
    return contact.kind.endswith(".noun") and stands_beside(document, sentence, contact, *words)


def speaks(document: Document, sentence: Sentence, contact: Tag, actor: Actor) -> bool:
    """Whether a verb of saying stands right beside `actor`, in another clause than `contact` or behind a comma."""
    if not beside_saying(document, sentence, actor):
        return False
    start, end = gap(contact, actor)
    parted = cuts(document, sentence, start, end) or commas(document, start, end)
    return bool(parted) or _tells_of_another(document, sentence, contact, actor)


def _tells_of_another(document: Document, sentence: Sentence, contact: Tag, actor: Actor) -> bool:
    """Whether somebody else stands right behind `actor` and a verb of saying: "Wang Yi said Putin would visit China"."""
    behind = (verb for verb in sentence.of("cue.speech") if actor.end <= verb.start)
    verbs = [verb.end for verb in behind if words_between(document, actor.end, verb.start) <= 1]
    people = [tag.start for tag in sentence.of("person", "office") if tag.end <= contact.start]
    return any(verb <= start and words_between(document, verb, start) == 0 for verb in verbs for start in people)


def speaks_behind(document: Document, sentence: Sentence, contact: Tag, actor: Actor) -> bool:
    """Whether `actor` says what is told, behind the quotation: "…”, said Lavrov"."""
    quoted = contact.end < actor.start and _QUOTES & set(document.text[contact.end : actor.start])
    return bool(quoted) and speaks(document, sentence, contact, actor)


def characters_between(one: Tag, other: Actor) -> int:
    """Characters between them."""
    start, end = gap(one, other)
    return end - start
