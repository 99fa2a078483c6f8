"""One language: how the world is written in it, and its words."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property, lru_cache
from importlib.resources.abc import Traversable
from itertools import islice
from typing import NamedTuple

from babel.localedata import exists

from pipeline.lexicon.accents import told_apart
from pipeline.lexicon.cldr import cldr
from pipeline.lexicon.dates import DateWords, date_words
from pipeline.lexicon.forms import Spacing, compile_forms, ending_pattern, malformed
from pipeline.lexicon.language_file import (
    CONTACTS,
    DATE_GRAMMAR,
    NAME_TABLES,
    NAMING,
    PARTNER_GRAMMAR,
    WORD_TABLES,
    Forms,
    LanguageFile,
    WatchWords,
)
from pipeline.lexicon.matcher import Entry, Matcher, Meaning, Scan, Tag
from pipeline.lexicon.toml_file import TomlFile
from pipeline.lexicon.world import World
from pipeline.text.fold import fold

_APART = " … "  # between the two parts of a separable verb
_LAST_TEXTS = 4  # of each language
_REMEMBERED = 20_000  # characters of such a text at most
_PRONOUN = "structure.pronoun"
SEPARABLE = "separable"  # the first part of one: its value is what the whole verb is, a blank, and the second part


class _Read(NamedTuple):
    """Forms that stand for one thing, and where they stand in the file."""

    kind: str
    value: str | None
    forms: Forms
    path: tuple[str, ...]


class _Group(NamedTuple):
    """Forms that stand for one thing, a line each: as strings of their own half a million of them take three times the memory."""

    kind: str
    value: str | None
    lines: str

    @property
    def forms(self) -> Sequence[str]:
        """Each of them."""
        return self.lines.split("\n") if self.lines else ()


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
        self.verb_last = file.verb_last
        self.governs_behind = file.verb_last or file.spacing is Spacing.NONE  # a verb or "after" may stand behind its noun
        self.head_last = file.head_last
        self.fused_heads = tuple(map(fold, file.fused_heads))
        self.letters = frozenset(file.letters)
        self.words = frozenset(map(str.lower, file.words))
        self.relatives = file.relatives
        self.day_month = file.dates.day_month
        self.month_first = file.dates.month_first
        self.solar_months = tuple(map(fold, file.dates.solar_months))
        self._ending = ending_pattern(file.name_endings)
        self._prefixes = file.prefixes
        words = file.structure
        self.agent, self.partner, self.partner_after = (tuple(map(fold, f)) for f in (words.agent, words.partner, words.partner_after))
        self.during, self.during_after = tuple(map(fold, words.during)), tuple(map(fold, words.during_after))
        self.ahead, self.ahead_after = tuple(map(fold, words.ahead)), tuple(map(fold, words.ahead_after))
        self.about, self.about_after = tuple(map(fold, words.about)), tuple(map(fold, words.about_after))
        self.outcome, self.outcome_after = tuple(map(fold, words.outcome)), tuple(map(fold, words.outcome_after))
        self.converb = tuple(map(fold, words.converb))
        self.wish = frozenset(map(fold, words.wish))
        self._dates = file.dates
        self.instead, self.instead_after = tuple(map(fold, file.dates.instead)), tuple(map(fold, file.dates.instead_after))
        self.moved_from, self.moved_from_after = tuple(map(fold, file.dates.moved_from)), tuple(map(fold, file.dates.moved_from_after))
        self._and = frozenset(file.structure.joined)
        self._groups = list(groups)
        self._unlisted = [country for country in countries if country not in file.countries]

    @cached_property
    def date_words(self) -> DateWords:
        """Its month and weekday names."""
        own = self._dates
        tables = (own.inflections, own.days, own.numerals, own.ago, own.earlier, own.to_go, own.gone, own.gone_after)
        pairs = ([(one, other) for one, _, other in (rule.partition("=") for rule in table)] for table in tables)
        rules, days, numerals, ago, earlier, to_go, gone, gone_after = pairs
        up_to = [word for word in own.to if word not in self._and]
        small, dash = own.small_months, own.dash_behind
        joins = own.to, up_to, own.of, own.ordinal
        counted = ago, earlier, to_go, gone, gone_after
        return date_words(self.code, self.spacing, rules, *joins, days, small, dash, numerals, *counted, own.alone)

    @cached_property
    def _matcher(self) -> Matcher:
        words = [(group.kind, group.forms) for group in self._groups if group.value is None]  # names are written in several ways
        return Matcher(self._entries(), self._prefixes, told_apart(words))

    def _entries(self) -> Iterator[Entry]:
        """All its forms, which are let go of as they are given: the matcher holds them from then on."""
        pronouns = frozenset(fold(form) for group in self._groups if group.kind == _PRONOUN for form in group.forms)
        while self._groups:
            group = self._groups.pop()
            kind, value, forms = group.kind, group.value, group.forms
            person = kind in ("person", "short_name")
            whole = [form for form in forms if _APART not in form]
            compiled = compile_forms(whole, self.spacing, self._ending if person else "", names=person)
            yield from (Entry(form, kind, value) for form in compiled)
            if kind.partition(".")[0] in CONTACTS:  # "received him" is a contact and a pronoun
                told = [form for form in whole if " " in form and not pronouns.isdisjoint(fold(form).split())]
                yield from (Entry(form, _PRONOUN, None) for form in compile_forms(told, self.spacing))
            for first, _, last in (form.partition(_APART) for form in forms if _APART in form):
                yield from (Entry(form, SEPARABLE, f"{kind} {fold(last)}") for form in compile_forms([first], self.spacing))
        names = cldr(self.code)["territories"]  # countries that the file leaves out are known by their CLDR name
        for code in (code for code in self._unlisted if code in names):
            yield from (Entry(form, "country", code) for form in compile_forms([names[code]], self.spacing, names=True))

    def extended(self, groups: Sequence[_Group], without: frozenset[str]) -> Language:
        """This language with more forms and `without` some of its own. Only before anything was looked for in it."""
        told = {g: [f for f in g.forms if f not in without] for g in self._groups if not without.isdisjoint(g.forms)}
        kept = [g._replace(lines="\n".join(told[g])) if g in told else g for g in self._groups]
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
        return self._matcher.find(self._scanned(text))

    def may_name(self, text: str) -> set[Meaning]:
        """All that its tags with a value can stand for, and more, at a third of the cost."""
        return self._scanned(text).named()

    def read(self, text: str) -> tuple[str, Sequence[Tag]]:
        """The fold of an article's `text`, and its tags. Of the last ones they are remembered: stage after stage reads the same."""
        return self._remembered(text) if len(text) <= _REMEMBERED else self._found(text)

    @cached_property
    def _remembered(self) -> Callable[[str], tuple[str, Sequence[Tag]]]:
        return lru_cache(_LAST_TEXTS)(self._found)

    def _found(self, text: str) -> tuple[str, Sequence[Tag]]:
        scan = self._scanned(text)
        return scan.folded, tuple(self._matcher.find(scan))

    def _scanned(self, text: str) -> Scan:
        """The last scan is remembered, unless it is of a long text: whoever passes the gate is read at once."""
        return self._last_scan(text) if len(text) <= _REMEMBERED else self._matcher.scan(text)

    @cached_property
    def _last_scan(self) -> Callable[[str], Scan]:
        return lru_cache(1)(self._matcher.scan)


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
    found = list(_groups(file))
    wrong = malformed([form for read in found for form in read.forms])
    if wrong is not None:
        path, i, form = next(islice(((read.path, i, form) for read in found for i, form in enumerate(read.forms)), wrong, None))
        what = "a form needs a word; * and ~ stand at the end of a word, and * also at the start of the form"
        raise toml.error((*path, i), f"{form!r}: {what}")
    return [_Group(read.kind, read.value, "\n".join(read.forms)) for read in found]


def _groups(file: LanguageFile) -> Iterator[_Read]:
    for table, kind in NAME_TABLES.items():
        yield from (_Read(kind, key, forms, (table, key)) for key, forms in getattr(file, table).items())
    for code, country in file.countries.items():
        yield _Read("country", code, country.names, ("countries", code, "names"))
        yield _Read("nationality", code, country.adjectives, ("countries", code, "adjectives"))
    for table in WORD_TABLES:
        words = getattr(file, table)
        for field, info in type(words).model_fields.items():
            key = info.alias or field
            if key not in DATE_GRAMMAR + PARTNER_GRAMMAR:
                yield _Read(f"{table}.{key}", None, getattr(words, field), (table, key))


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
