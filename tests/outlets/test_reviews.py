"""Verdicts on pages and by the API: who may give them, what becomes of them, and how they show."""
from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import time_machine
from lxml import html
from starlette.testclient import TestClient

from agents.cluster import Cluster
from agents.outlets.web import access
from agents.outlets.web.access import Access
from agents.outlets.web.reviews import LARGEST
from agents.outlets.web.server import Web
from agents.settings import Settings
from schemas.errors import BrokerError, SettingsError
from schemas.verdicts import LONGEST_NOTE, Ruling, Verdict
from tests.outlets.conftest import BASE, Site, Tray, simple, source
from tests.outlets.test_pages import BROWSER, HOSTILE, links, texts
from tests.outlets.told import MINISTERS, current, given, judged, meeting_of, remembered, retraction, verdict_on

TOKEN = "correct-horse-battery"
WITH_TOKEN = {"authorization": f"Bearer {TOKEN}"}
RIGHT = {"ruling": "right"}


@pytest.fixture
def desk() -> Tray:
    return Tray()


def elsewhere(token: str | None = TOKEN) -> Access:
    return Access(token, loopback=False)


def form(client: TestClient, meeting_id: str = "m", action: str = "review") -> dict[str, str]:
    """The fields of the form of a meeting's page whose address ends so, as a browser has them that has just got the page."""
    page = client.get(f"/meetings/{meeting_id}", headers=BROWSER).text
    found = [one for one in html.fromstring(page).forms if one.action.endswith(action)]
    return {name: value or "" for one in found for name, value in one.form_values()}


def send(client: TestClient, fields: Mapping[str, str], address: str = "/meetings/m/review", **headers: str) -> tuple[int, str]:
    """Status, and where it leads or what it shows."""
    sent = {"origin": BASE, "sec-fetch-site": "same-origin", **BROWSER, **headers}
    answer = client.post(address, data=dict(fields), headers=sent, follow_redirects=False)
    return answer.status_code, answer.headers.get("location") or html.fromstring(answer.text).text_content()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"ruling": "right"}, (Ruling.RIGHT, None, None, None)),
        ({"ruling": "wrong", "note": " It was\r\nin May. ", "reviewer": "Ada"}, (Ruling.WRONG, None, "It was\nin May.", "Ada")),
        ({"ruling": "no_meeting", "note": "  ", "same_as": "n"}, (Ruling.NO_MEETING, None, None, None)),
        ({"ruling": "same_as", "same_as": "n"}, (Ruling.SAME_AS, "n", None, None)),
        ({"ruling": "same_as", "same_as": "m", "other": "n"}, (Ruling.SAME_AS, "n", None, None)),
        ({"ruling": "same_as", "other": f"{BASE}/meetings/n#verdicts"}, (Ruling.SAME_AS, "n", None, None)),
        ({"ruling": "same_as", "other": " /meetings/%6E/ "}, (Ruling.SAME_AS, "n", None, None)),
    ],
)
def test_the_form_gives_a_verdict_and_leads_back_to_the_page(
    site: Site, desk: Tray, said: dict[str, str], expected: tuple[object, ...]
) -> None:
    client = site(simple("m"), simple("n"), desk=desk)
    assert send(client, form(client) | said) == (303, "/meetings/m#verdicts")
    (verdict,) = desk.given
    assert (verdict.meeting_id, verdict.watch) == ("m", "russia-china")
    assert (verdict.ruling, verdict.same_as, verdict.note, verdict.reviewer) == expected


RIGHT_IS = {
    "status": "cancelled", "mode": "video", "format": "sidelines",
    "participants": [
        {"side": "RU", "name": "Sergey Shoigu", "office": None},
        {"side": "CN", "name": "Wang Yi", "office": None},
        {"side": "CN", "name": "Xi Jinping", "office": None},
    ],
    "place": {"city": "Paris", "country": "FR"},
    "date": {"start": "2025-05-03", "end": "2025-05-04", "told": True},
}  # fmt: skip


def test_who_rules_that_it_is_wrong_says_what_is_right_and_the_page_shows_it(site: Site, desk: Tray) -> None:
    client = site(simple("m"), desk=desk)
    said = {
        "right_status": "cancelled", "right_mode": "video", "right_format": "sidelines", "who_RU": "Sergey Shoigu",
        "who_CN": " Wang Yi, Xi Jinping,", "city": "Paris", "country": "fr", "first": "2025-05-03", "last": "2025-05-04",
    }  # fmt: skip
    fields = form(client)
    assert said.keys() <= fields.keys()
    assert send(client, fields | {"ruling": "wrong"} | said)[0] == 303
    assert send(client, form(client) | {"ruling": "wrong", "first": "2025-05-03"})[0] == 303
    assert send(client, form(client) | {"ruling": "no_meeting"} | said)[0] == 303
    assert client.post("/meetings/m/verdicts", json={"ruling": "wrong", "correction": RIGHT_IS}).status_code == 201
    whole, day, none, sent = (one.correction for one in desk.given)
    assert whole and whole.model_dump(mode="json") == RIGHT_IS
    assert day and list(day.said) == ["date"] and day.date and day.date.start == day.date.end
    assert (none, sent) == (None, whole)
    gone = simple("gone")
    wrong = Verdict.given("gone", "russia-china", Ruling.WRONG, desk.given[0].at, correction=whole)
    page = site(gone, more=retraction(1, gone, wrong)).get("/meetings/gone", headers=BROWSER).text
    right = (
        "cancelled; video; sidelines; Sergey Shoigu (Russia); Wang Yi (China); Xi Jinping (China); Paris, France; 2025-05-03 to 2025-05-04"
    )
    assert texts(page, "//p[@class='notice']") == [f"Retracted. There is a meeting, but not as it was told. Right is: {right}."]
    assert texts(page, "//section[@class='review']/ol/li/p") == [f"Right is: {right}."]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"ruling": "wrong", "right_status": "perhaps"}, "status: Input should be"),
        ({"ruling": "wrong", "first": "2025-02-30"}, "date.start: Input should be a valid date"),
        ({"ruling": "wrong", "first": "2025-05-04", "last": "2025-05-03"}, "the last day comes before the first"),
        ({"ruling": "wrong", "city": "Paris", "country": "F1"}, "a country, as a side, is two capital letters"),
        ({}, "Choose what holds of the meeting."),
        ({"ruling": "perhaps"}, "Choose what holds of the meeting."),
        ({"ruling": "same_as"}, "Name the meeting that it is the same as."),
        ({"ruling": "same_as", "other": "nothing"}, "“nothing” is no other meeting that stands."),
        ({"ruling": "same_as", "other": "m"}, "“m” is no other meeting that stands."),
        ({"ruling": "same_as", "same_as": "gone"}, "“gone” is no other meeting that stands."),
        ({"ruling": "right", "note": "x" * (LONGEST_NOTE + 1)}, "note: String should have at most 2000 characters"),
    ],
)
def test_a_form_that_makes_no_sense_is_shown_again_with_what_was_said(site: Site, desk: Tray, said: dict[str, str], told: str) -> None:
    gone = simple("gone")
    client = site(simple("m"), gone, more=retraction(2, gone, verdict_on("gone", Ruling.NO_MEETING)), desk=desk)
    status, shown = send(client, form(client) | {"reviewer": "Ada"} | said)
    assert (status, told in shown) == (422, True)
    assert desk.given == []
    answer = client.post("/meetings/m/review", data=form(client) | {"reviewer": "Ada"} | said, headers=BROWSER)
    assert html.fromstring(answer.text).xpath("//input[@name='reviewer']/@value") == ["Ada"]
    assert html.fromstring(answer.text).xpath("//details/@open")


def test_the_form_offers_meetings_of_the_same_people(site: Site) -> None:
    page = site(simple("m"), simple("n")).get("/meetings/m", headers=BROWSER).text
    assert html.fromstring(page).xpath("//select[@name='same_as']/option/@value") == ["", "n"]
    assert texts(page, "//option[@value='n']") == ["2025-01-04 · held · Kuala Lumpur, Malaysia · 1 source"]


def test_a_broker_that_takes_nothing_is_told_and_what_was_said_is_kept(site: Site, desk: Tray) -> None:
    desk.refusal = BrokerError("the broker does not answer")
    client = site(simple("m"), desk=desk)
    status, shown = send(client, form(client) | {"ruling": "wrong", "note": "It was in May."})
    assert (status, "the broker does not answer" in shown, "It was in May." in shown) == (503, True, True)
    assert client.post("/meetings/m/verdicts", json=RIGHT).status_code == 503


# Who may.


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": BASE, "sec-fetch-site": "cross-site"},
        {"origin": BASE, "sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_what_the_page_of_another_site_sends_is_refused(site: Site, desk: Tray, headers: dict[str, str]) -> None:
    client = site(simple("m"), desk=desk)
    fields = form(client) | RIGHT
    assert send(client, fields, **headers)[0] == 403
    assert client.post("/meetings/m/verdicts", json=RIGHT, headers=headers).status_code == 403
    assert desk.given == []


def test_a_form_that_this_browser_was_not_given_is_refused(site: Site, desk: Tray) -> None:
    client = site(simple("m"), desk=desk)
    fields = form(client) | RIGHT
    without = {name: value for name, value in fields.items() if name != access.FIELD}
    assert send(client, without)[0] == send(client, fields | {access.FIELD: "0" * 64})[0] == 403
    other = form(client)
    client.cookies.clear()
    assert send(client, fields | other)[0] == 403
    assert desk.given == []
    form(client)
    assert send(client, fields)[0] == 403  # that of another cookie


def test_cookies_are_for_this_site_alone_and_no_script_reads_them(site: Site) -> None:
    client = site(simple("m"), access=elsewhere())
    fields = form(client, action="login") | {"token": TOKEN}
    answers = [client.get("/meetings/m", headers=BROWSER), client.post("/login", data=fields, follow_redirects=False)]
    for answer in answers:
        told = answer.headers["set-cookie"].lower()
        assert "httponly" in told and "samesite=strict" in told and "path=/" in told
        assert TOKEN not in told


def test_on_loopback_nobody_needs_a_token_unless_one_is_set(site: Site, desk: Tray) -> None:
    assert site(simple("m"), desk=desk).post("/meetings/m/verdicts", json=RIGHT).status_code == 201
    closed = site(simple("m"), desk=desk, access=Access(TOKEN, loopback=True))
    assert closed.post("/meetings/m/verdicts", json=RIGHT).status_code == 401
    assert len(desk.given) == 1


def test_beyond_this_machine_nobody_may_judge_without_a_token_and_the_page_says_so(site: Site, desk: Tray) -> None:
    client = site(simple("m"), desk=desk, access=elsewhere(None))
    assert "DYADWATCH_WEB_TOKEN sets one" in client.get("/meetings/m", headers=BROWSER).text
    assert form(client) == {}
    for headers in ({}, WITH_TOKEN):
        answer = client.post("/meetings/m/verdicts", json=RIGHT, headers=headers)
        assert (answer.status_code, "DYADWATCH_WEB_TOKEN" in answer.json()["detail"]) == (403, True)
    assert send(client, RIGHT)[0] == 403
    assert desk.given == []


@pytest.mark.parametrize("given_token", ["", "wrong", TOKEN.upper(), f"{TOKEN}x", TOKEN[:-1], "ü" * 20])
def test_a_wrong_token_opens_nothing(site: Site, desk: Tray, given_token: str) -> None:
    client = site(simple("m"), desk=desk, access=elsewhere())
    answer = client.post("/meetings/m/verdicts", json=RIGHT, headers={"authorization": f"Bearer {given_token}".encode("latin-1")})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    status, shown = send(client, form(client, action="login") | {"token": given_token}, "/login")
    assert (status, "That is not the token." in shown) == (403, True)
    assert form(client) == {}
    assert desk.given == []


def test_a_browser_gives_the_token_once_and_may_judge_until_it_forgets_it(site: Site, desk: Tray) -> None:
    client = site(simple("m"), desk=desk, access=elsewhere())
    assert form(client) == {}
    assert send(client, form(client, action="login") | {"token": TOKEN}, "/login") == (303, "/meetings/m#verdicts")
    assert send(client, form(client) | RIGHT)[0] == 303
    assert len(desk.given) == 1
    fields = form(client)
    assert send(client, form(client, action="logout"), "/logout") == (303, "/meetings/m#verdicts")
    assert (form(client), send(client, fields | RIGHT)[0]) == ({}, 401)


def test_a_session_ends_and_one_that_is_made_up_is_none(site: Site) -> None:
    client = site(simple("m"), access=elsewhere())
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False) as clock:
        send(client, form(client, action="login") | {"token": TOKEN}, "/login")
        assert form(client)
        session = client.cookies[access.SESSION]
        clock.shift(access.LASTS + 1)
        assert form(client) == {}
    until, _, signature = session.partition(".")
    client.cookies.clear()
    for made_up in (f"9{until}.{signature}", f".{signature}", "x", f"{until}.", "\xe9"):
        headers = {"accept": "text/html", "cookie": f"{access.SESSION}={made_up}".encode("latin-1")}
        assert client.get("/meetings/m", headers=headers).text.count("/login") == 1


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_program_gives_the_token_with_each_request(site: Site, desk: Tray, scheme: str) -> None:
    client = site(simple("m"), desk=desk, access=elsewhere())
    assert client.post("/meetings/m/verdicts", json=RIGHT, headers={"authorization": f"{scheme} {TOKEN}"}).status_code == 201
    operation = client.get("/openapi.json").json()["paths"]["/meetings/{meeting_id}/verdicts"]["post"]
    assert operation["security"] == [{"HTTPBearer": []}]


def test_no_log_and_no_address_holds_the_token(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = site(simple("m"), access=elsewhere())
    fields = form(client, action="login") | {"token": TOKEN}
    answer = client.post("/login", data=fields)
    client.post("/meetings/m/verdicts", json=RIGHT, headers=WITH_TOKEN)
    assert TOKEN not in str(answer.url) + str(answer.history) + answer.text + caplog.text


@pytest.mark.parametrize("meeting", ["//evil.example", "https://evil.example/", "\\\\evil.example", "../..//evil.example", "m\r\nx: y", ""])
def test_no_form_leads_away(site: Site, meeting: str) -> None:
    client = site(simple("m"), access=elsewhere())
    fields = {"meeting": meeting, "token": TOKEN}
    for address, action in (("/login", "login"), ("/logout", "login")):
        status, where = send(client, form(client, action=action) | fields, address)
        assert status == 303
        assert re.fullmatch(r"/|/meetings/[A-Za-z0-9%._-]+#verdicts", where)
        client.cookies.delete(access.SESSION)


@pytest.mark.parametrize(
    ("given_settings", "told"),
    [
        ({"web_token": "short"}, "DYADWATCH_WEB_TOKEN: has to be 16"),
        ({"web_token": "with blanks in it, and long"}, "DYADWATCH_WEB_TOKEN: has to be 16"),
        ({"web_token": TOKEN, "web_token_file": "token"}, "are both set"),
        ({"web_token_file": "nothing"}, "DYADWATCH_WEB_TOKEN_FILE: No such file"),
        ({"web_token_file": "token"}, "DYADWATCH_WEB_TOKEN: has to be 16"),
    ],
)
async def test_a_token_that_is_none_is_refused_at_the_start(tmp_path: Path, given_settings: dict[str, str], told: str) -> None:
    (tmp_path / "token").write_text("short\n")
    files = {name: tmp_path / value if name.endswith("file") else value for name, value in given_settings.items()}
    with pytest.raises(SettingsError, match=told) as refused:
        await Web(Settings.model_validate({"data_dir": tmp_path, "web_port": 0, **files}), Cluster("127.0.0.1:9")).start()
    assert "short" not in str(refused.value)


@pytest.mark.parametrize(
    ("given_settings", "warned"),
    [
        ({"web_host": "127.0.0.1"}, False),
        ({"web_host": "0.0.0.0"}, True),
        ({"web_host": "0.0.0.0", "web_token": TOKEN}, False),
    ],
)
async def test_who_starts_it_is_told_when_nobody_can_judge(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, given_settings: dict[str, str], warned: bool
) -> None:
    with pytest.raises(BrokerError):
        await Web(Settings.model_validate({"data_dir": tmp_path, "web_port": 0, **given_settings}), Cluster("127.0.0.1:9")).start()
    assert (access.NOT_HERE in caplog.text) == warned


# The API.


def test_a_verdict_is_given_and_read_as_json(site: Site, desk: Tray) -> None:
    before = verdict_on("m", Ruling.RIGHT)
    client = site(simple("m"), simple("n"), desk=desk, more=[given(0, before)])
    answer = client.post("/meetings/m/verdicts", json={"ruling": "same_as", "same_as": "n", "note": "one visit"})
    assert answer.status_code == 201
    assert desk.given[0].model_dump(mode="json") == answer.json()
    assert client.get("/meetings/m/verdicts").json() == [before.model_dump(mode="json")]
    assert client.get("/meetings/nothing/verdicts").status_code == 404


@pytest.mark.parametrize(
    ("address", "said", "code", "told"),
    [
        ("nothing", RIGHT, 404, "there is no such meeting"),
        ("m", {}, 422, "ruling"),
        ("m", {"ruling": "perhaps"}, 422, "perhaps"),
        ("m", {"ruling": "same_as"}, 422, "same_as: Field required"),
        ("m", {"ruling": "same_as", "same_as": "nothing"}, 422, "“nothing” is no other meeting that stands"),
        ("m", {"ruling": "right", "same_as": "m"}, 422, "same_as: Extra inputs are not permitted"),
        ("m", {"ruling": "right", "note": "x" * (LONGEST_NOTE + 1)}, 422, "note: "),
        ("m", {"ruling": "right", "note": "\ud800"}, 422, "note: "),
        ("m", {"ruling": "right", "correction": {"status": "held"}}, 422, "correction: Extra inputs are not permitted"),
        ("m", {"ruling": "wrong", "correction": {"staus": "held"}}, 422, "correction.staus: Extra inputs are not permitted"),
        ("m", {"ruling": "wrong", "correction": {"place": {"city": None, "country": None}}}, 422, "a place has a city or a country"),
    ],
)
def test_what_is_wrong_with_it_is_a_problem(site: Site, desk: Tray, address: str, said: object, code: int, told: str) -> None:
    headers = {"content-type": "application/json"}
    answer = site(simple("m"), desk=desk).post(f"/meetings/{address}/verdicts", content=json.dumps(said), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (code, "application/problem+json")
    assert told in answer.json()["detail"]
    assert desk.given == []


def test_a_form_is_no_json_and_a_large_one_is_not_read(site: Site, desk: Tray) -> None:
    client = site(simple("m"), desk=desk)
    assert client.post("/meetings/m/verdicts", data=RIGHT).status_code == 422
    assert client.post("/meetings/m/verdicts", content=b'{"ruling": "right"}', headers={"content-type": "text/plain"}).status_code == 422
    assert client.post("/meetings/m/verdicts", json={"ruling": "right", "note": "x" * LARGEST}).status_code == 413
    assert send(client, form(client) | {"note": "x" * LARGEST})[0] == 413
    assert send(client, form(client) | {f"x{n}": "" for n in range(50)})[0] == 422
    assert desk.given == []


# How they show.


def test_verdicts_show_on_the_page_and_one_that_waits_for_a_worker_says_so(site: Site) -> None:
    first, second = verdict_on("m", Ruling.WRONG, note="It was in May.", reviewer="Ada"), verdict_on("m", Ruling.RIGHT, after=1)
    waiting = site(judged(simple("m"), first), more=[given(0, first), given(1, second)]).get("/meetings/m", headers=BROWSER).text
    assert ["waits for a worker" in one for one in texts(waiting, "//section[@class='review']/ol/li")] == [False, True]
    client = site(more=[current(1, "m", judged(simple("m"), first, second))])
    page = client.get("/meetings/m", headers=BROWSER).text
    assert texts(page, "//section[@class='review']/ol/li") == [
        "2025-07-03 12:00 UTC wrong, by AdaIt was in May.",  # a paragraph of its own
        "2025-07-03 12:01 UTC right",
    ]
    assert texts(page, "//dt[.='Judged']/../dd") == ["right"]
    assert "judged right" in texts(client.get("/", headers=BROWSER).text, "//p[@class='facts']")[0]


def test_one_that_was_refused_says_why_and_does_not_count(site: Site) -> None:
    right, same = verdict_on("m", Ruling.RIGHT), verdict_on("m", Ruling.SAME_AS, after=1, same_as="n")
    meeting = judged(simple("m"), right, same)
    refused = meeting.verdicts[1].model_copy(update={"refused": "n is retracted"})
    meeting = meeting.model_copy(update={"verdicts": (meeting.verdicts[0], refused)})
    page = site(meeting, more=[given(0, right), given(1, same)]).get("/meetings/m", headers=BROWSER).text
    assert texts(page, "//section[@class='review']/ol/li/p") == ["Refused: n is retracted."]
    assert texts(page, "//dt[.='Judged']/../dd") == ["right"]


@pytest.mark.parametrize(
    ("ruling", "told"),
    [
        (Ruling.NO_MEETING, "Retracted. Nobody met or will meet: the articles tell of something else. “A letter.” (Ada)"),
        (Ruling.WRONG, "Retracted. There is a meeting, but not as it was told. “A letter.” (Ada)"),
        (Ruling.SAME_AS, "Retracted. It is the same as another meeting, which has all its articles. “A letter.” (Ada)"),
    ],
)
def test_a_meeting_that_is_retracted_says_so_and_why_and_can_stand_again(site: Site, desk: Tray, ruling: Ruling, told: str) -> None:
    gone = simple("m", after=1)
    same = {"same_as": "n"} if ruling is Ruling.SAME_AS else {}
    verdict = verdict_on("m", ruling, note="A letter.", reviewer="Ada", **same)
    client = site(simple("n"), gone, more=retraction(2, gone, verdict), desk=desk)
    assert links(client.get("/", headers=BROWSER).text)[-1] == "/meetings/n"
    answer = client.get("/meetings/m", headers=BROWSER)
    assert answer.status_code == 410
    notice = texts(answer.text, "//p[@class='notice']")[0]
    assert notice.replace("A letter.", "“A letter.”") == told
    assert ("/meetings/n" in links(answer.text)) is (ruling is Ruling.SAME_AS)
    assert texts(answer.text, "//h1/s") == ["Sergey Lavrov – Wang Yi"]
    assert texts(answer.text, "//blockquote") == ["Ο Λαβρόφ συνάντησε τον Γουάνγκ Γι."]
    assert [one.partition("UTC ")[2] for one in texts(answer.text, "//ol[@class='life']/li")][:2] == [
        "new: held, by example.org",
        f"retracted: ruled {'the same as another' if same else ruling.replace('_', ' ')}",
    ]
    assert send(client, form(client) | RIGHT) == (303, "/meetings/m#verdicts")
    assert desk.given[0].ruling is Ruling.RIGHT


def test_a_retracted_meeting_of_which_no_alert_told_has_a_page_too(site: Site) -> None:
    none = verdict_on("m", Ruling.NO_MEETING)
    answer = site(more=[given(0, none), remembered(0, judged(simple("m"), none))]).get("/meetings/m", headers=BROWSER)
    assert (answer.status_code, texts(answer.text, "//h1/s")) == (410, ["Sergey Lavrov – Wang Yi"])
    assert texts(answer.text, "//ol[@class='sources']/li/h3") == ["Talks"]


def test_a_retracted_meeting_shows_all_its_sources_and_what_was_refused(site: Site) -> None:
    first, last = source(article_id="a", title="First"), source(article_id="c", title="Last")
    told = (first, source(article_id="b", title="A copy", copy_of="a"), last)
    gone = meeting_of("m", MINISTERS, told)
    none, same = verdict_on("m", Ruling.NO_MEETING), verdict_on("m", Ruling.SAME_AS, after=1, same_as="n")
    both = judged(gone, none, same)
    refused = both.verdicts[1].model_copy(update={"refused": "n is retracted"})
    known = both.model_copy(update={"verdicts": (both.verdicts[0], refused)})
    page = site(gone, more=[*retraction(1, gone, none), given(2, same), remembered(2, known)]).get("/meetings/m", headers=BROWSER).text
    assert texts(page, "//ol[@class='sources']/li/h3") == ["Last", "A copy", "First"]
    assert texts(page, "//p[@class='notice']") == ["Retracted. Nobody met or will meet: the articles tell of something else."]
    assert texts(page, "//section[@class='review']/ol/li/p") == ["Refused: n is retracted."]


def test_the_other_meeting_leads_to_the_one_that_is_the_same(site: Site) -> None:
    same = verdict_on("m", Ruling.SAME_AS, same_as="n")
    page = site(judged(simple("n"), same), more=[given(0, same)]).get("/meetings/n", headers=BROWSER).text
    assert texts(page, "//section[@class='review']/ol/li") == ["2025-07-03 12:00 UTC another meeting is the same"]
    assert "/meetings/m" in links(page)


def test_what_an_analyst_writes_is_text_and_never_markup(site: Site, desk: Tray) -> None:
    verdict = verdict_on(HOSTILE, Ruling.SAME_AS, same_as="n", note=HOSTILE, reviewer=HOSTILE)
    gone = simple(HOSTILE)
    client = site(judged(simple("n"), verdict), gone, more=retraction(2, gone, verdict), desk=desk)
    refused = client.post("/meetings/n/review", data=form(client, "n") | {"other": HOSTILE, "ruling": "same_as", "reviewer": HOSTILE})
    pages = [client.get(f"/meetings/{name}", headers=BROWSER) for name in ("n", "%22%3E%3Cscript%3Ealert(1)%3C/script%3E")]
    pages.append(client.get(client.get("/meetings/n", headers=BROWSER).url.join(links(pages[0].text)[-1]), headers=BROWSER))
    for page in (refused, *pages):
        tree = html.fromstring(page.text)
        assert [one.get("src") for one in tree.xpath("//script")] == ["/static/live.js"]
        assert not tree.xpath("//img | //@onerror")
        assert all(one.startswith("/") for one in tree.xpath("//form/@action"))
    assert HOSTILE in html.fromstring(pages[0].text).text_content()
