"""What `dyadwatch review export` writes is a set like any other: it is measured and trained on."""
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.lexicon.load import Lexicon
from schemas.verdicts import Ruling
from tests.corpus import articles, evaluate, train_detect, train_events
from tests.pipeline.judging import Desk

TALKS = "Russian Foreign Minister Sergey Lavrov met Chinese Foreign Minister Wang Yi in {} on {} July 2025. They discussed trade."
NAMES = ("reviewed", "reviewed-2026")


@pytest.fixture
def folder(tmp_path: Path, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """With articles on two meetings, one of which two articles tell of, and on one that was none."""
    desk = Desk(lexicon)
    read = [desk.read(TALKS.format(*told)) for told in (("Astana", 3), ("Dalian", 12), ("Harbin", 20))]
    read.append(desk.read(f"{TALKS.format('Astana', 3)} A pipeline was the other subject of the day, a spokeswoman told reporters."))
    for ruling, (_, _, ids) in zip((Ruling.RIGHT, Ruling.NO_MEETING, Ruling.RIGHT), read, strict=False):
        desk.rule(ruling, ids[0])
    lines = [json.dumps(desk.label(*one)) for one in read]
    for name in NAMES:
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "other.jsonl").touch()
    monkeypatch.setattr(articles, "FOLDER", tmp_path)
    monkeypatch.setattr(articles, "STREAMS", tuple((name,) for name in NAMES))
    articles._names.cache_clear()
    yield tmp_path
    articles._names.cache_clear()


def test_it_is_found_by_its_name(folder: Path) -> None:
    assert articles.reviewed(folder) == NAMES


def test_it_is_measured(folder: Path, lexicon: Lexicon) -> None:
    told = list(articles.labels("reviewed", "develop"))
    figures, errors = evaluate.score(told, evaluate.observe(told, lexicon))
    assert (figures["articles"], figures["mentions"]["tp"], figures["mentions"]["fp"]) == (4, 3, 1)
    assert figures["clusters"]["f1"] == 1.0
    assert [error.split()[0] for error in errors] == ["FALSE", "ALERT"]  # that which was ruled no meeting
    assert evaluate.headline({"reviewed": (told, []), "its check part, which is empty": ([], [])}).row_count == 2


def test_it_is_trained_on(folder: Path, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_detect, "SETS", ("reviewed",))
    assert sorted(example.meeting for example in train_detect.gather(lexicon)) == [False, True, True, True]
    monkeypatch.setattr(train_events, "STREAMS", (("reviewed",),))
    pairs = train_events.examples(lexicon)
    assert sum(pair.same for pair in pairs) == 2  # once in each order
    assert train_events.fitted(pairs)
