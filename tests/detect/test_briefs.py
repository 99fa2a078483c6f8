"""Briefs of news in all languages: what is understood stays so, and what is not stands in the `open.json` of their folder."""
from __future__ import annotations

import json

import pytest

from pipeline.lexicon.load import Lexicon
from tests.detect.briefs import Briefs
from tests.detect.doubles import DOUBLES
from tests.detect.leads import LEADS

SETS = [LEADS, DOUBLES]


@pytest.mark.parametrize("briefs", SETS, ids=lambda briefs: briefs.folder.name)
def test_every_language_has_every_brief_in_all_wordings(briefs: Briefs, lexicon: Lexicon) -> None:
    assert {*briefs.languages()} == {*lexicon.languages}
    for language in briefs.languages():
        assert list(briefs.texts(language)) == list(briefs.told())
        assert all({*briefs.wordings} == {*own} for own in briefs.texts(language).values())


@pytest.mark.parametrize(
    ("briefs", "language"), [pytest.param(own, code, id=f"{own.folder.name} {code}") for own in SETS for code in own.languages()]
)
def test_what_is_understood_is_all_but_what_is_listed(briefs: Briefs, language: str, lexicon: Lexicon) -> None:
    listed = json.loads(briefs.open.read_text("utf-8"))[language]
    message = f"python -m tests.detect.{briefs.folder.name} writes the list; one that it has anew is a loss"
    assert briefs.not_understood(language, lexicon) == listed, message
