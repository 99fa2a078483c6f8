"""Several ways to do one thing, measured side by side: in turn, several times, compared within each round.

A machine that is shared is faster in one minute than in the next. What runs in the same round runs in the same minute, so that the
median of the rounds' ratios holds still where the figures themselves do not.
"""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any, TypeVar

from rich.progress import Progress, TaskID

from tests.bench.brokers import EMBEDDED, KAFKA


@dataclass(frozen=True, slots=True)
class Effort:
    """How often to measure, and what share of the full number of articles, messages and feeds."""

    rounds: int
    share: float
    brokers: Sequence[str] = (KAFKA, EMBEDDED)  # the first where one is enough
    languages: frozenset[str] | None = None  # of the articles; to be ready to read one takes half a second

    def of(self, number: int, least: int = 1) -> int:
        """The share of `number`."""
        return max(least, round(number * self.share))

    def at_most(self, rounds: int) -> Effort:
        """The same, with fewer rounds."""
        return replace(self, rounds=min(self.rounds, rounds))


T = TypeVar("T")

FULL = Effort(5, 1.0)
QUICK = Effort(1, 0.02, (EMBEDDED,), frozenset({"en"}))


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure, or its ratio to the first of its table, shall reach."""

    bound: float
    least: bool  # otherwise it is the most that it may be
    ratio: bool = False

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.bound:g}{' ×' if self.ratio else ''}"

    def met(self, figure: Figure) -> bool:
        """Whether `figure` reaches it."""
        value = figure.ratio if self.ratio else figure.median
        return value >= self.bound if self.least else value <= self.bound


@dataclass(frozen=True, slots=True)
class Way:
    """One way to do it. `run` does it once and returns the figure, in the unit of the table."""

    name: str
    run: Callable[[], float]
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured of one way: a value a round, and the median of their ratios to the first way's."""

    name: str
    values: Sequence[float]
    ratio: float
    target: Target | None = None

    @property
    def median(self) -> float:
        """Of the rounds."""
        return median(self.values)


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of several ways."""

    title: str
    unit: str
    figures: Sequence[Figure]
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        rows = [
            {"name": f.name, "median": f.median, "ratio": f.ratio, "values": list(f.values)}
            | ({"target": str(f.target), "met": f.target.met(f)} if f.target else {})
            for f in self.figures
        ]
        return {"title": self.title, "unit": self.unit, "note": self.note, "figures": rows}


@dataclass(frozen=True, slots=True)
class Curve:
    """How something grows: lines of points, for a plot of this file name."""

    name: str
    title: str
    x: str
    y: str
    lines: Mapping[str, Sequence[tuple[float, float]]]

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return asdict(self)


Result = Table | Curve


class Bar:
    """How far it is, on standard error."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @contextmanager
    def steps(self, title: str, total: int) -> Iterator[Callable[[], None]]:
        """A line while the block runs; the function that it gives counts a step."""
        task: TaskID = self._progress.add_task(title, total=total)
        try:
            yield lambda: self._progress.advance(task)
        finally:
            self._progress.remove_task(task)


def rate(things: Sequence[T], step: Callable[[T], object]) -> Callable[[], float]:
    """What takes `step` with all `things`, and returns how many a second of processor time."""

    def run() -> float:
        begun = time.process_time()
        for one in things:
            step(one)
        return len(things) / (time.process_time() - begun)

    return run


def side_by_side(title: str, unit: str, ways: Sequence[Way], rounds: int, bar: Bar, *, warm: bool = True, note: str = "") -> Table:
    """All `ways` in turn, so many rounds; the first is what the others are compared with. `warm`: once before, unmeasured."""
    values: list[list[float]] = [[] for _ in ways]
    with bar.steps(title, (rounds + warm) * len(ways)) as step:
        for number in range(-warm, rounds):
            for way, own in zip(ways, values, strict=True):
                value = way.run()
                if number >= 0:
                    own.append(value)
                step()
    figures = [
        Figure(way.name, own, median(value / first for value, first in zip(own, values[0], strict=True)), way.target)
        for way, own in zip(ways, values, strict=True)
    ]
    return Table(title, unit, figures, note)
