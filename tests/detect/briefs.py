"""Briefs of news, each worded in all languages as their press would: what of them is not understood."""
from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.lexicon.load import Lexicon, load_lexicon
from tests.detect.grid import report, seen


@dataclass(frozen=True, slots=True)
class Briefs:
    """A folder with `briefs.toml`, which has what is told, `XX.toml`, texts of each brief in some wordings, and `open.json`."""

    folder: Path
    wordings: tuple[str, ...]
    title: str  # which wordings were read

    @property
    def open(self) -> Path:
        """What is not understood, by language."""
        return self.folder / "open.json"

    def told(self) -> dict[str, list[str]]:
        """What each brief tells, by its name."""
        return {brief["name"]: sorted(brief["told"]) for brief in tomllib.loads((self.folder / "briefs.toml").read_text("utf-8"))["brief"]}

    def languages(self) -> list[str]:
        """The codes of all languages."""
        return sorted(file.stem for file in self.folder.glob("??.toml"))

    def texts(self, language: str) -> Mapping[str, Mapping[str, str]]:
        """The texts of a language: brief → wording → text."""
        return tomllib.loads((self.folder / f"{language}.toml").read_text("utf-8"))

    def not_understood(self, language: str, lexicon: Lexicon) -> list[str]:
        """The texts that tell of other meetings than their brief, as "a: name of the brief"; meetings of many are left out."""
        own, expected = self.texts(language), self.told()
        return [f"{w}: {name}" for name in expected for w in self.wordings if seen(own[name][w], lexicon) != expected[name]]

    def report(self) -> None:
        """Write what is not understood, and print it as a table."""
        lexicon = load_lexicon()
        wrong = {language: self.not_understood(language, lexicon) for language in self.languages()}
        report(self.open, "brief", self.title, list(self.told()), self.wordings, wrong)
