"""The same things told in all languages: what is understood stays so, and what is not stands in `grid/open.json`."""
from __future__ import annotations

import json

import pytest

from pipeline.lexicon.load import Lexicon
from tests.detect.grid import OPEN, languages, not_understood, texts


def test_every_language_tells_every_case_in_both_wordings(lexicon: Lexicon) -> None:
    assert {*languages()} <= {*lexicon.languages}
    names = list(texts("en"))
    assert all(list(texts(language)) == names and all({"a", "b"} <= {*own} for own in texts(language).values()) for language in languages())


@pytest.mark.parametrize("language", languages())
def test_what_is_understood_is_all_but_what_is_listed(language: str, lexicon: Lexicon) -> None:
    listed = json.loads(OPEN.read_text("utf-8"))[language]
    assert not_understood(language, lexicon) == listed, "python -m tests.detect.grid writes the list; a case that it has anew is a loss"
