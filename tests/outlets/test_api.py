"""The API, exports and feeds, as programs get them."""
from __future__ import annotations

import csv
import io
import json
import sqlite3
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import NoReturn

import feedparser
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from icalendar import Calendar
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from agents.outlets.view.reader import Reader
from agents.outlets.view.store import Store
from agents.outlets.web.app import web_app
from agents.outlets.web.exports import harmless
from agents.outlets.web.health import HowItIs
from agents.outlets.web.reviews import LARGEST
from schemas.meetings import Meeting, Status
from schemas.verdicts import Ruling
from tests.outlets.conftest import BASE, HERE, Site, Still, Tray, Well, records, simple
from tests.outlets.told import MINISTERS, days, judged, retraction, verdict_on

MANY = [simple(f"m{n:02}", after=n) for n in range(7)]


def test_pages_of_meetings_have_each_once_as_it_travels(site: Site) -> None:
    client, seen, older = site(*MANY), list[Meeting](), None
    while True:
        page = client.get("/meetings", params={"limit": 3} | ({"older": older} if older else {})).json()
        seen += [Meeting.model_validate(one) for one in page["items"]]
        if (older := page["next"]) is None:
            break
    assert seen == MANY[::-1]
    assert client.get("/meetings/m03").json() == json.loads(MANY[3].model_dump_json())


def test_alerts_are_given_the_newest_first(site: Site) -> None:
    page = site(*MANY).get("/alerts", params={"limit": 2}).json()
    assert [one["meeting_id"] for one in page["items"]] == ["m06", "m05"]
    assert page["next"] == "6"


@pytest.mark.parametrize(
    ("address", "code", "told"),
    [
        ("/meetings/none", 404, "there is no such meeting"),
        ("/nothing", 404, None),
        ("/meetings?limit=0", 422, "limit: "),
        ("/meetings?staus=held", 422, "staus: Extra inputs are not permitted"),
        ("/meetings?since=2025-02-30", 422, "since: "),
        ("/meetings?older=x", 422, "older: String should match pattern"),
        ("/alerts?older=2025~1", 422, "older: "),
        (f"/meetings?q={'x' * 201}", 422, "q: "),
    ],
)
def test_what_is_wrong_is_a_problem_in_words(site: Site, address: str, code: int, told: str | None) -> None:
    answer = site().get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (code, "application/problem+json")
    assert answer.json()["status"] == code
    assert answer.json()["detail"] is None if told is None else told in answer.json()["detail"]


class Broken(Reader):
    """Its database is gone."""

    def meetings(self, *_: object, **__: object) -> NoReturn:
        raise sqlite3.OperationalError("disk I/O error in a folder of ours")


@pytest.mark.parametrize(
    ("method", "address", "headers", "content", "code"),
    [
        ("GET", "/nothing", {}, b"", 404),
        ("GET", "/static/nothing.js", {}, b"", 404),
        ("GET", "/static/../app.py", {}, b"", 404),
        ("DELETE", "/meetings/m", {}, b"", 405),
        ("POST", "/static/live.js", {}, b"", 405),
        ("GET", "/alerts", {"host": "evil.example"}, b"", 400),
        ("POST", "/meetings/m/verdicts", {"content-type": "application/json"}, b"{", 422),
        ("POST", "/meetings/m/verdicts", {}, b"x" * 2 * LARGEST, 413),
        ("POST", "/meetings/m/review", {}, b"x" * 2 * LARGEST, 413),
        ("GET", "/meetings", {}, b"", 500),
        ("GET", "/", {}, b"", 500),
    ],
)
@pytest.mark.parametrize("whole", [True, False], ids=["its length is known", "in chunks"])
def test_every_error_is_a_problem_for_programs_and_a_page_for_people(
    tmp_path: Path, method: str, address: str, headers: dict[str, str], content: bytes, code: int, whole: bool
) -> None:
    path = tmp_path / "view.sqlite"
    with Store(path, "cluster"), Broken(path) as reader:
        app = web_app(reader, Still(), Well(HowItIs({}, [], None)), ["127.0.0.1"], HERE, Tray())
        client = TestClient(app, BASE, raise_server_exceptions=False)
        body = content if whole else (content[n : n + 1000] for n in range(0, len(content), 1000))
        answer = client.request(method, address, headers=headers, content=body)
        assert (answer.status_code, answer.headers["content-type"]) == (code, "application/problem+json")
        assert (answer.json()["status"], answer.json()["title"]) == (code, HTTPStatus(code).phrase)
        body = content if whole else (content[n : n + 1000] for n in range(0, len(content), 1000))
        page = client.request(method, address, headers={**headers, "accept": "text/html"}, content=body)
        assert (page.status_code, page.headers["content-type"]) == (code, "text/html; charset=utf-8")
        assert f"<h1>{HTTPStatus(code).phrase}</h1>" in page.text
        for one in (answer, page):
            assert one.headers["x-content-type-options"] == "nosniff"
            assert "folder of ours" not in one.text


def test_only_reading_is_possible(site: Site) -> None:
    client = site(simple())
    assert {client.request(method, "/meetings/m").status_code for method in ("POST", "PUT", "PATCH", "DELETE")} == {405}


def test_an_export_holds_the_whole_selection_as_each_kind_of_file(site: Site) -> None:
    held = [simple(f"m{n:03}", after=n) for n in range(450)]
    other = simple("x").model_copy(update={"facts": MINISTERS.model_copy(update={"status": Status.CANCELLED})})
    client = site(*held, other)
    names = [one.meeting_id for one in held[::-1]]
    rows = list(csv.DictReader(io.StringIO(client.get("/meetings.csv?status=held").text)))
    assert [row["meeting_id"] for row in rows] == names
    assert rows[0]["participants"] == "Sergey Lavrov (foreign minister, Russia); Wang Yi (foreign minister, China)"
    assert [Meeting.model_validate(one).meeting_id for one in client.get("/meetings.json?status=held").json()] == names
    lines = client.get("/meetings.jsonl?status=held").text.splitlines()
    assert [Meeting.model_validate_json(line) for line in lines] == held[::-1]
    assert client.get("/meetings.json?status=ongoing").json() == []


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(f"a{cell}") == f"a{cell}"


@pytest.mark.parametrize("hostile", ["Talks", "<b>&\x00\x0b\ud7ff</b>"])
def test_a_feed_reader_reads_the_feed_with_its_filters(site: Site, hostile: str) -> None:
    german = simple("de", language="de", sentence=f"Lawrow traf Wang Yi. {hostile}", after=1)
    client = site(simple("el"), german)
    answer = client.get("/feed.atom?language=de")
    feed = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})
    assert (feed.bozo, feed.version) == (False, "atom10")
    (entry,) = feed.entries
    assert entry.title == "New: Sergey Lavrov (foreign minister, Russia) – Wang Yi (foreign minister, China), held"
    assert entry.links[0].href == "http://127.0.0.1/meetings/de"
    assert entry.links[1].href == "https://example.org/1"
    assert "Lawrow traf Wang Yi." in entry.content[0].value
    assert entry.updated == "2025-07-03T12:00:00.000000Z"
    as_json = client.get("/feed.json?language=de")
    assert as_json.headers["content-type"] == "application/feed+json; charset=utf-8"
    (item,) = as_json.json()["items"]
    assert (item["id"], item["title"], item["url"]) == (entry.id, entry.title, entry.links[0].href)


def test_a_retraction_takes_back_what_feeds_calendar_and_exports_told(site: Site) -> None:
    gone, verdict = simple("gone", after=1), verdict_on("gone", Ruling.NO_MEETING, note="A letter.", reviewer="Ada")
    client = site(simple("kept"), gone, more=retraction(2, gone, verdict))
    entries = feedparser.parse(client.get("/feed.atom").content).entries
    assert [entry.title.partition(":")[0] for entry in entries] == ["Retracted", "New"]
    assert entries[0].content[0].value.startswith("Ruled no meeting, by Ada: A letter.\n")
    assert [one["title"] for one in client.get("/feed.json").json()["items"]] == [entry.title for entry in entries]
    assert "gone" not in client.get("/calendar.ics").text + client.get("/meetings.csv").text + client.get("/meetings.jsonl").text
    assert [one["type"] for one in client.get("/alerts").json()["items"]] == ["retracted", "new", "new"]  # as they were sent
    answer = client.get("/meetings/gone")
    assert (answer.status_code, answer.json()["detail"]) == (410, "retracted, as it was ruled no meeting, by Ada: A letter.")


def test_an_export_says_what_was_judged(site: Site) -> None:
    client = site(judged(simple("m"), verdict_on("m", Ruling.RIGHT)), simple("n", after=1))
    assert [row["judged"] for row in csv.DictReader(io.StringIO(client.get("/meetings.csv").text))] == ["", "right"]


@pytest.mark.parametrize("address", ["/feed.atom", "/feed.json", "/calendar.ics"])
def test_who_has_a_feed_is_not_given_it_again(site: Site, address: str) -> None:
    client = site(simple())
    tag = client.get(address).headers["etag"]
    again = client.get(address, headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200


def test_the_calendar_has_meetings_whose_day_is_known(site: Site) -> None:
    dated = [("day", days(3, 0)), ("three days", days(3, 2)), ("a year", days(0, 364)), ("never", None)]
    status = {"day": Status.HELD, "three days": Status.ANNOUNCED}
    some = [
        simple(name).model_copy(update={"facts": MINISTERS.model_copy(update={"date": day, "status": status.get(name, Status.HELD)})})
        for name, day in dated
    ]
    calendar = Calendar.from_ical(site(*some).get("/calendar.ics").content)
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert set(events) == {"day@dyadwatch", "three days@dyadwatch"}
    one = events["three days@dyadwatch"]
    assert (one["dtstart"].dt, one["dtend"].dt) == (date(2025, 1, 4), date(2025, 1, 7))
    assert (str(one["status"]), str(events["day@dyadwatch"]["status"])) == ("TENTATIVE", "CONFIRMED")
    assert str(one["location"]) == "Kuala Lumpur, Malaysia"


def test_the_api_is_what_its_description_says(tmp_path: Path) -> None:
    path = tmp_path / "view.sqlite"
    with Store(path, "cluster") as store:
        store.apply(records(*MANY))
    with Reader(path) as reader:
        app = web_app(reader, Still(), Well(HowItIs({}, [], None)), ["*"], HERE, Tray())
        description = schemathesis.openapi.from_asgi("/openapi.json", app)
        for found in description.get_all_operations():

            @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
            @given(case=found.ok().as_strategy())
            def holds(case: schemathesis.Case) -> None:
                # Which fields of a verdict go together no schema can say: that one day comes before another, for one.
                case.call_and_validate(excluded_checks=[positive_data_acceptance] if case.method == "POST" else [])

            holds()


def test_a_description_is_there_for_programs_and_no_page_that_loads_from_elsewhere(site: Site) -> None:
    client = site()
    paths = client.get("/openapi.json").json()["paths"]
    shown = {"/meetings", "/meetings/{meeting_id}", "/meetings/{meeting_id}/verdicts", "/alerts"}
    assert shown | {"/meetings.csv", "/feed.atom", "/calendar.ics"} <= set(paths)
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404

