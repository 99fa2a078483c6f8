"""The detector may get better on the labelled articles and not worse."""
from __future__ import annotations

import json

from pipeline.lexicon.load import load_lexicon
from tests.corpus.gate import EXAMPLE, REACHED, REACHED_ON_EXAMPLE, counts, counts_of_watch, worse


def test_no_count_falls_behind_what_was_reached() -> None:
    assert worse(json.loads(REACHED.read_text("utf-8")), counts(load_lexicon())) == []


def test_the_example_of_another_watch_does_as_well_as_it_did() -> None:
    lexicon = load_lexicon(folders=[EXAMPLE])
    assert worse(json.loads(REACHED_ON_EXAMPLE.read_text("utf-8")), counts_of_watch("us-china", lexicon)) == []


def test_a_count_that_falls_behind_is_told() -> None:
    reached = {"dev check": {"alerts right": 3, "false alerts": 1}}
    assert worse(reached, {"dev check": {"alerts right": 4, "false alerts": 0}}) == []
    assert worse(reached, {"dev check": {"alerts right": 2, "false alerts": 2}}) == [
        "dev check: alerts right: 2, reached were 3",
        "dev check: false alerts: 2, reached were 1",
    ]
