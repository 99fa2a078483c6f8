"""The decision on a candidate: a dot product over named features, with weights that are a file."""
from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from pipeline.detect.features import Features


@dataclass(frozen=True, slots=True)
class Verdict:
    """Probabilities that the two meet, and that it is news; and each feature's share of the two scores, largest first."""

    meeting: float
    news: float
    shares: tuple[tuple[str, float], ...]


Weights = Mapping[str, Mapping[str, float]]


def load_weights() -> Weights:
    """The packaged weights: for `meeting` and `news`, a weight for each feature and the `bias`."""
    weights: Weights = tomllib.loads(files("pipeline.detect").joinpath("weights.toml").read_text("utf-8"))
    return weights


WEIGHTS = load_weights()


def decide(meeting: Features, news: Features, weights: Weights = WEIGHTS) -> Verdict:
    """Weigh the features.

    Raises:
        KeyError: a feature has no weight.
    """
    shares = [(f"{model}.{name}", weights[model][name] * value) for model, fs in (("meeting", meeting), ("news", news)) for name, value in fs.items() if value]
    return Verdict(
        meeting=_probability(weights["meeting"], meeting),
        news=_probability(weights["news"], news),
        shares=tuple(sorted(shares, key=lambda share: -abs(share[1]))),
    )


def _probability(weights: Mapping[str, float], features: Features) -> float:
    score = weights["bias"] + sum(weights[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
