"""What response headers say of time: how long an answer is fresh, when to come back. RFC 9111, RFC 9110."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

Headers = Mapping[str, str]  # names in lower case

_HELD = (429, 503)
_LONGEST = timedelta(days=365)  # no server means more, and no sum overflows


def fresh_for(headers: Headers, now: datetime) -> timedelta | None:
    """How long the answer that came `now` stays fresh; None where the server does not say or wants to be asked each time."""
    directives = _directives(headers.get("cache-control", ""))
    if "no-cache" in directives or "no-store" in directives:
        return None
    if (age := _seconds(directives.get("max-age"))) is not None:
        return max(timedelta(0), age - (_seconds(headers.get("age")) or timedelta(0)))
    expires = _date(headers.get("expires"))
    if expires is None:
        return None
    return min(_LONGEST, max(timedelta(0), expires - (_date(headers.get("date")) or now)))


def retry_after(headers: Headers, now: datetime) -> datetime | None:
    """When the server wants to be asked again; None where it does not say. A date is counted from the server's own clock."""
    written = headers.get("retry-after", "").strip()
    if (wait := _seconds(written)) is not None:
        return now + wait
    until = _date(written)
    if until is None:
        return None
    return now + min(_LONGEST, max(timedelta(0), until - (_date(headers.get("date")) or now)))


def host_held_until(status: int, headers: Headers, now: datetime) -> datetime | None:
    """Until when the whole host wants to be left alone; None where it does not say so. Who says so of one address means all of them."""
    return retry_after(headers, now) if status in _HELD else None


def _directives(written: str) -> dict[str, str | None]:
    """The directives of Cache-Control in lower case, each with its value or None; of a repeated one the first."""
    found: dict[str, str | None] = {}
    for part in written.split(","):
        name, equals, value = part.strip().partition("=")
        found.setdefault(name.strip().lower(), value.strip().strip('"') if equals else None)
    return found


def _seconds(written: str | None) -> timedelta | None:
    if written is None or not written.isascii() or not written.isdigit():
        return None
    return min(_LONGEST, timedelta(seconds=int(written[:12])))


def _date(written: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(written or "")
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
