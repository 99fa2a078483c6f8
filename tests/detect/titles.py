"""64 meetings of officials below ministers, in all languages: `python -m tests.detect.titles` prints whose titles are understood where.

`titles/XX.toml` has 32 kinds of offices, each in two sentences, as its press words them. Those under `a` were read when lexicons were made;
those under `b` never, and show how they do on titles that they do not know. Each sentence tells of one meeting that was held. Who is not
found stands in `titles/open.json`, which this writes anew.
"""
from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pipeline.lexicon.load import Lexicon, load_lexicon
from schemas.meetings import Salience, Status
from tests.detect.grid import report
from tests.detect.test_phenomena import read

FOLDER = Path(__file__).with_name("titles")
OPEN = FOLDER / "open.json"
WORDINGS = ("a", "b")


def languages() -> list[str]:
    """The codes of all languages."""
    return sorted(file.stem for file in FOLDER.glob("??.toml"))


def texts(language: str) -> Mapping[str, Mapping[str, str]]:
    """The sentences of a language: kind of office → wording → sentence."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))


def not_understood(language: str, lexicon: Lexicon) -> list[str]:
    """The sentences that do not tell of one meeting of both sides, as "a: kind of office"."""
    told = texts(language).items()
    return [f"{wording}: {kind}" for kind, text in told for wording in WORDINGS if not _understood(text[wording], lexicon)]


def _understood(text: str, lexicon: Lexicon) -> bool:
    article = read(text, lexicon)
    news = [mention.facts for mention in article.mentions if mention.salience is Salience.MAIN] if article else []
    return [(facts.status, {p.side for p in facts.participants}) for facts in news] == [(Status.HELD, {"RU", "CN"})]


def main() -> int:
    """Write what is not understood, and print it as a table."""
    lexicon = load_lexicon()
    wrong = {language: not_understood(language, lexicon) for language in languages()}
    report(OPEN, "kind of office", "not understood: a read, b never read", list(texts("en")), WORDINGS, wrong)
    return 0


if __name__ == "__main__":
    sys.exit(main())
