"""57 things that news tell, each in all languages and in three wordings: `python -m tests.detect.grid` prints which are understood where.

`grid/cases.toml` has the English and what is told; `grid/XX.toml` the same in another language, as its press words it. Of the first two
wordings rules and lexicons were made; of the third only few cases were read, and it shows how they do on words that they do not know. What
is not understood stands in `grid/open.json`, which this writes anew.
"""
from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
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
            if seen(own[case["name"]][wording], lexicon) != sorted(case.get(f"{wording}_told", [])):
                yield wording, case


def seen(text: str, lexicon: Lexicon) -> list[str]:
    """The meetings that a text tells of as news, without those of many."""
    return sorted(one for one in told(read(text, lexicon)) if ", multilateral" not in one)


def report(file: Path, first_column: str, title: str, rows: Sequence[str], wordings: Sequence[str], wrong: Mapping[str, list[str]]) -> None:
    """Write what is not understood to `file`, by language, and print it as a table of `rows`, with how much is."""
    file.write_text(json.dumps(wrong, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    table = Table(first_column, *wrong, title=title, box=None, padding=(0, 1, 0, 0))
    for row in rows:
        table.add_row(row, *("".join(w for w in wordings if f"{w}: {row}" in listed) for listed in wrong.values()))
    Console(width=200).print(table)
    for wording in wordings:
        missed = sum(one.startswith(wording) for listed in wrong.values() for one in listed)
        print(f"{wording}: {len(rows) * len(wrong) - missed} of {len(rows) * len(wrong)} understood")


def main() -> int:
    """Write what is not understood, and print it as a table."""
    lexicon = load_lexicon()
    title = "not understood: a in the first wording, b in the second, c in the third"
    wrong = {language: not_understood(language, lexicon) for language in languages()}
    report(OPEN, "case", title, [case["name"] for case in _CASES], WORDINGS, wrong)
    return 0


if __name__ == "__main__":
    sys.exit(main())
