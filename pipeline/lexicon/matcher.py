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
        self._entries = [[(e.form, e.kind, e.value) for e in entries] for entries in by_head.values()]
        self._anywhere = [bool(prefixes) or not all(form.left_boundary for form, _, _ in entries) for entries in self._entries]
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_head)) if by_head else None
        self._prefixes = frozenset(prefixes)

    def find(self, folded: str, text: str) -> list[Tag]:
        """The tags of `text`, whose fold is `folded`, in order; none lies inside a longer one, equally long ones all stay."""
        if self._automaton is None:
            return []
        letters = f" {folded.translate(_LETTERS)} "  # of the character before, at and behind `i`: at i, i + 1, i + 2
        found: list[Tag] = []
        for index, start, head_end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            inside = letters[start] == "x"
            if inside and not self._anywhere[index]:
                continue  # nine hits of ten begin inside a word
            for form, kind, value in self._entries[index]:
                if inside and form.left_boundary and not self._after_prefix(folded, start):
                    continue
                if form.capital and not text[start].isupper():
                    continue
                end = head_end
                if form.tail:
                    matched = tail_pattern(form.tail).match(folded, end)
                    if matched is None:
                        continue
                    end = matched.end()
                if not (form.right_boundary and letters[end] == letters[end + 1] == "x"):
                    found.append(Tag(start, end, kind, value))
        return _longest(found, len(text))

    def _after_prefix(self, folded: str, start: int) -> bool:
        if not self._prefixes:
            return False
        word = start
        while word and is_letter(folded[word - 1]):
            word -= 1
        return folded[word:start] in self._prefixes


def _longest(found: list[Tag], length: int) -> list[Tag]:
    """The longest tags first; a tag that overlaps a longer one, or one as long that begins before it, is dropped."""
    found.sort(key=lambda tag: (tag.start - tag.end, tag.start))
    taken = bytearray(length)
    kept: dict[Tag, None] = {}
    last: tuple[int, int] | None = None
    for tag in found:
        start, end = tag[0], tag[1]
        if (start, end) != last:
            if taken.find(1, start, end) != -1:
                continue
            taken[start:end] = b"\1" * (end - start)
            last = start, end
        kept[tag] = None
    return sorted(kept, key=lambda tag: (tag.start, tag.end, tag.kind, tag.value or ""))
