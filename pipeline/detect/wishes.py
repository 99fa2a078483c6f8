"""Wishes: in "pozval ho, aby navštívil Čínu" a form of the past tells of nothing past."""
from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline.detect.tags import is_contact
from pipeline.lexicon.matcher import Tag

_PAST, _INFINITIVE = ".past", ".infinitive"


def wished(folded: str, tags: Sequence[Tag], words: Collection[str]) -> Sequence[Tag]:
    """`tags` of a sentence, in which a contact of the past is an infinitive in a clause that one of `words` opens."""
    opened = [tag for tag in tags if tag.kind == "structure.clause" and folded[tag.start : tag.end].strip(" ,") in words] if words else []
    return list(_read(tags, opened)) if opened else tags


def _read(tags: Sequence[Tag], opened: Sequence[Tag]) -> Iterator[Tag]:
    wish = False
    for tag in tags:
        if tag.kind == "structure.clause":
            wish = tag in opened
        past = wish and is_contact(tag) and tag.kind.endswith(_PAST)
        yield tag._replace(kind=tag.kind.removesuffix(_PAST) + _INFINITIVE) if past else tag
