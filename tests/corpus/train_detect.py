"""Fit the weights of the decision on the `develop` articles: writes pipeline/detect/weights.toml, the same every time.

A candidate is a meeting where a label agrees with it, also on whether it is of many, and news where that label is `main`. Two logistic
models, fitted by Newton's method and held towards `prior.toml`, weights that a person set: a feature that few articles show keeps its
weight. The cross-validated figures leave out one fold of events at a time, so that no event is both learned and judged.
"""
from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.detect.candidates import Candidate, candidates
from pipeline.detect.discourse import all_frames
from pipeline.detect.document import Document, read
from pipeline.detect.features import features
from pipeline.lexicon.load import Lexicon, load_lexicon
from pipeline.linear import Features, probability
from pipeline.tag import facts_of
from tests.corpus.articles import CHOSEN_SETS, SETS, UNFITTED, Label, cleaned
from tests.corpus.logistic import fit, table
from tests.corpus.score import agrees, closeness

WEIGHTS = Path(__file__).parents[2] / "pipeline/detect/weights.toml"
MANY = "multilateral"
CHOSEN = 0.5  # weight of an article of a set that is no stream: its mix of labels is not that of news
FOLDS = 5
HEADER = """# The decision: P(meeting) and P(news) are the logistic function of bias plus the weighted features of features.py.
# A mention is `main` where both reach one half, `background` where only the first does. Written by `make train`.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A candidate with its features and what the labels say of it; `news` is None where it is no meeting."""

    fold: int
    weight: float
    meeting_features: Features
    news_features: Features
    meeting: bool
    news: bool | None


def main() -> int:
    """Fit, report, write."""
    examples = list(gather(load_lexicon()))
    report(examples)
    WEIGHTS.write_text(fitted(examples), encoding="utf-8")
    print(f"{len(examples)} candidates; wrote {WEIGHTS.name}", file=sys.stderr)
    return 0


def fitted(examples: Sequence[Example]) -> str:
    """The file of weights that these examples ask for."""
    return HEADER + "".join(table(name, fit(name, *columns(examples, name))) for name in ("meeting", "news"))


def gather(lexicon: Lexicon) -> Iterable[Example]:
    """The candidates of all `develop` articles in the lexicon's languages."""
    for name in (one for one in SETS if one not in UNFITTED):
        for label, article in cleaned(name, "develop", lexicon):
            document = read(article, lexicon.languages[article.language], lexicon)
            yield from examples_of(document, label, CHOSEN if name in CHOSEN_SETS else 1.0)


def examples_of(document: Document, label: Label, weight: float) -> Iterable[Example]:
    """Each candidate of an article, with the label that it agrees with best; each label is used once."""
    found = candidates(document, all_frames(document))
    matched = match(document, found, label["meetings"])
    story = label["doc_id"].rstrip("0123456789")
    key = story if "edit" in label else next((m["event_key"] for m in label["meetings"]), story)
    for i, (meeting, news) in enumerate(features(document, found)):
        gold = matched.get(i)
        yield Example(
            fold=zlib.crc32(key.encode()) % FOLDS,
            weight=weight,
            meeting_features=meeting,
            news_features=news,
            meeting=gold is not None,
            news=gold["salience"] == "main" if gold else None,
        )


def match(document: Document, found: Sequence[Candidate], meetings: Sequence[Label]) -> dict[int, Label]:
    """Candidates and labels that can be the same meeting, closest first."""
    told = [facts_of(document, candidate).model_dump(mode="json") for candidate in found]
    options = [(closeness(gold, seen), -i, -j) for i, seen in enumerate(told) for j, gold in enumerate(meetings) if agrees(gold, seen)]
    matched: dict[int, Label] = {}
    used: set[int] = set()
    for _, i, j in sorted(options, reverse=True):
        if -i not in matched and -j not in used:
            matched[-i] = meetings[-j]
            used.add(-j)
    return {i: gold for i, gold in matched.items() if (gold["format"] == MANY) == (told[i]["format"] == MANY)}


def columns(examples: Sequence[Example], name: str) -> tuple[list[Features], list[bool], list[float]]:
    """Features, answers and weights for one of the two models."""
    if name == "meeting":
        return [e.meeting_features for e in examples], [e.meeting for e in examples], [e.weight for e in examples]
    real = [e for e in examples if e.news is not None]
    return [e.news_features for e in real], [bool(e.news) for e in real], [e.weight for e in real]


def report(examples: Sequence[Example]) -> None:
    """Cross-validated accuracy of both models, on standard error."""
    for name in ("meeting", "news"):
        right = total = 0
        for fold in range(FOLDS):
            weights = fit(name, *columns([e for e in examples if e.fold != fold], name))
            features, answers, _ = columns([e for e in examples if e.fold == fold], name)
            right += sum((probability(weights, f) >= 0.5) == answer for f, answer in zip(features, answers, strict=True))
            total += len(answers)
        print(f"{name}: {right / total:.3f} of {total} right, cross-validated by event", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
