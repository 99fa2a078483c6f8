"""The decision on a candidate: two linear models over named features, whether they meet and whether it is news."""
from __future__ import annotations

from dataclasses import dataclass

from pipeline.linear import Features, load_weights, probability, shares

_WEIGHTS = load_weights("pipeline.detect")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Probabilities that the two meet, and that it is news; and each feature's share of the two scores, largest first."""

    meeting: float
    news: float
    shares: tuple[tuple[str, float], ...]


def weigh(meeting: Features, news: Features) -> Verdict:
    """The verdict on a candidate with these features."""
    models = (("meeting", meeting), ("news", news))
    parts = [(f"{model}.{name}", share) for model, features in models for name, share in shares(_WEIGHTS[model], features)]
    return Verdict(
        meeting=probability(_WEIGHTS["meeting"], meeting),
        news=probability(_WEIGHTS["news"], news),
        shares=tuple(sorted(parts, key=lambda part: -abs(part[1]))),
    )
