"""What may stand in the file of a language. The keys are explained in README.md beside this file."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pipeline.lexicon.forms import Spacing

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
    condition: Forms = ()
    wished: Forms = ()
    unsettled: Forms = ()
    invited: Forms = ()
    agreed: Forms = ()
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
    airport: Forms = ()
    took_place: Forms = ()


class Structure(_Table):
    """Words that hold a sentence together."""

    counterpart: Forms = ()
    guest: Forms = ()
    pronoun: Forms = ()
    greeting: Forms = ()
    former: Forms = ()
    sender: Forms = ()
    sender_after: Forms = ()
    informs: Forms = ()
    public: Forms = ()
    attends: Forms = ()
    in_turn: Forms = ()
    agent: Forms = ()
    partner: Forms = ()
    partner_after: Forms = ()
    during: Forms = ()
    during_after: Forms = ()
    ahead: Forms = ()
    ahead_after: Forms = ()
    about: Forms = ()
    about_after: Forms = ()
    outcome: Forms = ()
    outcome_after: Forms = ()
    converb: Forms = ()
    official: Forms = ()
    both: Forms = ()
    joined: Forms = Field(default=(), alias="and")
    clause: Forms = ()
    wish: Forms = ()
    after: Forms = ()
    locative: Forms = ()
    locative_after: Forms = ()
    capital: Forms = ()
    level: Forms = ()
    times: Forms = ()
    ignored: Forms = ()


class TitleWords(_Table):
    """Words that titles are made of which no list holds."""

    head: Forms = ()
    body: Forms = ()
    private: Forms = ()


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
    instead: Forms = ()
    instead_after: Forms = ()
    moved_from: Forms = ()
    moved_from_after: Forms = ()
    since: Forms = ()
    since_after: Forms = ()
    last: Forms = ()
    next: Forms = ()
    this: Forms = ()
    early: Forms = ()
    middle: Forms = ()
    late: Forms = ()
    first_half: Forms = ()
    second_half: Forms = ()
    spring: Forms = ()
    summer: Forms = ()
    autumn: Forms = ()
    winter: Forms = ()
    weekend: Forms = ()
    week: Forms = ()
    month: Forms = ()
    year: Forms = ()
    day_month: str = ""
    month_first: str = ""
    dash_behind: Forms = ()
    solar_months: Annotated[Forms, Field(max_length=24)] = ()
    small_months: bool = False
    to: Forms = ()
    of: Forms = ()
    ordinal: Forms = ()
    days: tuple[Annotated[str, Field(pattern=r"^\d{1,2}=[^=]+$")], ...] = ()
    numerals: tuple[Annotated[str, Field(pattern=r"^\d{1,2}=[^=]+$")], ...] = ()
    ago: tuple[Annotated[str, Field(pattern=r"^(day|week|month|year)=[^=]+$")], ...] = ()
    earlier: tuple[Annotated[str, Field(pattern=r"^(day|week)=[^=]+$")], ...] = ()
    to_go: tuple[Annotated[str, Field(pattern=r"^(day|week)=[^=]+$")], ...] = ()
    gone: tuple[Annotated[str, Field(pattern=r"^(day|week|month|year)=[^=]+$")], ...] = ()
    gone_after: tuple[Annotated[str, Field(pattern=r"^(day|week|month|year)=[^=]+$")], ...] = ()
    alone: tuple[Annotated[str, Field(pattern="^[^#]*#[^#]*$")], ...] = ()
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
    words: Forms = ()
    relatives: tuple[str, ...] = ()
    country_first: bool = False
    country_last: bool = False
    verb_last: bool = False
    head_last: bool = False
    fused_heads: tuple[str, ...] = ()
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
    title: TitleWords = TitleWords()
    dates: RelativeDates = RelativeDates()
    page: PageWords = PageWords()


class WatchWords(LanguageFile):
    """What a watch adds to a language, for itself alone."""

    name: str = ""
    without: Forms = Field(default=(), description="forms of the language that this watch does without, wherever they stand in its file")


WORD_TABLES = ("meet", "receive", "visit", "talk", "phone", "video", "press", "summit", "cue", "structure", "title", "dates", "page")
CONTACTS = WORD_TABLES[:8]
DATE_GRAMMAR = (  # keys of `dates` that are no forms
    "inflections", "day_month", "month_first", "dash_behind", "solar_months", "small_months", "to", "of", "ordinal", "days",
    "numerals", "ago", "earlier", "to_go", "gone", "gone_after", "alone", "instead", "instead_after", "moved_from", "moved_from_after",
)  # fmt: skip
PARTNER_GRAMMAR = (  # keys of `structure` that are no forms: read in one place alone
    "agent", "partner", "partner_after", "during", "during_after", "ahead", "ahead_after", "about", "about_after", "outcome",
    "outcome_after", "converb", "wish",
)  # fmt: skip
NAMING = frozenset({"person", "country", "nationality", "place"})  # kinds of what names a side; a short name follows a full one
NAME_TABLES = {"people": "person", "short_names": "short_name", "offices": "office", "places": "place", "organisations": "organisation"}
