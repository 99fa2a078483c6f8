"""Same event or another, where outlets disagree: about an office, a place, a day, or who receives a guest."""
from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from pipeline.events.ledger import Ledger
from pipeline.events.people import kin
from pipeline.events.sameness import contradicts
from pipeline.lexicon.load import Lexicon
from schemas.meetings import Mode, Place, Status, TaggedArticle
from tests.pipeline.stories import BEIJING, CHINA, MOSCOW, NOW, article, days, facts, tell

TALKS, SOCHI = ("organisation:sco", "person:trump"), Place(city="Sochi", country="RU")
GUESSED = replace(days("2025-06-01"), told=False)
SAME: dict[str, tuple[TaggedArticle, TaggedArticle]] = {
    "one outlet errs about the place of that day": (
        article("a", facts(place=BEIJING, date=days("2025-07-13")), published="2025-07-13", context=TALKS),
        article("b", facts(place=MOSCOW, date=days("2025-07-13")), published="2025-07-14", context=TALKS),
    ),
    "one outlet errs about the place of a day of the visit": (
        article("a", facts(place=BEIJING, date=days("2025-07-12", "2025-07-14")), published="2025-07-13", context=TALKS),
        article("b", facts(place=MOSCOW, date=days("2025-07-13")), published="2025-07-14", context=TALKS),
    ),
    "one outlet does not say that it was a call": (
        article("a", facts(mode=Mode.PHONE, date=days("2025-07-13")), published="2025-07-13", context=TALKS),
        article("b", facts(place=MOSCOW, date=days("2025-07-13")), published="2025-07-13", context=TALKS),
    ),
    "the counterpart of a secretary of the security council is the top diplomat": (
        article("a", facts("Nikolai Patrushev", None, ru_office="security_council_secretary", cn_office="security_council_secretary",
                           date=days("2021-05-25")), published="2021-05-25"),
        article("b", facts("Nikolai Patrushev", "Yang Jiechi", ru_office="security_council_secretary", cn_office="top_diplomat",
                           date=days("2021-05-25")), published="2021-05-25"),
    ),
    "a deputy minister of no ministry": (
        article("a", facts(None, "Ma Zhaoxu", ru_office="deputy_minister", cn_office="deputy_foreign_minister",
                           date=days("2025-03-17")), published="2025-03-17"),
        article("b", facts("Igor Morgulov", "Ma Zhaoxu", ru_office="deputy_foreign_minister", cn_office="deputy_foreign_minister",
                           date=days("2025-03-17")), published="2025-03-17"),
    ),
    "the day told beside an announcement is its own": (
        article("a", facts(status=Status.ANNOUNCED, place=MOSCOW, date=GUESSED), published="2025-06-01"),
        article("b", facts(status=Status.ANNOUNCED, place=MOSCOW, date=days("2025-06-20")), published="2025-06-12"),
    ),
    "called off twice, in a month and without a day": (
        article("a", facts(status=Status.CANCELLED, date=days("2025-06-01", "2025-06-30")), published="2025-06-06"),
        article("b", facts(status=Status.CANCELLED), published="2025-06-19"),
    ),
    "called off twice, without a day": (
        article("a", facts(status=Status.CANCELLED, place=MOSCOW), published="2025-06-06"),
        article("b", facts(status=Status.CANCELLED), published="2025-06-14"),
    ),
}  # fmt: skip
OTHER: dict[str, tuple[TaggedArticle, TaggedArticle]] = {
    "another city on the next day": (
        article("a", facts(place=BEIJING, date=days("2025-07-13")), published="2025-07-13"),
        article("b", facts(place=MOSCOW, date=days("2025-07-14")), published="2025-07-14"),
    ),
    "elsewhere on that day, and nothing else is told of both": (
        article("a", facts(place=BEIJING, date=days("2025-07-13")), published="2025-07-13", context=TALKS[:1]),
        article("b", facts(place=MOSCOW, date=days("2025-07-13")), published="2025-07-13", context=TALKS[1:]),
    ),
    "elsewhere on that day, but not of the same two by name": (
        article("a", facts(None, "Wang Yi", place=BEIJING, date=days("2025-07-13")), published="2025-07-13"),
        article("b", facts(place=MOSCOW, date=days("2025-07-13")), published="2025-07-13"),
    ),
    "held on a day that others tell, and weeks later": (
        article("a", facts(place=MOSCOW, date=GUESSED), published="2025-06-01"),
        article("b", facts(place=MOSCOW, date=days("2025-06-20")), published="2025-06-20"),
    ),
    "elsewhere in the same month": (
        article("a", facts(place=BEIJING, date=days("2025-07-01", "2025-07-31")), published="2025-07-13"),
        article("b", facts(place=MOSCOW, date=days("2025-07-01", "2025-07-31")), published="2025-07-13"),
    ),
    "a call in the month of a visit": (
        article("a", facts(mode=Mode.PHONE, date=days("2025-07-01", "2025-07-31")), published="2025-07-13"),
        article("b", facts(place=MOSCOW, date=days("2025-07-13")), published="2025-07-13"),
    ),
    "announced for another day in another city": (
        article("a", facts(status=Status.ANNOUNCED, place=MOSCOW, date=days("2025-07-10")), published="2025-07-01", context=TALKS),
        article("b", facts(status=Status.ANNOUNCED, place=SOCHI, date=days("2025-07-14")), published="2025-07-05", context=TALKS),
    ),
    "two ministers of two ministries": (
        article("a", facts(None, None, ru_office="minister", cn_office="minister", date=days("2025-07-13")), published="2025-07-13"),
        article("b", facts(None, None, date=days("2025-07-13")), published="2025-07-13"),
    ),
    "a visit without its host, and who else received the guest": (
        article("a", facts("Mikhail Mishustin", None, ru_office="prime_minister", cn_office=None, status=Status.ANNOUNCED,
                           place=CHINA, date=days("2025-06-01", "2025-06-30")), published="2025-05-20", context=TALKS),
        article("b", facts("Mikhail Mishustin", "Xi Jinping", ru_office="prime_minister", cn_office="president",
                           place=BEIJING, date=days("2025-06-04")), published="2025-06-04"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("first", "second"), SAME.values(), ids=SAME)
@pytest.mark.parametrize("order", ["as told", "the other way round"])
def test_outlets_that_disagree_tell_of_one_meeting(first: TaggedArticle, second: TaggedArticle, order: str, lexicon: Lexicon) -> None:
    told = tell(lexicon, *((first, second) if order == "as told" else (second, first)))
    assert told[0].meeting.meeting_id == told[1].meeting.meeting_id


@pytest.mark.parametrize(("first", "second"), OTHER.values(), ids=OTHER)
@pytest.mark.parametrize("order", ["as told", "the other way round"])
def test_another_meeting_is_another(first: TaggedArticle, second: TaggedArticle, order: str, lexicon: Lexicon) -> None:
    told = tell(lexicon, *((first, second) if order == "as told" else (second, first)))
    assert told[0].meeting.meeting_id != told[1].meeting.meeting_id


def test_a_visit_without_its_host_is_the_one_to_the_guest_s_counterpart(lexicon: Lexicon) -> None:
    premier, visiting = "Mikhail Mishustin", {"ru_office": "prime_minister", "status": Status.ANNOUNCED, "date": days("2025-06-03")}
    by_xi = facts(premier, "Xi Jinping", cn_office="president", **visiting)
    hosts = article("a", by_xi, facts(premier, "Li Qiang", cn_office="prime_minister", **visiting))
    visit = article("b", facts(premier, None, cn_office=None, **visiting))
    told = tell(lexicon, hosts, visit)
    assert told[2].meeting.meeting_id == told[1].meeting.meeting_id


def test_a_ledger_finds_who_is_known_by_another_word_for_the_office(lexicon: Lexicon) -> None:
    offices = ["foreign_minister", "minister", "top_diplomat", "president", "party_official", "deputy_minister", "deputy_foreign_minister"]
    people = [*itertools.product(("Sergey Lavrov", None), offices), (None, None)]
    told = [facts(ru=name, ru_office=office) for name, office in people]
    model = tell(lexicon, article("a", facts()))[0].meeting
    known = Ledger(model.model_copy(update={"meeting_id": str(i), "facts": one}) for i, one in enumerate(told))
    for one in told:
        found = {meeting.meeting_id for meeting in known.alike(one, NOW)}
        assert {meeting.meeting_id for meeting in known if not contradicts(one, meeting.facts)} <= found


def test_words_for_an_office_hold_both_ways(lexicon: Lexicon) -> None:
    assert all(office in kin(other) for office in lexicon.offices for other in kin(office))
    assert {other for office in lexicon.offices for other in kin(office)} <= {*lexicon.offices}
