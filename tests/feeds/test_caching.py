"""What response headers say of time, on a Thursday, 20 August 2026, at noon."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.feeds.caching import fresh_for, host_held_until, retry_after

NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, None, id="nothing said"),
        pytest.param({"cache-control": "max-age=600"}, 10 * MINUTE, id="max-age"),
        pytest.param({"cache-control": "public, Max-Age=600, s-maxage=9"}, 10 * MINUTE, id="among others, in any case"),
        pytest.param({"cache-control": 'max-age="600"'}, 10 * MINUTE, id="in quotes"),
        pytest.param({"cache-control": "max-age=600", "age": "240"}, 6 * MINUTE, id="old when it came"),
        pytest.param({"cache-control": "max-age=600", "age": "900"}, 0 * MINUTE, id="stale when it came"),
        pytest.param({"cache-control": "max-age=600", "expires": "Thu, 20 Aug 2026 13:00:00 GMT"}, 10 * MINUTE, id="before Expires"),
        pytest.param({"expires": "Thu, 20 Aug 2026 12:30:00 GMT"}, 30 * MINUTE, id="Expires"),
        pytest.param(
            {"expires": "Thu, 20 Aug 2026 09:30:00 GMT", "date": "Thu, 20 Aug 2026 09:00:00 GMT"}, 30 * MINUTE, id="a clock that is behind"
        ),
        pytest.param({"expires": "Wed, 19 Aug 2026 12:00:00 GMT"}, 0 * MINUTE, id="Expires in the past"),
        pytest.param({"cache-control": "no-cache, max-age=600"}, None, id="ask each time"),
        pytest.param({"cache-control": "no-store"}, None, id="not to be kept"),
        pytest.param({"cache-control": "max-age=soon"}, None, id="no number"),
        pytest.param({"cache-control": "max-age=-5"}, None, id="a negative number"),
        pytest.param({"expires": "0"}, None, id="no date"),
        pytest.param({"cache-control": f"max-age={'9' * 400}"}, timedelta(days=365), id="for ever is a year"),
    ],
)
def test_how_long_an_answer_is_fresh(headers: dict[str, str], expected: timedelta | None) -> None:
    assert fresh_for(headers, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, None, id="nothing said"),
        pytest.param({"retry-after": "120"}, NOW + 2 * MINUTE, id="seconds"),
        pytest.param({"retry-after": "Thu, 20 Aug 2026 12:05:00 GMT"}, NOW + 5 * MINUTE, id="a date"),
        pytest.param(
            {"retry-after": "Thu, 20 Aug 2026 09:05:00 GMT", "date": "Thu, 20 Aug 2026 09:00:00 GMT"},
            NOW + 5 * MINUTE,
            id="a date of a clock that is behind",
        ),
        pytest.param({"retry-after": "Wed, 19 Aug 2026 12:00:00 GMT"}, NOW, id="a date in the past"),
        pytest.param({"retry-after": "1.5"}, None, id="no whole number"),
        pytest.param({"retry-after": "soon"}, None, id="neither"),
        pytest.param({"retry-after": "٣٠"}, None, id="digits of another script"),
    ],
)
def test_when_the_server_wants_to_be_asked_again(headers: dict[str, str], expected: datetime | None) -> None:
    assert retry_after(headers, NOW) == expected


@pytest.mark.parametrize(("status", "held"), [(200, False), (301, False), (404, False), (429, True), (503, True)])
def test_only_a_server_that_is_overloaded_holds_its_whole_host(status: int, held: bool) -> None:
    assert host_held_until(status, {"retry-after": "120"}, NOW) == (NOW + 2 * MINUTE if held else None)
    assert host_held_until(status, {}, NOW) is None
