"""The weights in the repository are those that `make train` gives, and nobody has touched them."""
from __future__ import annotations

from pipeline.lexicon.load import Lexicon
from tests.corpus import train_detect, train_events


def test_the_weights_of_the_decision_are_what_the_labelled_articles_ask_for(lexicon: Lexicon) -> None:
    assert train_detect.fitted(list(train_detect.gather(lexicon))) == train_detect.WEIGHTS.read_text("utf-8")


def test_the_weights_of_same_event_or_another_are_too(lexicon: Lexicon) -> None:
    assert train_events.fitted(train_events.examples(lexicon)) == train_events.WEIGHTS.read_text("utf-8")
