"""A meeting that very many tell of: the words of a hundred are kept, and no article is forgotten."""
from __future__ import annotations

import pytest

from pipeline.events.ledger import Ledger
from pipeline.events.parts import MOST
from pipeline.events.ruled import whole
from pipeline.lexicon.load import Lexicon
from schemas.meetings import Meeting, TaggedArticle
from tests.pipeline.stories import article, days, facts, tell

MANY = MOST + 30
DAY = days("2025-07-13")


def told_by(numbers: range, **said: str) -> list[TaggedArticle]:
    return [article(f"a{n:03}", facts(date=DAY), published="2025-07-13", **said) for n in numbers]


def names(meeting: Meeting) -> tuple[list[str], set[str]]:
    """The articles whose words are kept, and the others."""
    return [part.article_id for part in meeting.applied], {part.article_id for part in meeting.counted}


@pytest.fixture
def known() -> Ledger:
    return Ledger()


def test_the_words_of_the_first_and_of_the_newest_are_kept_and_all_are_sources(lexicon: Lexicon, known: Ledger) -> None:
    meeting = tell(lexicon, *told_by(range(MANY)), known=known)[-1].meeting
    gone = MANY - MOST
    assert names(meeting) == (["a000", *(f"a{n:03}" for n in range(gone + 1, MANY))], {f"a{n:03}" for n in range(1, gone + 1)})
    assert (meeting.sources, len(known)) == (MANY, 1)


def test_words_of_copies_are_the_first_to_go(lexicon: Lexicon, known: Ledger) -> None:
    articles = told_by(range(MOST + 2))
    copy = told_by(range(50, 51), copy_of="a000")
    meeting = tell(lexicon, *articles[:50], *copy, *articles[51:], known=known)[-1].meeting
    assert (names(meeting)[1], meeting.sources) == ({"a050", "a001"}, MOST + 1)


def test_an_article_whose_words_are_gone_changes_nothing_when_it_comes_again(lexicon: Lexicon, known: Ledger) -> None:
    articles = told_by(range(MANY))
    last = tell(lexicon, *articles, known=known)[-1].meeting
    again = tell(lexicon, *articles, known=known)
    assert all(decision.alert is None and decision.meeting == last for decision in again)


def test_an_edit_of_one_whose_words_are_gone_is_no_further_source_and_has_the_newest_words(lexicon: Lexicon, known: Ledger) -> None:
    tell(lexicon, *told_by(range(MANY)), known=known)
    (edited,) = tell(lexicon, *told_by(range(1, 2), version="edited"), known=known)
    kept, counted = names(edited.meeting)
    assert (edited.alert, edited.meeting.sources, len(kept), kept[-1], "a001" in counted) == (None, MANY, MOST, "a001", False)
    assert [telling.version for telling in edited.meeting.applied[-1].tellings] == [told_by(range(1))[0].source.version, "edited"]


def test_two_meetings_that_are_one_have_each_article_once(lexicon: Lexicon, known: Ledger) -> None:
    one = tell(lexicon, *told_by(range(MANY)), known=known)[-1].meeting
    other = tell(lexicon, *told_by(range(20, MANY + 20), version="2"))[-1].meeting
    both = whole(one, [other])
    kept, counted = names(both)
    assert (both.sources, len(kept), kept[0]) == (MANY + 20, MOST, "a000")
    assert {*kept, *counted} == {f"a{n:03}" for n in range(MANY + 20)} and not counted.intersection(kept)
    parts = {part.article_id: part for part in both.parts}
    assert all(len(parts[f"a{n:03}"].tellings) == 2 for n in range(20, MANY))
