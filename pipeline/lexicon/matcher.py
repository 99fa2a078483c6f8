"""Finding forms: one pass of an automaton over a folded text, longest form first."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import ahocorasick_rs

from pipeline.lexicon.forms import Ending, Form, steps
from pipeline.text.fold import MARKS, is_letter


class Tag(NamedTuple):
    """`text[start:end]` is of this kind and stands for `value`: an id for names and offices, None for plain words."""

    start: int
    end: int
    kind: str
    value: str | None


class Entry(NamedTuple):
    """A form and what it stands for."""

    form: Form
    kind: str
    value: str | None


_BORDER = "\1"  # stands in what is searched before each word, instead of the blank, hyphen or quotation mark of the text
_BEFORE_WORD = re.compile(rf"(?:[^\w{MARKS}]|_)(?=[^\W_])")
_Key = tuple[object, ...]


class _Rest(NamedTuple):
    """What must follow a head, and what the form stands for. `borders` is what the head has where a border is searched."""

    ending: Ending
    words: tuple[tuple[str, Ending], ...]
    borders: str
    left_boundary: bool
    right_boundary: bool
    capital: bool
    kind: str
    value: str | None


class Matcher:
    """All forms of a language, found in two passes: forms that begin a word, and forms that may stand anywhere.

    Nine of ten places where the letters of a form stand are inside of words. Where a form must begin a word, the border before it is
    searched with it, so that these are never looked at.
    """

    def __init__(self, entries: Iterable[Entry], prefixes: Sequence[str] = ()) -> None:
        """`prefixes` may stand glued before any word."""
        shared: dict[_Key, _Rest] = {}  # most forms of a kind differ in their head alone
        words: dict[str, dict[_Key, _Rest]] = {}
        anywhere: dict[str, dict[_Key, _Rest]] = {}
        for form, kind, value in entries:
            head, *marks = form
            word = form.left_boundary and not prefixes and head[0].isalnum() and is_letter(head[-1])
            borders = "".join(_BEFORE_WORD.findall(head)) if word and not head.isalnum() else ""
            key = (*marks, borders, kind, value)
            if key not in shared:
                ending, further = steps(form.tail, form.ending)
                shared[key] = _Rest(ending, further, borders, form.left_boundary, form.right_boundary, form.capital, kind, value)
            (words.setdefault(_bordered(head), {}) if word else anywhere.setdefault(head, {}))[key] = shared[key]
        self._words, self._anywhere = _Heads(words), _Heads(anywhere)
        self._prefixes = frozenset(prefixes)

    def find(self, folded: str, text: str) -> list[Tag]:
        """The tags of `text`, whose fold is `folded`, in order; none lies inside a longer one, equally long ones all stay."""
        found: list[Tag] = []
        for rests, start, end in self._words.find(_bordered(folded)):
            _add_tags(found, folded, text, start, end - 1, rests)  # one less: the border before the text
        for rests, start, end in self._anywhere.find(folded):
            inside = start > 0 and is_letter(folded[start - 1]) and not self._after_prefix(folded, start)
            _add_tags(found, folded, text, start, end, [rest for rest in rests if not rest.left_boundary] if inside else rests)
        return _longest(found, len(text))

    def _after_prefix(self, folded: str, start: int) -> bool:
        if not self._prefixes:
            return False
        word = start
        while word and is_letter(folded[word - 1]):
            word -= 1
        return folded[word:start] in self._prefixes


class _Heads:
    """The heads of forms in an automaton, and the rests of each."""

    def __init__(self, by_head: Mapping[str, Mapping[_Key, _Rest]]) -> None:
        shared: dict[tuple[int, ...], tuple[_Rest, ...]] = {}
        self._rests = [shared.setdefault(tuple(map(id, rests.values())), tuple(rests.values())) for rests in by_head.values()]
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_head)) if by_head else None

    def find(self, searched: str) -> list[tuple[tuple[_Rest, ...], int, int]]:
        """The rests of each head that stands in `searched`, with its start and end."""
        hits = self._automaton.find_matches_as_indexes(searched, overlapping=True) if self._automaton else ()
        return [(self._rests[index], start, end) for index, start, end in hits]


def _bordered(folded: str) -> str:
    """A border, and `folded` with one before each of its words."""
    return _BORDER + folded if folded.isalnum() else _BEFORE_WORD.sub(_BORDER, f" {folded}")


def _add_tags(found: list[Tag], folded: str, text: str, start: int, head_end: int, rests: Sequence[_Rest]) -> None:
    """Add the tags of the forms whose head is `folded[start:head_end]`: those whose rest follows, with capital and borders."""
    ending: Ending = None
    word_end = head_end
    for rest in rests:
        if rest.ending is not ending:
            ending = rest.ending
            word_end = head_end if ending is None else _end(ending, folded, head_end)
        end = word_end
        for literal, its_ending in rest.words:
            if not folded.startswith(literal, end):
                break
            end += len(literal)
            if its_ending is not None:
                end = _end(its_ending, folded, end)
        else:
            if rest.right_boundary and end < len(folded) and is_letter(folded[end]) and is_letter(folded[end - 1]):
                continue
            if rest.capital and not text[start].isupper():
                continue
            if rest.borders and rest.borders != "".join(_BEFORE_WORD.findall(folded, start, head_end)):
                continue
            found.append(Tag(start, end, rest.kind, rest.value))


def _end(ending: re.Pattern[str], folded: str, at: int) -> int:
    """Where a word ends whose letters before its ending end `at`."""
    return ending.match(folded, at).end()  # type: ignore[union-attr]  # an ending may be empty


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
