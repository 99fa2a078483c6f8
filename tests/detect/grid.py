"""57 things that news tell, each in all languages and in three wordings: `python -m tests.detect.grid` prints which are understood where.

`grid/cases.toml` has the English and what is told; `grid/XX.toml` the same in another language, as its press words it. Of the first two
wordings rules and lexicons were made; of the third only few cases were read, and it shows how they do on words that they do not know. What
is not understood stands in `grid/open.json`, which this writes anew.
"""
from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.lexicon.load import Lexicon, load_lexicon
from tests.detect.test_phenomena import read, told

FOLDER = Path(__file__).with_name("grid")
OPEN = FOLDER / "open.json"
WORDINGS = ("a", "b", "c")
_CASES: list[dict[str, Any]] = tomllib.loads((FOLDER / "cases.toml").read_text("utf-8"))["case"]


def languages() -> list[str]:
    """The codes of all languages."""
    return sorted(["en", *(file.stem for file in FOLDER.glob("??.toml"))])


def texts(language: str) -> Mapping[str, Mapping[str, Any]]:
    """The texts of a language: case → wording → text."""
    if language == "en":
        return {case["name"]: case for case in _CASES}
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))


def not_understood(language: str, lexicon: Lexicon) -> list[str]:
    """The cases whose text tells of other meetings than it should, as "a: name of the case"; meetings of many are left out."""
    return [f"{wording}: {case['name']}" for wording, case in _wrong(language, lexicon)]


def _wrong(language: str, lexicon: Lexicon) -> Iterator[tuple[str, dict[str, Any]]]:
    own = texts(language)
    for case in _CASES:
        for wording in WORDINGS:
            seen = [one for one in told(read(own[case["name"]][wording], lexicon)) if ", multilateral" not in one]
            if sorted(seen) != sorted(case.get(f"{wording}_told", [])):
                yield wording, case


def main() -> int:
    """Write what is not understood, and print it as a table."""
    lexicon = load_lexicon()
    wrong = {language: not_understood(language, lexicon) for language in languages()}
    OPEN.write_text(json.dumps(wrong, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    title = "not understood: a in the first wording, b in the second, c in the third"
    table = Table("case", *wrong, title=title, box=None, padding=(0, 1, 0, 0))
    for case in _CASES:
        marks = ("".join(w for w in WORDINGS if f"{w}: {case['name']}" in listed) for listed in wrong.values())
        table.add_row(case["name"], *marks)
    Console(width=200).print(table)
    for wording in WORDINGS:
        missed = sum(one.startswith(wording) for told_wrong in wrong.values() for one in told_wrong)
        print(f"{wording}: {len(_CASES) * len(wrong) - missed} of {len(_CASES) * len(wrong)} understood")
    return 0


if __name__ == "__main__":
    sys.exit(main())
