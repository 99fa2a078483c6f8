"""The heads of forms, found in one pass of an automaton, and the rests that must follow them."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import ahocorasick_rs

from pipeline.lexicon.forms import Ending
from pipeline.text.fold import IS_MARK, MARKS, is_letter

_BORDER = " "  # stands in what is searched before each word, instead of the hyphen, quotation mark or end of line of the text
BEFORE_WORD = re.compile(rf"(?:[^\w{MARKS}]|_)(?=[^\W_])")
_NO_BLANK_BEFORE_WORD = re.compile(rf"(?:[^\w{MARKS} ]|_)(?=[^\W_])")
_TELLING = 2  # characters that tell most further words apart: the blank before them and a letter
_NOTHING: Mapping[str, tuple[Rest, ...]] = {}  # one for the nine of ten branches that have no further words
Span = tuple[int, int]


class Rest(NamedTuple):
    """What must follow a head, and what the form stands for. `borders` is what the head has where a border is searched."""

    ending: Ending
    words: tuple[tuple[str, Ending], ...]
    borders: str
    left_boundary: bool
    right_boundary: bool
    capital: bool
    kind: str
    value: str | None


class Branch(NamedTuple):
    """The rests of a head whose word ends alike: `always` to be looked at, and those that need a further word, by how that begins.

    `names`: what one of them stands for has a value.
    """

    ending: Ending
    always: tuple[Rest, ...]
    further: Mapping[str, tuple[Rest, ...]]
    names: bool


Branches = tuple[Branch, ...]
Head = tuple[Branches, int, int, bool]  # the rests of a head, its start and end, and whether it begins within a word


class Heads:
    """The heads of forms in an automaton, and the rests of each."""

    def __init__(self, by_head: Mapping[str, Sequence[Rest]]) -> None:
        shared: dict[tuple[int, ...], tuple[Branches, bool]] = {}
        self._branches: list[Branches] = []
        self._whole = bytearray()  # of each, whether a word must end with it
        for rests in by_head.values():
            same = tuple(map(id, rests))
            if same not in shared:
                shared[same] = _branches(rests), all(map(_is_whole, rests))
            branches, whole = shared[same]
            self._branches.append(branches)
            self._whole.append(whole)
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_head)) if by_head else None

    @property
    def empty(self) -> bool:
        """Whether there are none."""
        return not self._branches

    def find(self, searched: str) -> Iterator[tuple[Branches, int, int]]:
        """The rests of each head that stands in `searched`, with its start and end; not of one within a word that must end with it."""
        hits = self._automaton.find_matches_as_indexes(searched, overlapping=True) if self._automaton else ()
        for index, start, end in hits:
            if not (self._whole[index] and _goes_on(searched, end)):
                yield self._branches[index], start, end


def _is_whole(rest: Rest) -> bool:
    """Whether nothing may follow the head within its word."""
    return rest.right_boundary and rest.ending is None and not rest.words


def _goes_on(text: str, at: int) -> bool:
    """Whether a word that has begun goes on at `at`."""
    behind = text[at : at + 1]
    return (behind.isalnum() or behind in IS_MARK) and is_letter(text[at - 1])


def _branches(rests: Iterable[Rest]) -> Branches:
    """`rests`, in which those that begin alike are put together."""
    by_ending: dict[Ending, list[Rest]] = {}
    for rest in rests:
        by_ending.setdefault(rest.ending, []).append(rest)
    found = []
    for ending, alike in by_ending.items():
        always: list[Rest] = []
        further: dict[str, tuple[Rest, ...]] = {}
        for rest in alike:
            start = rest.words[0][0][:_TELLING] if rest.words else ""
            if len(start) < _TELLING:
                always.append(rest)
            else:
                further[start] = (*further.get(start, ()), rest)
        found.append(Branch(ending, tuple(always), further or _NOTHING, any(rest.value is not None for rest in alike)))
    return tuple(found)


def bordered(folded: str) -> str:
    """A border, and `folded` with one before each of its words."""
    return _BORDER + folded if folded.isalnum() else _NO_BLANK_BEFORE_WORD.sub(_BORDER, f" {folded}")


def followed(heads: Sequence[Head], folded: str, text: str) -> dict[Span, list[Rest]]:
    """What stands in `text`, also within each other."""
    found: dict[Span, list[Rest]] = {}
    for branches, start, end, inside in heads:
        _follow(found, folded, text, start, end, branches, inside)
    return found


def _follow(
    found: dict[Span, list[Rest]], folded: str, text: str, start: int, head_end: int, branches: Branches, inside: bool
) -> None:
    """Add the forms whose head is `folded[start:head_end]`: those whose rest follows, with capital and borders.

    `inside`: the head begins within a word.
    """
    for ending, always, further, _ in branches:
        word_end = head_end if ending is None else _end(ending, folded, head_end)
        rests = always
        if further and (begun := further.get(folded[word_end : word_end + _TELLING])):
            rests = (*always, *begun)
        for rest in rests:
            end = _end_of_words(rest.words, folded, word_end) if rest.words else word_end
            if end is None or (inside and rest.left_boundary):
                continue
            if rest.right_boundary and _goes_on(folded, end):
                continue
            if rest.capital and not text[start].isupper():
                continue
            if rest.borders and rest.borders != "".join(BEFORE_WORD.findall(folded, start, head_end)):
                continue
            found.setdefault((start, end), []).append(rest)


def _end_of_words(words: Sequence[tuple[str, Ending]], folded: str, at: int) -> int | None:
    """Where the last of `words` ends, which begin `at`; None where they do not all stand there."""
    for literal, ending in words:
        if not folded.startswith(literal, at):
            return None
        at += len(literal)
        if ending is not None:
            at = _end(ending, folded, at)
    return at


def _end(ending: re.Pattern[str], folded: str, at: int) -> int:
    """Where a word ends whose letters before its ending end `at`."""
    return ending.match(folded, at).end()  # type: ignore[union-attr]  # an ending may be empty
