"""One language: how the world is written in it, and its words. The keys are explained in README.md beside this file."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property, lru_cache
from importlib.resources.abc import Traversable
from itertools import islice
from typing import Annotated, NamedTuple

from babel import Locale
from babel.localedata import exists
from pydantic import BaseModel, ConfigDict, Field

from pipeline.lexicon.dates import DateWords, date_words
from pipeline.lexicon.forms import Spacing, compile_forms, ending_pattern, malformed
from pipeline.lexicon.matcher import Entry, Matcher, Tag
from pipeline.lexicon.toml_file import TomlFile
from pipeline.lexicon.world import World
from pipeline.text.fold import fold

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
    unsettled: Forms = ()
    invited: Forms = ()
    accepted: Forms = ()
    cancelled: Forms = ()
    postponed: Forms = ()
    ongoing: Forms = ()
    negation: Forms = ()
    denied: Forms = ()
    refuted: Forms = ()
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
    pronoun: Forms = ()
    greeting: Forms = ()
    in_turn: Forms = ()
    agent: Forms = ()
    partner: Forms = ()
    partner_after: Forms = ()
    official: Forms = ()
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
    in_three_days: Forms = ()
    in_a_week: Forms = ()
    in_two_weeks: Forms = ()
    same_day: Forms = ()
    day_before: Forms = ()
    day_after: Forms = ()
    since: Forms = ()
    since_after: Forms = ()
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
    month_first: str = ""
    solar_months: Annotated[Forms, Field(max_length=24)] = ()
    small_months: bool = False
    to: Forms = ()
    of: Forms = ()
    ordinal: Forms = ()
    days: tuple[Annotated[str, Field(pattern=r"^\d{1,2}=[^=]+$")], ...] = ()
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
    country_last: bool = False
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


class WatchWords(LanguageFile):
    """What a watch adds to a language, for itself alone."""

    name: str = ""
    without: Forms = Field(default=(), description="forms of the language that this watch does without, wherever they stand in its file")


WORD_TABLES = ("meet", "receive", "visit", "talk", "phone", "video", "press", "summit", "cue", "structure", "dates", "page")
CONTACTS = WORD_TABLES[:8]
DATE_GRAMMAR = (  # keys of `dates` that are no forms
    "inflections", "day_month", "month_first", "solar_months", "small_months", "to", "of", "ordinal", "days",
)  # fmt: skip
PARTNER_GRAMMAR = ("agent", "partner", "partner_after")  # keys of `structure` that are no forms: they are read beside a participant alone
NAMING = frozenset({"person", "country", "nationality", "place"})  # kinds of what names a side; a short name follows a full one
_APART = " … "  # between the two parts of a separable verb
_LAST_TEXTS = 4  # of each language
_REMEMBERED = 20_000  # characters of such a text at most
_PRONOUN = "structure.pronoun"
SEPARABLE = "separable"  # the first part of one: its value is what the whole verb is, a blank, and the second part
NAME_TABLES = {"people": "person", "short_names": "short_name", "offices": "office", "places": "place", "organisations": "organisation"}


class _Group(NamedTuple):
    """Forms that stand for one thing, and where they stand in the file."""

    kind: str
    value: str | None
    forms: Forms
    path: tuple[str, ...]


class Language:
    """A language. What it takes to find its words is made when they are first looked for: a process rarely meets all languages.

    `tags` finds its words and names; `date_words` are its month and weekday names.
    """

    def __init__(self, code: str, file: LanguageFile, groups: Sequence[_Group], countries: Sequence[str]) -> None:
        """`groups`: the forms of `file`; `countries`: codes of all that the lexicon knows."""
        self.code = code
        self.name = file.name
        self.also = file.also
        self.spacing = file.spacing
        self.country_first = file.country_first
        self.country_last = file.country_last
        self.letters = frozenset(file.letters)
        self.relatives = file.relatives
        self.day_month = file.dates.day_month
        self.month_first = file.dates.month_first
        self.solar_months = tuple(map(fold, file.dates.solar_months))
        self._ending = ending_pattern(file.name_endings)
        self._prefixes = file.prefixes
        words = file.structure
        self.agent, self.partner, self.partner_after = (tuple(map(fold, f)) for f in (words.agent, words.partner, words.partner_after))
        self._dates = file.dates
        self._and = frozenset(file.structure.joined)
        self._groups = list(groups)
        self._unlisted = [country for country in countries if country not in file.countries]

    @cached_property
    def date_words(self) -> DateWords:
        """Its month and weekday names."""
        own = self._dates
        rules, days = ([(one, other) for one, _, other in (rule.partition("=") for rule in given)] for given in (own.inflections, own.days))
        up_to = [word for word in own.to if word not in self._and]
        return date_words(self.code, self.spacing, rules, own.to, up_to, own.of, own.ordinal, days, own.small_months)

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._entries(), self._prefixes)

    def _entries(self) -> Iterator[Entry]:
        """All its forms, which are let go of as they are given: the matcher holds them from then on."""
        pronouns = frozenset(fold(form) for group in self._groups if group.kind == _PRONOUN for form in group.forms)
        while self._groups:
            kind, value, forms, _ = self._groups.pop()
            person = kind in ("person", "short_name")
            whole = [form for form in forms if _APART not in form]
            compiled = compile_forms(whole, self.spacing, self._ending if person else "", names=person)
            yield from (Entry(form, kind, value) for form in compiled)
            if kind.partition(".")[0] in CONTACTS:  # "received him" is a contact and a pronoun
                told = [form for form in whole if " " in form and not pronouns.isdisjoint(fold(form).split())]
                yield from (Entry(form, _PRONOUN, None) for form in compile_forms(told, self.spacing))
            for first, _, last in (form.partition(_APART) for form in forms if _APART in form):
                yield from (Entry(form, SEPARABLE, f"{kind} {fold(last)}") for form in compile_forms([first], self.spacing))
        names = Locale.parse(self.code).territories  # countries that the file leaves out are known by their CLDR name
        for code in (code for code in self._unlisted if code in names):
            yield from (Entry(form, "country", code) for form in compile_forms([names[code]], self.spacing, names=True))

    def extended(self, groups: Sequence[_Group], without: frozenset[str]) -> Language:
        """This language with more forms and `without` some of its own. Only before anything was looked for in it."""
        kept = [g if without.isdisjoint(g.forms) else g._replace(forms=tuple(f for f in g.forms if f not in without)) for g in self._groups]
        return self._with([*kept, *groups], self._unlisted)

    def of(self, groups: Iterable[_Group]) -> Language:
        """This language with these forms alone."""
        return self._with([*groups], [])

    def _with(self, groups: list[_Group], unlisted: list[str]) -> Language:
        other = copy(self)
        other._groups, other._unlisted = groups, unlisted
        return other

    def tags(self, text: str) -> list[Tag]:
        """All tags of `text`, in order of place."""
        return self._matcher.find(fold(text), text)

    def read(self, text: str) -> tuple[str, Sequence[Tag]]:
        """The fold of an article's `text`, and its tags. Of the last ones they are remembered: stage after stage reads the same."""
        return self._remembered(text) if len(text) <= _REMEMBERED else self._found(text)

    @cached_property
    def _remembered(self) -> Callable[[str], tuple[str, Sequence[Tag]]]:
        return lru_cache(_LAST_TEXTS)(self._found)

    def _found(self, text: str) -> tuple[str, Sequence[Tag]]:
        folded = fold(text)
        return folded, tuple(self._matcher.find(folded, text))


def load_language(source: Traversable, world: World) -> Language:
    """The language in `source`, named after its code.

    Raises:
        LexiconError: the file is wrong, names an id that the world does not have, or is named after no language.
    """
    toml = TomlFile.read(source)
    code = source.name.removesuffix(".toml")
    if not exists(code):
        raise toml.error((), f"{code!r} is no code of a language; name the file after one, as in de.toml")
    file = toml.validate(LanguageFile)
    return Language(code, file, _checked_groups(toml, file, world), tuple(world.countries))


def extend_language(language: Language, source: Traversable, folder: str, world: World) -> tuple[Language, Language]:
    """`language` with what the file in `source`, of a `folder`, adds to it, and with the names alone that it adds.

    Raises:
        LexiconError: the file is wrong, or names an id that the world does not have.
    """
    toml = TomlFile.read(source, f"{folder}/languages/{source.name}")
    file = toml.validate(WatchWords)
    groups = _checked_groups(toml, file, world)
    return language.extended(groups, frozenset(file.without)), language.of(g for g in groups if g.kind in NAMING)


def _checked_groups(toml: TomlFile, file: LanguageFile, world: World) -> list[_Group]:
    """The forms of `file`, all of which are right."""
    _check_ids(toml, file, world)
    groups = list(_groups(file))
    wrong = malformed([form for group in groups for form in group.forms])
    if wrong is not None:
        path, i, form = next(islice(((g.path, i, form) for g in groups for i, form in enumerate(g.forms)), wrong, None))
        what = "a form needs a word; * and ~ stand at the end of a word, and * also at the start of the form"
        raise toml.error((*path, i), f"{form!r}: {what}")
    return groups


def _groups(file: LanguageFile) -> Iterator[_Group]:
    for table, kind in NAME_TABLES.items():
        yield from (_Group(kind, key, forms, (table, key)) for key, forms in getattr(file, table).items())
    for code, country in file.countries.items():
        yield _Group("country", code, country.names, ("countries", code, "names"))
        yield _Group("nationality", code, country.adjectives, ("countries", code, "adjectives"))
    for table in WORD_TABLES:
        words = getattr(file, table)
        for field, info in type(words).model_fields.items():
            key = info.alias or field
            if key not in DATE_GRAMMAR + PARTNER_GRAMMAR:
                yield _Group(f"{table}.{key}", None, getattr(words, field), (table, key))


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
