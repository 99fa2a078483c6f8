"""The weights in the repository are those that `make train` gives, and nobody has touched them.

Each is fitted in a process of its own, as `make train` does it.
"""
from __future__ import annotations

import subprocess
import sys

from tests.corpus import train_detect, train_events

FITTED = """
import sys
from pipeline.lexicon.load import load_lexicon
from tests.corpus import train_detect, train_events
lexicon = load_lexicon()
examples = {"train_detect": lambda: list(train_detect.gather(lexicon)), "train_events": lambda: train_events.examples(lexicon)}
sys.stdout.buffer.write(sys.modules[f"tests.corpus.{sys.argv[1]}"].fitted(examples[sys.argv[1]]()).encode())
"""


def fitted(which: str) -> str:
    done = subprocess.run([sys.executable, "-c", FITTED, which], capture_output=True, check=True)
    return done.stdout.decode()


def test_the_weights_of_the_decision_are_what_the_labelled_articles_ask_for() -> None:
    assert fitted("train_detect") == train_detect.WEIGHTS.read_text("utf-8")


def test_the_weights_of_same_event_or_another_are_too() -> None:
    assert fitted("train_events") == train_events.WEIGHTS.read_text("utf-8")
