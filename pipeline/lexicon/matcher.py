"""Finding forms: one pass of an automaton over a folded text, longest form first."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import ahocorasick_rs

from pipeline.lexicon.forms import Form, tail_pattern
from pipeline.text.fold import is_letter


class _Letters(dict[int, str]):
    """A letter, digit or mark gives "x", everything else a blank."""

    def __missing__(self, codepoint: int) -> str:
        self[codepoint] = letter = "x" if is_letter(chr(codepoint)) else " "
        return letter


_LETTERS = _Letters()


class Tag(NamedTuple):
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
        by_head: dict[str, list[Entry]] = {}
        for entry in entries:
            by_head.setdefault(entry.form.head, []).append(entry)
        self._entries = list(by_head.values())
        self._anywhere = [bool(prefixes) or not all(e.form.left_boundary for e in entries) for entries in self._entries]
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_head)) if by_head else None
        self._prefixes = frozenset(prefixes)

    def find(self, folded: str, text: str) -> list[Tag]:
        """The tags of `text`, whose fold is `folded`, in order; none lies inside a longer one, equally long ones all stay."""
        if self._automaton is None:
            return []
        # Nine hits of ten begin inside a word: sorted out before anything else is looked at.
        letters = " " + folded.translate(_LETTERS)
        found = [
            Tag(start, end, entry.kind, entry.value)
            for index, start, head_end in self._automaton.find_matches_as_indexes(folded, overlapping=True)
            if letters[start] == " " or self._anywhere[index]
            for entry in self._entries[index]
            if (end := self._end(entry.form, folded, text, start, head_end)) is not None
        ]
        return _longest(found, len(text))

    def _end(self, form: Form, folded: str, text: str, start: int, end: int) -> int | None:
        """Where `form` ends if it stands at `start`; None if it does not."""
        if form.left_boundary and start and is_letter(folded[start - 1]) and not self._after_prefix(folded, start):
            return None
        if form.capital and not text[start].isupper():
            return None
        if form.tail:
            matched = tail_pattern(form.tail).match(folded, end)
            if matched is None:
                return None
            end = matched.end()
        if form.right_boundary and end < len(folded) and is_letter(folded[end]) and is_letter(folded[end - 1]):
            return None
        return end

    def _after_prefix(self, folded: str, start: int) -> bool:
        if not self._prefixes:
            return False
        word = start
        while word and is_letter(folded[word - 1]):
            word -= 1
        return folded[word:start] in self._prefixes


def _longest(found: Sequence[Tag], length: int) -> list[Tag]:
    """The longest tags first; a tag that overlaps a longer one, or one as long that begins before it, is dropped."""
    spans: dict[tuple[int, int], set[Tag]] = {}
    for tag in found:
        spans.setdefault((tag.start, tag.end), set()).add(tag)
    taken = bytearray(length)
    kept: list[Tag] = []
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if taken.find(1, start, end) == -1:
            taken[start:end] = b"\1" * (end - start)
            kept += spans[start, end]
    return sorted(kept, key=lambda tag: (tag.start, tag.end, tag.kind, tag.value or ""))
