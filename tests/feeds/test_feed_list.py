"""`seeds/feeds.opml`: the feeds to begin with."""
from __future__ import annotations

from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from agents.seeds import seeds_folder
from pipeline.feeds.opml import read_opml, write_opml
from pipeline.feeds.safety import check_address
from pipeline.lexicon.load import Lexicon
from schemas.feeds import Feed

DOCUMENT = Path(__file__).parents[2] / "seeds" / "feeds.opml"
CATEGORIES = {"agency", "broadcaster", "ministry", "paper", "portal"}


@pytest.fixture(scope="module")
def feeds() -> tuple[Feed, ...]:
    return read_opml(DOCUMENT.read_bytes())


def said(feed: Feed) -> dict[str, str]:
    return dict(feed.attributes)


def test_it_is_where_the_program_looks_for_it() -> None:
    assert (seeds_folder() / "feeds.opml").read_bytes() == DOCUMENT.read_bytes()


def test_it_is_in_the_form_that_is_written(feeds: tuple[Feed, ...]) -> None:
    assert write_opml(feeds, "dyadwatch feeds", None) == DOCUMENT.read_bytes()


def test_it_has_feeds_in_every_language_of_the_lexicon_and_in_no_other(feeds: tuple[Feed, ...], lexicon: Lexicon) -> None:
    of_language = Counter(feed.language for feed in feeds)
    assert set(of_language) == set(lexicon.languages)
    assert len(feeds) >= 60
    assert min(of_language.values()) >= 5  # two outlets may fall silent, and the language is still heard


def test_no_feed_is_in_it_twice(feeds: tuple[Feed, ...]) -> None:
    assert DOCUMENT.read_bytes().count(b" xmlUrl=") == len(feeds)
    assert max(Counter((feed.language, feed.title) for feed in feeds).values()) == 1


def test_every_address_may_be_asked(feeds: tuple[Feed, ...]) -> None:
    for feed in feeds:
        check_address(feed.url)
        check_address(feed.site or "")
        assert "." in (urlsplit(feed.url).hostname or "")


def test_a_feed_is_in_the_folder_of_its_language(feeds: tuple[Feed, ...]) -> None:
    folders = {(feed.language, tuple(folder.name for folder in feed.folders)) for feed in feeds}
    assert len(folders) == len({language for language, _ in folders}) == len({folder for _, folder in folders})


def test_every_feed_has_a_title_and_a_category_and_says_if_it_is_unsure(feeds: tuple[Feed, ...]) -> None:
    assert all(feed.title for feed in feeds)
    assert {said(feed).get("category") for feed in feeds} == CATEGORIES
    assert {said(feed).get("unsure") for feed in feeds} <= {None, "true"}
    assert {name for feed in feeds for name in said(feed)} == {"category", "unsure"}


def test_most_feeds_were_seen_to_answer(feeds: tuple[Feed, ...]) -> None:
    assert sum(said(feed).get("unsure") == "true" for feed in feeds) < len(feeds) / 5
