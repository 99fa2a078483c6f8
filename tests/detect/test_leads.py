"""Leads of news in all languages: what is understood stays so, and what is not stands in `leads/open.json`."""
from __future__ import annotations

import json

import pytest

from pipeline.lexicon.load import Lexicon
from tests.detect.leads import OPEN, WORDINGS, briefs, languages, not_understood, texts


def test_every_language_has_every_brief_in_all_wordings(lexicon: Lexicon) -> None:
    assert {*languages()} == {*lexicon.languages}
    for language in languages():
        assert list(texts(language)) == list(briefs())
        assert all({*WORDINGS} == {*own} for own in texts(language).values())


@pytest.mark.parametrize("language", languages())
def test_what_is_understood_is_all_but_what_is_listed(language: str, lexicon: Lexicon) -> None:
    listed = json.loads(OPEN.read_text("utf-8"))[language]
    assert not_understood(language, lexicon) == listed, "python -m tests.detect.leads writes the list; one that it has anew is a loss"
