"""Forms: what each mark finds and does not find."""
from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lexicon.forms import FormError, Spacing, check_form, compile_form
from pipeline.lexicon.matcher import Entry, Matcher, Tag
from pipeline.text.fold import fold


def found(
    form: str, text: str, spacing: Spacing = Spacing.WORDS, endings: tuple[str, ...] = (), prefixes: tuple[str, ...] = ()
) -> list[str]:
    tags = Matcher([Entry(compile_form(form, spacing, endings), "word", None)], prefixes).find(fold(text), text)
    return [text[tag.start : tag.end] for tag in tags]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("Peking", "in Peking, nicht Pekings", ["Peking"]),
        ("συνομιλι*", "ΣΥΝΟΜΙΛΊΕΣ και συνομιλιών", ["ΣΥΝΟΜΙΛΊΕΣ", "συνομιλιών"]),
        ("Лавров~", "Лавров, Лаврова, лавровский", ["Лавров", "Лаврова"]),
        ("*gipfel", "Gipfel und Afrikagipfel, Gipfelstürmer", ["Gipfel", "gipfel"]),
        ("traf~ sich", "Er traf sich; sie trafen  sich; sie trafen\u00a0sich", ["traf sich", "trafen\u00a0sich"]),
        ("Li", "Li met li and Lin", ["Li"]),
        ("met", "met metal — met", ["met", "met"]),
        ("U.S.", "the U.S. side", ["U.S."]),
    ],
)
def test_a_form_finds_what_its_marks_say(form: str, text: str, expected: list[str]) -> None:
    assert found(form, text) == expected


def test_every_word_of_a_name_may_take_an_ending() -> None:
    assert found("Ван И", "встретил Вана И, Ваном И и Ванду И", endings=("а", "ом")) == ["Вана И", "Ваном И"]


@pytest.mark.parametrize(
    ("spacing", "form", "text", "expected"),
    [
        ("no blanks", "王毅", "中国外长王毅会见", ["王毅"]),
        ("glued particles", "푸틴", "푸틴은 왕푸틴을", ["푸틴"]),
    ],
)
def test_spacing_decides_on_word_borders(spacing: str, form: str, text: str, expected: list[str]) -> None:
    assert found(form, text, Spacing.NONE if spacing == "no blanks" else Spacing.LEFT) == expected


def test_only_the_listed_prefixes_may_be_glued_before_a_word() -> None:
    assert found("موسكو", "وموسكو بموسكو كموسكو", prefixes=("و", "ب")) == ["موسكو", "موسكو"]


def test_the_longest_form_wins_and_equals_both_stay() -> None:
    entries = [("foreign minister", "a"), ("deputy foreign minister", "b"), ("deputy foreign minister", "c"), ("minister of", "d")]
    text = "the deputy foreign minister of trade"
    tags = Matcher([Entry(compile_form(form, Spacing.WORDS), "office", value) for form, value in entries]).find(fold(text), text)
    assert [tag.value for tag in tags] == ["b", "c"]


@pytest.mark.parametrize("form", ["", " ", "*", "~", "a*b", "a~b c", "a\nb"])
def test_what_is_no_form_is_refused(form: str) -> None:
    with pytest.raises(FormError):
        check_form(form)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ΣΎΝΟΔΟΣ", "συνοδοσ"), ("Straße", "strase"), ("푸틴 대통령", "푸틴 대통령"), ("İstanbul", "istanbul"), ("ﬁve", "fve")],
)
def test_a_fold_takes_case_and_accents_away_and_keeps_the_letters(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_a_fold_is_as_long_as_its_text_and_stable(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="ab. é", max_size=60))
def test_tags_never_overlap_unless_they_are_equally_long(text: str) -> None:
    matcher = Matcher([Entry(compile_form(form, Spacing.WORDS), form, None) for form in ("a", "ab*", "a b", "b~", "a* b", "e")])
    tags = matcher.find(fold(text), text)
    assert all(one.end <= other.start or _span(one) == _span(other) for one, other in pairwise(tags))


def _span(tag: Tag) -> tuple[int, int]:
    return tag.start, tag.end
