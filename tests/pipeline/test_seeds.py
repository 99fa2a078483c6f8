"""The five articles of `seeds/`, from their files to their alerts, against the labels of `tests/corpus/`."""
from __future__ import annotations

import itertools
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agents.cli.observe import observation
from pipeline.address import article_id
from pipeline.chain import Chain, Observed
from pipeline.lexicon.load import Lexicon
from schemas.articles import ContentType, RawArticle
from schemas.meetings import AlertType, Mention
from tests.corpus.score import score

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 8, 1, tzinfo=UTC)
GOLD = {gold["doc_id"]: gold for gold in map(json.loads, (ROOT / "tests/corpus/seeds.jsonl").read_text("utf-8").splitlines())}


def raw(doc_id: str) -> RawArticle:
    body = (ROOT / GOLD[doc_id]["text_file"]).read_text("utf-8")
    return RawArticle(article_id=article_id(None, body), content_type=ContentType.TEXT, body=body, fetched_at=NOW)


def observe(lexicon: Lexicon, order: tuple[str, ...]) -> list[tuple[str, Observed]]:
    chain = Chain(lexicon)
    return [(doc_id, chain.observe(raw(doc_id))) for doc_id in order]


def lines(observed: list[tuple[str, Observed]]) -> list[dict[str, Any]]:
    return [observation(doc_id, mention, decision) for doc_id, seen in observed for mention, decision in seen.decisions]


@pytest.mark.parametrize("order", list(itertools.permutations(GOLD))[::7], ids="-".join)
def test_whatever_the_order_the_right_meetings_alert_once_each(order: tuple[str, ...], lexicon: Lexicon) -> None:
    observed = observe(lexicon, order)
    figures, errors = score([GOLD[doc_id] for doc_id in order], lines(observed))
    assert errors == []
    assert figures["mentions"]["f1"] == figures["alerts"]["f1"] == figures["clusters"]["f1"] == 1.0
    alerts = Counter(d.alert.type for _, seen in observed for _, d in seen.decisions if d.alert)
    assert alerts == {AlertType.NEW: 8, AlertType.CORROBORATED: 1}


def test_the_evidence_is_the_sentence_that_the_label_quotes(lexicon: Lexicon) -> None:
    told = [(doc_id, mention) for doc_id, seen in observe(lexicon, tuple(GOLD)) for mention, decision in seen.decisions if decision.alert]
    assert len(told) == 9
    assert [(doc_id, mention.evidence.sentence) for doc_id, mention in told if not _quoted(doc_id, mention)] == []


def _quoted(doc_id: str, mention: Mention) -> bool:
    return any(gold["evidence"] in mention.evidence.sentence for gold in GOLD[doc_id]["meetings"])


def test_read_again_they_change_nothing(lexicon: Lexicon) -> None:
    chain = Chain(lexicon)
    first = [chain.observe(raw(doc_id)) for doc_id in GOLD]
    again = [chain.observe(raw(doc_id)) for doc_id in GOLD]
    assert [d.alert for seen in again for _, d in seen.decisions] == [None] * sum(len(seen.decisions) for seen in again)
    assert _meetings(again) == _meetings(first)


def _meetings(observed: list[Observed]) -> list[list[str]]:
    return [[decision.meeting.meeting_id for _, decision in seen.decisions] for seen in observed]


def test_what_is_no_part_of_the_article_raises_nothing(lexicon: Lexicon) -> None:
    told = {mention.evidence.sentence for _, seen in observe(lexicon, tuple(GOLD)) for mention, _ in seen.decisions}
    for furniture in ("Γάζα", "Hulk", "ποδηλάτες", "Getty Images", "Google News", "Weiterführendes"):
        assert not any(furniture in sentence for sentence in told)
