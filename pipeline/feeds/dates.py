"""Dates as feeds write them: right, or None.

A zone that is not written is that of the country of the site, where it has one that its news go by, else UTC; that it was assumed is
recorded.
"""
from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global

from pipeline.feeds.model import Dated
from pipeline.text.fold import fold

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)  # clocks and zones differ
_LANGUAGES = tuple("ar az bg cs de el en es fa fr hi it ja ko nl pl pt ro ru sk sr sr_Latn tr uk vi zh".split())
_RFC_822 = ("en",)  # what nearly all feeds have; the names of all languages take 30 MB

# Zone names that mean one offset wherever they are written, in hours; RFC 822 defines those of North America.
_OFFSETS: dict[str, float] = {
    "utc": 0, "gmt": 0, "z": 0, "ut": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2, "eest": 3,
    "msk": 3, "мск": 3, "msd": 4, "trt": 3, "hkt": 8, "jst": 9, "kst": 9, "est": -5, "edt": -4, "pst": -8, "pdt": -7, "mst": -7, "mdt": -6,
    "cdt": -5,
}  # fmt: skip
_BY_COUNTRY = {"cst": dict.fromkeys(("CN", "TW", "HK", "MO"), 8.0), "ist": {"IN": 5.5}}  # names that mean other zones elsewhere
_MAIN_ZONES = {  # of countries with several, the one that their news go by
    "CN": "Asia/Shanghai", "DE": "Europe/Berlin", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv",
}  # fmt: skip
_FARTHEST = timedelta(hours=14)  # from Greenwich
_LONGEST = 80  # characters

_EPOCH = re.compile(r"(\d{10})(?:\.\d+)?|(\d{13})")
_TIME = (
    r"(?:(?:,?\s+[^\W\d_]{3,})?[tT\s,]*(?:at|um|в|о)?\s*(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?)?"
    r"\s*(?P<zone>[+-]\d\d:?\d\d|[+-]\d\d|[a-zа-я]{1,5})?\s*(?:\((?P<aside>[^)]{0,40})\))?"
)
_FORMS = tuple(
    re.compile(date_ + _TIME, re.IGNORECASE)
    for date_ in (
        r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?=t|$)",
        r"(?P<year>\d{4})(?P<sep>[/.])(?P<month>\d\d?)(?P=sep)(?P<day>\d\d?)",
        r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d\d?)\s*[月월]\s*(?P<day>\d\d?)\s*[日일]",
        r"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{4})(?:\s*г\.?)?",
        r"(?P<day>\d\d?)[/-](?P<month>\d\d?)[/-](?P<year>\d{4})",
        r"(?:[^\W\d_]+\.?,?\s+)?(?P<day>\d\d?)(?:st|nd|rd|th|\.|-|\s)\s*(?:de\s+|of\s+)?(?P<name>[^\W\d_]+)\.?,?(?:-|\s)\s*(?:de\s+)?(?P<year>\d{4}|\d\d)(?!\d)(?:\s*г\.?|\s*р\.?)?",
        r"(?:[^\W\d_]+\.?,?\s+)?(?P<name>[^\W\d_]+)\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
        r"(?:[^\W\d_]+\.?,?\s+)?(?P<name>[^\W\d_]+)\.?\s+(?P<day>\d\d?)(?P<clock>\s+\d\d?:\d\d:\d\d)(?P<before>\s+[a-z]{3,4})?\s+(?P<year>\d{4})",
    )
)


def moment(written: str, host: str | None, fetched_at: datetime) -> Dated | None:
    """The moment that `written` says, by a feed of `host`; None where that is not certain, or not plausible before `fetched_at`.

    A date without a time is its first moment. `05/08/2026` may be May or August, so it is none.
    """
    text = fold(" ".join(written.split()))
    if len(text) > _LONGEST:
        return None
    if epoch := _EPOCH.fullmatch(text):
        found = Dated(datetime.fromtimestamp(int(epoch[1]) if epoch[1] else int(epoch[2]) / 1000, UTC))
    else:
        match = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
        read = _read(match, host) if match else None
        if read is None:
            return None
        found = read
    return found if _EARLIEST <= found.moment <= fetched_at + _AHEAD else None


def _read(match: re.Match[str], host: str | None) -> Dated | None:
    parts = match.groupdict()
    day, month = int(parts["day"]), _month(parts)
    if month is None or (_may_be_swapped(match.re.pattern) and month <= 12 and day <= 12 and day != month):
        return None
    hour, minute, second = _clock(parts)
    written = parts.get("before") or parts.get("zone")
    zone, assumed = _zone(written.strip(), host) if written else _zone_of_site(host)
    if zone is None:
        return None
    try:
        whole = hour == 24 and minute == second == 0  # 24:00 is the end of the day
        told = datetime(_year(parts["year"]), month, day, 0 if whole else hour, minute, min(second, 59), tzinfo=zone)
        return Dated(told + timedelta(days=whole), assumed)
    except (ValueError, OverflowError):
        return None


def _may_be_swapped(pattern: str) -> bool:
    return pattern.startswith(r"(?P<day>\d\d?)[/-]")


def _month(parts: dict[str, str]) -> int | None:
    name = parts.get("name")
    if not name:
        return int(parts["month"])
    return months(_RFC_822).get(name) or months(_LANGUAGES).get(name)


def _clock(parts: dict[str, str]) -> tuple[int, int, int]:
    if clock := parts.get("clock"):
        hour, minute, second = map(int, clock.split(":"))
        return hour, minute, second
    hour, half = int(parts["hour"] or 0), parts["half"]
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return hour, int(parts["minute"] or 0), int(parts["second"] or 0)


def _year(written: str) -> int:
    """Two digits as RFC 2822 reads them."""
    year = int(written)
    return year if len(written) == 4 else year + (2000 if year < 50 else 1900)


def _zone(written: str, host: str | None) -> tuple[tzinfo | None, str | None]:
    """The zone that is written; (None, None) where its name means several."""
    if written[0] in "+-":
        digits = written[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        if offset > _FARTHEST:
            return None, None
        return timezone(-offset if written[0] == "-" else offset), None
    if written in _OFFSETS:
        return timezone(timedelta(hours=_OFFSETS[written])), None
    hours = _BY_COUNTRY.get(written, {}).get(_country(host) or "")
    return (timezone(timedelta(hours=hours)) if hours is not None else None), None


def _zone_of_site(host: str | None) -> tuple[tzinfo, str]:
    """The zone to assume, and its name."""
    country = _country(host) or ""
    zones = [_MAIN_ZONES[country]] if country in _MAIN_ZONES else get_global("territory_zones").get(country, [])
    return (ZoneInfo(zones[0]), zones[0]) if len(zones) == 1 else (UTC, "UTC")


def _country(host: str | None) -> str | None:
    """The country of a host by its last label; None where that is none."""
    label = (host or "").rpartition(".")[2].upper()
    return {"UK": "GB"}.get(label, label) if len(label) == 2 else None


@cache
def months(languages: tuple[str, ...]) -> dict[str, int]:
    """Folded names of months in these languages, whole and short; a name that means two of them in two languages is left out."""
    found: dict[str, set[int]] = {}
    for code in languages:
        for context in Locale.parse(code).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in context[width].items():
                    found.setdefault(fold(name).rstrip("."), set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}
