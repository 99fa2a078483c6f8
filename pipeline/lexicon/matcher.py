"""Finding forms: one pass of an automaton over a folded text, longest form first."""
from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import ahocorasick_rs

from pipeline.lexicon.forms import Ending, Form, steps
from pipeline.text.fold import IS_MARK, MARKS, OPTIONAL, fold, is_letter, without_optional


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


_BORDER = " "  # stands in what is searched before each word, instead of the hyphen, quotation mark or end of line of the text
_BEFORE_WORD = re.compile(rf"(?:[^\w{MARKS}]|_)(?=[^\W_])")
_NO_BLANK_BEFORE_WORD = re.compile(rf"(?:[^\w{MARKS} ]|_)(?=[^\W_])")
_TELLING = 2  # characters that tell most further words apart: the blank before them and a letter
_DAYS = "dates."
_UNITS = frozenset({"dates.week", "dates.month", "dates.year"})
_TURNS = frozenset({"dates.last", "dates.this", "dates.next"})
# Kinds whose forms may hold one; not `cue.future`, whose "in the coming weeks" is no week.
_ALSO_TELL_DAYS = ("meet.", "receive.", "visit.", "talk.", "phone.", "video.", "press.", "cue.planned", "cue.ongoing", "cue.background")
_NOUN = ".noun"
_CONTACT_NOUNS = frozenset({"meet.noun", "visit.noun", "phone.noun", "video.noun"})
_HOLD_CONTACTS = frozenset({"cue.planned", "cue.ongoing", "cue.cancelled", "cue.postponed", "structure.in_turn"})
_Key = tuple[object, ...]
_Span = tuple[int, int]


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


class _Branch(NamedTuple):
    """The rests of a head whose word ends alike: `always` to be looked at, and those that need a further word, by how that begins."""

    ending: Ending
    always: tuple[_Rest, ...]
    further: Mapping[str, tuple[_Rest, ...]]


_Branches = tuple[_Branch, ...]


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
        """The tags of `text`, whose fold is `folded`, in order; equally long ones all stay.

        None lies inside a longer one, but words of dates do in one of a contact or a cue: "received today" is told of today; and nouns of
        contact in one that tells more of it: "the next meeting" is planned, "separate meetings" are in turn. What is written with marks
        that some leave out is found as it stands, and as it is without them.
        """
        found = self._found(folded, text)
        if OPTIONAL.search(text) is not None:
            bare, places = without_optional(text)
            for (start, end), rests in self._found(fold(bare), bare).items():
                found.setdefault((places[start], places[end]), []).extend(rests)
        kept = _longest(found)
        within = _days_within(found, kept) + _contacts_within(found, kept)
        spans = sorted(kept + within) if within else kept
        return [Tag(start, end, rest.kind, rest.value) for start, end in spans for rest in _distinct(found[start, end])]

    def _found(self, folded: str, text: str) -> dict[_Span, list[_Rest]]:
        """What stands in `text`, also within each other."""
        found: dict[_Span, list[_Rest]] = {}
        for branches, start, end in self._words.find(_bordered(folded)):
            _follow(found, folded, text, start, end - 1, branches)  # one less: the border before the text
        for branches, start, end in self._anywhere.find(folded):
            inside = start > 0 and is_letter(folded[start - 1]) and not self._after_prefix(folded, start)
            _follow(found, folded, text, start, end, branches, inside)
        return found

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
        shared: dict[tuple[int, ...], tuple[_Branches, bool]] = {}
        self._branches: list[_Branches] = []
        self._whole = bytearray()  # of each, whether a word must end with it
        for rests in by_head.values():
            same = tuple(map(id, rests.values()))
            if same not in shared:
                shared[same] = _branches(rests.values()), all(map(_is_whole, rests.values()))
            branches, whole = shared[same]
            self._branches.append(branches)
            self._whole.append(whole)
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_head)) if by_head else None

    def find(self, searched: str) -> Iterator[tuple[_Branches, int, int]]:
        """The rests of each head that stands in `searched`, with its start and end; not of one within a word that must end with it."""
        hits = self._automaton.find_matches_as_indexes(searched, overlapping=True) if self._automaton else ()
        for index, start, end in hits:
            if not (self._whole[index] and _goes_on(searched, end)):
                yield self._branches[index], start, end


def _is_whole(rest: _Rest) -> bool:
    """Whether nothing may follow the head within its word."""
    return rest.right_boundary and rest.ending is None and not rest.words


def _goes_on(text: str, at: int) -> bool:
    """Whether a word that has begun goes on at `at`."""
    behind = text[at : at + 1]
    return (behind.isalnum() or behind in IS_MARK) and is_letter(text[at - 1])


def _branches(rests: Iterable[_Rest]) -> _Branches:
    """`rests`, in which those that begin alike are put together."""
    by_ending: dict[Ending, list[_Rest]] = {}
    for rest in rests:
        by_ending.setdefault(rest.ending, []).append(rest)
    found = []
    for ending, alike in by_ending.items():
        always: list[_Rest] = []
        further: dict[str, tuple[_Rest, ...]] = {}
        for rest in alike:
            start = rest.words[0][0][:_TELLING] if rest.words else ""
            if len(start) < _TELLING:
                always.append(rest)
            else:
                further[start] = (*further.get(start, ()), rest)
        found.append(_Branch(ending, tuple(always), further))
    return tuple(found)


def _bordered(folded: str) -> str:
    """A border, and `folded` with one before each of its words."""
    return _BORDER + folded if folded.isalnum() else _NO_BLANK_BEFORE_WORD.sub(_BORDER, f" {folded}")


def _follow(
    found: dict[_Span, list[_Rest]], folded: str, text: str, start: int, head_end: int, branches: _Branches, inside: bool = False
) -> None:
    """Add the forms whose head is `folded[start:head_end]`: those whose rest follows, with capital and borders.

    `inside`: the head begins within a word.
    """
    for ending, always, further in branches:
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
            if rest.borders and rest.borders != "".join(_BEFORE_WORD.findall(folded, start, head_end)):
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


def _longest(spans: Iterable[_Span]) -> list[_Span]:
    """`spans` in order without those that overlap a longer one, or one as long that begins before it."""
    kept: list[_Span] = []
    first = reach = 0  # those from `first` on overlap each other, up to `reach`
    for span in sorted(spans):
        start, end = span
        if start >= reach:
            if first < len(kept) - 1:
                kept[first:] = _apart(kept[first:])
            first = len(kept)
        kept.append(span)
        reach = max(reach, end)
    return kept[:first] + _apart(kept[first:])


def _apart(spans: list[_Span]) -> list[_Span]:
    """The longest of `spans`, and of those beside it again the longest; in order."""
    if len(spans) < 2:
        return spans
    kept: list[_Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= other_start or other_end <= start for other_start, other_end in kept):
            kept.append((start, end))
    return sorted(kept)


def _days_within(found: Mapping[_Span, Sequence[_Rest]], kept: Sequence[_Span]) -> list[_Span]:
    """The spans that hold nothing but words of dates and lie within one of `kept` that tells of no date itself.

    "Next" and the like only beside a week, month or year: they may be other words. What a noun follows is of another day: "the day before
    the talks".
    """
    first = [(span, rests) for span, rests in found.items() if rests[0].kind.startswith(_DAYS)]
    days = [span for span, rests in first if all(rest.kind.startswith(_DAYS) for rest in rests)]
    if not days:
        return []
    units = [span for span in days if any(rest.kind in _UNITS for rest in found[span])]
    inside = []
    for span in days:
        if all(rest.kind in _TURNS for rest in found[span]) and not any(s - span[1] in (0, 1) or span[0] - e in (0, 1) for s, e in units):
            continue
        at = bisect_right(kept, (span[0], span[0])) - 1
        around = [kept[i] for i in (at, at + 1) if 0 <= i < len(kept) and kept[i][0] <= span[0] and span[1] <= kept[i][1]]
        if not around or around[0] == span or not all(rest.kind.startswith(_ALSO_TELL_DAYS) for rest in found[around[0]]):
            continue
        if around[0][0] < span[0] or not any(rest.kind.endswith(_NOUN) for rest in found[around[0]]):
            inside.append(span)
    return _longest(inside)


def _contacts_within(found: Mapping[_Span, Sequence[_Rest]], kept: Sequence[_Span]) -> list[_Span]:
    """The spans that hold nothing but nouns of contact and lie within one of `kept` that only tells more of it."""
    first = [span for span in kept if found[span][0].kind in _HOLD_CONTACTS]
    around = [span for span in first if all(rest.kind in _HOLD_CONTACTS for rest in found[span])]
    if not around:
        return []
    likely = [(span, rests) for span, rests in found.items() if rests[0].kind in _CONTACT_NOUNS]
    nouns = [span for span, rests in likely if all(rest.kind in _CONTACT_NOUNS for rest in rests)]
    return _longest(noun for noun in nouns if any(start <= noun[0] and noun[1] <= end for start, end in around))


def _distinct(rests: Sequence[_Rest]) -> Sequence[_Rest]:
    """`rests` in order of what they stand for; of those that stand for the same, one."""
    if len(rests) == 1:
        return rests
    meant = {(rest.kind, rest.value or ""): rest for rest in rests}
    return [rest for _, rest in sorted(meant.items(), key=lambda item: item[0])]
