"""Forms: what each mark finds and does not find."""
from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lexicon.accents import told_apart
from pipeline.lexicon.forms import Spacing, compile_forms, ending_pattern, malformed
from pipeline.lexicon.matcher import Entry, Matcher, Tag
from pipeline.text.fold import fold


def entries(*forms: str, spacing: Spacing = Spacing.WORDS, endings: tuple[str, ...] = (), kind: str = "word") -> list[Entry]:
    return [Entry(form, kind, None) for form in compile_forms(forms, spacing, ending_pattern(endings))]


def tags_of(matcher: Matcher, text: str) -> list[Tag]:
    return matcher.find(matcher.scan(text))


def found(
    form: str, text: str, spacing: Spacing = Spacing.WORDS, endings: tuple[str, ...] = (), prefixes: tuple[str, ...] = ()
) -> list[str]:
    tags = tags_of(Matcher(entries(form, spacing=spacing, endings=endings), prefixes), text)
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


@pytest.mark.parametrize("text", ["نخست\u200cوزیر", "نخست وزیر", "نخستوزیر"])
def test_a_joiner_within_a_word_may_be_a_blank_or_be_left_out(text: str) -> None:
    assert found("نخست\u200cوزیر", text) == [text]


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
    text = "the deputy foreign minister of trade"
    two_kinds = entries("foreign minister", "deputy foreign minister", "minister of") + entries("deputy foreign minister", kind="office")
    assert [(tag.kind, text[tag.start : tag.end]) for tag in tags_of(Matcher(two_kinds), text)] == [
        ("office", "deputy foreign minister"),
        ("word", "deputy foreign minister"),
    ]


@pytest.mark.parametrize(("cue", "nouns"), [("cue.planned", ["meeting"]), ("cue.denied", [])])
def test_a_noun_of_contact_is_found_in_a_cue_of_its_status_and_in_no_other(cue: str, nouns: list[str]) -> None:
    text = "the next meeting"
    matcher = Matcher(entries("meeting", kind="meet.noun") + entries("next meeting", kind=cue))
    assert [text[tag.start : tag.end] for tag in tags_of(matcher, text) if tag.kind == "meet.noun"] == nouns


@pytest.mark.parametrize("form", ["", " ", "*", "~", "**", "a*b", "a~b c", "a\nb", "a\n"])
def test_what_is_no_form_is_found_among_others(form: str) -> None:
    assert malformed([form]) == 0
    assert malformed(["*gipfel", "traf~ sich*", form, "a"]) == 2
    assert malformed(["*gipfel", "traf~ sich*", "a"]) is None
    assert malformed([]) is None


def test_borders_within_a_form_are_those_that_are_written() -> None:
    assert found("foreign minister", "foreign-minister, foreign\nminister, foreign minister") == ["foreign minister"]
    assert found("vice-premier", "vice premier, vice-premier") == ["vice-premier"]


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
    matcher = Matcher(entries("a", "ab*", "a b", "b~", "a* b", "e"))
    tags = tags_of(matcher, text)
    assert all(one.end <= other.start or _span(one) == _span(other) for one, other in pairwise(tags))


def _span(tag: Tag) -> tuple[int, int]:
    return tag.start, tag.end


def test_forms_that_only_accents_tell_apart_are_what_is_written() -> None:
    words = [("noun", ["incontro"]), ("verb", ["incontrò"])]
    matcher = Matcher([entry for kind, forms in words for entry in entries(*forms, kind=kind)], accents=told_apart(words))
    assert [tag.kind for tag in tags_of(matcher, "l'incontro; si incontrò con lui; L'INCONTRO")] == ["noun", "verb", "noun"]


def test_a_form_with_accents_is_found_without_them() -> None:
    assert found("rencontré", "UNE RENCONTRE") == ["RENCONTRE"]
