"""Days without a month, and weekends: of the weeks around the day of publication."""
from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from pipeline.detect.document import Document, Sentence
from pipeline.detect.when import When, mark_of, step_of, until

_COMING = timedelta(days=5)  # a bare day of the month that is ahead by so little is not the one a month before
_SAID = timedelta(days=-3)  # one that was so few days ago is that of the report, unless the next one is
_SOON = timedelta(days=20)  # no farther ahead
_SATURDAY = 5
_WEEK = 7  # days
_NEXT_WORD = re.compile(r"\s*([^\W\d_]+|[%‰\d])?")
_NO_NOUN = ("structure", "cue", "meet", "receive", "visit", "talk", "phone", "video", "press")  # kinds of what a bare day may stand before


def weekends(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """A weekend: the last, or of what is to come the next; "next weekend" may be either of two."""
    pub = document.published
    for tag in sentence.of("dates.weekend"):
        mark = mark_of(document, sentence, tag.start, tag.end)
        step = step_of(mark) if mark else 0
        start, end = min(tag.start, mark.start if mark else tag.start), max(tag.end, mark.end if mark else tag.end)
        if pub is None:
            yield When(start, end, None, None, turn=max(0, step))
            continue
        saturday = pub + timedelta(days=_SATURDAY - pub.weekday())
        if step < 0 or (step == 0 and not future and pub < saturday):
            saturday -= timedelta(days=_WEEK)
        sunday = saturday + timedelta(days=1 + _WEEK * (step > 0))
        yield When(start, end, saturday, sunday, turn=max(0, step), either=step == 0)  # the last one is of now


def days_alone(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """A day of the month by its number, where the words beside it say that it is one: "on the 13th", "am 13.", "13 числа"."""
    for pattern, ends_with_it in document.language.date_words.alone:
        for match in pattern.finditer(document.folded, sentence.start, sentence.end):
            if not (ends_with_it and _counts(document, sentence, match.end())):
                yield from bare_day(document, sentence, match.span(), int(match[1]), int(match[2] or 0), future)


def bare_day(document: Document, sentence: Sentence, span: tuple[int, int], day: int, ends: int, future: bool) -> Iterator[When]:
    """A day of the month alone, at `text[span]`, or several that end with `ends`: of the month told before it ("先月20日"), else of this
    month or, in reports, of the month before.
    """
    if document.published is None or not 1 <= day <= 31:
        return
    pub = document.published
    candidates = []
    told, start = _month_told(document, sentence, span[0])
    for step in (-1, 0, 1) if told is None else (told,):
        month = (pub.year * 12 + pub.month - 1) + step
        year, number = divmod(month, 12)
        if day <= calendar.monthrange(year, number + 1)[1]:
            candidates.append(date(year, number + 1, day))
    begun = any(0 <= tag.start - span[1] <= 1 for tag in sentence.of("dates.since_after"))
    still = timedelta(days=ends - day) if ends > day else _COMING if begun else timedelta(0)  # a stay may go on that began some days ago
    just_past = any(_SAID <= d - pub < timedelta(0) for d in candidates) and not any(timedelta(0) <= d - pub <= _SOON for d in candidates)
    future = future and not just_past
    wanted = [d for d in candidates if told is not None or (d >= pub - still if future else d <= pub + _COMING)]
    if wanted:
        found = min(wanted, key=lambda d: abs((d - pub).days))
        yield until(When(start, span[1], found, found, day=True), ends)


def _month_told(document: Document, sentence: Sentence, start: int) -> tuple[int | None, int]:
    """-1, 0 or 1 where "last", "this" or "next month" stands right before `start`, and where that begins."""
    for unit in sentence.of("dates.month"):
        mark = mark_of(document, sentence, unit.start, unit.end)
        if mark is not None and 0 <= start - max(unit.end, mark.end) <= 1:
            return step_of(mark), min(unit.start, mark.start)
    return None, start


def _counts(document: Document, sentence: Sentence, end: int) -> bool:
    """Whether a number that ends at `end` counts something: "el 13 por ciento", "le 13 voix"."""
    behind = _NEXT_WORD.match(document.folded, end, sentence.end)
    if behind is None or behind[1] is None:
        return False
    small = (*document.language.partner, *document.language.agent)
    told = (tag for tag in sentence.tags if tag.start == behind.start(1) and tag.kind.partition(".")[0] in _NO_NOUN)
    return behind[1] not in small and next(told, None) is None
