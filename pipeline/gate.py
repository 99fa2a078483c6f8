"""The gate: an article that does not name both sides of a watch cannot tell of their meeting and goes no further."""
from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from pipeline.lexicon.load import Lexicon
from pipeline.lexicon.matcher import Tag


class Rejection(StrEnum):
    """Why an article goes no further."""

    NO_LANGUAGE = "no_language"
    NOT_BOTH_SIDES = "not_both_sides"


def passing(tags: Iterable[Tag], lexicon: Lexicon) -> tuple[str, ...]:
    """The watches both of whose sides `tags` name, in the order of the lexicon.

    A side is named by its country, its adjective, one of its people, or one of its cities, which may stand for the government.
    It is enough that anything does: a missed meeting is worse than an article passed on in vain.
    """
    named = {_country(tag, lexicon) for tag in tags}
    return tuple(name for name, watch in lexicon.watches.items() if named.issuperset(watch.sides))


def _country(tag: Tag, lexicon: Lexicon) -> str | None:
    if tag.value is None:
        return None
    if tag.kind in ("country", "nationality"):
        return tag.value
    if tag.kind in ("person", "short_name"):
        return lexicon.people[tag.value].side
    return lexicon.places[tag.value].country if tag.kind == "place" else None
