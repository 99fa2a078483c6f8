"""review: what a verdict does to the meeting that it is on and to the one that it names, and what it means for articles behind it."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.events.ledger import Ledger
from pipeline.lexicon.load import Lexicon
from pipeline.meet import Decision, decide
from pipeline.review import MOST, check, review
from schemas.errors import VerdictError
from schemas.meetings import Alert, AlertType, Meeting, Status, TaggedArticle
from schemas.verdicts import Ruling, Verdict
from tests.pipeline.stories import BEIJING, MOSCOW, NOW, article, days, facts

NEW, UPDATED, CORROBORATED, RETRACTED = AlertType.NEW, AlertType.UPDATED, AlertType.CORROBORATED, AlertType.RETRACTED
RIGHT, WRONG, SAME_AS, NO_MEETING = Ruling.RIGHT, Ruling.WRONG, Ruling.SAME_AS, Ruling.NO_MEETING


@dataclass
class World:
    """A ledger, and all that was sent."""

    lexicon: Lexicon
    known: Ledger = field(default_factory=Ledger)
    alerts: list[Alert] = field(default_factory=list)
    current: dict[str, Meeting | None] = field(default_factory=dict)
    given: int = 0

    def tell(self, *articles: TaggedArticle) -> list[str]:
        """The meetings that these are applied to, each by its id."""
        ids = []
        for one in articles:
            for mention in one.mentions:
                decision = decide(one, mention, self.known, self.lexicon.watches)
                self.take([decision])
                ids.append(decision.meeting.meeting_id)
        return ids

    def verdict(self, ruling: Ruling, meeting_id: str, same_as: str | None = None) -> Verdict:
        """Another one each time."""
        self.given += 1
        return Verdict(
            verdict_id=f"v{self.given}", watch="russia-china", meeting_id=meeting_id, ruling=ruling, same_as=same_as, at=NOW, came_at=NOW
        )

    def rule(self, ruling: Ruling, meeting_id: str, same_as: str | None = None) -> list[tuple[str, AlertType]]:
        """What it alerts, by meeting."""
        return self.apply(self.verdict(ruling, meeting_id, same_as))

    def apply(self, verdict: Verdict, remembered: int | None = None) -> list[tuple[str, AlertType]]:
        """Of the decisions only the first are `remembered`, as after a kill; by default all."""
        before = len(self.alerts)
        for n, decision in enumerate(review(verdict, self.known, self.lexicon.watches)):
            self.take([decision], remember=remembered is None or n < remembered)
        return [(alert.meeting_id, alert.type) for alert in self.alerts[before:]]

    def take(self, decisions: Iterable[Decision], remember: bool = True) -> None:
        for decision in decisions:
            if decision.alert:
                self.alerts.append(decision.alert)
            self.current[decision.meeting.meeting_id] = decision.standing
            if remember:
                self.known.put(decision.meeting)

    def shown(self, meeting_id: str) -> Meeting:
        """As everybody sees it."""
        meeting = self.current[meeting_id]
        assert meeting
        return meeting

    def kinds(self) -> list[AlertType]:
        return [alert.type for alert in self.alerts]


@pytest.fixture
def world(lexicon: Lexicon) -> World:
    return World(lexicon)


PUTIN = facts("Vladimir Putin", "Xi Jinping", date=days("2025-07-13"))
LAVROV = facts(date=days("2025-07-13"), place=BEIJING)
FAR = facts(date=days("2025-07-15"), place=MOSCOW)  # another meeting for the detector


@pytest.mark.parametrize(
    ("rulings", "expected"),
    [
        ([RIGHT], []),
        ([WRONG], [RETRACTED]),
        ([NO_MEETING], [RETRACTED]),
        ([NO_MEETING, WRONG], [RETRACTED]),
        ([WRONG, RIGHT], [RETRACTED, NEW]),
        ([WRONG, RIGHT, RIGHT], [RETRACTED, NEW]),
        ([WRONG, RIGHT, NO_MEETING], [RETRACTED, NEW, RETRACTED]),
        ([RIGHT, NO_MEETING, NO_MEETING, RIGHT], [RETRACTED, NEW]),
    ],
    ids=lambda some: " ".join(some) or "nothing",
)
def test_a_retraction_is_told_once_and_a_meeting_that_stands_again_is_new(
    world: World, rulings: Sequence[Ruling], expected: list[AlertType]
) -> None:
    (meeting_id,) = world.tell(article("a", LAVROV))
    for ruling in rulings:
        world.rule(ruling, meeting_id)
    assert world.kinds() == [NEW, *expected]
    assert (world.current[meeting_id] is None) is (rulings[-1] is not RIGHT)
    assert [alert.revision for alert in world.alerts] == [*range(1, len(world.alerts) + 1)]
    assert len({alert.alert_id for alert in world.alerts}) == len(world.alerts)


def test_a_retraction_says_what_was_told_and_what_was_ruled(world: World) -> None:
    (meeting_id,) = world.tell(article("a", LAVROV))
    verdict = world.verdict(NO_MEETING, meeting_id).model_copy(update={"note": "a letter"})
    world.apply(verdict)
    told, retraction = world.alerts
    assert (retraction.facts, retraction.evidence, retraction.article) == (told.facts, told.evidence, told.article)
    assert (retraction.verdict, told.verdict) == (verdict, None)


def test_a_verdict_shows_on_the_meeting(world: World) -> None:
    (meeting_id,) = world.tell(article("a", LAVROV))
    world.rule(RIGHT, meeting_id)
    shown = world.shown(meeting_id)
    assert [(part.verdict.ruling, part.alert_id) for part in shown.verdicts] == [(RIGHT, None)]
    assert shown.verdict and shown.verdict.ruling is RIGHT


def test_a_meeting_that_no_alert_told_of_is_taken_back_and_stands_again_in_silence(world: World) -> None:
    (meeting_id,) = world.tell(article("a", LAVROV, background=True))
    world.rule(NO_MEETING, meeting_id)
    assert world.current[meeting_id] is None
    world.rule(RIGHT, meeting_id)
    assert world.current[meeting_id]
    assert world.alerts == []


AGAIN = {
    "the same": LAVROV,
    "less": facts(place=BEIJING),
    "a title instead of a name": facts(cn=None, date=days("2025-07-13"), place=BEIJING),
}
OTHERWISE = {
    "it was called off": LAVROV.model_copy(update={"status": Status.CANCELLED}),
    "another day": facts(date=days("2025-07-14"), place=BEIJING),
    "another place": facts(date=days("2025-07-13"), place=MOSCOW),
}
MORE = {"the place": LAVROV}


@pytest.mark.parametrize("ruling", [WRONG, NO_MEETING])
@pytest.mark.parametrize("told", AGAIN.values(), ids=AGAIN)
def test_who_repeats_what_was_retracted_alerts_nobody(world: World, ruling: Ruling, told: object) -> None:
    (meeting_id,) = world.tell(article("a", LAVROV, published="2025-07-13"))
    world.rule(ruling, meeting_id)
    later = [article(name, told, published="2025-07-14") for name in "bcd"]  # type: ignore[arg-type]
    assert world.tell(*later) == [meeting_id] * 3
    assert world.kinds() == [NEW, RETRACTED]
    assert world.current[meeting_id] is None
    world.rule(RIGHT, meeting_id)
    assert world.shown(meeting_id).sources == 4  # they are known, should it stand again


@pytest.mark.parametrize("ruling", [WRONG, NO_MEETING])
@pytest.mark.parametrize("told", OTHERWISE.values(), ids=OTHERWISE)
def test_who_says_otherwise_is_heard(world: World, ruling: Ruling, told: object) -> None:
    (meeting_id,) = world.tell(article("a", LAVROV, published="2025-07-13"))
    world.rule(ruling, meeting_id)
    (other,) = world.tell(article("b", told, published="2025-07-14"))  # type: ignore[arg-type]
    assert other != meeting_id
    assert world.kinds() == [NEW, RETRACTED, NEW]


@pytest.mark.parametrize(("ruling", "heard"), [(WRONG, True), (NO_MEETING, False)])
def test_who_says_more_is_heard_where_there_is_a_meeting_and_repeats_it_where_there_is_none(
    world: World, ruling: Ruling, heard: bool
) -> None:
    (meeting_id,) = world.tell(article("a", facts(date=days("2025-07-13")), published="2025-07-13"))
    world.rule(ruling, meeting_id)
    (other,) = world.tell(article("b", LAVROV, published="2025-07-13"))
    assert (other != meeting_id) is heard


def test_an_edit_that_corrects_itself_is_heard(world: World) -> None:
    (meeting_id,) = world.tell(article("a", LAVROV, published="2025-07-13"))
    world.rule(WRONG, meeting_id)
    right = LAVROV.model_copy(update={"status": Status.ANNOUNCED})
    (other,) = world.tell(article("a", right, published="2025-07-13", version="2"))
    assert other != meeting_id
    assert world.kinds()[-1] is NEW


def test_what_is_retracted_grows_no_newer_by_who_repeats_it(world: World) -> None:
    undated = facts()
    (meeting_id,) = world.tell(article("a", undated, published="2025-07-01"))
    world.rule(NO_MEETING, meeting_id)
    assert world.tell(*(article(str(n), undated, published=f"2025-07-{n:02}") for n in (2, 3))) == [meeting_id] * 2
    (other,) = world.tell(article("later", undated, published="2025-07-19"))
    assert other != meeting_id


def test_the_other_meeting_gains_what_was_known_of_the_one_that_is_the_same(world: World) -> None:
    one, other = world.tell(article("a", FAR), article("b", LAVROV.model_copy(update={"status": Status.ANNOUNCED})))
    assert one != other
    assert world.rule(SAME_AS, one, other) == [(other, UPDATED), (one, RETRACTED)]
    assert world.current[one] is None
    shown = world.shown(other)
    assert (shown.facts.status, shown.sources, [part.source.article_id for part in shown.applied]) == (Status.HELD, 2, ["b", "a"])
    assert world.alerts[-2].changes == ("status",)
    assert world.alerts[-2].article.article_id == "a"


def test_another_source_corroborates_and_a_copy_does_not(world: World) -> None:
    for name, copy_of, expected in (("b", None, [CORROBORATED, RETRACTED]), ("c", "a", [RETRACTED])):
        one = World(world.lexicon)
        first, second = one.tell(article("a", LAVROV), article(name, FAR, copy_of=copy_of))
        assert [kind for _, kind in one.rule(SAME_AS, second, first)] == expected


def test_a_meeting_that_nobody_was_told_of_is_told_when_it_gains_one_that_was(world: World) -> None:
    recalled, told = world.tell(article("a", LAVROV, background=True), article("b", FAR))
    assert world.rule(SAME_AS, told, recalled) == [(recalled, NEW), (told, RETRACTED)]


def test_articles_behind_the_ruling_join_the_other_meeting(world: World) -> None:
    one, other = world.tell(article("a", FAR, published="2025-07-15"), article("b", LAVROV, published="2025-07-13"))
    world.rule(SAME_AS, one, other)
    assert world.tell(article("c", FAR, published="2025-07-15")) == [other]
    assert world.alerts[-1].type is CORROBORATED
    assert world.shown(other).sources == 3


def test_two_mentions_of_one_article_that_were_ruled_one_meeting_stay_one_when_it_is_edited(world: World) -> None:
    one, other = world.tell(article("a", LAVROV, FAR))
    world.rule(SAME_AS, other, one)
    assert world.shown(one).sources == 1
    before = len(world.alerts)
    assert world.tell(article("a", LAVROV, FAR), article("a", LAVROV, FAR, version="2"))[2:] == [one, one]
    assert len(world.alerts) == before
    assert world.shown(one).sources == 1


@pytest.mark.parametrize("ruling", [RIGHT, WRONG, NO_MEETING])
def test_with_another_ruling_each_meeting_is_what_it_was_before(world: World, ruling: Ruling) -> None:
    one, other = world.tell(article("a", FAR), article("b", LAVROV.model_copy(update={"status": Status.ANNOUNCED})))
    before = {name: world.shown(name) for name in (one, other)}
    world.rule(SAME_AS, one, other)
    told = world.rule(ruling, one)
    assert told[0] == (other, UPDATED)  # no longer held
    assert told[1:] == ([(one, NEW)] if ruling is RIGHT else [])
    assert content(world.shown(other)) == content(before[other])
    assert world.current[one] is None if ruling is not RIGHT else content(world.shown(one)) == content(before[one])


def content(meeting: Meeting) -> Meeting:
    """Without its alerts and verdicts."""
    return meeting.model_copy(update={"revision": 0, "verdicts": ()})


def test_one_that_is_the_same_as_a_third_meeting_instead_moves_there(world: World) -> None:
    first, second, third = world.tell(article("a", FAR), article("b", LAVROV), article("c", PUTIN))
    world.rule(SAME_AS, first, second)
    world.rule(SAME_AS, first, third)
    assert (world.shown(second).sources, world.shown(third).sources) == (1, 2)
    assert world.kinds()[3:] == [CORROBORATED, RETRACTED, CORROBORATED]


def test_what_was_ruled_the_same_moves_along(world: World) -> None:
    first, second, third = world.tell(article("a", FAR), article("b", LAVROV), article("c", PUTIN))
    world.rule(SAME_AS, first, second)
    world.rule(SAME_AS, second, third)
    assert world.shown(third).sources == 3
    world.rule(RIGHT, second)
    assert (world.shown(second).sources, world.shown(third).sources) == (2, 1)
    world.rule(NO_MEETING, second)
    world.rule(RIGHT, first)
    assert world.shown(first).sources == 1
    world.rule(RIGHT, second)
    assert world.shown(second).sources == 1


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("unknown", "there is no meeting nothing of the watch russia-china, or no longer"),
        ("the same as this", "was ruled the same as"),
        ("retracted", "is retracted: name one that stands"),
    ],
)
def test_a_meeting_that_cannot_be_the_other_one_is_refused_with_the_reason_and_changes_nothing(world: World, case: str, told: str) -> None:
    one, other = world.tell(article("a", FAR), article("b", LAVROV))
    if case == "the same as this":
        world.rule(SAME_AS, other, one)
    if case == "retracted":
        world.rule(NO_MEETING, other)
    before = world.shown(one)
    verdict = world.verdict(SAME_AS, one, "nothing" if case == "unknown" else other)
    with pytest.raises(VerdictError, match=told):
        check(verdict, world.known)
    assert world.apply(verdict) == []
    assert content(world.shown(one)) == content(before)
    refused = world.shown(one).verdicts[-1]
    assert (refused.verdict, told in str(refused.refused)) == (verdict, True)
    assert world.shown(one).verdict is None


def test_one_that_was_refused_stays_so_when_it_is_read_again_and_could_be(world: World) -> None:
    one, other = world.tell(article("a", FAR), article("b", LAVROV))
    world.rule(NO_MEETING, other)
    refused = world.verdict(SAME_AS, one, other)
    world.apply(refused)
    world.rule(RIGHT, other)
    before = rows(world.known)
    assert world.apply(refused) == []
    assert rows(world.known) == before


def test_a_verdict_on_a_meeting_that_is_not_known_is_an_error(world: World) -> None:
    with pytest.raises(VerdictError, match="there is no meeting nothing of the watch russia-china"):
        world.rule(RIGHT, "nothing")


def test_a_meeting_takes_only_so_many_verdicts(world: World) -> None:
    (one,) = world.tell(article("a", LAVROV))
    for _ in range(MOST):
        world.rule(RIGHT, one)
    with pytest.raises(VerdictError, match="takes no more"):
        world.rule(RIGHT, one)


def test_what_is_retracted_is_forgotten_as_any_other_meeting_and_then_told_anew(world: World) -> None:
    (meeting_id,) = world.tell(article("a", LAVROV))
    world.rule(NO_MEETING, meeting_id)
    assert [one.meeting_id for one in world.known.expire(NOW + timedelta(days=1))] == [meeting_id]
    world.tell(article("b", LAVROV))
    assert world.kinds() == [NEW, RETRACTED, NEW]


@pytest.mark.parametrize("older", [0, 1], ids=["the one that is the same is older", "the other one is older"])
def test_meetings_that_are_one_by_a_ruling_are_forgotten_together(world: World, older: int) -> None:
    early, late = article("a", FAR), article("b", LAVROV).model_copy(update={"came_at": NOW + timedelta(days=50)})
    ids = world.tell(early, late)
    world.rule(SAME_AS, ids[older], ids[1 - older])
    assert list(world.known.expire(NOW + timedelta(days=40))) == []
    assert {one.meeting_id for one in world.known.expire(NOW + timedelta(days=60))} == {*ids}


# Whatever is told and ruled, in whatever order: what holds of all alerts, and that nothing hangs on kills and repetitions.

STORIES = [LAVROV, FAR, PUTIN, facts(status=Status.ANNOUNCED, date=days("2025-07-20")), facts("Mikhail Mishustin", "Li Qiang")]
Step = tuple[str, int, Ruling | None, int]
tellings = st.tuples(st.sampled_from("abcdef"), st.integers(0, len(STORIES) - 1), st.none(), st.just(0))
rulings = st.tuples(st.just("v"), st.integers(0, 5), st.sampled_from(Ruling), st.integers(0, 5))
runs = st.lists(st.one_of(tellings, rulings), min_size=3, max_size=25)


def run(lexicon: Lexicon, steps: Sequence[Step], kills: Sequence[int] = ()) -> World:
    """Each step; after a verdict whose number is among `kills`, the worker died before all was remembered, and has read it again."""
    world, ids = World(lexicon), list[str]()
    for name, number, ruling, other in steps:
        if ruling is None:
            ids += [one for one in world.tell(article(f"{name}{number}", STORIES[number])) if one not in ids]
        elif ids:
            meeting_id, target = ids[number % len(ids)], ids[other % len(ids)]
            if ruling is SAME_AS and target == meeting_id:
                continue
            verdict = world.verdict(ruling, meeting_id, target if ruling is SAME_AS else None)
            for remembered in kills:
                world.apply(verdict, remembered)
                world.known = Ledger(rows(world.known))  # what the table has
            world.apply(verdict)
    return world


def rows(known: Ledger) -> list[Meeting]:
    return sorted(known, key=lambda meeting: meeting.meeting_id)


@given(steps=runs)
@settings(deadline=None)
def test_alerts_of_a_meeting_begin_with_new_and_again_after_a_retraction_which_nothing_but_that_follows(
    steps: Sequence[Step], lexicon: Lexicon
) -> None:
    world = run(lexicon, steps)
    for meeting_id in {alert.meeting_id for alert in world.alerts}:
        kinds = [alert.type for alert in world.alerts if alert.meeting_id == meeting_id]
        for before, kind in zip([RETRACTED, *kinds], kinds, strict=False):
            assert (before is RETRACTED) is (kind is NEW)
        if world.known.get(meeting_id):
            assert (kinds[-1] is RETRACTED) is (world.current[meeting_id] is None)


@given(steps=runs, kills=st.lists(st.integers(0, 2), max_size=3))
@settings(deadline=None)
def test_a_kill_at_any_moment_of_a_verdict_changes_no_alert_and_no_meeting(
    steps: Sequence[Step], kills: Sequence[int], lexicon: Lexicon
) -> None:
    world, killed = run(lexicon, steps), run(lexicon, steps, kills)
    assert {alert.alert_id: alert for alert in killed.alerts} == {alert.alert_id: alert for alert in world.alerts}
    assert len({alert.alert_id for alert in world.alerts}) == len(world.alerts)
    assert killed.current == world.current
    assert rows(killed.known) == rows(world.known)


@given(steps=runs)
@settings(deadline=None)
def test_verdicts_that_come_again_in_their_order_change_nothing(steps: Sequence[Step], lexicon: Lexicon) -> None:
    """As after a kill, where what is known is ahead of what is read."""
    world = run(lexicon, steps)
    came = {part.verdict.verdict_id: part.verdict for meeting in rows(world.known) for part in meeting.verdicts}
    assert len(came) == world.given
    before, sent = rows(world.known), len(world.alerts)
    for verdict in sorted(came.values(), key=lambda one: int(one.verdict_id[1:])):
        world.apply(verdict)
    assert (rows(world.known), len(world.alerts)) == (before, sent)


@given(steps=runs)
@settings(deadline=None)
def test_what_is_shown_is_what_the_ledger_has_and_each_article_is_in_one_meeting_that_stands_or_retracted(
    steps: Sequence[Step], lexicon: Lexicon
) -> None:
    world = run(lexicon, steps)
    known = Ledger(rows(world.known))
    assert {row.meeting_id: known.standing(row) for row in rows(known)} == world.current
