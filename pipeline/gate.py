"""The gate: an article that does not name both sides of a watch cannot tell of their meeting and goes no further."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from pipeline.lexicon.language import Language
from pipeline.lexicon.load import Lexicon
from pipeline.lexicon.matcher import Tag


class Rejection(StrEnum):
    """Why an article goes no further."""

    NO_LANGUAGE = "no_language"
    NOT_BOTH_SIDES = "not_both_sides"


def passing(tags: Iterable[Tag], texts: Sequence[str], language: Language, lexicon: Lexicon) -> tuple[str, ...]:
    """The watches both of whose sides are named in `texts`, whose words and names in `language` are `tags`, in the order of the lexicon.

    A side is named by its country, its adjective, one of its people, or one of its cities, which may stand for the government.
    It is enough that anything does: a missed meeting is worse than an article passed on in vain.
    """
    named = countries_named(tags, lexicon)
    sides = {name: watch.sides for name, watch in lexicon.watches.items()}
    return tuple(name for name, two in sides.items() if named.issuperset(two) or _also(name, named, texts, language, lexicon))


def may_pass(text: str, language: Language, lexicon: Lexicon) -> bool:
    """Whether `text` may be `passing` for a watch: its tags, which cost more, need not be found where it is not."""
    named = {_country(kind, value, lexicon) for kind, value in language.may_name(text)}
    for name, watch in lexicon.watches.items():
        own = lexicon.own.get(name)
        more = own is not None and language.code in own.names and not named.isdisjoint(watch.sides)
        if more or named.issuperset(watch.sides):
            return True
    return False


def _also(name: str, named: set[str | None], texts: Sequence[str], language: Language, lexicon: Lexicon) -> bool:
    """Whether a side that is not `named` is so by names that only the watch of this `name` knows: looked for where the other one is."""
    own, sides = lexicon.own.get(name), lexicon.watches[name].sides
    if own is None or language.code not in own.names or named.isdisjoint(sides):
        return False
    names = own.names[language.code]
    return named.union(*(countries_named(names.tags(text), own.lexicon) for text in texts)).issuperset(sides)


def countries_named(tags: Iterable[Tag], lexicon: Lexicon) -> set[str | None]:
    """The countries that `tags` name."""
    return {_country(tag.kind, tag.value, lexicon) for tag in tags if tag.value is not None}


def _country(kind: str, value: str | None, lexicon: Lexicon) -> str | None:
    if kind in ("country", "nationality"):
        return value
    if kind in ("person", "short_name"):
        return lexicon.people[value or ""].side
    return lexicon.places[value or ""].country if kind == "place" else None
