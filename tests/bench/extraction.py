"""From a page to its alert on one core, beside what extracts pages, and what parses them."""
from __future__ import annotations

from collections.abc import Iterator

import trafilatura
from lxml import html
from resiliparse.extract.html2text import extract_plain_text

from pipeline.clean import clean
from schemas.articles import RawArticle
from tests.bench.articles import lexicon, mix, observing, others, page, relevant
from tests.bench.measure import Bar, Effort, Result, Target, Way, rate, side_by_side

PAGES = 100


def measure(effort: Effort, bar: Bar) -> Iterator[Result]:
    """Pages a second, and the steps of one."""
    number, known = effort.of(PAGES), lexicon(effort.languages)
    passing = [page(article) for article in relevant(effort.languages)[:number]]
    rejected = [page(article) for article in others(effort.languages)[:number]]
    mixed = [page(article) for article in mix(max(20, number), effort.languages)]
    size = sum(len(one.body.encode()) for one in passing) / len(passing) / 1000
    ways = [
        Way("trafilatura alone (fast)", rate(passing, _trafilatura)),
        Way("resiliparse alone", rate(passing, lambda one: extract_plain_text(one.body, main_content=True))),
        Way("lxml, parsing alone", rate(passing, lambda one: html.fromstring(one.body))),
        Way("page that the gate rejects", rate(rejected, lambda one: clean(one, known))),
        Way("page → alert, 1 in 20 relevant", observing(mixed, known), Target(200, least=True)),
        Way("page → alert, all relevant", observing(passing, known), Target(0.9, least=True, ratio=True)),
    ]
    note = f"Pages of {size:.0f} kB: labelled articles in the frame of a news page. One process, one thread, processor time."
    yield side_by_side("Extraction: HTML to the alert, one core", "pages/s", ways, effort.rounds, bar, note=note)


def _trafilatura(one: RawArticle) -> None:
    trafilatura.bare_extraction(one.body, fast=True, include_comments=False, include_tables=False)
