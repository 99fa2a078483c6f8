"""Finding forms: one pass of an automaton over a folded text, longest form first."""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from pipeline.lexicon.accents import Spellings
from pipeline.lexicon.forms import Form, steps
from pipeline.lexicon.heads import BEFORE_WORD, Head, Heads, Rest, Span, bordered, followed
from pipeline.text.fold import OPTIONAL, fold, is_letter, without_optional


class Tag(NamedTuple):
    """`text[start:end]` is of this kind and stands for `value`: an id for names and offices, None for plain words."""

    start: int
    end: int
    kind: str
    value: str | None


Meaning = tuple[str, str | None]  # a kind and its value
Key = tuple[object, ...]


class Entry(NamedTuple):
    """A form and what it stands for."""

    form: Form
    kind: str
    value: str | None


_DAYS = "dates."
_UNITS = frozenset({"dates.week", "dates.month", "dates.year"})
_TURNS = frozenset({"dates.last", "dates.this", "dates.next"})
# Kinds whose forms may hold one; not `cue.future`, whose "in the coming weeks" is no week.
_ALSO_TELL_DAYS = ("meet.", "receive.", "visit.", "talk.", "phone.", "video.", "press.", "cue.planned", "cue.ongoing", "cue.background")
_NOUN = ".noun"
_SPEECH, _CLAUSE = "cue.speech", "structure.clause"
_NATIONS = frozenset({"country", "nationality"})
_CONTACT_NOUNS = frozenset({"meet.noun", "visit.noun", "phone.noun", "video.noun"})
_HOLD_CONTACTS = frozenset({"cue.planned", "cue.ongoing", "cue.cancelled", "cue.postponed", "structure.in_turn"})


class _Bare(NamedTuple):
    """A text without the marks that some leave out, its fold, where its characters stand in the text, and the heads in it."""

    text: str
    folded: str
    places: Sequence[int]
    heads: Sequence[Head]


class Scan(NamedTuple):
    """A text, its fold, and the heads of forms in it, from which its tags are found: it costs a third of that."""

    text: str
    folded: str
    heads: Sequence[Head]
    bare: _Bare | None

    def named(self) -> set[Meaning]:
        """All that may be named in it: what its tags stand for, and what stands within longer ones."""
        texts = [(self.heads, self.folded, self.text), *([(self.bare.heads, self.bare.folded, self.bare.text)] if self.bare else [])]
        found: set[Meaning] = set()
        for heads, folded, text in texts:
            naming = [head for head in heads if any(branch.names for branch in head[0])]
            rests = chain.from_iterable(followed(naming, folded, text).values())
            found.update((rest.kind, rest.value) for rest in rests if rest.value is not None)
        return found


class Matcher:
    """All forms of a language, found in two passes: forms that begin a word, and forms that may stand anywhere.

    Nine of ten places where the letters of a form stand are inside of words. Where a form must begin a word, the border before it is
    searched with it, so that these are never looked at.
    """

    def __init__(
        self, entries: Iterable[Entry], prefixes: Sequence[str] = (), accents: Mapping[str, Spellings] | None = None
    ) -> None:
        """`prefixes` may stand glued before any word; `accents` tell words apart that have one fold."""
        shared: dict[Key, Rest] = {}  # most forms of a kind differ in their head alone
        words: dict[str, tuple[Rest, ...]] = {}  # tuples: a dictionary of each would take more memory than all the rest
        anywhere: dict[str, tuple[Rest, ...]] = {}
        for form, kind, value in entries:
            head, *marks = form
            word = form.left_boundary and not prefixes and head[0].isalnum() and is_letter(head[-1])
            borders = "".join(BEFORE_WORD.findall(head)) if word and not head.isalnum() else ""
            key = (*marks, borders, kind, value)
            if key not in shared:
                ending, further = steps(form.tail, form.ending)
                shared[key] = Rest(ending, further, borders, form.left_boundary, form.right_boundary, form.capital, kind, value)
            heads, searched = (words, bordered(head)) if word else (anywhere, head)
            rest, before = shared[key], heads.get(searched, ())
            if not any(one is rest for one in before):
                heads[searched] = (*before, rest)
        self._words, self._anywhere = Heads(words), Heads(anywhere)
        self._accents = accents or {}
        self._prefixes = frozenset(prefixes)

    def scan(self, text: str) -> Scan:
        """`text` with the heads that stand in it."""
        folded = fold(text)
        if OPTIONAL.search(text) is None:
            return Scan(text, folded, self._heads(folded), None)
        bare, places = without_optional(text)
        without = fold(bare)
        return Scan(text, folded, self._heads(folded), _Bare(bare, without, places, self._heads(without)))

    def _heads(self, folded: str) -> Sequence[Head]:
        """The heads that stand in `folded`."""
        found = [(branches, start, end - 1, False) for branches, start, end in self._words.find(bordered(folded))]  # the border before
        for branches, start, end in self._anywhere.find(folded):
            inside = start > 0 and is_letter(folded[start - 1]) and not self._after_prefix(folded, start)
            found.append((branches, start, end, inside))
        return found

    def find(self, scan: Scan) -> list[Tag]:
        """The tags of a text that was scanned, in order; equally long ones all stay.

        None lies inside a longer one, but words of dates do in one of a contact or a cue: "received today" is told of today; and nouns of
        contact in one that tells more of it: "the next meeting" is planned, "separate meetings" are in turn. What is written with marks
        that some leave out is found as it stands, and as it is without them.
        """
        text, folded, heads, bare = scan
        found = followed(heads, folded, text)
        if bare is not None:
            for (start, end), rests in followed(bare.heads, bare.folded, bare.text).items():
                found.setdefault((bare.places[start], bare.places[end]), []).extend(rests)
        if self._words.empty:  # no blanks part the words
            _part(found)
        kept = _longest(found)
        within = _days_within(found, kept) + _contacts_within(found, kept) + _clauses_within(found, kept)
        spans = sorted(kept + within) if within else kept
        return [Tag(start, end, rest.kind, rest.value) for start, end in spans for rest in self._meant(folded, text, start, end, found)]

    def _meant(self, folded: str, text: str, start: int, end: int, found: Mapping[Span, Sequence[Rest]]) -> Sequence[Rest]:
        """What stands for `text[start:end]`: of words that only accents tell apart ("incontro", "incontrò") those that are written so."""
        rests = _distinct(found[start, end])
        told = self._accents.get(folded[start:end]) if len(rests) > 1 else None
        exact = told.get(text[start:end].casefold()) if told else None
        if told is None or exact is None:
            return rests
        others = {kind for kinds in told.values() for kind in kinds} - exact
        return [rest for rest in rests if rest.value or rest.kind not in others]

    def _after_prefix(self, folded: str, start: int) -> bool:
        if not self._prefixes:
            return False
        word = start
        while word and is_letter(folded[word - 1]):
            word -= 1
        return folded[word:start] in self._prefixes


def _part(found: dict[Span, list[Rest]]) -> None:
    """Take away what ends with the first character of a country's name, where that is found without it: 会见 and 中国, not 会见中."""
    nations = {span for span, rests in found.items() if any(rest.kind in _NATIONS for rest in rests)}
    for start, end in nations:
        for span in [span for span in found if span[0] < start and span[1] == start + 1 < end and (span[0], start) in found]:
            if span not in nations:  # 中俄 are two
                del found[span]


def _longest(spans: Iterable[Span]) -> list[Span]:
    """`spans` in order without those that overlap a longer one, or one as long that begins before it."""
    kept: list[Span] = []
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


def _apart(spans: list[Span]) -> list[Span]:
    """The longest of `spans`, and of those beside it again the longest; in order."""
    if len(spans) < 2:
        return spans
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= other_start or other_end <= start for other_start, other_end in kept):
            kept.append((start, end))
    return sorted(kept)


def _days_within(found: Mapping[Span, Sequence[Rest]], kept: Sequence[Span]) -> list[Span]:
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


def _contacts_within(found: Mapping[Span, Sequence[Rest]], kept: Sequence[Span]) -> list[Span]:
    """The spans that hold nothing but nouns of contact and lie within one of `kept` that only tells more of it."""
    first = [span for span in kept if found[span][0].kind in _HOLD_CONTACTS]
    around = [span for span in first if all(rest.kind in _HOLD_CONTACTS for rest in found[span])]
    if not around:
        return []
    likely = [(span, rests) for span, rests in found.items() if rests[0].kind in _CONTACT_NOUNS]
    nouns = [span for span, rests in likely if all(rest.kind in _CONTACT_NOUNS for rest in rests)]
    return _longest(noun for noun in nouns if any(start <= noun[0] and noun[1] <= end for start, end in around))


def _clauses_within(found: Mapping[Span, Sequence[Rest]], kept: Sequence[Span]) -> list[Span]:
    """The spans that hold nothing but a word that opens a clause and end one of `kept` that tells that somebody speaks: "said that"."""
    first = {end: start for start, end in kept if all(rest.kind == _SPEECH for rest in found[start, end])}
    if not first:
        return []
    likely = (span for span, rests in found.items() if rests[0].kind == _CLAUSE and first.get(span[1], span[0]) < span[0])
    return _longest(span for span in likely if all(rest.kind == _CLAUSE for rest in found[span]))


def _distinct(rests: Sequence[Rest]) -> Sequence[Rest]:
    """`rests` in order of what they stand for; of those that stand for the same, one."""
    if len(rests) == 1:
        return rests
    meant = {(rest.kind, rest.value or ""): rest for rest in rests}
    return [rest for _, rest in sorted(meant.items(), key=lambda item: item[0])]
