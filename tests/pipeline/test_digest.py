"""Digests: due once a day by the clocks of a place, also where these are set; each meeting in it once."""
from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.digest import Daily, Digest, Every
from schemas.meetings import AlertType
from tests.agents.meetings import alert

ATHENS = ZoneInfo("Europe/Athens")  # clocks: 29 March 2026 03:00 → 04:00, 25 October 2026 04:00 → 03:00
ZONES = ("UTC", "Europe/Athens", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana")
moments = st.integers(1_262_304_000, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))  # 2010 to 2029


@pytest.mark.parametrize(
    ("at", "zone", "after", "due"),
    [
        pytest.param(time(8), UTC, "2026-01-05T07:59:59Z", "2026-01-05T08:00:00Z", id="later today"),
        pytest.param(time(8), UTC, "2026-01-05T08:00:00Z", "2026-01-06T08:00:00Z", id="just done"),
        pytest.param(time(8), ATHENS, "2026-01-05T07:00:00Z", "2026-01-06T06:00:00Z", id="by the clocks of a place"),
        pytest.param(time(8), ATHENS, "2026-03-28T12:00:00Z", "2026-03-29T05:00:00Z", id="on the day when summer begins"),
        pytest.param(time(3, 30), ATHENS, "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z", id="at a time that the clocks skip"),
        pytest.param(time(3, 30), ATHENS, "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z", id="on the day after"),
        pytest.param(time(3, 30), ATHENS, "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", id="at a time that comes twice: the first"),
        pytest.param(time(3, 30), ATHENS, "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", id="and not the second"),
        pytest.param(time(3, 30, fold=1), ATHENS, "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z", id="whichever is asked for"),
    ],
)
def test_a_daily_digest_is_due_at_its_time(at: time, zone: ZoneInfo, after: str, due: str) -> None:
    assert Daily(at, zone).after(datetime.fromisoformat(after)) == datetime.fromisoformat(due)


@given(moments, st.times(), st.sampled_from(ZONES))
def test_it_is_due_once_on_each_day_that_the_zone_has(moment: datetime, at: time, name: str) -> None:
    zone = ZoneInfo(name)
    schedule = Daily(at, zone)
    dues = [schedule.after(moment)]
    for _ in range(30):
        dues.append(schedule.after(dues[-1]))
    assert all(timedelta(0) < later - earlier <= timedelta(hours=26) for earlier, later in zip([moment, *dues], dues, strict=False))
    days = [due.astimezone(zone).date() for due in dues]
    assert len(set(days)) == len(days)


@given(moments, st.integers(min_value=60, max_value=31 * 86_400))
def test_every_so_often_is_due_at_moments_that_no_restart_moves(moment: datetime, seconds: int) -> None:
    schedule = Every(timedelta(seconds=seconds))
    due = schedule.after(moment)
    assert moment < due <= moment + schedule.interval
    assert schedule.after(due - timedelta(microseconds=1)) == due
    assert schedule.after(due) == due + schedule.interval


def test_every_six_hours_begins_at_midnight_of_utc() -> None:
    assert Every(timedelta(hours=6)).after(datetime(2026, 1, 5, 7, tzinfo=UTC)) == datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_a_meeting_is_in_a_digest_once_as_it_stands_in_the_order_in_which_meetings_were_told_of() -> None:
    digest = Digest()
    assert digest.entries == ()
    updated = alert("a", AlertType.UPDATED)
    for one in (alert("a"), alert("b"), updated):
        digest.add(one)
    assert [(entry.newest, entry.types) for entry in digest.entries] == [(updated, ("new", "updated")), (alert("b"), ("new",))]
