"""Dates as feeds write them: right, or None. Fetched on 25 August 2026."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds.dates import moment

FETCHED = datetime(2026, 8, 25, 12, tzinfo=UTC)


def told(written: str, host: str | None = None) -> str | None:
    """The moment in UTC, and the zone that was assumed."""
    found = moment(written, host, FETCHED)
    return f"{found.moment.astimezone(UTC):%Y-%m-%d %H:%M}" + (f" {found.assumed}" if found.assumed else "") if found else None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Thu, 20 Aug 2026 12:30:00 GMT", "2026-08-20 12:30"),
        ("Thu, 20 Aug 2026 12:30:00 +0300", "2026-08-20 09:30"),
        ("Thu, 20 Aug 2026 12:30:00 -0530", "2026-08-20 18:00"),
        ("Thu, 20 Aug 2026 12:30 UT", "2026-08-20 12:30"),
        ("Thu, 20 Aug 2026 12:30:00 +0000 (UTC)", "2026-08-20 12:30"),
        ("Thursday, 20 August 2026 12:30:00 Z", "2026-08-20 12:30"),
        ("20 Aug 2026 12:30:00 GMT", "2026-08-20 12:30"),
        ("Thu 20 Aug 2026 12:30:00 GMT", "2026-08-20 12:30"),
        ("20 Aug 26 12:30 GMT", "2026-08-20 12:30"),
        ("Thu, 20 Aug 2026 24:00:00 GMT", "2026-08-21 00:00"),
        ("Thu, 20 Aug 2026 12:30:60 GMT", "2026-08-20 12:30"),
        ("Thu, 20 Aug 2026 12:30:00 MSK", "2026-08-20 09:30"),
        ("Thu, 20 Aug 2026 12:30:00 МСК", "2026-08-20 09:30"),
        ("Thu, 20 Aug 2026 12:30:00 CEST", "2026-08-20 10:30"),
        ("Thu, 20 Aug 2026 12:30:00 EEST", "2026-08-20 09:30"),
        ("Thu, 20 Aug 2026 12:30:00 JST", "2026-08-20 03:30"),
        ("Thu, 20 Aug 2026 12:30:00 EST", "2026-08-20 17:30"),
        ("Thursday, August 20, 2026 3:05 PM EDT", "2026-08-20 19:05"),
        ("August 20th, 2026 12:05 a.m. GMT", "2026-08-20 00:05"),
        ("Thu Aug 20 12:30:00 GMT 2026", "2026-08-20 12:30"),
        ("2026-08-20T12:30:00Z", "2026-08-20 12:30"),
        ("2026-08-20T12:30Z", "2026-08-20 12:30"),
        ("2026-08-20T12:30:00.123456+08:00", "2026-08-20 04:30"),
        ("2026-08-20 12:30:00 +0800", "2026-08-20 04:30"),
        ("2026-08-20T12:30:00+08", "2026-08-20 04:30"),
        ("1787218800", "2026-08-20 09:40"),
        ("1787218800000", "2026-08-20 09:40"),
        ("20 августа 2026 г. 12:30 МСК", "2026-08-20 09:30"),
    ],
)
def test_a_date_with_its_zone(written: str, expected: str) -> None:
    assert told(written) == expected


@pytest.mark.parametrize(
    ("written", "host", "expected"),
    [
        ("20.08.2026", None, "2026-08-20 00:00 UTC"),
        ("20.08.2026 14:05", "ert.gr", "2026-08-20 11:05 Europe/Athens"),
        ("20.01.2026 14:05", "ert.gr", "2026-01-20 12:05 Europe/Athens"),
        ("2026/08/20", None, "2026-08-20 00:00 UTC"),
        ("2026/08/20 14:05", "nhk.or.jp", "2026-08-20 05:05 Asia/Tokyo"),
        ("2026年08月20日", None, "2026-08-20 00:00 UTC"),
        ("2026年8月20日 12:30", "fmprc.gov.cn", "2026-08-20 04:30 Asia/Shanghai"),
        ("2026년 8월 20일 12:30", "yna.co.kr", "2026-08-20 03:30 Asia/Seoul"),
        ("20 августа 2026, 12:30", "mid.ru", "2026-08-20 09:30 Europe/Moscow"),
        ("Чт, 20 авг 2026 12:30:00", "mid.ru", "2026-08-20 09:30 Europe/Moscow"),
        ("20 серпня 2026 12:30", "ukrinform.ua", "2026-08-20 09:30 Europe/Kyiv"),
        ("20 Αυγούστου 2026", "ert.gr", "2026-08-19 21:00 Europe/Athens"),
        ("20 Ağustos 2026 Perşembe 10:00", "aa.com.tr", "2026-08-20 07:00 Europe/Istanbul"),
        ("20 de agosto de 2026", None, "2026-08-20 00:00 UTC"),
        ("20. August 2026 um 12:30", "dw.de", "2026-08-20 10:30 Europe/Berlin"),
        ("۲۰۲۶-۰۸-۲۰ ۱۲:۳۰", "irna.ir", "2026-08-20 09:00 Asia/Tehran"),
        ("25/08/2026", None, "2026-08-25 00:00 UTC"),
        ("08/08/2026", None, "2026-08-08 00:00 UTC"),
        ("Thu, 20 Aug 2026 12:30:00", "news.example", "2026-08-20 12:30 UTC"),
        ("Thu, 20 Aug 2026 12:30:00", "bbc.co.uk", "2026-08-20 11:30 Europe/London"),
        ("2026-08-20T12:30:00", "vnexpress.vn", "2026-08-20 05:30 Asia/Ho_Chi_Minh"),
        ("Thu, 20 Aug 2026 12:30:00 CST", "cns.cn", "2026-08-20 04:30"),
        ("Thu, 20 Aug 2026 12:30:00 IST", "thehindu.in", "2026-08-20 07:00"),
    ],
)
def test_a_zone_that_is_not_written_or_has_an_ambiguous_name_is_that_of_the_site(written: str, host: str | None, expected: str) -> None:
    assert told(written, host) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "tomorrow",
        "2026",
        "2026-08",
        "August 2026",
        "05/08/2026",
        "8/5/2026 12:30",
        "31.02.2026",
        "2026-13-01",
        "20 Augusz 2026",
        "Thu, 20 Aug 2026 12:30:00 CST",
        "Thu, 20 Aug 2026 12:30:00 IST",
        "Thu, 20 Aug 2026 12:30:00 XYZ",
        "Thu, 20 Aug 2026 25:30:00 GMT",
        "Thu, 20 Aug 1787 12:30:00 GMT",
        "Thu, 20 Aug 2037 12:30:00 GMT",
        "178721880",
        "9999999999999",
        "20 Aug 2026 12:30:00 +9999",
        "0000-00-00 00:00:00",
    ],
)
def test_what_is_not_certain_is_none(written: str) -> None:
    assert told(written, "news.example") is None


@given(st.text(max_size=100) | st.from_regex(r"[0-9a-zA-Z:+/. -]{0,90}", fullmatch=True), st.none() | st.text(max_size=20))
def test_anything_may_be_written(written: str, host: str | None) -> None:
    found = moment(written, host, FETCHED)
    assert found is None or found.moment.tzinfo is not None


@given(st.integers(min_value=700_000_000, max_value=1_780_000_000), st.integers(min_value=-12 * 60, max_value=14 * 60))
def test_what_is_written_by_the_rules_is_read_back(seconds: int, minutes: int) -> None:
    meant = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    for written in (meant.isoformat(), f"{meant:%a, %d %b %Y %H:%M:%S %z}"):
        found = moment(written, None, FETCHED)
        assert found is not None
        assert (found.moment, found.assumed) == (meant, None)
