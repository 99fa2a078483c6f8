"""Words that only accents tell apart, as "incontro" and "incontrò", which have one fold."""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.text.fold import fold

_LOOSE = re.compile("[*~…\u0600-\u06ff]")  # no form of fixed letters; in Arabic ones writers leave out as many marks as they write

Spellings = Mapping[str, frozenset[str]]  # in small letters, each with the kinds that it is of


def told_apart(words: Sequence[tuple[str, Sequence[str]]]) -> Mapping[str, Spellings]:
    """The spellings of each fold that has several, of words given by kind."""
    first: dict[str, str] = {}
    several: set[str] = set()
    for _, folded, small in _spelt(words):
        if first.setdefault(folded, small) != small:
            several.add(folded)
    del first
    kinds: dict[str, dict[str, set[str]]] = {folded: {} for folded in several}
    for kind, folded, small in _spelt(words) if several else ():
        if folded in kinds:
            kinds[folded].setdefault(small, set()).add(kind)
    return {folded: {small: frozenset(its) for small, its in told.items()} for folded, told in kinds.items() if _differ(told)}


def _spelt(words: Sequence[tuple[str, Sequence[str]]]) -> Iterator[tuple[str, str, str]]:
    """The kind of each form that has no marks, its fold, and the form in small letters."""
    for kind, forms in words:
        for written, folded in zip(forms, fold("\n".join(forms)).split("\n"), strict=False):
            if not _LOOSE.search(written):
                yield kind, folded, written.casefold()


def _differ(told: Mapping[str, set[str]]) -> bool:
    """Whether the spellings are not all of the same kinds."""
    return len({frozenset(kinds) for kinds in told.values()}) > 1
