"""meet: one meeting stays one whoever tells of it, the next one is another, and only news alerts."""
from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.events.ledger import Ledger
from pipeline.events.sameness import contradicts
from pipeline.lexicon.load import Lexicon
from schemas.meetings import AlertType, Facts, Format, Level, Mode, Place, Status, TaggedArticle
from tests.pipeline.stories import BEIJING, CHINA, MOSCOW, NOW, article, days, facts, tell

NEW, UPDATED, CORROBORATED = AlertType.NEW, AlertType.UPDATED, AlertType.CORROBORATED
SUMMER = ("country:IL", "country:IR", "organisation:sco", "person:trump")
SPRING = ("country:CH", "person:biden", "organisation:nato", "country:UA")


def alerts(lexicon: Lexicon, *articles: TaggedArticle) -> list[AlertType | None]:
    return [decision.alert.type if decision.alert else None for decision in tell(lexicon, *articles)]


SAME: dict[str, tuple[TaggedArticle, TaggedArticle]] = {
    "two outlets on one day": (
        article("a", facts(date=days("2025-07-13"), place=BEIJING), published="2025-07-13"),
        article("b", facts(date=days("2025-07-13")), published="2025-07-14"),
    ),
    "a title stands for a name": (
        article("a", facts(date=days("2025-07-13"))),
        article("b", facts(ru=None, cn=None, date=days("2025-07-13"))),
    ),
    "only one of them tells the day": (
        article("a", facts(date=days("2025-07-13")), published="2025-07-13"),
        article("b", facts(), published="2025-07-14"),
    ),
    "nothing is dated and the articles are about the same things": (
        article("a", facts(place=BEIJING), context=SUMMER),
        article("b", facts(place=BEIJING), context=SUMMER[1:]),
    ),
    "a country and a city in it": (
        article("a", facts(place=CHINA, date=days("2025-07-13"))),
        article("b", facts(place=BEIJING, date=days("2025-07-13"))),
    ),
}
SAME["a day without its year, and with it"] = (
    article("a", facts(status=Status.ANNOUNCED, yearless="--07-13", place=BEIJING)),
    article("b", facts(date=days("2025-07-13"), place=BEIJING), published="2025-07-13"),
)
OTHER: dict[str, tuple[TaggedArticle, TaggedArticle]] = {
    "another person": (article("a", facts(date=days("2025-07-13"))), article("b", facts(cn="Xi Jinping", date=days("2025-07-13")))),
    "another day": (article("a", facts(date=days("2025-07-13"))), article("b", facts(date=days("2025-07-15")))),
    "another city": (
        article("a", facts(place=BEIJING), published="2025-07-13"),
        article("b", facts(place=MOSCOW), published="2025-07-13"),
    ),
    "a call and a visit": (
        article("a", facts(mode=Mode.PHONE), published="2025-07-13"),
        article("b", facts(), published="2025-07-13"),
    ),
    "nothing is dated and the articles are about other things": (
        article("a", facts(place=BEIJING), context=SUMMER),
        article("b", facts(place=BEIJING), context=SPRING),
    ),
    "another office": (
        article("a", facts(ru=None, ru_office="defence_minister"), published="2025-07-13"),
        article("b", facts(ru=None), published="2025-07-13"),
    ),
    "months apart": (article("a", facts(), published="2025-03-01"), article("b", facts(), published="2025-07-13")),
    "the next announcement of the pair": (
        article("a", facts(status=Status.ANNOUNCED, yearless="--06")),
        article("b", facts(status=Status.ANNOUNCED, yearless="--10")),
    ),
    "announced after the last one was held": (
        article("a", facts(), published="2025-07-13"),
        article("b", facts(status=Status.ANNOUNCED), published="2025-07-14"),
    ),
}


@pytest.mark.parametrize(("first", "second"), SAME.values(), ids=SAME)
@pytest.mark.parametrize("order", ["as told", "the other way round"])
def test_one_meeting_stays_one(first: TaggedArticle, second: TaggedArticle, order: str, lexicon: Lexicon) -> None:
    told = tell(lexicon, *((first, second) if order == "as told" else (second, first)))
    assert told[0].meeting.meeting_id == told[1].meeting.meeting_id


@pytest.mark.parametrize(("first", "second"), OTHER.values(), ids=OTHER)
def test_another_meeting_is_another(first: TaggedArticle, second: TaggedArticle, lexicon: Lexicon) -> None:
    told = tell(lexicon, first, second)
    assert told[0].meeting.meeting_id != told[1].meeting.meeting_id


def test_many_meetings_elsewhere_do_not_add_up_to_one_here(lexicon: Lexicon) -> None:
    cities = {"Beijing": "CN", "Moscow": "RU", "Astana": "KZ", "Delhi": "IN"}
    places = [Place(city=city, country=country) for city, country in cities.items()]
    told = [article(str(i), facts(place=place, date=days("2025-07-03")), published="2025-07-03") for i, place in enumerate(places)]
    assert alerts(lexicon, *told) == [NEW] * len(places)


def test_many_meetings_of_other_years_do_not_add_up_to_one_of_now(lexicon: Lexicon) -> None:
    yearly = [article(str(year), facts(place=BEIJING, date=days(f"{year}-07-13")), context=SUMMER) for year in range(1993, 2024)]
    assert alerts(lexicon, *yearly, article("now", facts(place=BEIJING), published="2025-07-13", context=SUMMER)) == [NEW] * 32


def test_an_article_without_a_date_speaks_as_of_the_newest_that_the_stream_has_told_of(lexicon: Lexicon) -> None:
    told = tell(lexicon, article("a", facts(), published="2025-07-13"), article("b", facts()))
    assert told[1].meeting.meeting_id == told[0].meeting.meeting_id
    assert told[1].meeting.as_of == told[0].meeting.as_of


def test_in_a_stream_without_dates_no_time_is_assumed(lexicon: Lexicon) -> None:
    others = [article(f"x{i}", facts("Igor Morgulov", "Ma Zhaoxu")) for i in range(3)]
    told = tell(lexicon, article("a", facts(), published="2025-07-13"), *others, article("b", facts()))
    assert told[-1].meeting.meeting_id != told[0].meeting.meeting_id
    assert told[-1].meeting.as_of is None


def test_a_visit_announced_without_a_day_is_the_next_one_there(lexicon: Lexicon) -> None:
    planned = article("a", facts(status=Status.ANNOUNCED, place=CHINA), published="2025-05-01", context=SUMMER)
    held = article("b", facts(place=BEIJING), published="2025-07-13", context=SUMMER[1:])
    told = tell(lexicon, planned, held)
    assert told[1].meeting.meeting_id == told[0].meeting.meeting_id


def test_an_article_that_claims_to_be_of_the_future_has_not_the_last_word(lexicon: Lexicon) -> None:
    planned = article("a", facts(status=Status.ANNOUNCED, place=MOSCOW, date=days("2025-07-22")), published="2099-01-01")
    off = article("b", facts(status=Status.CANCELLED, place=MOSCOW, date=days("2025-07-22")), published="2025-07-21")
    first, second = tell(lexicon, planned, off.model_copy(update={"came_at": NOW + timedelta(days=1)}))
    assert (second.meeting.meeting_id, second.meeting.facts.status) == (first.meeting.meeting_id, Status.CANCELLED)


@given(order=st.permutations(range(6)))
def test_last_month_replayed_beside_this_month_s_news_is_two_meetings_in_any_order(order: list[int], lexicon: Lexicon) -> None:
    may, july = facts(place=MOSCOW, date=days("2025-05-08")), facts(place=BEIJING, date=days("2025-07-13"))
    ahead = Status.ANNOUNCED
    told = [
        article("a", may.model_copy(update={"status": ahead}), published="2025-05-02", context=SPRING),
        article("b", may, published="2025-05-08", context=SPRING),
        article("c", may, published="2025-05-09", context=SPRING),
        article("x", july.model_copy(update={"status": ahead}), published="2025-07-10", context=SUMMER),
        article("y", july, published="2025-07-13", context=SUMMER),
        article("z", july, published="2025-07-14", context=SUMMER),
    ]
    known = Ledger()
    decisions = tell(lexicon, *(told[number] for number in order), known=known)
    meetings = {one.source.article_id: decision.meeting.meeting_id for decision in decisions for one in decision.meeting.applied}
    assert len(known) == 2
    assert {meetings[name] for name in "abc"}.isdisjoint({meetings[name] for name in "xyz"})
    assert all(meeting.facts.status is Status.HELD for meeting in known.alike(may, NOW))


def test_two_mentions_of_one_article_are_two_meetings(lexicon: Lexicon) -> None:
    told = tell(lexicon, article("a", facts(), facts()))
    assert told[0].meeting.meeting_id != told[1].meeting.meeting_id


def test_an_announced_meeting_that_is_held_keeps_its_id_and_says_so(lexicon: Lexicon) -> None:
    planned = article("a", facts(status=Status.ANNOUNCED, date=days("2025-07-10", "2025-07-20")), published="2025-07-01")
    held = article("b", facts(date=days("2025-07-13")), published="2025-07-13")
    told = tell(lexicon, planned, held)
    assert told[0].meeting.meeting_id == told[1].meeting.meeting_id
    assert [(d.alert.type, d.alert.changes) for d in told if d.alert] == [(NEW, ()), (UPDATED, ("status",))]
    assert told[1].meeting.facts.date == days("2025-07-13")


def test_a_late_announcement_of_a_held_meeting_does_not_unhold_it(lexicon: Lexicon) -> None:
    held = article("a", facts(date=days("2025-07-13")), published="2025-07-13")
    planned = article("b", facts(status=Status.ANNOUNCED, date=days("2025-07-13")), published="2025-07-11")
    told = tell(lexicon, held, planned)
    assert told[1].meeting.meeting_id == told[0].meeting.meeting_id
    assert told[1].meeting.facts.status is Status.HELD


@pytest.mark.parametrize(
    ("case", "articles", "expected"),
    [
        (
            "a further source corroborates",
            [article("a", facts(), published="2025-07-13"), article("b", facts(), published="2025-07-13")],
            [NEW, CORROBORATED],
        ),
        (
            "a copy is no further source",
            [article("a", facts(), published="2025-07-13"), article("b", facts(), published="2025-07-13", copy_of="a")],
            [NEW, None],
        ),
        ("background never alerts", [article("a", facts(), background=True)], [None]),
        (
            "news of what was only background so far is new",
            [article("a", facts(date=days("2025-07-13")), background=True), article("b", facts(date=days("2025-07-13")))],
            [None, NEW],
        ),
        ("a multilateral meeting is recorded and does not alert", [article("a", facts(format=Format.MULTILATERAL))], [None]),
        (
            "a new date of an announced meeting updates",
            [
                article("a", facts(status=Status.ANNOUNCED, date=days("2025-07-13")), published="2025-07-01"),
                article("b", facts(status=Status.ANNOUNCED, date=days("2025-07-16")), published="2025-07-05"),
            ],
            [NEW, UPDATED],
        ),
        (
            "a cancelled meeting updates",
            [
                article("a", facts(status=Status.ANNOUNCED, date=days("2025-07-13")), published="2025-07-01"),
                article("b", facts(status=Status.CANCELLED, date=days("2025-07-13")), published="2025-07-05"),
            ],
            [NEW, UPDATED],
        ),
    ],
)
def test_what_alerts(case: str, articles: list[TaggedArticle], expected: list[AlertType | None], lexicon: Lexicon) -> None:
    assert alerts(lexicon, *articles) == expected


def test_an_article_applied_again_changes_nothing_and_alerts_nothing(lexicon: Lexicon) -> None:
    once, again = article("a", facts(), published="2025-07-13"), article("b", facts(), published="2025-07-13")
    known = Ledger()
    first = tell(lexicon, once, again, known=known)
    repeated = tell(lexicon, once, again, known=known)
    assert [d.alert for d in repeated] == [None, None]
    assert [d.meeting for d in repeated] == [first[-1].meeting] * 2


def test_the_watch_decides_on_the_least_level(lexicon: Lexicon) -> None:
    watch = lexicon.watches["russia-china"].model_copy(update={"least_level": Level.MINISTER})
    strict = Lexicon(lexicon.world.model_copy(update={"watches": {"russia-china": watch}}), lexicon.languages)
    low = article("a", facts(ru=None, cn=None, ru_office="governor", cn_office="deputy_governor", level=Level.OTHER))
    assert alerts(strict, low) == [None]
    assert alerts(lexicon, low) == [NEW]


def test_an_unsure_report_is_recorded_and_alerts_once_a_surer_one_comes(lexicon: Lexicon) -> None:
    unsure = article("a", facts(date=days("2025-07-13")), confidence=0.55)
    surer = article("b", facts(date=days("2025-07-13")), confidence=0.8)
    told = tell(lexicon, unsure, surer)
    assert [d.alert.type if d.alert else None for d in told] == [None, NEW]
    assert told[0].meeting.meeting_id == told[1].meeting.meeting_id


def test_a_ledger_built_anew_answers_like_the_one_that_grew(lexicon: Lexicon) -> None:
    told: list[Facts] = [facts(place=BEIJING), facts(cn="Xi Jinping"), facts(ru=None), facts(mode=Mode.PHONE)]
    grown = Ledger()
    meetings = [d.meeting for d in tell(lexicon, *(article(str(i), f, published="2025-07-13") for i, f in enumerate(told)), known=grown)]
    for order in itertools.permutations({m.meeting_id: m for m in meetings}.values()):
        built = Ledger(order)
        assert [built.alike(f, NOW) for f in told] == [grown.alike(f, NOW) for f in told]


def test_a_ledger_leaves_out_only_what_contradicts(lexicon: Lexicon) -> None:
    office, lavrov = "foreign_minister", "Sergey Lavrov"
    people = [(lavrov, office), ("Igor Morgulov", office), (None, office), (None, None)]
    guessed = replace(days("2025-02-07"), told=False)
    spans = [days("2025-01-01", "2025-01-31"), days("2025-01-30", "2025-02-02"), days("2020-01-01", "2025-01-01")]
    dates = [None, guessed, days("2024-12-31"), days("2025-02-07"), days("2026-02-07"), *spans]
    told = [facts(name, ru_office=of, date=date) for (name, of), date in itertools.product(people, dates)]
    model = tell(lexicon, article("a", facts()))[0].meeting
    known = Ledger(model.model_copy(update={"meeting_id": str(i), "facts": one}) for i, one in enumerate(told))
    for one in told:
        found = {meeting.meeting_id for meeting in known.alike(one, NOW)}
        assert {meeting.meeting_id for meeting in known if not contradicts(one, meeting.facts)} <= found
    assert len(known.alike(told[2], NOW)) < len(known)


def test_of_very_many_that_can_be_meant_those_nearest_in_time_are(lexicon: Lexicon) -> None:
    model = tell(lexicon, article("a", facts()))[0].meeting
    each_month = [datetime(year, month, 5, tzinfo=UTC) for year in range(2000, 2025) for month in range(1, 13)]
    known = Ledger(model.model_copy(update={"meeting_id": str(moment.date()), "as_of": moment}) for moment in each_month)
    spoken = datetime(2012, 6, 20, tzinfo=UTC)
    found = [datetime.fromisoformat(meeting.meeting_id).replace(tzinfo=UTC) for meeting in known.alike(facts(), spoken)]
    farthest = max(abs(moment - spoken) for moment in found)
    assert len(found) < len(known) / 4
    assert all(abs(moment - spoken) > timedelta(days=2 * 365) for moment in {*each_month} - {*found}) and farthest < timedelta(days=3 * 365)


def test_meetings_are_forgotten_once_they_are_over_and_nobody_tells_of_them_any_more(lexicon: Lexicon) -> None:
    known = Ledger()
    long_ago = article("a", facts(date=days("2025-03-01")))
    ahead = article("b", facts("Vladimir Putin", "Xi Jinping", status=Status.ANNOUNCED, date=days("2025-09-03")))
    again = article("c", facts("Mikhail Mishustin", "Li Qiang", date=days("2025-03-01")))
    told = tell(lexicon, long_ago, ahead, again, known=known)
    later = article("d", facts("Mikhail Mishustin", "Li Qiang", date=days("2025-03-01")))
    tell(lexicon, later.model_copy(update={"came_at": NOW + timedelta(days=9)}), known=known)
    ids = [decision.meeting.meeting_id for decision in told]
    assert [meeting.meeting_id for meeting in known.expire(NOW + timedelta(days=1))] == [ids[0]]
    assert [meeting.meeting_id for meeting in known.expire(NOW + timedelta(days=90))] == [ids[2], ids[1]]
    assert len(known) == 0


def test_a_forgotten_meeting_is_found_no_more(lexicon: Lexicon) -> None:
    known = Ledger()
    (decision,) = tell(lexicon, article("a", facts()), known=known)
    known.remove(decision.meeting.meeting_id)
    assert known.alike(facts(), NOW) == [] and known.applied(decision.meeting.applied[0].source, 0) is None and len(known) == 0


def test_an_edit_that_changes_the_meeting_updates_it_and_is_no_further_source(lexicon: Lexicon) -> None:
    planned = facts(status=Status.ANNOUNCED, date=days("2025-07-13"))
    first = article("a", planned, published="2025-07-10")
    edit = article("a", planned.model_copy(update={"status": Status.CANCELLED}), published="2025-07-10", version="2")
    new, updated = tell(lexicon, first, edit)
    assert [d.alert.type for d in (new, updated) if d.alert] == [NEW, UPDATED]
    assert updated.meeting.meeting_id == new.meeting.meeting_id
    assert (updated.meeting.facts.status, updated.meeting.sources, len(updated.meeting.applied)) == (Status.CANCELLED, 1, 1)


def test_an_edit_that_changes_nothing_of_the_meeting_alerts_nobody(lexicon: Lexicon) -> None:
    versions = [article("a", facts(), version=version) for version in ("1", "2", "3")]
    assert alerts(lexicon, *versions) == [NEW, None, None]


def test_an_edit_that_adds_a_meeting_is_the_first_to_tell_of_it(lexicon: Lexicon) -> None:
    xi = facts(cn="Xi Jinping", cn_office="president", date=days("2025-07-13"))
    wang = facts(date=days("2025-07-13"))
    decisions = tell(lexicon, article("a", wang), article("a", xi, wang, version="2"))
    assert [d.alert and d.alert.type for d in decisions] == [NEW, NEW, None]
    assert decisions[0].meeting.meeting_id == decisions[2].meeting.meeting_id != decisions[1].meeting.meeting_id


def test_versions_that_come_again_in_any_order_change_nothing(lexicon: Lexicon) -> None:
    planned = facts(status=Status.ANNOUNCED, date=days("2025-07-13"))
    held = facts(date=days("2025-07-13"))
    versions = [article("a", planned, published="2025-07-10"), article("a", held, published="2025-07-10", version="2")]
    known = Ledger()
    *_, last = tell(lexicon, *versions, known=known)
    known = Ledger([last.meeting])  # as read back from the table
    again = tell(lexicon, *versions, *reversed(versions), known=known)
    assert [(d.alert, d.meeting) for d in again] == [(None, last.meeting)] * 4


def test_an_edit_of_a_copy_is_still_no_source(lexicon: Lexicon) -> None:
    told = facts(date=days("2025-07-13"))
    copy, edit = (article("b", told, copy_of="a", version=version) for version in ("1", "2"))
    assert alerts(lexicon, article("a", told), copy, edit) == [NEW, None, None]
