"""How the cost of one article grows with what is known and with what is watched."""
from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from statistics import median
from typing import Any

from pipeline.chain import Chain
from pipeline.clean import clean
from pipeline.dedupe import CopyIndex, mark_copy
from pipeline.events.ledger import Ledger
from pipeline.events.parts import with_parts_of
from pipeline.lexicon.load import Lexicon
from pipeline.meet import decide
from pipeline.tag import tag
from schemas.articles import RawArticle
from schemas.fingerprints import Fingerprint
from schemas.meetings import Applied, DateRange, Meeting, Participant
from tests.bench.articles import lexicon, observing, one_sided, others, passes, relevant
from tests.bench.measure import Bar, Curve, Effort, Figure, Result, Table, Target, Way, rate, side_by_side
from tests.broker.articles import THEN, meeting_in
from tests.corpus.gate import EXAMPLE

KNOWN = (100, 1_000, 10_000, 100_000)  # meetings, or articles
SOURCES = (10, 100, 1_000, 5_000)  # articles that tell of one meeting
WATCHES = (1, 2, 4, 8, 16)
ARTICLES = 300
PAIRS = 64  # of which all known meetings are, where they are of few
_FIRST_DAY = date(2006, 1, 1)
_DAYS = 20 * 365
_FIRST = "US FR DE IN TR JP GB IT US FR DE IN TR JP GB IT".split()
_SECOND = "IR KP BR KR PK VN IL PL BY CU EG SA AE TH AU ES".split()
_SKETCH = 20  # hashes of an article


def measure(effort: Effort, bar: Bar) -> Iterator[Result]:
    """A curve each, and the figures that have a target."""
    number, known = effort.of(ARTICLES, least=5), lexicon(effort.languages)
    told, rest = relevant(effort.languages)[:number], others(effort.languages)[:number]
    yield from _by_watches(told, rest, one_sided(effort.languages)[:number], known, effort, bar)
    yield from _by_articles(told, known, effort, bar)
    yield from _by_meetings(told, known, effort, bar)
    yield from _by_sources(known, effort, bar)


def _by_watches(
    told: Sequence[RawArticle], rest: Sequence[RawArticle], half: Sequence[RawArticle], known: Lexicon, effort: Effort, bar: Bar
) -> Iterator[Result]:
    (first,), both = known.watches, lexicon(effort.languages, EXAMPLE)
    second = next(name for name in both.watches if name != first)
    for named, articles in (("no side", rest), ("one side", [one for one in half if not passes(one, both)])):
        ways = [Way(f"{first} alone", _milliseconds(articles, _cleaning(known)))]
        ways.append(Way(f"{second} as well", _milliseconds(articles, _cleaning(both)), Target(1.2, least=False, ratio=True)))
        yield side_by_side(f"Watches: a text that names {named} and passes no gate", "ms", ways, effort.rounds, bar)
    lines: dict[str, list[tuple[float, float]]] = {"passes no gate": [], "names both sides of the first": []}
    with bar.steps("Watches: growth", len(WATCHES)) as step:
        for n in WATCHES:
            watching = _watching(known, n)
            lines["passes no gate"].append((n, _best(_milliseconds(rest, _cleaning(watching)))))
            lines["names both sides of the first"].append((n, _best(lambda watching=watching: 1000 / observing(told, watching)())))
            step()
    yield Curve("watches", "Cost of a text, by number of watches", "watches", "ms an article", lines)


def _by_articles(told: Sequence[RawArticle], known: Lexicon, effort: Effort, bar: Bar) -> Iterator[Result]:
    articles = [article for one in told for article in clean(one, known).articles]
    sizes, points = [effort.of(n, least=10) for n in KNOWN], []
    with bar.steps("Articles: growth", len(sizes)) as step:
        for size in sizes:
            seen = CopyIndex(_fingerprints(size))
            gc.freeze()  # as in a worker, where what is known is old
            points.append((float(size), _best(_milliseconds(articles, lambda one, seen=seen: mark_copy(one, seen, THEN)))))
            step()
    yield Curve("articles", "Looking for copies, by articles known", "articles known", "ms an article", {"dedupe": points})


def _by_meetings(told: Sequence[RawArticle], known: Lexicon, effort: Effort, bar: Bar) -> Iterator[Result]:
    sizes = [effort.of(n, least=10) for n in KNOWN]
    lines: dict[str, list[tuple[float, float]]] = {}
    with bar.steps("Known meetings: growth", 2 * len(sizes)) as step:
        for name, pairs in (("of any two people", None), (f"all of {PAIRS} pairs", PAIRS)):
            for size in sizes:
                ledger = Ledger(known_meetings(size, pairs, known))
                gc.freeze()
                cost = _best(_milliseconds(told, _deciding(ledger, known)))
                lines.setdefault(name, []).append((float(size), cost))
                step()
    limit = Target(1.3, least=False, ratio=True)
    for name, points in lines.items():
        (_, few), (_, many) = points[0], points[-1]
        figures = [Figure(f"{sizes[0]:,} known", [few], 1.0), Figure(f"{sizes[-1]:,} known", [many], many / few, limit)]
        yield Table(f"Known meetings, {name}: an article that tells of one", "ms", figures, "Clean text to alert.")
    yield Curve("meetings", "Cost of an article, by known meetings", "known meetings", "ms an article", lines)


def _by_sources(known: Lexicon, effort: Effort, bar: Bar) -> Iterator[Result]:
    """What it takes to decide, and to write the meeting, which stays as it is."""
    sizes, points = [effort.of(n, least=10) for n in SOURCES], []
    (tagged,) = Chain(known).observe(meeting_in("Beijing", "one more")).tagged
    model = _model(known)
    with bar.steps("Articles of one meeting: growth", len(sizes)) as step:
        for size in sizes:
            told = tuple(_told_by(model, f"known-{n}") for n in range(size))
            ledger = Ledger([with_parts_of(model, model.model_copy(update={"applied": told}))])

            def tell(_: int, ledger: Ledger = ledger) -> None:
                for mention in tagged.mentions:
                    decide(tagged, mention, ledger, known.watches).meeting.model_dump_json()

            points.append((float(size), _best(_milliseconds(range(ARTICLES), tell))))
            step()
    yield Curve("sources", "Telling and writing a meeting, by articles that tell of it", "articles", "ms an article", {"meet": points})


def _cleaning(watching: Lexicon) -> Callable[[RawArticle], object]:
    return lambda one: clean(one, watching)


def _deciding(ledger: Ledger, known: Lexicon) -> Callable[[RawArticle], None]:
    """All stages over what is known, which stays as it is, so that it can be done again."""
    nothing = CopyIndex()

    def run(raw: RawArticle) -> None:
        for article in clean(raw, known).articles:
            tagged = tag(mark_copy(article, nothing, raw.fetched_at)[0], known)
            for mention in tagged.mentions:
                decide(tagged, mention, ledger, known.watches)

    return run


def _watching(known: Lexicon, number: int) -> Lexicon:
    """The same languages with so many watches: those that are shipped, then others of the same shape."""
    shipped = dict(known.watches)
    first = next(iter(shipped.values()))
    more = {f"{a}-{b}": first.model_copy(update={"sides": (a, b)}) for a, b in zip(_FIRST, _SECOND, strict=True)}
    watches = dict(list((shipped | more).items())[:number])
    return Lexicon(known.world.model_copy(update={"watches": watches}), known.languages)


def known_meetings(number: int, pairs: int | None, known: Lexicon) -> Iterator[Meeting]:
    """So many, over 20 years, of any two people of the lexicon or of so many pairs; three of four with their day."""
    chance = Random(1)
    model = _model(known)
    sides = [[p for p in known.people.values() if p.side == side and p.terms] for side in next(iter(known.watches.values())).sides]
    chosen = [tuple(map(chance.choice, sides)) for _ in range(pairs or 0)]
    for n in range(number):
        day = _FIRST_DAY + timedelta(days=chance.randrange(_DAYS))
        people = chance.choice(chosen) if chosen else tuple(map(chance.choice, sides))
        participants = tuple(Participant(side=p.side, name=p.name, office=p.office_on(day)) for p in people)
        told = chance.randrange(4) > 0
        facts = model.facts.model_copy(update={"participants": participants, "date": DateRange(start=day, end=day) if told else None})
        spoken = datetime.combine(day, time.min, UTC)
        told_of = {"facts": facts, "applied": (_told_by(model, f"known-{n}"),), "as_of": spoken, "last_seen": spoken}
        yield model.model_copy(update={"meeting_id": f"known-{n}"} | told_of)


def _model(known: Lexicon) -> Meeting:
    return next(decision.meeting for _, decision in Chain(known).observe(meeting_in("Beijing", "model")).decisions)


def _told_by(meeting: Meeting, article_id: str) -> Applied:
    """The part of its first article as that of another."""
    part = meeting.applied[0]
    return part.model_copy(update={"source": part.source.model_copy(update={"article_id": article_id})})


def _fingerprints(number: int) -> Iterator[Fingerprint]:
    chance = Random(1)
    for n in range(number):
        sketch = tuple(sorted(chance.randrange(2**32) for _ in range(_SKETCH)))
        yield Fingerprint(article_id=f"known-{n}", watch="russia-china", content=f"{n:x}", sketch=sketch, copy_of=None, seen_at=THEN)


def _milliseconds(things: Sequence[Any], step: Callable[[Any], object]) -> Callable[[], float]:
    once = rate(things, step)
    return lambda: 1000 / once()


def _best(run: Callable[[], float]) -> float:
    """The median of three, after one that warms up."""
    run()
    return median(run() for _ in range(3))
