"""A linear model: named features, weights in a file that a person can read."""
from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from operator import mul

Features = dict[str, float]
Weights = Mapping[str, float]
_STEEPEST = 30.0  # beyond this score a probability is 0 or 1 anyway, and exp would overflow


def load_weights(package: str) -> Mapping[str, Weights]:
    """The models in `weights.toml` of `package`: for each its `bias` and a weight for each feature."""
    weights: Mapping[str, Weights] = tomllib.loads(files(package).joinpath("weights.toml").read_text("utf-8"))
    return weights


def probability(weights: Weights, features: Features) -> float:
    """The logistic function of the bias and the weighted features.

    Raises:
        KeyError: a feature has no weight.
    """
    score = weights["bias"] + sum(map(mul, map(weights.__getitem__, features), features.values()))
    return 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, score))))


def shares(weights: Weights, features: Features) -> list[tuple[str, float]]:
    """Each feature's part of the score."""
    return [(name, weights[name] * value) for name, value in features.items() if value]
