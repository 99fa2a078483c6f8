"""The whole lexicon, read and checked."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pipeline.lexicon.language import Language, load_language
from pipeline.lexicon.world import City, Country, Office, Organisation, Person, Watch, World, load_world


@dataclass(frozen=True)
class Lexicon:
    """The world, and the languages that tell of it, by code."""

    world: World
    languages: Mapping[str, Language]

    @property
    def watches(self) -> Mapping[str, Watch]:
        """By name."""
        return self.world.watches

    @property
    def countries(self) -> Mapping[str, Country]:
        """By ISO 3166 code."""
        return self.world.countries

    @property
    def places(self) -> Mapping[str, City]:
        """By id."""
        return self.world.places

    @property
    def organisations(self) -> Mapping[str, Organisation]:
        """By id."""
        return self.world.organisations

    @property
    def offices(self) -> Mapping[str, Office]:
        """By id."""
        return self.world.offices

    @property
    def people(self) -> Mapping[str, Person]:
        """By id."""
        return self.world.people

    def language_for(self, code: str) -> Language | None:
        """The language that reads texts of `code`; None where there is none."""
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> Mapping[str, Language]:
        also = {code: language for language in reversed([*self.languages.values()]) for code in language.also}
        return {**also, **self.languages}


def load_watches() -> Mapping[str, Watch]:
    """The watches of the packaged files, by name, without the languages, which take a second.

    Raises:
        LexiconError: a file that is not a language's is wrong.
    """
    return load_world(files("pipeline.lexicon")).watches


def load_lexicon(root: Traversable | Path | None = None) -> Lexicon:
    """The lexicon in `root`; without one, the packaged files.

    Raises:
        LexiconError: a file is wrong; the message starts with its name and line.
    """
    root = root or files("pipeline.lexicon")
    world = load_world(root)
    return Lexicon(world, {code: load_language(source, world) for code, source in _sources(root)})


def language_codes() -> frozenset[str]:
    """The codes of the packaged languages, without reading them."""
    return frozenset(code for code, _ in _sources(files("pipeline.lexicon")))


def _sources(root: Traversable | Path) -> list[tuple[str, Traversable]]:
    """The files of the languages with their codes, in the order of their names."""
    sources = sorted((root / "languages").iterdir(), key=lambda source: source.name)
    return [(source.name.removesuffix(".toml"), source) for source in sources if source.name.endswith(".toml")]
