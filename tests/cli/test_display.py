"""What a person sees of an alert."""
from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from rich.console import Console, RenderableType

from agents.display import alert_card, alerts_table
from agents.wording import plain, when, where, who
from schemas.meetings import AlertType, DateRange, Mode, Participant, Place, Status
from schemas.verdicts import Ruling, Verdict
from tests.cli.alerts import PUBLISHED, SENTENCE, alert, evidence, facts, source


def printed(part: RenderableType, width: int = 80) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(part)
    return capture.get()


def flat(part: RenderableType) -> str:
    return " ".join(printed(part).split())


@pytest.mark.parametrize(
    "told",
    [
        "NEW",
        "held",
        "video",
        "bilateral",
        "level: minister",
        "Andrei Belousov (defence minister, Russia)",
        "Dong Jun (China)",
        "Moscow, Russia",
        "2026-01-27",
        "sources 1, confidence 0.91",
        f"says (de) “{SENTENCE}”",
        f"Minister reden · zeitung.example · {PUBLISHED.astimezone():%Y-%m-%d %H:%M}",
        "https://zeitung.example/1",
    ],
)
def test_a_card_tells_what_a_person_needs(told: str) -> None:
    assert told in flat(alert_card(alert()))


def test_a_card_of_an_update_says_what_changed() -> None:
    updated = alert(type=AlertType.UPDATED, changes=("status", "date"), facts=facts(status=Status.CANCELLED))
    assert "UPDATED cancelled" in flat(alert_card(updated))
    assert "(status, date)" in flat(alert_card(updated))


def test_a_card_of_a_retraction_says_what_was_ruled_and_why() -> None:
    verdict = Verdict.given("m1", "russia-china", Ruling.SAME_AS, PUBLISHED, same_as="m2", note="one\nvisit\x1b[2J", reviewer="Ada")
    card = flat(alert_card(alert(type=AlertType.RETRACTED, verdict=verdict)))
    assert card.startswith("RETRACTED held") and "ruled same as m2, by Ada: one visit [2J who" in card


def test_a_card_of_an_article_without_title_and_address_names_its_id() -> None:
    assert "article a1 (no title, no address)" in flat(
        alert_card(alert(article=source(url=None, title=None, source=None, published_at=None)))
    )


def test_a_mode_that_is_not_told_is_not_called_a_mode() -> None:
    assert "mode not told" in flat(alert_card(alert(facts=facts(mode=Mode.UNKNOWN))))


@pytest.mark.parametrize("part", [alert_card(alert(evidence=evidence(SENTENCE * 5))), alerts_table([alert()] * 9)], ids=["card", "table"])
def test_nothing_is_wider_than_the_terminal_or_cut(part: RenderableType) -> None:
    assert max(map(len, printed(part).splitlines())) <= 80
    assert "…" not in printed(part)


def test_every_column_of_the_table_is_there_on_a_narrow_terminal() -> None:
    pair = (Participant(side="RU", name="Nikolai Patrushev", office=None), Participant(side="CN", name="Yang Jiechi", office=None))
    place = Place(city="Saint Petersburg", country="RU")
    longest = facts(status=Status.ANNOUNCED, participants=pair, place=place, date=None, yearless="--10")
    header, _, row, *_ = printed(alerts_table([alert(type=AlertType.CORROBORATED, facts=longest, sources=12)] * 10)).splitlines()
    assert header.split() == ["#", "alert", "status,", "mode", "who", "where", "when", "sources"]
    assert row.split() == ["1", "corroborated", "announced", "Nikolai", "Patrushev", "Saint", "October,", "12"]


def test_the_table_has_a_row_for_each_alert_with_its_number_and_sources() -> None:
    rows = printed(alerts_table([alert(), alert(type=AlertType.CORROBORATED, sources=2)]))
    assert [line.split()[:3] for line in rows.splitlines() if line.split()[:1] in (["1"], ["2"])] == [
        ["1", "new", "held"],
        ["2", "corroborated", "held"],
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({}, "2026-01-27", id="a day"),
        pytest.param({"date": DateRange(start=date(2022, 2, 1), end=date(2022, 2, 28))}, "February 2022", id="a month"),
        pytest.param({"date": DateRange(start=date(2024, 2, 1), end=date(2024, 2, 29))}, "February 2024", id="a month of a leap year"),
        pytest.param({"date": DateRange(start=date(2024, 12, 1), end=date(2024, 12, 31))}, "December 2024", id="the last month"),
        pytest.param({"date": DateRange(start=date(2025, 1, 1), end=date(2025, 12, 31))}, "2025", id="a year"),
        pytest.param({"date": DateRange(start=date(2025, 7, 3), end=date(2025, 7, 4))}, "2025-07-03 to 2025-07-04", id="a span"),
        pytest.param(
            {"date": DateRange(start=date(2025, 7, 3), end=date(2025, 7, 4), told=False)},
            "2025-07-03 to 2025-07-04, by the date of the report",
            id="what only follows",
        ),
        pytest.param({"date": DateRange(start=date(2025, 1, 1), end=date(2025, 2, 28))}, "2025-01-01 to 2025-02-28", id="two months"),
        pytest.param({"date": None, "yearless": "--07-13"}, "13 July, year not told", id="a day without its year"),
        pytest.param({"date": None, "yearless": "--10"}, "October, year not told", id="a month without its year"),
        pytest.param({"date": None}, "not told", id="nothing"),
        pytest.param({"date": DateRange(start=date.max, end=date.max)}, "9999-12-31", id="the last day there is"),
    ],
)
def test_dates_are_told_as_exactly_as_they_are_known(changes: dict[str, Any], told: str) -> None:
    assert when(facts(**changes)) == told


@pytest.mark.parametrize(
    ("place", "told"),
    [(Place(city="Beijing", country="CN"), "Beijing, China"), (Place(city=None, country="UZ"), "Uzbekistan"), (None, "not told")],
)
def test_places_are_told_as_far_as_they_are_known(place: Place | None, told: str) -> None:
    assert where(place) == told


@pytest.mark.parametrize(
    ("name", "office", "told"),
    [
        ("Wang Yi", "foreign_minister", "Wang Yi (foreign minister, China)"),
        ("Wang Yi", None, "Wang Yi (China)"),
        (None, "foreign_minister", "foreign minister (China)"),
        (None, None, "an official (China)"),
    ],
)
def test_people_are_told_by_name_and_office(name: str | None, office: str | None, told: str) -> None:
    assert who(Participant(side="CN", name=name, office=office)) == told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\x1b[31mb", "a [31mb", id="an escape sequence"),
        pytest.param("a\x9b2Jb", "a 2Jb", id="an escape sequence in one byte"),
        pytest.param("a\u202eb", "a b", id="writing backwards"),
        pytest.param("a\r\n\tb", "a b", id="line ends"),
        pytest.param("می\u200cخواهم 王毅 Λαβρόφ", "می\u200cخواهم 王毅 Λαβρόφ", id="letters of every script"),
    ],
)
def test_what_an_article_says_cannot_steer_the_terminal(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_words_in_brackets_are_words_and_no_markup() -> None:
    assert "[red]Minister[/red]" in flat(alert_card(alert(article=source(title="[red]Minister[/red]"))))
