"""Days counted from one that the text has told before: "the same day", "a day earlier", "the next day", "two days before that"."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from math import inf

from pipeline.detect.clauses import commas, cuts, gap, words_between
from pipeline.detect.document import Document, Sentence
from pipeline.detect.elapsed import elapsed
from pipeline.detect.when import When, unit_span
from pipeline.lexicon.matcher import Tag

_OFFSETS = {"dates.day_before": -1, "dates.same_day": 0, "dates.day_after": 1}
_DAYS = {"day": 1, "week": 7}
_BACK = 4  # sentences
_FRESH = timedelta(days=10)  # a day longer ago is one of history
_SOON = timedelta(days=60)
_TO_GO_REACH = 4  # words: "three days before Vladimir Putin's planned meeting"
_PARTED = 8  # words that a comma or the border of a clause counts for


def counted(document: Document, sentence: Sentence, here: Sequence[When], told: Callable[[Sentence], Sequence[When]]) -> Iterator[When]:
    """Such days in `sentence`, which tells the dates `here` by itself; `told` are those of a sentence before.

    Where no day was told, "the day before" counts from the publication.
    """
    for tag in sentence.of(*_OFFSETS):
        offset = _OFFSETS[tag.kind]
        base = _last_day(document, sentence, [when for when in here if when.end <= tag.start], told)
        pub = document.published
        if base is not None and base.first is not None and base.last is not None:
            first, last = base.first, base.last
        elif offset < 0 and pub is not None:
            first = last = pub
        else:
            continue
        step = timedelta(days=offset)
        first, last = (first, last) if not offset else (last + step,) * 2 if offset > 0 else (first + step,) * 2
        yield When(tag.start, tag.end, first, last, day=True, counted=True)
    yield from _earlier(document, sentence, here, told)


def _earlier(document: Document, sentence: Sentence, here: Sequence[When], told: Callable[[Sentence], Sequence[When]]) -> Iterator[When]:
    """"Two days before that", where a day was told; weeks are told about."""
    words = document.language.date_words
    for unit, count, match in words.earlier(document.folded, sentence.start, sentence.end):
        base = _last_day(document, sentence, [when for when in here if when.end <= match.start()], told)
        if base is None or base.first is None:
            continue
        back = timedelta(days=count * _DAYS[unit])
        yield When(*match.span(), base.first - back, base.first - back, turn=-1, day=True, counted=True)


def to_go(document: Document, sentence: Sentence, here: Sequence[When]) -> Iterator[When]:
    """The days of contacts of which it is told how long before them something was: "three days before his meeting with Xi".

    That counts from the nearest of the days `here`, which the sentence tells, else from the publication; where it tells of a year, not at
    all: then it is of what has long been.
    """
    for unit, count, match in document.language.date_words.to_go(document.folded, sentence.start, sentence.end):
        day = _counts_from(document, here, *match.span())
        if day is None or not _before_contact(document, sentence, *match.span()):
            continue
        day += timedelta(days=count * _DAYS[unit])
        ahead = document.published is not None and day > document.published
        yield When(*match.span(), day, day, turn=int(ahead), day=True, counted=True)


def gone(document: Document, sentence: Sentence, here: Sequence[When]) -> Iterator[When]:
    """The days, months or years of contacts of which it is told how long after them something was: "three days after his meeting with Xi".

    They count from the same day as those of `to_go`.
    """
    for one in elapsed(document, sentence):
        day = _counts_from(document, here, one.start, one.end)
        if day is None:
            continue
        if one.unit in _DAYS:
            day -= timedelta(days=one.count * _DAYS[one.unit])
            yield When(one.start, one.end, day, day, turn=-1, day=True, counted=True)
        else:
            first, last = unit_span(day, f"dates.{one.unit}", -one.count)
            yield When(one.start, one.end, first, last, turn=-1, year=one.unit == "year", counted=True)


def _counts_from(document: Document, here: Sequence[When], start: int, end: int) -> date | None:
    """The day from which `text[start:end]` counts: the nearest of `here`, or that of the publication; None in a sentence of years."""
    others = [when for when in here if when.end <= start or end <= when.start]
    days = [when for when in others if when.first and _is_news(document, when)]
    if len(days) < len(others):
        return None
    base = min(days, key=lambda when: min(abs(when.start - end), abs(start - when.end)), default=None)
    return base.first if base else document.published


def _before_contact(document: Document, sentence: Sentence, start: int, end: int) -> bool:
    """Whether a noun of contact stands right behind `text[start:end]`, or, where verbs stand last, right before it."""
    nouns = [tag for tag in sentence.contacts if tag.kind.endswith(".noun")]
    near = (tag for tag in nouns if tag.start >= end and words_between(document, end, tag.start) <= _TO_GO_REACH)
    behind = any(not commas(document, end, tag.start) for tag in near)
    last = document.language.governs_behind
    return behind or (last and any(tag.end <= start and words_between(document, tag.end, start) <= 1 for tag in sentence.contacts))


def _last_day(document: Document, sentence: Sentence, before: Sequence[When], told: Callable[[Sentence], Sequence[When]]) -> When | None:
    """The day told last: of those `before` the word in its sentence, else of the sentences before; rather not that of an announcement."""
    earlier = reversed(document.sentences[max(0, sentence.number - _BACK) : sentence.number])
    for one, dates in ((sentence, before), *((one, told(one)) for one in earlier)):
        if days := [when for when in dates if _is_news(document, when)]:
            return next((when for when in reversed(days) if not _is_of_saying(document, one, when)), days[-1])
    return None


def _is_of_saying(document: Document, sentence: Sentence, when: When) -> bool:
    """Whether a verb of saying is nearer to a day than any contact: "will meet him on Monday, the ministry said on Friday"."""

    def apart(tag: Tag) -> float:
        between = gap(tag, when)
        return words_between(document, *between) + _PARTED * (commas(document, *between) + cuts(document, sentence, *between))

    nearest = min(map(apart, sentence.contacts), default=inf)
    return any(apart(verb) < nearest for verb in sentence.of("cue.speech"))


def _is_news(document: Document, when: When) -> bool:
    if not when.day or when.first is None:
        return False
    return document.published is None or -_FRESH <= when.first - document.published <= _SOON
