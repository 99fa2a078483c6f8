"""The gate: what is looked for first leaves out nobody who passes."""
from __future__ import annotations

from itertools import chain

from pipeline.gate import countries_named, may_pass
from pipeline.lexicon.load import Lexicon
from tests.corpus.articles import labels


def test_whatever_an_article_names_may_be_named_in_it(lexicon: Lexicon) -> None:
    for article in chain(labels("dev"), labels("pages")):
        language = lexicon.language_for(article["language"].partition("-")[0])
        assert language is not None
        named = {(tag.kind, tag.value) for tag in language.tags(article["text"]) if tag.value is not None}
        assert named
        assert named <= language.may_name(article["text"])


def test_a_text_that_names_one_side_alone_may_not_pass(lexicon: Lexicon) -> None:
    english = lexicon.languages["en"]
    one, both = "Sergey Lavrov met nobody.", "Sergey Lavrov met Wang Yi."
    assert countries_named(english.tags(one), lexicon) == {"RU"}
    assert not may_pass(one, english, lexicon)
    assert may_pass(both, english, lexicon)


def test_marks_that_some_leave_out_hide_no_name(lexicon: Lexicon) -> None:
    assert may_pass("اِلتقى لافروف وانغ يي", lexicon.languages["ar"], lexicon)
