"""Labelled articles out of verdicts: what a label says, and that the detector reads the exported text as it read the article."""
from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.clean import clean
from pipeline.labels import Label, Omission, judged_articles
from pipeline.lexicon.load import Lexicon
from schemas.articles import ContentType
from schemas.meetings import DateRange, Mode, Participant, Place, Status
from schemas.verdicts import Correction, Ruling
from tests.corpus.articles import raw as corpus_raw
from tests.corpus.evaluate import observe
from tests.corpus.score import score
from tests.pipeline.judging import Desk

LAVROV = "Russian Foreign Minister Sergey Lavrov met Chinese Foreign Minister Wang Yi in {} on 3 July 2025. They discussed trade."
PUTIN = "Russian President Vladimir Putin met Chinese President Xi Jinping in Kazan on 4 July 2025, and they discussed gas."
RECALLED = "Putin had met Xi in Beijing in May 2024."
PAGE = """<html><body><nav><a href="/">Home</a> <a href="/w">Weather</a></nav><article><h1>Ministers meet</h1>
<p>{}</p><p>Talks went on for two hours, and the mood was good, a spokesman said afterwards.</p></article>
<aside><h3>Read also</h3><a href="/x">Putin met Xi in Moscow</a></aside></body></html>"""


@pytest.fixture
def desk(lexicon: Lexicon) -> Desk:
    return Desk(lexicon)


def full(told: Label | Omission) -> dict[str, Any]:
    assert isinstance(told, dict)
    return told


def test_a_meeting_that_is_right_is_a_label_as_the_article_tells_it(desk: Desk) -> None:
    read = desk.read(LAVROV.format("Astana"), url="https://a.example/1")
    verdict = desk.rule(Ruling.RIGHT, read[2][0])
    told = full(desk.label(*read))
    (meeting,) = told.pop("meetings")
    assert told == {
        "doc_id": f"russia-china-{read[0].article.article_id}",
        "part": "develop",
        "language": "en",
        "published_at": None,
        "source": "a.example",
        "url": "https://a.example/1",
        "title": None,
        "text": LAVROV.format("Astana"),
        "syndicated_from": None,
        "negative_kind": None,
        "verdicts": [verdict],
    }
    assert meeting == {
        "salience": "main",
        "status": "held",
        "format": "bilateral",
        "mode": "in_person",
        "level": "minister",
        "ru": ["Sergey Lavrov"],
        "cn": ["Wang Yi"],
        "others": [],
        "place": {"city": "Astana", "country": "KZ"},
        "date": {"start": "2025-07-03", "end": "2025-07-03"},
        "event_key": read[2][0],
        "evidence": LAVROV.format("Astana").partition(" They")[0],
    }


def test_no_meeting_is_an_article_without_one(desk: Desk) -> None:
    read = desk.read(LAVROV.format("Astana"))
    desk.rule(Ruling.NO_MEETING, read[2][0])
    told = full(desk.label(*read))
    assert (told["meetings"], told["negative_kind"]) == ([], "reviewed")


def test_articles_of_meetings_that_are_one_tell_of_one_event(desk: Desk) -> None:
    first, second = desk.read(LAVROV.format("Astana")), desk.read(LAVROV.format("Dalian"))
    verdict = desk.rule(Ruling.SAME_AS, first[2][0], second[2][0])
    labels = [full(desk.label(*read)) for read in (first, second)]
    assert [told["meetings"][0]["event_key"] for told in labels] == second[2] * 2
    assert [told["verdicts"] for told in labels] == [[verdict]] * 2
    desk.rule(Ruling.NO_MEETING, second[2][0])  # then neither is one
    assert [full(desk.label(*read))["meetings"] for read in (first, second)] == [[], []]


@pytest.mark.parametrize("rulings", [[], [Ruling.WRONG], [Ruling.RIGHT, Ruling.WRONG]], ids=str)
def test_what_is_wrong_or_not_judged_makes_no_label(desk: Desk, rulings: list[Ruling]) -> None:
    read = desk.read(LAVROV.format("Astana"))
    for ruling in rulings:
        desk.rule(ruling, read[2][0])
    assert desk.label(*read) is (Omission.WRONG if rulings else Omission.UNJUDGED)


def test_what_is_wrong_is_a_label_with_what_is_right_and_else_as_told(desk: Desk) -> None:
    read = desk.read(LAVROV.format("Astana"))
    desk.rule(Ruling.RIGHT, read[2][0])
    (told,) = full(desk.label(*read))["meetings"]
    who = (Participant(side="RU", name="Sergey Shoigu", office=None), Participant(side="CN", name="Wang Yi", office=None))
    right = Correction(
        status=Status.CANCELLED, mode=Mode.VIDEO, participants=who, place=Place(city="Paris", country="FR"),
        date=DateRange(start=date(2025, 5, 3), end=date(2025, 5, 4)),
    )  # fmt: skip
    desk.rule(Ruling.WRONG, read[2][0], correction=right)
    label = full(desk.label(*read))
    assert label["meetings"] == [
        told | {
            "status": "cancelled", "mode": "video", "ru": ["Sergey Shoigu"], "cn": ["Wang Yi"],
            "place": {"city": "Paris", "country": "FR"}, "date": {"start": "2025-05-03", "end": "2025-05-04"},
        }
    ]  # fmt: skip
    assert label["negative_kind"] is None


def test_all_that_an_article_tells_as_news_has_to_be_judged(desk: Desk) -> None:
    read = desk.read(f"{LAVROV.format('Astana')}\n{PUTIN}")
    assert len(read[2]) == 2
    desk.rule(Ruling.RIGHT, read[2][0])
    assert desk.label(*read) is Omission.UNJUDGED
    desk.rule(Ruling.NO_MEETING, read[2][1])
    assert [meeting["event_key"] for meeting in full(desk.label(*read))["meetings"]] == read[2][:1]


def test_what_an_article_recalls_counts_as_told(desk: Desk) -> None:
    read = desk.read(f"{LAVROV.format('Astana')}\n{RECALLED}")
    desk.rule(Ruling.RIGHT, read[2][0])
    assert [meeting["salience"] for meeting in full(desk.label(*read))["meetings"]] == ["main", "background"]


def test_verdicts_that_count_are_the_last_ones_on_whatever_the_article_tells(desk: Desk) -> None:
    first, second = desk.read(LAVROV.format("Astana")), desk.read(LAVROV.format("Dalian"))
    desk.rule(Ruling.WRONG, first[2][0])
    same, right = desk.rule(Ruling.SAME_AS, first[2][0], second[2][0]), desk.rule(Ruling.RIGHT, second[2][0])
    ids = [read[0].article.article_id for read in (first, second)]
    assert judged_articles(desk.known) == {ids[0]: [same, right], ids[1]: [right]}


@pytest.mark.parametrize("kind", ContentType)
def test_the_detector_sees_in_the_label_what_it_saw_in_the_article(desk: Desk, kind: ContentType) -> None:
    text = LAVROV.format("Astana")
    read = desk.read(PAGE.format(text) if kind is ContentType.HTML else f"Ministers meet\n{text}", kind)
    desk.rule(Ruling.RIGHT, read[2][0])
    told = full(desk.label(*read))
    assert "Weather" not in told["text"] and "Read also" not in told["text"]
    figures, errors = score([told], observe([told], desk.lexicon))
    assert (figures["mentions"]["f1"], set(figures["attributes"].values()), errors) == (1.0, {1.0}, [])
    (again,) = clean(corpus_raw(told), desk.lexicon).articles
    assert again.title == read[0].article.title


def test_a_copy_names_what_it_copies(desk: Desk) -> None:
    original, copy = desk.read(LAVROV.format("Astana")), desk.read(LAVROV.format("Astana"), url="https://b.example/1")
    desk.rule(Ruling.RIGHT, original[2][0])
    assert full(desk.label(*copy))["syndicated_from"] == full(desk.label(*original))["doc_id"]
