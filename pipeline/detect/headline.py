"""What the title of an article tells of it as a whole."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.detect.actors import Actor, Via
from pipeline.detect.document import Document, Sentence
from pipeline.detect.participants import participants
from pipeline.detect.places import country_of
from pipeline.detect.tags import is_contact
from pipeline.lexicon.matcher import Tag
from schemas.articles import BlockKind


@dataclass(frozen=True, slots=True)
class Headline:
    """What the title tells: `silent` has no word of contact and names nothing of the two countries; `third`: somebody of another acts.

    `gathering`: title or first sentence tells of a gathering of many. `denies`: something does not take place, or a report is wrong.
    `letter`: it tells that one writes to the other or congratulates. `people`: whom it or the first sentence names. `abroad`: those two
    tell of somebody of a third country. `last`: the number of that sentence.
    """

    silent: bool
    third: bool
    gathering: bool
    denies: bool
    letter: bool
    people: frozenset[str | None]
    abroad: bool
    last: int


def headline(document: Document) -> Headline:
    """What the title of the article tells."""
    sides = document.watch.sides

    def tells(sentence: Sentence, tag: Tag) -> bool:
        country = document.lexicon.people[tag.value or ""].side if tag.kind == "person" else country_of(document, sentence, tag)
        return is_contact(tag) or country in sides

    titles = [s for s in document.sentences if s.block is BlockKind.TITLE]
    head = document.sentences[: len(titles) + 1]
    acting = [[actor for actor in participants(document, s) if actor.via is not Via.BODY] for s in head]
    return Headline(
        silent=bool(titles) and not any(tells(s, tag) for s in titles for tag in s.tags),
        third=any(_third_acts(document, here) for here in acting[: len(titles)]),
        gathering=any(_gathers(s) for s in head),
        denies=any(s.of("cue.denied", "cue.refuted") for s in titles),
        letter=any(s.of("cue.letter") for s in titles),
        people=frozenset(tag.value for s in head for tag in s.of("person")),
        abroad=any(actor.side not in sides for here in acting for actor in here),
        last=len(titles),
    )


def _third_acts(document: Document, acting: Sequence[Actor]) -> bool:
    """Whether somebody of a third country acts, and is not what both sides named before speak of: "Putin and Xi discuss Trump's plan"."""
    sides = {*document.watch.sides}
    return any(actor.side not in sides and not sides <= {a.side for a in acting[:i]} for i, actor in enumerate(acting))


def _gathers(sentence: Sentence) -> bool:
    """Whether a sentence tells of a meeting of a body of many."""
    return bool(sentence.of("meet.noun", "summit.noun") and sentence.of("organisation", "cue.multilateral"))
