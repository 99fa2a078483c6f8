"""The whole lexicon, read and checked."""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pipeline.lexicon.language import Language, extend_language, load_language
from pipeline.lexicon.world import City, Country, Office, Organisation, Person, Watch, World, extend_world, load_world
from schemas.errors import LexiconError


@dataclass(frozen=True)
class Lexicon:
    """The world, and the languages that tell of it, by code; and what watches with a folder of their own know beyond it, by watch.

    What such a watch knows, only its own articles are read with: the others are read as if it were not there.
    """

    world: World
    languages: Mapping[str, Language]
    own: Mapping[str, OwnLexicon] = field(default_factory=dict)

    @cached_property
    def watches(self) -> Mapping[str, Watch]:
        """By name."""
        return {**self.world.watches, **{name: own.lexicon.world.watches[name] for name, own in self.own.items()}}

    def of(self, watch: str) -> Lexicon:
        """What articles are read with for `watch`."""
        return self.own[watch].lexicon if watch in self.own else self

    @cached_property
    def countries(self) -> Mapping[str, Country]:
        """By ISO 3166 code."""
        return self.world.countries

    @cached_property
    def places(self) -> Mapping[str, City]:
        """By id."""
        return self.world.places

    @cached_property
    def organisations(self) -> Mapping[str, Organisation]:
        """By id."""
        return self.world.organisations

    @cached_property
    def offices(self) -> Mapping[str, Office]:
        """By id."""
        return self.world.offices

    @cached_property
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


@dataclass(frozen=True)
class OwnLexicon:
    """What a watch with a folder of its own is read with: all of it, and the names alone that it adds to a language, by code."""

    lexicon: Lexicon
    names: Mapping[str, Language]


def load_watches(folders: Sequence[Path] = ()) -> Mapping[str, Watch]:
    """The watches of the packaged files and of `folders`, by name, without the languages, which take a second.

    Raises:
        LexiconError: a file that is not a language's is wrong.
    """
    world = load_world(files("pipeline.lexicon"))
    watches = dict(world.watches)
    for folder in folders:
        watches |= _extended(world, folder, watches).watches
    return watches


def load_lexicon(root: Traversable | Path | None = None, folders: Sequence[Path] = ()) -> Lexicon:
    """The lexicon in `root`, without one the packaged files; and what is in `folders`, each for the watches of that folder.

    Raises:
        LexiconError: a file is wrong; the message starts with its name and line.
    """
    root = root or files("pipeline.lexicon")
    world = load_world(root)
    languages = {code: load_language(source, world) for code, source in _sources(root)}
    own: dict[str, OwnLexicon] = {}
    for folder in folders:
        theirs = _own(folder, _extended(world, folder, [*world.watches, *own]), languages)
        own |= dict.fromkeys(theirs.lexicon.world.watches, theirs)
    return Lexicon(world, languages, own)


def _extended(world: World, folder: Path, known: Collection[str]) -> World:
    """`world` with the files of `folder`, whose watches have other names than those that are `known`."""
    extended = extend_world(world, folder)
    if twice := [name for name in extended.watches if name in known]:
        raise LexiconError(f"{folder.name}/watches.toml: there is a watch {twice[0]!r} already; give this one another name")
    return extended


def _own(folder: Path, world: World, languages: Mapping[str, Language]) -> OwnLexicon:
    """What the watches of `folder` are read with, in that world: a language that the folder has no file of is as it is for all."""
    extended, names = dict(languages), dict[str, Language]()
    for code, source in _sources(folder) if (folder / "languages").is_dir() else ():
        if code not in languages:
            raise LexiconError(f"{folder.name}/languages/{source.name}: there is no language {code!r} that it could add to")
        extended[code], names[code] = extend_language(languages[code], source, folder.name, world)
    return OwnLexicon(Lexicon(world, extended), names)


def language_codes() -> frozenset[str]:
    """The codes of the packaged languages, without reading them."""
    return frozenset(code for code, _ in _sources(files("pipeline.lexicon")))


def _sources(root: Traversable | Path) -> list[tuple[str, Traversable]]:
    """The files of the languages with their codes, in the order of their names."""
    sources = sorted((root / "languages").iterdir(), key=lambda source: source.name)
    return [(source.name.removesuffix(".toml"), source) for source in sources if source.name.endswith(".toml")]
