"""The fit finds the weights that the examples ask for, and comes to rest also where they leave no doubt."""
from __future__ import annotations

import math

import pytest

from pipeline.linear import probability
from tests.corpus.logistic import PRIOR, fit

FEATURES = [dict.fromkeys(list(PRIOR["same"])[1:], 0.0) for _ in range(200)]
NAME = next(iter(FEATURES[0]))


def test_a_share_is_learned() -> None:
    weights = fit("same", FEATURES, [i % 4 == 0 for i in range(200)], [1.0] * 200)
    assert probability(weights, FEATURES[0]) == pytest.approx(0.25, abs=0.02)


def test_a_feature_that_decides_alone_gets_a_finite_weight() -> None:
    features = [{**f, NAME: float(i % 2) * 40} for i, f in enumerate(FEATURES)]
    weights = fit("same", features, [bool(i % 2) for i in range(200)], [1.0] * 200)
    assert all(math.isfinite(w) for w in weights.values())
    assert probability(weights, features[1]) > 0.9
    assert probability(weights, features[0]) < 0.1


def test_what_no_example_shows_keeps_the_weight_that_a_person_set() -> None:
    weights = fit("same", FEATURES, [True] * 200, [1.0] * 200)
    assert weights[NAME] == PRIOR["same"][NAME]
