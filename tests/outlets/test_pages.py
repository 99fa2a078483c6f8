"""The pages, as a browser gets them."""
from __future__ import annotations

import re

import pytest
from lxml import html

from agents.outlets.notify.standing import Standing
from agents.outlets.web import shown
from agents.outlets.web.asked import Asked
from agents.outlets.web.health import HowItIs
from agents.outlets.web.security import HEADERS
from agents.poll.subscriptions import Known
from agents.wording import link
from schemas.feeds import Feed, FeedState, Outcome
from schemas.meetings import Counted, Cue, DateRange, Evidence, Level, Telling
from schemas.outlets import OutletState
from tests.outlets.conftest import Site, simple
from tests.outlets.told import MINISTERS, THEN, days

BROWSER = {"accept": "text/html,application/xhtml+xml"}


def texts(page: str, path: str) -> list[str]:
    """Of the elements at an XPath, without blanks around."""
    return [" ".join(one.text_content().split()) for one in html.fromstring(page).xpath(path)]


def links(page: str) -> list[str]:
    return [str(one) for one in html.fromstring(page).xpath("//a/@href")]


def test_the_timeline_shows_meetings_those_last_told_of_first_with_the_sentence_that_says_so(site: Site) -> None:
    page = site(simple("first"), simple("second", after=1)).get("/", headers=BROWSER).text
    assert links(page)[-2:] == ["/meetings/second", "/meetings/first"]
    assert texts(page, "//article//h2")[0] == "Sergey Lavrov Russia – Wang Yi China"
    assert texts(page, "//article//dd")[:3] == ["Kuala Lumpur, Malaysia", "2025-01-04", "1 source in Greek"]
    assert texts(page, "//article//blockquote")[0] == "Ο Λαβρόφ συνάντησε τον Γουάνγκ Γι."


@pytest.mark.parametrize(
    ("address", "shows"),
    [
        ("/", 2),
        ("/?status=held&status=announced", 2),
        ("/?status=announced", 0),
        ("/?q=λαβροφ", 1),
        ("/?q=&person=&status=&since=&language=", 2),
        ("/?language=de&place=malaysia", 1),
        ("/?source=example.org&since=2025-01-04&until=2025-01-04", 2),
        ("/?person=putin", 0),
    ],
)
def test_filters_are_in_the_address_and_the_form_shows_them(site: Site, address: str, shows: int) -> None:
    german = simple("de", language="de", sentence="Lawrow traf Wang Yi.")
    page = site(simple("el"), german).get(address, headers=BROWSER).text
    assert len(texts(page, "//article")) == shows
    form = html.fromstring(page).forms[0]
    assert {pair for pair in form.form_values() if pair[1]} == {*_pairs(address)}


def test_where_there_are_several_watches_the_form_offers_them(site: Site) -> None:
    other = simple("other").model_copy(update={"watch": "us-china"})
    page = site(simple("one"), other).get("/?watch=us-china", headers=BROWSER).text
    assert links(page)[-1] == "/meetings/other"
    assert len(texts(page, "//article")) == 1
    assert html.fromstring(page).xpath("//input[@name='watch']/@value") == ["russia-china", "us-china"]
    assert html.fromstring(page).xpath("//input[@name='watch'][@checked]/@value") == ["us-china"]


def test_where_there_is_one_watch_the_form_does_not_speak_of_it(site: Site) -> None:
    assert html.fromstring(site(simple("one")).get("/", headers=BROWSER).text).xpath("//input[@name='watch']") == []


def _pairs(address: str) -> list[tuple[str, str]]:
    pairs = [pair.partition("=")[::2] for pair in address.partition("?")[2].split("&")]
    return [(name, value) for name, value in pairs if value]


def test_pages_lead_on_to_older_meetings_until_there_are_none(site: Site) -> None:
    client = site(*(simple(f"m{n:02}", after=n) for n in range(65)))
    seen, address = list[str](), "/?status=held"
    while address:
        page = client.get(address, headers=BROWSER).text
        seen += [one for one in links(page) if one.startswith("/meetings/m")]
        address = next((one for one in links(page) if "older=" in one), "")
        assert not address or "status=held" in address
    assert seen == [f"/meetings/m{n:02}" for n in reversed(range(65))]


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e&lt;'


def test_what_an_outlet_writes_is_text_and_never_markup(site: Site) -> None:
    hostile = simple("m", title=HOSTILE, source=HOSTILE, sentence=HOSTILE, url="javascript:alert(1)")
    client = site(hostile)
    for address in ("/", "/meetings/m", f"/?q={HOSTILE}&person={HOSTILE}", "/calendar?month=2025-01"):
        page = client.get(address, headers=BROWSER).text
        tree = html.fromstring(page)
        assert [one.get("src") for one in tree.xpath("//script")] == ["/static/live.js"]
        assert not tree.xpath("//img | //@onerror")
        assert not [one for one in links(page) if "script" in one.partition("?")[0]]
    assert HOSTILE in html.fromstring(client.get("/meetings/m", headers=BROWSER).text).text_content()


def test_a_meeting_shows_its_life_and_all_sources_in_their_direction_with_the_cues_marked(site: Site) -> None:
    sentence = "التقى لافروف وانغ يي في كوالالمبور."
    meeting = simple("m", language="ar", sentence=sentence)
    cue = Cue(kind="meet.past", value=None, start=100, end=105)
    evidence = Evidence(sentence=sentence, start=100, end=100 + len(sentence), cues=(cue,), features=())
    meeting = meeting.model_copy(update={"applied": (meeting.applied[0].model_copy(update={"evidence": evidence}),)})
    page = site(meeting).get("/meetings/m", headers=BROWSER).text
    assert html.fromstring(page).xpath("//blockquote/@dir") == ["rtl"]
    assert texts(page, "//mark") == [sentence[:5]]
    assert texts(page, "//blockquote") == [sentence]
    assert texts(page, "//ol[@class='life']/li") == ["2025-07-03 12:00 UTC new: held, by example.org"]
    (outside,) = html.fromstring(page).xpath("//a[@rel]")
    assert (outside.get("href"), outside.get("rel")) == ("https://example.org/1", "noopener noreferrer nofollow external")


def test_a_meeting_that_very_many_tell_of_says_how_many_more_do(site: Site) -> None:
    told = Telling(version="1", mention=0)
    counted = tuple(Counted(article_id=name, copy_of=None, tellings=(told,)) for name in ("b", "c"))
    page = site(simple("m").model_copy(update={"counted": counted})).get("/meetings/m", headers=BROWSER).text
    behind = texts(page, "//ol[@class='sources']/following-sibling::p[1]")
    assert behind == ["And 2 more. The words of the first and of the newest are kept."]
    assert texts(page, "//dt[. = 'Sources']/following-sibling::dd[1]") == ["3, without copies"]


def test_marks_keep_the_sentence_whatever_the_cues_say() -> None:
    cues = tuple(Cue(kind="k", value=None, start=start, end=end) for start, end in ((3, 5), (4, 9), (-2, 1), (8, 99), (5, 5)))
    evidence = Evidence(sentence="0123456789", start=0, end=10, cues=cues, features=())
    assert list(shown.marked(evidence)) == [("012", None), ("34", "k"), ("56789", None)]


@pytest.mark.parametrize(
    ("url", "safe"),
    [("https://a.example", True), ("http://a", True), ("javascript:x", False), ("//a", False), ("data:text/html,x", False), (None, False)],
)
def test_only_addresses_of_the_web_are_links(url: str | None, safe: bool) -> None:
    assert link(url) == (url if safe else None)


def test_an_empty_page_says_what_to_do_and_an_empty_selection_something_else(site: Site) -> None:
    assert "dyadwatch feeds import" in site().get("/", headers=BROWSER).text
    page = site(simple()).get("/?status=cancelled", headers=BROWSER).text
    assert "dyadwatch feeds import" not in page
    assert "Nothing that is known is of this selection" in page


def test_the_calendar_shows_each_day_of_a_month_and_goes_on_to_others(site: Site) -> None:
    page = site(simple("m")).get("/calendar?month=2025-01", headers=BROWSER).text
    (cell,) = html.fromstring(page).xpath("//td[.//a[@href='/meetings/m']]")
    assert cell.xpath("string(time/@datetime)") == "2025-01-04"
    assert {"/calendar?month=2024-12", "/calendar?month=2025-02"} <= {*links(page)}
    assert len(html.fromstring(page).xpath("//td")) == 35
    assert texts(site(simple("m")).get("/calendar", headers=BROWSER).text, "//h1") == ["January 2025"]  # where there are some


def test_the_chart_has_a_bar_for_each_month_also_those_without_a_meeting_and_a_table_beside_it(site: Site) -> None:
    some = [simple(f"m{n}").model_copy(update={"facts": MINISTERS.model_copy(update={"date": day})}) for n, day in enumerate(_days())]
    page = site(*some).get("/", headers=BROWSER).text
    assert len(html.fromstring(page).xpath("//*[name()='svg']/*[name()='g']")) == 3
    rows = html.fromstring(page).xpath("//table//tr[th/@scope='row']")
    told = [[text for cell in row if (text := cell.text_content())] for row in rows]
    assert told == [["2025-03", "1", "1"], ["2025-01", "2", "2"]]


def _days() -> list[DateRange]:
    return [days(1, 0), days(2, 0), days(65, 0)]


def test_bars_are_as_high_as_their_numbers() -> None:
    months = {"2024-12": {Level.MINISTER: 1}, "2025-02": {Level.HEAD_OF_STATE: 1, Level.OTHER: 3}}
    bars = shown.bars(months)
    assert [(bar.month, bar.number) for bar in bars] == [("2024-12", 1), ("2025-01", 0), ("2025-02", 4)]
    assert [(part.top, part.height) for part in bars[2].parts] == [(75.0, 25.0), (0.0, 75.0)]
    assert [(part.top, part.height) for part in bars[0].parts] == [(75.0, 25.0)]
    assert shown.bars({}) == []


def test_health_shows_what_waits_and_the_feeds_that_need_a_look(site: Site) -> None:
    feed = Feed(feed_id="f", url="https://example.org/feed", title="Example")
    state = FeedState(feed_id="f", url=feed.url, outcome=Outcome.FAILED, failures=9, error="no answer", succeeded_at=None)
    seen = HowItIs({"news.raw": 1234}, [Known(feed, state)], None)
    page = site(seen=seen).get("/health", headers=BROWSER).text
    assert texts(page, "//tr[@class='bad']") == ["Example broken no answer"]
    assert "1,234" in page
    assert "cannot be reached" in site(seen=HowItIs({}, [], "cannot be reached")).get("/health", headers=BROWSER).text


def test_health_shows_each_target_of_notifications_what_waits_for_it_and_why(site: Site) -> None:
    begun = {"place": 7, "since": THEN}
    well = OutletState(outlet_id="desk", succeeded_at=THEN, **begun)
    away = OutletState(outlet_id="phone", failures=2, failing_since=THEN, next_attempt=THEN, error="no answer within 30 s", **begun)
    gone = OutletState(outlet_id="hook", failures=1, failing_since=THEN, error="410", stopped="410: it wants nothing any more", **begun)
    targets = [Standing("desk", well, 0), Standing("phone", away, 1200), Standing("hook", gone, 3), Standing("new", None, 0)]
    page = site(seen=HowItIs({}, [], None, targets)).get("/health", headers=BROWSER).text
    rows = "//div[@aria-label='Notifications and webhooks']//tbody/tr"
    assert texts(page, rows) == [
        "desk well 0 2025-07-03 12:00",
        "phone failing 1,200 2025-07-03 12:00 no answer within 30 s",
        "hook stopped 3 410: it wants nothing any more: dyadwatch outlets enable hook",
        "new new 0",
    ]
    assert len(texts(page, f"{rows}[@class='bad']")) == 2
    assert "Notifications" not in site(seen=HowItIs({}, [], None)).get("/health", headers=BROWSER).text


def test_errors_are_pages_for_people(site: Site) -> None:
    client = site()
    missing = client.get("/meetings/none", headers=BROWSER)
    assert (missing.status_code, texts(missing.text, "//h1")) == (404, ["Not Found"])
    wrong = client.get("/?status=perhaps", headers=BROWSER)
    assert wrong.status_code == 422
    assert "status.0: Input should be 'announced', 'ongoing', 'held' or 'cancelled'" in html.fromstring(wrong.text).text_content()


def test_every_answer_forbids_what_no_page_of_ours_needs(site: Site) -> None:
    client = site(simple())
    for address in ("/", "/meetings", "/nothing", "/static/style.css", "/feed.atom", "/?limit=x"):
        answer = client.get(address)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, address
    assert "unsafe" not in HEADERS["content-security-policy"]


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    client = site(simple())
    for address in ("/", "/meetings/m", "/calendar", "/health"):
        tree = html.fromstring(client.get(address, headers=BROWSER).text)
        loaded = [*tree.xpath("//script/@src"), *tree.xpath("//link[@rel='stylesheet' or @rel='icon']/@href"), *tree.xpath("//img/@src")]
        assert loaded
        assert all(re.fullmatch(r"/static/[a-z.]+", one) for one in loaded)
        assert all(client.get(one).status_code == 200 for one in loaded)
        assert not tree.xpath("//*[@style] | //style | //script[not(@src)]")  # the policy forbids them


@pytest.mark.parametrize(("host", "code"), [("localhost:8642", 200), ("127.0.0.1", 200), ("[::1]:1", 200), ("evil.example", 400)])
def test_on_loopback_only_names_of_loopback_are_answered(site: Site, host: str, code: int) -> None:
    assert site().get("/", headers={"host": host}).status_code == code


@pytest.mark.parametrize(
    "string", ["", "q=%CE%B1+b&status=held&status=announced&since=2025-01-04&confidence=0.5&recorded=true", "source=a.b"]
)
def test_a_selection_is_a_query_string_and_that_string_the_selection(string: str) -> None:
    asked = Asked.model_validate(_fields(string))
    assert asked.string == string


def _fields(string: str) -> dict[str, object]:
    from urllib.parse import parse_qs

    several = {"status", "source"}
    return {name: values if name in several else values[0] for name, values in parse_qs(string).items()}


