"""What the detector understands, phenomenon by phenomenon: each text in `phenomena/` was made for its phenomenon and no other.

A case that it does not understand yet says why under `open`; once it does, the test asks for the mark to go.
"""
from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.clean import clean
from pipeline.lexicon.load import Lexicon
from pipeline.tag import tag
from schemas.articles import CleanArticle, ContentType, RawArticle, UniqueArticle
from schemas.meetings import Mention, Salience, TaggedArticle

PUBLISHED = datetime(2025, 7, 16, 12, tzinfo=UTC)  # a Wednesday
CASES = Path(__file__).with_name("phenomena")


def read(text: str, lexicon: Lexicon, published: datetime | None = PUBLISHED) -> TaggedArticle | None:
    """The tagged article; None where the gate lets nothing through."""
    raw = RawArticle(article_id="a", content_type=ContentType.TEXT, body=text, published_at=published, fetched_at=PUBLISHED)
    articles = clean(raw, lexicon).articles
    return tagged(articles[0], lexicon) if articles else None


def tagged(article: CleanArticle, lexicon: Lexicon) -> TaggedArticle:
    """The article as the stage tags it."""
    return tag(UniqueArticle(article=article, version="1", copy_of=None, came_at=article.fetched_at), lexicon)


def told(article: TaggedArticle | None) -> list[str]:
    """The main mentions in a form that a table can hold: who, status, mode, format, place, date."""
    return [_told(mention) for mention in article.mentions if mention.salience is Salience.MAIN] if article else []


def _told(mention: Mention) -> str:
    facts = mention.facts
    who = " + ".join(p.name or p.office or "?" for p in facts.participants)
    where = (facts.place.city or facts.place.country) if facts.place else None
    when = None
    if facts.date:
        when = str(facts.date.start) if facts.date.start == facts.date.end else f"{facts.date.start}..{facts.date.end}"
    extras = [value for value in (facts.mode.value, facts.format.value) if value not in ("in_person", "bilateral")]
    return ", ".join(filter(None, (who, facts.status.value, *extras, where, when or facts.yearless)))


def cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(file.read_text("utf-8"))["case"]:
            marks = [pytest.mark.xfail(reason=case["open"])] if "open" in case else []
            yield pytest.param(case["text"], case["told"], id=f"{file.stem}: {case['name']}", marks=marks)


@pytest.mark.parametrize(("text", "expected"), list(cases()))
def test_the_detector_understands(text: str, expected: list[str], lexicon: Lexicon) -> None:
    assert told(read(text, lexicon)) == expected


def test_evidence_is_verbatim_and_its_cues_lie_in_it(lexicon: Lexicon) -> None:
    text = "Sergey Lavrov arrived. He and the Chinese foreign minister, Wang Yi, held talks in Moscow on Monday. They were long."
    raw = RawArticle(article_id="a", content_type=ContentType.TEXT, body=text, published_at=PUBLISHED, fetched_at=PUBLISHED)
    (article,) = clean(raw, lexicon).articles
    mentions = tagged(article, lexicon).mentions
    assert mentions
    for mention in mentions:
        evidence = mention.evidence
        assert article.text[evidence.start : evidence.end] == evidence.sentence
        assert all(evidence.start <= cue.start < cue.end <= evidence.end for cue in evidence.cues)


def test_without_a_publication_date_a_month_keeps_no_year_and_a_weekday_is_no_date(lexicon: Lexicon) -> None:
    announced = read("Vladimir Putin will meet Xi Jinping in China in September.", lexicon, published=None)
    held = read("Sergey Lavrov met Wang Yi in Beijing on Tuesday, Russian and Chinese media said.", lexicon, published=None)
    assert told(announced) == ["Vladimir Putin + Xi Jinping, announced, CN, --09"]
    assert told(held) == ["Sergey Lavrov + Wang Yi, held, Beijing"]
