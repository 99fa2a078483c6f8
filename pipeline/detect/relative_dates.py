"""Dates told from the day of publication: yesterday, next week, on Friday, this spring."""
from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from pipeline.detect.document import Document, Sentence
from pipeline.detect.when import HALVES, When, is_ignored, mark_of, narrowed, part_of, step_of, steps_apart, turn_of, unit_span
from pipeline.lexicon.forms import Spacing
from pipeline.lexicon.matcher import Tag

_RELATIVE_DAYS = {
    "dates.before_yesterday": -2, "dates.yesterday": -1, "dates.today": 0, "dates.tomorrow": 1, "dates.after_tomorrow": 2,
}  # fmt: skip
# Told of what is to come; "within" and "later" are said of what was, too.
_HENCE = {"dates.in_three_days": 3, "dates.in_a_week": 7, "dates.in_two_weeks": 14}
_SEASONS = {"dates.spring": 3, "dates.summer": 6, "dates.autumn": 9, "dates.winter": 12}  # first months
_YEAR_BEFORE, _YEAR_BEHIND = re.compile(r"(?:19|20)\d\d ?$"), re.compile(r" ?(?:19|20)\d\d(?!\d)")
_MOST_BACK = 90  # days, weeks, months or years; more is an age of things
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_HALF_REACH = 2  # words between half and what it is of
_NUMBER = 5  # characters of a blank and a year
_WEEK = 7  # days
_WEEK_REACH = 2  # words between a weekday and the week it belongs to


def relative(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """Today, yesterday, last week, next month, the end of the year."""
    pub = document.published
    for tag in sentence.of(*_RELATIVE_DAYS):
        offset = _RELATIVE_DAYS[tag.kind]
        day = pub + timedelta(days=offset) if pub else None
        yield When(tag.start, tag.end, day, day, turn=1 if offset > 0 else 0, day=True)
    if future and pub:
        yield from _hence(sentence, pub)
    weekday = document.language.date_words.weekday
    for unit in sentence.of("dates.week", "dates.month", "dates.year"):
        if weekday is not None and weekday.match(document.folded, unit.start):
            continue  # 周二 is a Tuesday
        if unit.kind == "dates.year" and _is_numbered(document, unit):
            continue
        mark = mark_of(document, sentence, unit.start, unit.end)
        part = part_of(document, sentence, unit.start, unit.end) if unit.kind != "dates.week" else None
        if mark is None and part is None:
            continue
        step = step_of(mark) if mark else 0
        first, last = narrowed(*unit_span(pub, unit.kind, step), part) if pub else (None, None)
        beside = [tag for tag in (mark, part) if tag]
        yield When(min(unit.start, *(t.start for t in beside)), max(unit.end, *(t.end for t in beside)), first, last, turn=step)


def long_ago(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """Three days ago; some weeks, months or years ago, of which only the week, month or year is told."""
    words, pub = document.language.date_words, document.published
    for unit, back, match in words.ago(document.folded, sentence.start, sentence.end):
        if match.re.groups and words.weekday and _ends_in(words.weekday, document.folded, sentence.start, match.end(1)):
            continue  # Vietnamese "thứ sáu tuần trước" is Friday of last week
        if pub is None or back > _MOST_BACK:
            yield When(*match.span(), None, None, turn=-1)
        elif unit == "day":
            day = pub - timedelta(days=back)
            yield When(*match.span(), day, day, day=True)
        else:
            yield When(*match.span(), *unit_span(pub, f"dates.{unit}", -back), turn=-1, year=unit == "year")


def _ends_in(pattern: re.Pattern[str], folded: str, start: int, end: int) -> bool:
    """Whether a match of `pattern` ends at `end`."""
    return any(match.end() == end for match in pattern.finditer(folded, start, end))


def _is_numbered(document: Document, unit: Tag) -> bool:
    """Whether a year is told by its number: "cuối năm 2025", 2025年底."""
    before = document.folded[max(0, unit.start - _NUMBER) : unit.start]
    return bool(_YEAR_BEFORE.search(before) or _YEAR_BEHIND.match(document.folded, unit.end))


def _hence(sentence: Sentence, pub: date) -> Iterator[When]:
    """In three days; a week or two hence are told roughly, a day more or less."""
    for tag in sentence.of(*_HENCE):
        days = _HENCE[tag.kind]
        day, about = pub + timedelta(days=days), timedelta(days=int(days >= _WEEK))
        yield When(tag.start, tag.end, day - about, day + about, turn=1, day=True)


def weekdays(document: Document, sentence: Sentence, future: bool, past: bool) -> Iterator[When]:
    """Weekday names: of the week told beside it ("on Friday next week"); else the last such day up to the publication, or the next."""
    pattern = document.language.date_words.weekday
    if pattern is None:
        return
    first: When | None = None  # the one before, which may begin a span: "from Monday to Wednesday"
    for match in pattern.finditer(document.folded, sentence.start, sentence.end):
        if is_ignored(sentence, match.start(), match.end()):
            continue
        when = _weekday(document, sentence, match, future, past)
        if first is None:
            first = when
        elif (span := _to(document, first, when, future)) is not None:
            first = span
        else:
            yield first
            first = when
    if first is not None:
        yield first


def _to(document: Document, first: When, last: When, future: bool) -> When | None:
    """The days from one weekday to the other, of which the first is ahead or the last is over; None where they are two days."""
    joined = document.language.date_words.joint.fullmatch(document.folded, first.end, last.start)
    if not joined or first.first is None or last.last is None:
        return None
    days = timedelta((last.last.isoweekday() - first.first.isoweekday()) % 7)
    begin, end = (first.first, first.first + days) if future else (last.last - days, last.last)
    return When(first.start, last.end, begin, end, day=True, weekday=True, either=first.either and last.either)


def _weekday(document: Document, sentence: Sentence, match: re.Match[str], future: bool, past: bool) -> When:
    pub = document.published
    number = document.language.date_words.weekdays[match[0]]
    mark = mark_of(document, sentence, match.start(), match.end())
    kind = mark.kind if mark is not None else None
    ahead = kind == "dates.next" or (kind != "dates.last" and future) or (kind == "dates.this" and not past)
    day = week = None
    if pub is not None:
        back = (pub.isoweekday() - number) % 7
        same = 7 if kind in ("dates.next", "dates.last") else 0  # "next Tuesday" of a Tuesday
        day = pub + timedelta(days=(7 - back) % 7 or same) if ahead else pub - timedelta(days=back or same)
        if kind == "dates.next" and (day - pub).days == 1:
            day += timedelta(weeks=1)  # nobody calls tomorrow "next Thursday"
        if (week := _week_beside(document, sentence, match.start(), match.end(), mark)) is not None:
            day = unit_span(pub, "dates.week", week)[0] + timedelta(days=number - 1)
    either = week is None and kind in (None, "dates.this")
    return When(match.start(), match.end(), day, day, day=True, weekday=True, either=either)


def _week_beside(document: Document, sentence: Sentence, start: int, end: int, mark: Tag | None) -> int | None:
    """-1, 0 or 1 for the week that a weekday at `text[start:end]` is said to be of; None where no week is told."""
    if document.language.spacing is Spacing.NONE:
        return step_of(mark) if mark else None  # 下周二 is the Tuesday of next week
    for unit in sentence.of("dates.week"):
        distance = steps_apart(document, unit.start, unit.end, start, end)
        of_week = mark_of(document, sentence, unit.start, unit.end)
        if of_week is not None and distance is not None and distance <= _WEEK_REACH:
            return step_of(of_week)
    return None


def seasons(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """Spring, summer, autumn, winter: of the year that is written behind it, else the last one that has begun, or the next one."""
    pub = document.published
    for tag in sentence.of(*_SEASONS):
        written = document.language.date_words.year_behind.match(document.folded, tag.end, sentence.end)
        turn = turn_of(document, sentence, tag.start, tag.end)
        end = written.end() if written else tag.end
        if not written and pub is None:
            yield When(tag.start, end, None, None, turn=turn)
            continue
        years = [int(written[1])] if written else [pub.year + step for step in (-2, -1, 0, 1)] if pub else []
        spans = [_season(year, _SEASONS[tag.kind]) for year in years]
        ahead = [span for span in spans if pub and span[1] >= pub]
        begun = [span for span in spans if pub and (span[1] if turn < 0 else span[0]) < pub]
        first, last = spans[0] if written else ahead[0] if future or turn > 0 else begun[-1]
        yield When(tag.start, end, first, last, turn=turn, year=bool(written))


def halves(document: Document, sentence: Sentence, future: bool) -> Iterator[When]:
    """"In the first half", beside which no year stands: of this year, or of the next where it is over and the words tell of the future."""
    pub = document.published
    if pub is None:
        return
    for tag in sentence.of(*HALVES):
        if _is_of_another_span(document, sentence, tag):
            continue
        first, last = narrowed(*unit_span(pub, "dates.year", 0), tag)
        if future and last < pub:
            first, last = narrowed(*unit_span(pub, "dates.year", 1), tag)
        yield When(tag.start, tag.end, first, last)


def _is_of_another_span(document: Document, sentence: Sentence, half: Tag) -> bool:
    """Whether a month, or a year that is told, stands beside "half": "in the second half of September"."""
    month = document.language.date_words.month
    names = [match.span() for match in month.finditer(document.folded, sentence.start, sentence.end)] if month else []
    years = [match.span() for match in _YEAR.finditer(document.folded, sentence.start, sentence.end)]
    units = [(tag.start, tag.end) for tag in sentence.of("dates.month", "dates.year")]
    apart = (steps_apart(document, *span, half.start, half.end) for span in (*names, *years, *units))
    return any(steps is not None and steps <= _HALF_REACH for steps in apart)


def _season(year: int, month: int) -> tuple[date, date]:
    """The three months from `month` of `year` on."""
    over, last = divmod(month + 1, 12)
    return date(year, month, 1), date(year + over, last + 1, calendar.monthrange(year + over, last + 1)[1])
