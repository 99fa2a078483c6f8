"""Logistic regression held towards a prior, by Newton's method: small, exact, the same result every time."""
from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pipeline.linear import Features

_STEEPEST = 30.0  # a score beyond is as good as certain
HOLD = 2.0  # how strongly the prior holds each weight: as much as a few articles
PRIOR = tomllib.loads((Path(__file__).parent / "prior.toml").read_text("utf-8"))


def fit(model: str, features: Sequence[Features], answers: Sequence[bool], weights: Sequence[float]) -> dict[str, float]:
    """Weights by name, `bias` first, that maximise the likelihood held towards the prior of `model`."""
    names = ["bias", *features[0]]
    prior = [PRIOR[model][name] for name in names]
    rows = [[1.0, *(f[name] for name in names[1:])] for f in features]
    beta, loss = list(prior), _loss(prior, prior, rows, answers, weights)
    for _ in range(50):
        gradient = [HOLD * (p - b) for b, p in zip(beta, prior, strict=True)]
        hessian = [[HOLD if i == j else 0.0 for j in range(len(names))] for i in range(len(names))]
        for row, answer, weight in zip(rows, answers, weights, strict=True):
            p = 1 / (1 + math.exp(-_score(beta, row)))
            held = [(i, x) for i, x in enumerate(row) if x]
            for i, x in held:
                gradient[i] += weight * (answer - p) * x
                for j, y in held:
                    hessian[i][j] += weight * p * (1 - p) * x * y
        step = solve(hessian, gradient)
        for _ in range(20):  # a whole step may lead too far: halve it until it leads down
            further = [b + s for b, s in zip(beta, step, strict=True)]
            if (next_loss := _loss(further, prior, rows, answers, weights)) <= loss:
                beta, loss = further, next_loss
                break
            step = [s / 2 for s in step]
        if max(map(abs, step)) < 1e-9:
            break
    return {name: round(b, 2) for name, b in zip(names, beta, strict=True)}


def _score(beta: Sequence[float], row: Sequence[float]) -> float:
    return max(-_STEEPEST, min(_STEEPEST, sum(b * x for b, x in zip(beta, row, strict=True) if x)))


def _loss(
    beta: Sequence[float], prior: Sequence[float], rows: Sequence[Sequence[float]], answers: Sequence[bool], weights: Sequence[float]
) -> float:
    """Negative logarithm of the likelihood, with what holds the weights towards the prior."""
    held = HOLD / 2 * sum((b - p) ** 2 for b, p in zip(beta, prior, strict=True))
    signed = (_score(beta, row) * (1 if answer else -1) for row, answer in zip(rows, answers, strict=True))
    return held + sum(weight * math.log1p(math.exp(-s)) for weight, s in zip(weights, signed, strict=True))


def solve(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    """x with matrix·x = vector, by elimination with pivots; a column of zeros gives 0."""
    rows = [[*row, v] for row, v in zip(matrix, vector, strict=True)]
    size = len(rows)
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if abs(rows[i][i]) < 1e-12:
            rows[i][i] = 1.0
        for r in range(i + 1, size):
            factor = rows[r][i] / rows[i][i]
            if factor:
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    found = [0.0] * size
    for i in reversed(range(size)):
        found[i] = (rows[i][size] - sum(rows[i][j] * found[j] for j in range(i + 1, size))) / rows[i][i]
    return found


def table(name: str, weights: dict[str, float]) -> str:
    """One model as TOML."""
    return f"\n[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in weights.items())
