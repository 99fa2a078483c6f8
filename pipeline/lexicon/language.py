"""One language: how the world is written in it, and its words. The keys are explained in README.md beside this file."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import Annotated

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, ConfigDict, Field

from pipeline.lexicon.dates import DateWords, date_words
from pipeline.lexicon.forms import FormError, Spacing, check_form, compile_form
from pipeline.lexicon.matcher import Entry, Matcher, Tag
from pipeline.lexicon.toml_file import TomlFile
from pipeline.lexicon.world import World

Forms = tuple[str, ...]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Contact(_Table):
    """Words of one kind of contact, by the time they tell."""

    noun: Forms = ()
    past: Forms = ()
    present: Forms = ()
    future: Forms = ()
    infinitive: Forms = ()


class CountryForms(_Table):
    """A country's names, and its adjectives and people."""

    names: Forms = ()
    adjectives: Forms = ()


class Cues(_Table):
    """Words that change what a contact word says."""

    future: Forms = ()
    planned: Forms = ()
    possible: Forms = ()
    invited: Forms = ()
    accepted: Forms = ()
    cancelled: Forms = ()
    postponed: Forms = ()
    ongoing: Forms = ()
    negation: Forms = ()
    denied: Forms = ()
    letter: Forms = ()
    speech: Forms = ()
    background: Forms = ()
    sidelines: Forms = ()
    multilateral: Forms = ()
    phone: Forms = ()
    video: Forms = ()
    in_person: Forms = ()


class Structure(_Table):
    """Words that hold a sentence together."""

    counterpart: Forms = ()
    guest: Forms = ()
    both: Forms = ()
    joined: Forms = Field(default=(), alias="and")
    clause: Forms = ()
    locative: Forms = ()
    locative_after: Forms = ()
    capital: Forms = ()
    ignored: Forms = ()


class RelativeDates(_Table):
    """Words of relative dates."""

    today: Forms = ()
    yesterday: Forms = ()
    before_yesterday: Forms = ()
    tomorrow: Forms = ()
    after_tomorrow: Forms = ()
    last: Forms = ()
    next: Forms = ()
    this: Forms = ()
    early: Forms = ()
    middle: Forms = ()
    late: Forms = ()
    spring: Forms = ()
    summer: Forms = ()
    autumn: Forms = ()
    winter: Forms = ()
    week: Forms = ()
    month: Forms = ()
    year: Forms = ()
    day_month: str = ""
    inflections: tuple[Annotated[str, Field(pattern="^[^=]*=[^=]*$")], ...] = ()


class PageWords(_Table):
    """Words of page furniture."""

    related: Forms = ()
    caption: Forms = ()
    furniture: Forms = ()


class LanguageFile(_Table):
    """A language file as it is written."""

    name: str
    also: tuple[str, ...] = ()
    spacing: Spacing = Spacing.WORDS
    name_endings: tuple[str, ...] = ()
    letters: str = ""
    relatives: tuple[str, ...] = ()
    country_first: bool = False
    prefixes: tuple[str, ...] = ()
    people: Mapping[str, Forms] = {}
    short_names: Mapping[str, Forms] = {}
    offices: Mapping[str, Forms] = {}
    countries: Mapping[str, CountryForms] = {}
    places: Mapping[str, Forms] = {}
    organisations: Mapping[str, Forms] = {}
    meet: Contact = Contact()
    receive: Contact = Contact()
    visit: Contact = Contact()
    talk: Contact = Contact()
    phone: Contact = Contact()
    video: Contact = Contact()
    press: Contact = Contact()
    summit: Contact = Contact()
    cue: Cues = Cues()
    structure: Structure = Structure()
    dates: RelativeDates = RelativeDates()
    page: PageWords = PageWords()


WORD_TABLES = ("meet", "receive", "visit", "talk", "phone", "video", "press", "summit", "cue", "structure", "dates", "page")
CONTACTS = WORD_TABLES[:8]
NAME_TABLES = {"people": "person", "short_names": "short_name", "offices": "office", "places": "place", "organisations": "organisation"}
Written = tuple[str, str, str | None, tuple[str | int, ...]]  # form, kind, value, where it stands in the file


class Language:
    """A language. What it takes to find its words is made when they are first looked for: a process rarely meets all languages.

    `tags` finds its words and names; `date_words` are its month and weekday names.
    """

    def __init__(self, code: str, file: LanguageFile, countries: Sequence[str]) -> None:
        """`countries`: codes of all that the lexicon knows."""
        self.code = code
        self.name = file.name
        self.also = file.also
        self.spacing = file.spacing
        self.country_first = file.country_first
        self.letters = frozenset(file.letters)
        self.relatives = file.relatives
        self.day_month = file.dates.day_month
        self._file = file
        self._countries = countries

    @cached_property
    def date_words(self) -> DateWords:
        """Its month and weekday names."""
        rules = (rule.partition("=") for rule in self._file.dates.inflections)
        return date_words(self.code, self.spacing, [(ending, instead) for ending, _, instead in rules])

    @cached_property
    def _matcher(self) -> Matcher:
        entries = []
        for written, kind, value, _ in _forms(self._file):
            endings = self._file.name_endings if kind in ("person", "short_name") else ()
            form = compile_form(written, self.spacing, endings)
            if kind in ("person", "short_name") and written[0].isupper():
                form = replace(form, capital=True)  # Romanian "puțin" is no Putin
            entries.append(Entry(form, kind, value))
        return Matcher(entries + _unlisted_countries(self.code, self._file, self._countries), self._file.prefixes)

    def tags(self, folded: str, text: str) -> list[Tag]:
        """All tags of `text`, whose fold is `folded`, in order of place."""
        return self._matcher.find(folded, text)


def load_language(source: Traversable, world: World) -> Language:
    """The language in `source`, named after its code.

    Raises:
        LexiconError: the file is wrong, or names an id that the world does not have.
    """
    toml = TomlFile.read(source)
    code = source.name.removesuffix(".toml")
    file = toml.validate(LanguageFile)
    _check_ids(toml, file, world)
    for written, _, _, path in _forms(file):
        try:
            check_form(written)
        except FormError as error:
            raise toml.error(path, f"{written!r}: {error}") from error
    return Language(code, file, tuple(world.countries))


def _forms(file: LanguageFile) -> Iterator[Written]:
    for table, kind in NAME_TABLES.items():
        for key, forms in getattr(file, table).items():
            yield from ((form, kind, key, (table, key, i)) for i, form in enumerate(forms))
    for code, country in file.countries.items():
        yield from ((form, "country", code, ("countries", code, "names", i)) for i, form in enumerate(country.names))
        yield from ((form, "nationality", code, ("countries", code, "adjectives", i)) for i, form in enumerate(country.adjectives))
    for table in WORD_TABLES:
        words = getattr(file, table)
        for field, info in type(words).model_fields.items():
            key = info.alias or field
            if key in ("inflections", "day_month"):
                continue
            yield from ((form, f"{table}.{key}", None, (table, key, i)) for i, form in enumerate(getattr(words, field)))


def _check_ids(toml: TomlFile, file: LanguageFile, world: World) -> None:
    known: Mapping[str, Mapping[str, object]] = {
        "people": world.people,
        "short_names": world.people,
        "offices": world.offices,
        "countries": world.countries,
        "places": world.places,
        "organisations": world.organisations,
    }
    for table, entries in known.items():
        for key in getattr(file, table):
            if key not in entries:
                singular = NAME_TABLES.get(table, "country").replace("short_name", "person")
                raise toml.error((table, key), f"{table}.{key}: there is no {singular} with this id; add it to its file or mend the name")


def _unlisted_countries(code: str, file: LanguageFile, countries: Sequence[str]) -> list[Entry]:
    """Countries that the file leaves out are known by their CLDR name."""
    try:
        names = Locale.parse(code).territories
    except (UnknownLocaleError, ValueError):
        return []
    wanted = (c for c in countries if c not in file.countries and c in names)
    return [Entry(compile_form(names[c], file.spacing), "country", c) for c in wanted]
