"""Moments in the life of a poller, told by what the site sees of it: when it is killed."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from tests.broker.feed_server import Asked


class Phase(StrEnum):
    """What a poller is about. All but the first begin with a request, which is not answered yet."""

    START = "it has not asked anything"
    ASKING = "it asks for a feed"
    READ = "it has read feeds, and asks for robots.txt before the first page"
    PAGES = "it asks for a feed's first page"
    TELLING = "it asks for a feed's next page: the broker has articles, but not the state"


@dataclass(frozen=True, slots=True)
class Moment:
    """`delay` seconds after the beginning of the `number`-th such phase."""

    phase: Phase
    number: int
    delay: float

    def __str__(self) -> str:
        return f"{self.delay:.3f} s after no. {self.number} of: {self.phase}"


def moments(chance: Random, count: int, feeds: int) -> list[Moment]:
    """`count` moments of chance in a chance order: the very beginning of each phase, and any time after the beginning of any."""
    beginnings = [_moment(chance, phase, feeds, 0.0) for phase in Phase]
    others = [_moment(chance, chance.choice(list(Phase)), feeds, chance.uniform(0, 0.4)) for _ in range(count - len(beginnings))]
    return chance.sample([*beginnings, *others], count)


def _moment(chance: Random, phase: Phase, feeds: int, delay: float) -> Moment:
    if phase is Phase.START:
        return Moment(phase, 1, chance.uniform(0, 2))
    return Moment(phase, 1 if phase is Phase.READ else chance.randint(1, feeds), delay)


@dataclass
class Life:
    """Calls `reached` once, in the phase that is waited for; give it each request of the poller before it is answered."""

    awaited: Moment
    reached: Callable[[], None]
    begun: Counter[Phase] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)  # of each feed, since it was asked for

    def __call__(self, asked: Asked) -> None:
        phase = self._phase(asked.path)
        self.begun[phase] += 1
        if phase is self.awaited.phase and self.begun[phase] == self.awaited.number:
            self.reached()

    def _phase(self, path: str) -> Phase:
        kind, _, name = path[1:].partition("/")
        feed = name.partition("-")[0]  # the pages of feed "a" are "a-1", "a-2"
        if kind == "feed":
            self.pages[feed] = 0
            return Phase.ASKING
        if kind == "page":
            self.pages[feed] += 1
            return Phase.PAGES if self.pages[feed] == 1 else Phase.TELLING
        return Phase.READ
