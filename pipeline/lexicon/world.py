"""The language-neutral part of the lexicon: watches, countries, places, organisations, offices and people."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel

from pipeline.lexicon.toml_file import TomlFile
from schemas.meetings import Format, Level, Status

T = TypeVar("T", bound="Entry")


class Entry(BaseModel):
    """Base of the file entries: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Watch(Entry):
    """A dyad and what of it alerts."""

    title: str
    sides: tuple[str, str]
    formats: frozenset[Format]
    statuses: frozenset[Status]
    least_level: Level
    least_confidence: float = Field(ge=0, le=1)


class Country(Entry):
    """A country, or an organisation that sends its own officials (EU, UN)."""

    name: str
    capital: str | None = None
    organisation: bool = False


class City(Entry):
    """A city, or a venue in one."""

    name: str
    country: str
    city: str | None = Field(default=None, description="id of the city that a venue stands in")
    government: bool = Field(default=False, description="a venue whose name stands for those who rule there: \"the Kremlin\"")


class Organisation(Entry):
    """An organisation or forum."""

    name: str
    place: str | None = Field(default=None, description="id of the city that it always meets in")
    gathering: bool = Field(default=False, description="an occasion of many by its own name: \"at the Eastern Economic Forum\"")


class Office(Entry):
    """An office and its level."""

    level: Level
    security: bool = Field(default=False, description="belongs to the security track")
    single: bool = Field(default=False, description="one person of a country has it at a time")
    body: bool = Field(default=False, description="an institution or a group, not a person")
    institution: bool = Field(default=False, description="a body that somebody heads: \"a department of the foreign ministry\"")
    of_institution: bool = Field(default=False, description="goes on with the body behind: \"director of the department of the ministry\"")
    local: bool = Field(default=False, description="of a place: \"governor of Amur\", \"mayor of Harbin\"")
    accredited: bool = Field(default=False, description="resides in the place that stands behind it: \"ambassador to Moscow\"")
    serving: bool = Field(default=False, description="of a person who serves another: \"an envoy of Xi\" is not Xi")
    spokesperson: bool = Field(default=False, description="speaks for others and meets nobody")
    joint: bool = Field(default=False, description="a body of both sides, \"their commission\": told of only where nobody else is named")
    plural: bool = Field(default=False, description="nobody in particular, \"officials\": told of only with the other side's")


class Term(Entry):
    """An office held, first and last day included."""

    office: str
    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="to")

    def covers(self, day: date) -> bool:
        """Whether the office was held on `day`."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class Person(Entry):
    """An office holder."""

    name: str
    side: str
    terms: tuple[Term, ...] = ()
    gender: str | None = Field(default=None, pattern="^[fm]$")

    def office_on(self, day: date | None) -> str | None:
        """The office held on `day`; without a day, or outside every term, the last one listed."""
        if day is not None:
            for term in reversed(self.terms):
                if term.covers(day):
                    return term.office
        return self.terms[-1].office if self.terms else None

    def held(self, office: str, day: date | None) -> bool:
        """Whether the person held `office` on `day`, or ever where there is no day."""
        return any(t.office == office and (day is None or t.covers(day)) for t in self.terms)


class World(BaseModel):
    """All of it, by id."""

    model_config = ConfigDict(frozen=True)

    watches: Mapping[str, Watch]
    countries: Mapping[str, Country]
    places: Mapping[str, City]
    organisations: Mapping[str, Organisation]
    offices: Mapping[str, Office]
    people: Mapping[str, Person]

    def city_of(self, place: str) -> City:
        """The city of the place with this id: itself, or the one a venue stands in."""
        found = self.places[place]
        return self.places[found.city] if found.city else found

    def holders(self, office: str, side: str, day: date) -> list[str]:
        """Ids of the people of `side` who held `office` on `day`."""
        return [key for key in self._ever_held.get((office, side), ()) if self.people[key].held(office, day)]

    @cached_property
    def _ever_held(self) -> Mapping[tuple[str, str], Sequence[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for key, person in self.people.items():
            for office in dict.fromkeys(term.office for term in person.terms):
                found.setdefault((office, person.side), []).append(key)
        return found


def load_world(root: Traversable) -> World:
    """The world as the files in `root` tell it.

    Raises:
        LexiconError: a file is wrong, or an entry refers to one that is not there.
    """
    files = {name: TomlFile.read(root / f"{name}.toml") for name in World.model_fields}
    world = _world(files)
    _check_references(world, files)
    return world


def extend_world(world: World, root: Traversable) -> World:
    """`world` with what the files in `root` add to it, or put in the place of an entry of the same id; its watches are theirs alone.

    Raises:
        LexiconError: there are no watches, a file is wrong, or an entry refers to one that is not there.
    """
    found = {name: root / f"{name}.toml" for name in World.model_fields}
    files = {name: TomlFile.read(file, f"{root.name}/{file.name}") for name, file in found.items() if name == "watches" or file.is_file()}
    own = _world(files)
    extended = World(**{name: {**getattr(world, name), **getattr(own, name)} for name in World.model_fields} | {"watches": own.watches})
    _check_references(extended, files)
    return extended


def _world(files: Mapping[str, TomlFile]) -> World:
    """What `files` hold, by the name of a field; nothing for one that is not there."""
    return World(
        watches=_entries(files.get("watches"), Watch),
        countries=_entries(files.get("countries"), Country),
        places=_entries(files.get("places"), City),
        organisations=_entries(files.get("organisations"), Organisation),
        offices=_entries(files.get("offices"), Office),
        people=_entries(files.get("people"), Person),
    )


def _entries(file: TomlFile | None, model: type[T]) -> Mapping[str, T]:
    return file.validate(RootModel[dict[str, model]]).root if file else {}  # type: ignore[valid-type]


def _check_references(world: World, files: Mapping[str, TomlFile]) -> None:
    """Every id that an entry names must be an entry of its file."""

    def check(file: str, path: tuple[str | int, ...], value: str | None, known: Mapping[str, object], what: str) -> None:
        if value is not None and value not in known:
            raise files[file].error(path, f"{'.'.join(map(str, path))}: there is no {what} {value!r}; add it to its file or mend the name")

    for name, watch in world.watches.items():
        for i, side in enumerate(watch.sides):
            check("watches", (name, "sides", i), side, world.countries, "country")
    for code, country in world.countries.items():
        check("countries", (code, "capital"), country.capital, world.places, "place")
    for key, place in world.places.items():
        check("places", (key, "country"), place.country, world.countries, "country")
        check("places", (key, "city"), place.city, world.places, "place")
    for key, organisation in world.organisations.items():
        check("organisations", (key, "place"), organisation.place, world.places, "place")
    for key, person in world.people.items():
        check("people", (key, "side"), person.side, world.countries, "country")
        for i, term in enumerate(person.terms):
            check("people", (key, "terms", i, "office"), term.office, world.offices, "office")
