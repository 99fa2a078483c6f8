"""40 leads of news in all languages: `python -m tests.detect.leads` prints which are understood where, with mode, format, place and day.

`leads/briefs.toml` has what is told, and `leads/XX.toml` each of them in four texts, as the press of that language would word it: `a` an
agency or a ministry, the others a newspaper, a portal, radio or television. Those under `a`, `b` and `c` were read when lexicons were made;
of those under `d` only English, German, French and Spanish, for the rules, and they show how both do on words that they do not know. What
is not understood stands in `leads/open.json`, which this writes anew.
"""
from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pipeline.lexicon.load import Lexicon, load_lexicon
from tests.detect.grid import report, seen

FOLDER = Path(__file__).with_name("leads")
OPEN = FOLDER / "open.json"
WORDINGS = ("a", "b", "c", "d")


def briefs() -> dict[str, list[str]]:
    """What each brief tells, by its name."""
    return {brief["name"]: sorted(brief["told"]) for brief in tomllib.loads((FOLDER / "briefs.toml").read_text("utf-8"))["brief"]}


def languages() -> list[str]:
    """The codes of all languages."""
    return sorted(file.stem for file in FOLDER.glob("??.toml"))


def texts(language: str) -> Mapping[str, Mapping[str, str]]:
    """The texts of a language: brief → wording → text."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))


def not_understood(language: str, lexicon: Lexicon) -> list[str]:
    """The texts that tell of other meetings than their brief, as "a: name of the brief"; meetings of many are left out."""
    own, expected = texts(language), briefs()
    return [f"{w}: {name}" for name in expected for w in WORDINGS if seen(own[name][w], lexicon) != expected[name]]


def main() -> int:
    """Write what is not understood, and print it as a table."""
    lexicon = load_lexicon()
    wrong = {language: not_understood(language, lexicon) for language in languages()}
    report(OPEN, "brief", "not understood: a to c read, d not", list(briefs()), WORDINGS, wrong)
    return 0


if __name__ == "__main__":
    sys.exit(main())
