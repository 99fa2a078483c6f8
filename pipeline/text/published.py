"""When an article was published: right, or None.

A time without a zone, and a date without a time, are read as UTC: the calendar day is what the rest needs, and that stays right.
A date before 1990 or more than a day after the article was fetched is no publication date.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pipeline.lexicon.language import Language

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)  # clocks and zones differ

_ISO_ZONE = re.compile(r"\s+([+-]\d\d:?\d\d|Z)$")
_MAIL_DATE = re.compile(r"^[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4} [\d:]{5,8} (?:[+-]\d{4}|GMT|UTC)$")  # other zone names are ambiguous
_ADDRESS_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?!\d)|(?<=/)((?:19|20)\d\d)(\d\d)(\d\d)(?=/)|(?<=t)(20\d\d)(\d\d)(\d\d)(?=_)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)[-./年]\s?(\d{1,2})[-./月]\s?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:19|20)\d\d)(?!\d)")
_LONGEST_DATELINE = 80  # characters
_DATELINE_END = re.compile(r"\s[-–—]+\s|[.:/)）](?=\s)|[电電]")
_AGENCY = re.compile(r"\s*[(/（][^()/（）]*[)/）]?$")
_ENDS_IN_DATE = re.compile(r"(?:19|20)\d\d(?:\s?(?:г|р|r|roku|года|року))?$|日$")


def parse(value: str | None, fetched_at: datetime) -> datetime | None:
    """The time that `value` writes in ISO 8601 or as a mail header does; its zone is kept. None for anything else or not plausible."""
    if not value:
        return None
    value = value.strip().replace("/", "-")
    try:
        time = parsedate_to_datetime(value) if _MAIL_DATE.match(value) else datetime.fromisoformat(_ISO_ZONE.sub(r"\1", value))
    except ValueError:
        return None
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return time if _plausible(time, fetched_at) else None


def of_address(url: str | None, fetched_at: datetime) -> datetime | None:
    """The day in the path of `url` (`/2025/07/13/`, `/2025-07-13-`, `/20250713/`), if it has just one."""
    try:
        path = urlsplit(url or "").path
    except ValueError:
        return None
    groups = ([part for part in match.groups() if part] for match in _ADDRESS_DATE.finditer(path))
    return only((_day(*map(int, parts)) for parts in groups), fetched_at)


def header_dates(folded: str, language: Language) -> Iterator[date | None]:
    """The full dates in a folded line: year first, day first, or with the month's name in `language`; None for one that could be two.

    `5/8/2015` is the 5th of August, but where the language also writes the month first (`month_first`) it is none.
    """
    if not _YEAR.search(folded):
        return
    yield from (_day(int(y), int(m), int(d)) for y, m, d in _YEAR_FIRST.findall(folded))
    for first, separator, second, year in _YEAR_LAST.findall(folded):
        day, month = int(first), int(second)
        if separator in language.month_first and day <= 12 and month <= 12 and day != month:
            yield None
        else:
            yield _day(int(year), month, day) or _day(int(year), day, month)
    words = language.date_words
    if words.full and words.full_month_first:
        yield from (_day(int(y), words.months[name], int(d)) for d, name, y in words.full.findall(folded))
        yield from (_day(int(y), words.months[name], int(d)) for name, d, y in words.full_month_first.findall(folded))


def dateline(folded: str) -> str:
    """Place and day where a folded paragraph opens with them: "moscow, 14 july 2025" of "moscow, 14 july 2025 (tass) - …". Else nothing."""
    for end in _DATELINE_END.finditer(folded, 0, _LONGEST_DATELINE):
        head = _AGENCY.sub("", folded[: end.start()]).rstrip(" .,")
        if _ENDS_IN_DATE.search(head):
            return head
    return ""


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def only(days: Iterable[date | None], fetched_at: datetime) -> datetime | None:
    """The day that all of `days` are; None where there is none, two differ, one is ambiguous (None), or it is not plausible."""
    found = set(days)
    if len(found) != 1 or (day := found.pop()) is None:
        return None
    time = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return time if _plausible(time, fetched_at) else None


def _plausible(time: datetime, fetched_at: datetime) -> bool:
    try:
        return _EARLIEST <= time <= fetched_at + _AHEAD
    except OverflowError:
        return False
