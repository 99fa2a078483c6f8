"""A participant in a sentence."""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Via(StrEnum):
    """What a participant is known by."""

    NAME = "name"
    TITLE = "title"
    COUNTERPART = "counterpart"
    BOTH = "both"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Actor:
    """A participant in a sentence, at `text[start:end]`. `person` is an id of people.toml; `office` one of offices.toml."""

    side: str
    person: str | None
    office: str | None
    start: int
    end: int
    via: Via
    aside: bool = False  # named only to describe another: "an ally of Putin"
    guessed: bool = False  # a counterpart without a country
