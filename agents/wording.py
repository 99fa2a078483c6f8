"""A meeting in words: the same on a terminal, on a page, in a feed and in a notification."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale

from schemas.meetings import Alert, DateRange, Facts, Mode, Participant, Place
from schemas.verdicts import Correction, Verdict

JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"  # Persian and Indic scripts are written with them
_SAFE = ("https://", "http://")
_MONTHS = "January February March April May June July August September October November December".split()


def link(address: str | None) -> str | None:
    """An address that a page or a message may lead to: of the web, and no script."""
    return address if address is not None and address.startswith(_SAFE) else None


def plain(text: str) -> str:
    """`text` on one line, without characters that steer a terminal: what comes from the web must not.

    Control and format characters go, such as escape sequences and changes of writing direction; letters of every script stay.
    """
    return " ".join(harmless(text).split())


def harmless(text: str) -> str:
    """As `plain`, with a blank for each character that goes: of the same length."""
    return "".join(c if c.isprintable() or c in JOINERS else " " for c in text)


def words(term: str) -> str:
    """A term of a schema in running text: `in_person` is in person."""
    return plain(term).replace("_", " ")


def local(moment: datetime | None) -> str:
    """Day and minute in the reader's own time; empty for None."""
    return f"{moment.astimezone():%d %b %H:%M}" if moment else ""


def who(person: Participant) -> str:
    """Name, office or both, with the country."""
    name = plain(person.name or words(person.office or "an official"))
    told = [words(person.office), country(person.side)] if person.name and person.office else [country(person.side)]
    return f"{name} ({', '.join(told)})"


def where(place: Place | None) -> str:
    """City and country as far as known."""
    known = [place.city and plain(place.city), place.country and country(place.country)] if place else []
    return ", ".join(filter(None, known)) or "not told"


@cache
def country(code: str) -> str:
    """The English name of a country; the code itself where it has none."""
    return str(Locale("en").territories.get(code, plain(code)))


def when(facts: Facts) -> str:
    """A day, a month, a year or a span; a yearless date says that its year is unknown."""
    if facts.date:
        return _span(facts.date) + ("" if facts.date.told else ", by the date of the report")
    if facts.yearless:
        month, _, day = facts.yearless.removeprefix("--").partition("-")
        return f"{f'{int(day)} ' if day else ''}{_MONTHS[int(month) - 1]}, year not told"
    return "not told"


def headline(alert: Alert) -> str:
    """An alert on one line."""
    changed = f" ({', '.join(map(words, alert.changes))})" if alert.changes else ""
    return f"{words(alert.type).capitalize()}{changed}: {' – '.join(map(who, alert.facts.participants))}, {words(alert.facts.status)}"


def how(facts: Facts) -> str:
    """Status, mode, format and level in a few words."""
    return f"{words(facts.status)} · {manner(facts)}"


def manner(facts: Facts) -> str:
    """The same without the status."""
    mode = "mode not told" if facts.mode is Mode.UNKNOWN else words(facts.mode)
    return f"{mode} · {words(facts.format)} · level: {words(facts.level)}"


def ruled(verdict: Verdict) -> str:
    """The ruling, with what is right instead, the name and the note that go with it."""
    ruling = words(verdict.ruling) + (f" {plain(verdict.same_as)}" if verdict.same_as else "")
    by = f", by {plain(verdict.reviewer)}" if verdict.reviewer else ""
    instead = f" (right: {corrected(verdict.correction)})" if verdict.correction else ""
    return ruling + instead + by + (f": {plain(verdict.note)}" if verdict.note else "")


def corrected(correction: Correction) -> str:
    """What is right instead, as far as it was said."""
    told = [words(term) for term in (correction.status, correction.mode, correction.format) if term]
    told += [who(person) for person in correction.participants]
    told += [where(correction.place)] if correction.place else []
    return "; ".join([*told, _span(correction.date)] if correction.date else told)


def _span(span: DateRange) -> str:
    start, end = span.start, span.end
    after = _next_day(end)
    if start == end:
        return start.isoformat()
    if (start.month, start.day) == (1, 1) and after == date(start.year + 1, 1, 1):
        return str(start.year)
    if start.day == 1 and after.day == 1 and (start.year, start.month) == (end.year, end.month):
        return f"{_MONTHS[start.month - 1]} {start.year}"
    return f"{start} to {end}"


def _next_day(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day
