"""Fit the weights of "same event or another" on the `develop` articles: writes pipeline/events/weights.toml, the same every time.

The articles of each stream are told to a ledger that the labels keep right, in its order and once more in none, as an archive may
come; each mention is compared with the known meetings of its pair that it does not contradict, and the labels say whether it is the same
event. Stories in variants are left out: news do not tell of as many meetings that differ in so little; and sets of many hands, whose keys
of recalled meetings differ.
"""
from __future__ import annotations

import random
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.dedupe import CopyIndex, mark_copy
from pipeline.events.ledger import Ledger
from pipeline.events.sameness import Spoken, can_be, same_features
from pipeline.lexicon.load import Lexicon, load_lexicon
from pipeline.linear import Features, probability
from pipeline.meet import known_meeting, new_meeting
from pipeline.tag import tag
from schemas.articles import CleanArticle
from schemas.meetings import Meeting, Mention, TaggedArticle
from tests.corpus.articles import FETCHED, MANY_HANDS, STREAMS, Label, cleaned, in_order
from tests.corpus.logistic import fit, table
from tests.corpus.score import pair

WEIGHTS = Path(__file__).parents[2] / "pipeline/events/weights.toml"
HEADER = """# P(same event), where nothing contradicts: the logistic function of bias plus the weighted features of sameness.py.
# Written by `make train`.
"""


def main() -> int:
    """Fit, report, write."""
    found = examples(load_lexicon())
    WEIGHTS.write_text(fitted(found), encoding="utf-8")
    weights = tomllib.loads(WEIGHTS.read_text("utf-8"))["same"]
    right = sum((probability(weights, e.features) >= 0.5) == e.same for e in found)
    print(f"{len(found)} pairs, {sum(e.same for e in found)} of one event, {right} told right; wrote {WEIGHTS.name}", file=sys.stderr)
    return 0


@dataclass(frozen=True, slots=True)
class Example:
    """A mention against a known meeting, and whether they are one event."""

    features: Features
    same: bool


def examples(lexicon: Lexicon) -> list[Example]:
    """The comparisons of all `develop` articles."""
    found = []
    for names in (one for one in STREAMS if not set(one) & {*MANY_HANDS}):
        told = in_order((one for name in names for one in cleaned(name, "develop", lexicon)), lambda one: one[0])
        shuffled = random.Random(1).sample(told, len(told))
        found += [Example(features, same) for order in (told, shuffled) for features, same in gather(order, lexicon)]
    return found


def fitted(found: Sequence[Example]) -> str:
    """The file of weights that these examples ask for."""
    return HEADER + table("same", fit("same", [e.features for e in found], [e.same for e in found], [1.0] * len(found)))


def gather(told: Sequence[tuple[Label, CleanArticle]], lexicon: Lexicon) -> Iterable[tuple[Features, bool]]:
    """The comparisons of one stream of articles, in this order."""
    known, copies, events = Ledger(), CopyIndex(), dict[str, str]()
    for label, article in told:
        unique, fingerprint = mark_copy(article, copies, FETCHED)
        copies.add(fingerprint)
        tagged = tag(unique, lexicon)
        for mention, event in labelled(tagged.mentions, label["meetings"]):
            yield from compare(tagged, mention, event, known, events)
            keep(tagged, mention, event, known, events, lexicon)


def labelled(mentions: Sequence[Mention], meetings: Sequence[Label]) -> list[tuple[Mention, str]]:
    """The mentions that a label agrees with, and the event that it names."""
    told = [{"meeting": {"salience": m.salience.value, **m.facts.model_dump(mode="json")}, "mention": m} for m in mentions]
    return [(seen["mention"], gold["event_key"]) for gold, seen in pair(meetings, told)]


def compare(article: TaggedArticle, mention: Mention, event: str, known: Ledger, events: dict[str, str]) -> Iterable[tuple[Features, bool]]:
    """`mention` against each meeting that it can be; `events` names the event of each meeting id."""
    spoken = Spoken(article, mention, known)
    for meeting in _alike(article, mention, known):
        if can_be(spoken, meeting):
            yield same_features(spoken, meeting), events[meeting.meeting_id] == event


def _alike(article: TaggedArticle, mention: Mention, known: Ledger) -> Sequence[Meeting]:
    return known.alike(mention.facts, known.as_of(article.source) or article.came_at)


def keep(
    article: TaggedArticle, mention: Mention, event: str, known: Ledger, events: dict[str, str], lexicon: Lexicon
) -> None:
    """Put `mention` where the label says it belongs."""
    watch = lexicon.watches[article.watch]
    meeting = next((m for m in _alike(article, mention, known) if events[m.meeting_id] == event), None)
    now = known.as_of(article.source)
    decision = known_meeting(article, mention, meeting, 1.0, now, watch) if meeting else new_meeting(article, mention, now, watch)
    events[decision.meeting.meeting_id] = event
    known.put(decision.meeting)


if __name__ == "__main__":
    sys.exit(main())
