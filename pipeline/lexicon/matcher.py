"""Finding forms: one pass of an automaton over a folded text, longest form first."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import ahocorasick_rs

from pipeline.lexicon.forms import Form


@dataclass(frozen=True, slots=True)
class Tag:
    """`text[start:end]` is of this kind and stands for `value`: an id for names and offices, None for plain words."""

    start: int
    end: int
    kind: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A form and what it stands for."""

    form: Form
    kind: str
    value: str | None


class Matcher:
    """All forms of a language in one automaton."""

    def __init__(self, entries: Iterable[Entry], prefixes: Sequence[str] = ()) -> None:
        self._by_head: dict[str, list[Entry]] = {}
        for entry in entries:
            self._by_head.setdefault(entry.form.head, []).append(entry)
        self._heads = list(self._by_head)
        self._entries = [self._by_head[head] for head in self._heads]
        self._automaton = ahocorasick_rs.AhoCorasick(self._heads) if self._heads else None
        self._prefixes = frozenset(prefixes)

    def find(self, folded: str, text: str) -> list[Tag]:
        """The tags of `text`, whose fold is `folded`, in order; none lies inside a longer one, equally long ones all stay."""
        if self._automaton is None:
            return []
        found = [
            Tag(start, end, entry.kind, entry.value)
            for index, start, head_end in self._automaton.find_matches_as_indexes(folded, overlapping=True)
            for entry in self._entries[index]
            if (end := self._end(entry.form, folded, text, start, head_end)) is not None
        ]
        return _longest(found)

    def _end(self, form: Form, folded: str, text: str, start: int, end: int) -> int | None:
        """Where `form` ends if it stands at `start`; None if it does not."""
        if form.left_boundary and start and folded[start - 1].isalnum() and not self._after_prefix(folded, start):
            return None
        if form.capital and not text[start].isupper():
            return None
        if form.tail is not None:
            matched = form.tail.match(folded, end)
            if matched is None:
                return None
            end = matched.end()
        if form.right_boundary and end < len(folded) and folded[end].isalnum() and folded[end - 1].isalnum():
            return None
        return end

    def _after_prefix(self, folded: str, start: int) -> bool:
        if not self._prefixes:
            return False
        word = start
        while word and folded[word - 1].isalnum():
            word -= 1
        return folded[word:start] in self._prefixes


def _longest(found: list[Tag]) -> list[Tag]:
    """Leftmost of the longest; a tag that overlaps a longer one is dropped."""
    kept: list[Tag] = []
    taken: dict[int, tuple[int, int]] = {}
    for tag in sorted(set(found), key=lambda t: (t.start - t.end, t.start, t.kind, t.value or "")):
        owners = {taken.get(i) for i in (*range(tag.start, tag.end),)}
        if owners <= {None} or owners == {(tag.start, tag.end)}:
            kept.append(tag)
            for i in range(tag.start, tag.end):
                taken[i] = (tag.start, tag.end)
    return sorted(kept, key=lambda t: (t.start, t.end, t.kind, t.value or ""))
