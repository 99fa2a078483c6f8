"""Entries: none lost, none twice."""
from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.address import article_id
from pipeline.feeds.entries import KEPT_AT_MOST, Novelty, compare
from pipeline.feeds.model import Entry
from schemas.feeds import Seen


def entry(link: str | None = None, guid: str | None = None, title: str | None = None, html: str | None = None) -> Entry:
    return Entry(guid=guid, link=f"https://news.example/{link}" if link else None, title=title, html=html, published=None, updated=None)


def titles(found: Novelty) -> tuple[list[str | None], list[str | None]]:
    return [one.title for one, _ in found.new], [one.title for one, _ in found.edited]


def polled(*polls: Sequence[Entry]) -> Novelty:
    """What the last of `polls` finds."""
    seen: tuple[Seen, ...] = ()
    for number, entries in enumerate(polls, 1):
        found = compare(entries, seen, number)
        seen = found.seen
    return found


@pytest.mark.parametrize(
    ("before", "now", "new", "edited"),
    [
        pytest.param([], [entry("a", "1", "A")], ["A"], [], id="the first poll"),
        pytest.param([entry("a", "1", "A")], [entry("a", "1", "A")], [], [], id="nothing new"),
        pytest.param([entry("a", "1", "A")], [entry("b", "2", "B"), entry("a", "1", "A")], ["B"], [], id="one more"),
        pytest.param([entry("a", "1", "A"), entry("b", "2", "B")], [entry("b", "2", "B"), entry("a", "1", "A")], [], [], id="reordered"),
        pytest.param([entry("a", "1", "A")], [entry("a", "9", "A")], [], [], id="a changed guid"),
        pytest.param([entry("a", "1", "A")], [entry("z", "1", "A")], [], [], id="a changed link"),
        pytest.param([entry("a", None, "A")], [entry("a?utm_source=rss", None, "A")], [], [], id="a tracker in the link"),
        pytest.param([entry("a", "1", "A")], [entry("a", None, "A")], [], [], id="a guid that goes missing"),
        pytest.param([], [entry("a", "x", "A"), entry("b", "x", "B"), entry("c", "x", "C")], ["A", "B", "C"], [], id="one guid for all"),
        pytest.param([], [entry("", "1", "A"), entry("", "2", "B")], ["A", "B"], [], id="no links"),
        pytest.param([], [entry("live", "1", "A"), entry("live", "2", "B")], ["A", "B"], [], id="one link for all"),
        pytest.param(
            [entry("live", "1", "A")], [entry("live", "1", "A"), entry("live", "2", "B")], ["B"], [], id="a second entry with the same link"
        ),
        pytest.param([], [entry("a", "1", "A"), entry("a", "1", "A")], ["A"], [], id="told twice at once"),
        pytest.param([entry(title="A")], [entry(title="A"), entry(title="B")], ["B"], [], id="neither link nor guid"),
        pytest.param([entry("a", "1", "A", "held talks")], [entry("a", "1", "A", "cancelled talks")], [], ["A"], id="another text"),
        pytest.param([entry("a", "1", "A", "<p>talks</p>")], [entry("a", "1", "a", "<div>talks  </div>")], [], [], id="other marks only"),
        pytest.param([entry("a", "1", "A", "12 comments")], [entry("a", "1", "A", "13 comments")], [], [], id="a counter"),
    ],
)
def test_what_is_new_and_what_is_edited(before: list[Entry], now: list[Entry], new: list[str], edited: list[str]) -> None:
    assert titles(polled(before, now)) == (new, edited)


def test_an_entry_that_left_and_comes_back_is_not_new() -> None:
    assert titles(polled([entry("a", "1", "A")], [entry("b", "2", "B")], [entry("a", "1", "A")])) == ([], [])


def test_an_article_has_the_id_of_its_link_and_keeps_it() -> None:
    first = polled([entry("a", "1", "A")])
    assert [identity for _, identity in first.new] == [article_id("https://news.example/a", "")]
    later = compare([entry("moved", "1", "A", "more")], first.seen, 2)
    assert [identity for _, identity in later.edited] == [article_id("https://news.example/a", "")]


def test_entries_that_share_a_link_are_different_articles() -> None:
    ids = [identity for _, identity in polled([entry("live", "1", "A"), entry("live", "2", "B")]).new]
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    ("polls", "gap"),
    [
        pytest.param([["a"]], False, id="the first poll"),
        pytest.param([["a", "b"], ["b", "c"]], False, id="polls that overlap"),
        pytest.param([["a", "b"], ["c", "d"]], True, id="all is new"),
        pytest.param([["a", "b"], []], False, id="an empty feed"),
        pytest.param([["a"], ["b"], ["a"]], True, id="only an entry that had left before"),
    ],
)
def test_a_gap_is_noticed(polls: list[list[str]], gap: bool) -> None:
    assert polled(*([entry(name, name, name) for name in names] for names in polls)).gap is gap


@given(st.lists(st.integers(min_value=0, max_value=7), min_size=1, max_size=30), st.integers(min_value=8, max_value=12))
def test_a_window_that_moves_no_further_than_its_width_loses_and_repeats_nothing(steps: list[int], width: int) -> None:
    told: list[str | None] = []
    seen: tuple[Seen, ...] = ()
    end = width
    for poll, step in enumerate([0, *steps], 1):
        end += step
        found = compare([entry(f"e{i}", f"g{i}", f"t{i}") for i in range(end - width, end)], seen, poll)
        seen = found.seen
        told += titles(found)[0]
        assert not found.gap
    assert sorted(filter(None, told)) == sorted(f"t{i}" for i in range(end))


def test_what_is_remembered_is_bounded() -> None:
    seen: tuple[Seen, ...] = ()
    for poll in range(1, 8):
        seen = compare([entry(f"{poll}/{i}", None, "t") for i in range(900)], seen, poll).seen
    assert len(seen) <= KEPT_AT_MOST


def test_of_what_a_feed_holds_nothing_is_forgotten_however_much_it_is() -> None:
    entries = [entry(f"{i}", f"g{i}", "t") for i in range(KEPT_AT_MOST)]
    first = compare(entries, (), 1)
    again = compare(entries, first.seen, 2)
    assert (len(first.new), again.new, again.edited, again.gap) == (KEPT_AT_MOST, (), (), False)
