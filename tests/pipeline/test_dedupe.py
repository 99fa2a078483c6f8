"""dedupe: copies are found whatever an outlet did to them; separate reports of one event are no copies."""
from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedupe import COMMON, CopyIndex, mark_copy
from schemas.articles import Block, BlockKind, CleanArticle, UniqueArticle
from schemas.fingerprints import Fingerprint

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def prose(seed: int, words: int = 250) -> str:
    """Sentences that are no other seed's."""
    chosen = random.Random(seed)
    text = ["".join(chosen.choices("abcdefghijklmnop", k=chosen.randint(3, 9))) for _ in range(words)]
    return " ".join(word + ("." if i % 12 == 11 else "") for i, word in enumerate(text))


WIRE = prose(1)
CHINESE = "".join(random.Random(2).choices("中俄两国外长会谈北京莫斯科合作关系发展战略协调多边国际组织安全理事会", k=400))


def article(text: str, article_id: str = "b", minutes: int = 10, furniture: str = "") -> CleanArticle:
    blocks = [Block(kind=BlockKind.BODY, start=0, end=len(text))]
    if furniture:
        blocks.append(Block(kind=BlockKind.RELATED, start=len(text) + 1, end=len(text) + 1 + len(furniture)))
    return CleanArticle(
        article_id=article_id,
        watch="russia-china",
        language="en",
        text=text + ("\n" + furniture if furniture else ""),
        blocks=tuple(blocks),
        url=None,
        source=None,
        published_at=None,
        fetched_at=NOON + timedelta(minutes=minutes),
    )


def mark(one: CleanArticle, known: CopyIndex) -> tuple[UniqueArticle, Fingerprint]:
    """As it comes when it was fetched."""
    return mark_copy(one, known, one.fetched_at)


def fingerprint(text: str, article_id: str = "a", minutes: int = 0, furniture: str = "", known: CopyIndex | None = None) -> Fingerprint:
    return mark(article(text, article_id, minutes, furniture), known or CopyIndex())[1]


def copy_of(text: str, known: CopyIndex, furniture: str = "") -> str | None:
    return mark(article(text, furniture=furniture), known)[0].copy_of


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        ("unchanged", WIRE),
        ("cut after the first third", WIRE[: len(WIRE) // 3]),
        ("own lead, and boilerplate behind", f"{prose(7, 30)} {WIRE} {prose(8, 60)}"),
        ("white space, case and quotation marks", "«" + WIRE.upper().replace(" ", "\n").replace(".", "»") + "»"),
        ("quoted in a longer report", f"{prose(9)} {WIRE[: len(WIRE) // 2]} {prose(10)}"),
        ("one word in fifteen changed", " ".join("other" if i % 15 == 0 else w for i, w in enumerate(WIRE.split()))),
    ],
)
def test_an_edited_copy_names_its_original(edit: str, text: str) -> None:
    assert copy_of(text, CopyIndex([fingerprint(WIRE)])) == "a", edit


def test_a_cut_copy_is_found_in_a_language_without_blanks() -> None:
    assert copy_of(CHINESE[:150], CopyIndex([fingerprint(CHINESE)])) == "a"


@pytest.mark.parametrize("text", ["Lavrov met Wang Yi.", "Лавров встретился с Ван И.", "王毅会见拉夫罗夫"])
def test_a_short_text_is_a_copy_of_its_equal_and_of_nothing_else(text: str) -> None:
    known = CopyIndex([fingerprint(text)])
    assert copy_of(text.upper() + "!", known) == "a"
    assert copy_of("Putin received Modi in Sochi.", known) is None


def test_two_reports_of_one_event_are_no_copies() -> None:
    credit = "Reporting by our correspondents in Moscow and Beijing; edited in London."
    assert copy_of(f"{prose(3)} {credit}", CopyIndex([fingerprint(f"{prose(4)} {credit}")])) is None


def test_related_links_and_furniture_make_no_copy() -> None:
    links = prose(5, 300)
    known = CopyIndex([fingerprint(prose(3, 60), furniture=links)])
    assert copy_of(prose(4, 60), known, furniture=links) is None


def test_the_oldest_original_is_named_in_whatever_order_they_became_known() -> None:
    both = [fingerprint(WIRE[: len(WIRE) // 2], "late", 5), fingerprint(WIRE[len(WIRE) // 2 :], "early", 1)]
    assert copy_of(WIRE, CopyIndex(both)) == copy_of(WIRE, CopyIndex(reversed(both))) == "early"


def test_a_copy_of_a_copy_names_the_original() -> None:
    known = CopyIndex([fingerprint(WIRE)])
    known.add(fingerprint(WIRE + prose(6, 50), "copy", 5, known=known))
    assert copy_of(WIRE + prose(6, 50), known) == "a"


def test_what_is_forgotten_is_no_longer_copied() -> None:
    known = CopyIndex([fingerprint(WIRE)])
    known.remove("a")
    known.remove("a")
    assert copy_of(WIRE, known) is None


def test_a_formula_that_many_originals_hold_makes_no_copies() -> None:
    formula = prose(50, 200)
    known = CopyIndex(fingerprint(f"{prose(100 + i, 60)} {formula}", f"a{i}", i, known=CopyIndex()) for i in range(COMMON + 5))
    assert copy_of(f"{prose(99, 60)} {formula}", known) is None


def test_a_report_that_many_outlets_copy_is_still_known() -> None:
    known = CopyIndex([fingerprint(WIRE)])
    for i in range(COMMON + 5):
        known.add(fingerprint(f"{prose(200 + i, 20)} {WIRE}", f"copy{i}", i + 1, known=known))
    assert copy_of(f"{prose(99, 20)} {WIRE}", known) == "a"


def test_what_is_forgotten_is_the_oldest_and_only_what_is_old_enough() -> None:
    known = CopyIndex(fingerprint(prose(seed), name, minutes) for seed, name, minutes in ((1, "late", 20), (2, "early", 0), (3, "mid", 10)))
    known.add(fingerprint(prose(4), "early", 5, known=known))  # an edit makes nobody younger
    assert [old.article_id for old in known.expire(NOON + timedelta(minutes=20))] == ["early", "mid"]
    assert [known.get(name) is None for name in ("early", "mid", "late")] == [True, True, False]
    assert copy_of(prose(4), known) is None
    assert list(known.expire(NOON + timedelta(minutes=20))) == []


def test_asking_does_not_make_known() -> None:
    known = CopyIndex()
    mark(article(WIRE), known)
    assert known.get("b") is None


@given(first=st.text(min_size=1), later=st.text(min_size=1), copied=st.booleans())
def test_a_known_article_is_the_copy_that_it_was_whatever_has_changed_since(first: str, later: str, copied: bool) -> None:
    known = CopyIndex([fingerprint(first)] if copied else [])
    unique, remembered = mark(article(first), known)
    known.add(remembered)
    known.add(fingerprint(later, "c", 1, known=known))
    assert mark(article(first), known) == (unique, remembered)
    edited, edit = mark(article(later, minutes=20), known)
    assert (edited.copy_of, edit.copy_of, edit.seen_at) == (unique.copy_of, unique.copy_of, remembered.seen_at)


def test_an_edit_is_another_version_whose_copies_are_found_too() -> None:
    known = CopyIndex()
    first, remembered = mark(article(prose(11), "a"), known)
    known.add(remembered)
    same, _ = mark(article(prose(11).upper(), "a"), known)
    edited, edit = mark(article(WIRE, "a"), known)
    known.add(edit)
    assert same.version == first.version != edited.version
    assert (edited.copy_of, copy_of(WIRE, known), copy_of(prose(11), known)) == (None, "a", None)


@given(st.text(min_size=1))
def test_a_fingerprint_survives_its_journey_through_the_table(text: str) -> None:
    made = fingerprint(text)
    assert Fingerprint.model_validate_json(made.model_dump_json()) == made
