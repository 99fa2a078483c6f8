"""From a clean text to its mentions and its alert on one core, beside what only looks for words."""
from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from statistics import mean, quantiles

import ahocorasick_rs

from pipeline.clean import clean
from pipeline.dedupe import CopyIndex, mark_copy
from pipeline.lexicon.load import Lexicon, load_lexicon
from pipeline.tag import tag
from pipeline.text.fold import fold
from schemas.articles import RawArticle, UniqueArticle
from tests.bench.articles import lexicon, mix, observing, others, relevant
from tests.bench.measure import Bar, Effort, Result, Target, Way, rate, side_by_side

ARTICLES = 1_000
_SIDES = frozenset({"country", "nationality", "person"})

Automata = Mapping[str, Sequence[ahocorasick_rs.AhoCorasick]]


def measure(effort: Effort, bar: Bar) -> Iterator[Result]:
    """Articles a second; then the time of each, from clean text to mentions."""
    number, known = effort.of(ARTICLES), lexicon(effort.languages)
    told = relevant(effort.languages)[:number]
    rest, mixed = others(effort.languages)[:number], mix(max(20, number), effort.languages)
    unique = _unique(told, known)
    words, keywords = _automata(known, {u.article.language for u in unique}), _keywords({u.article.language for u in unique})
    size = mean(len(one.body) for one in told)
    ways = [
        Way("keyword alerts", rate(unique, lambda one: _alerts(keywords[one.article.language], one.article.text))),
        Way("automaton of all forms alone", rate(unique, lambda one: _found(words[one.article.language], one.article.text))),
        Way("clean text → mentions", rate(unique, lambda one: tag(one, known))),
        Way("text that the gate rejects", rate(rest, lambda one: clean(one, known))),
        Way("text → alert, 1 in 20 relevant", observing(mixed, known), Target(1_000, least=True)),
        Way("text → alert, all relevant", observing(told, known), Target(400, least=True)),
    ]
    note = f"{len(told)} labelled articles in {len(words)} languages, {size:.0f} characters on average. One process, processor time."
    yield side_by_side("Detection: clean text to mentions and alert, one core", "articles/s", ways, effort.rounds, bar, note=note)
    times = [Way("mean", lambda: mean(_times(unique, known)), Target(2.5, least=False))]
    times.append(Way("95 of 100 within", lambda: quantiles(_times(unique, known), n=20)[-1], Target(8, least=False)))
    yield side_by_side("Detection: time of one article, clean text to mentions", "ms", times, effort.rounds, bar, note=note)


def _unique(articles: Sequence[RawArticle], known: Lexicon) -> list[UniqueArticle]:
    nothing = CopyIndex()
    return [mark_copy(article, nothing, raw.fetched_at)[0] for raw in articles for article in clean(raw, known).articles]


def _times(articles: Sequence[UniqueArticle], known: Lexicon) -> list[float]:
    """Milliseconds of each."""
    took = []
    for one in articles:
        begun = time.process_time()
        tag(one, known)
        took.append((time.process_time() - begun) * 1000)
    return took


def _automata(known: Lexicon, languages: set[str]) -> Automata:
    """For each language those that its matcher runs."""
    matchers = {code: known.languages[code]._matcher for code in languages}
    return {code: [heads._automaton for heads in (m._words, m._anywhere) if heads._automaton] for code, m in matchers.items()}


def _found(automata: Sequence[ahocorasick_rs.AhoCorasick], text: str) -> int:
    folded = fold(text)
    return sum(len(automaton.find_matches_as_indexes(folded, overlapping=True)) for automaton in automata)


def _keywords(languages: set[str]) -> Automata:
    """For each language three lists, as somebody writes who has nothing but alerts on words: names of either side, words of contact."""
    fresh = load_lexicon()  # one whose forms are not compiled yet, which are dropped then
    first, second = next(iter(fresh.watches.values())).sides
    lists: dict[str, Sequence[ahocorasick_rs.AhoCorasick]] = {}
    for code in languages:
        words: tuple[set[str], set[str], set[str]] = (set(), set(), set())
        for group in fresh.languages[code]._groups:
            side = fresh.people[group.value].side if group.kind == "person" and group.value else group.value
            stems = {form.strip("*~ ").split("*")[0].casefold() for form in group.forms}
            if group.kind in _SIDES and side in (first, second):
                words[(first, second).index(side)].update(stems)
            elif group.kind.startswith("meet."):
                words[2].update(stems)
        lists[code] = [ahocorasick_rs.AhoCorasick(sorted(filter(None, own))) for own in words]
    return lists


def _alerts(lists: Sequence[ahocorasick_rs.AhoCorasick], text: str) -> bool:
    plain = text.casefold()
    return all(automaton.find_matches_as_indexes(plain) for automaton in lists)
