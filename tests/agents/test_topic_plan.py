"""What is changed of a topic, what is refused, and what is told before; all of it without a broker."""
from __future__ import annotations

from collections.abc import Collection

import pytest

from agents.settings import Settings
from agents.topic_plan import Plan, planned
from agents.topic_states import TopicState, differing
from agents.topics import ALERTS, CLEANUP, CURRENT, FEED_PARTITIONS, IN_SYNC, LARGEST, RAW, RETENTION, SUBSCRIPTIONS, declared
from tests.agents.topic_states import state

DAY = 24 * 60 * 60 * 1000  # milliseconds
ONE: dict[int, str | None] = {1: None}
THREE: dict[int, str | None] = {1: None, 2: None, 3: None}


def plan(*states: TopicState, brokers: dict[int, str | None] = ONE, moving: Collection[str] = ()) -> Plan:
    return planned(states, brokers, moving)


def test_where_all_is_as_the_settings_say_nothing_is_changed_refused_or_told() -> None:
    states = [state(topic.name) for topic in declared(Settings())]
    nothing = plan(*states)
    assert not nothing
    assert (nothing.refused, nothing.losses, differing(states)) == ((), (), ())


def test_what_is_missing_is_made_and_hinders_no_start() -> None:
    missing = TopicState(state(RAW).topic, None)
    assert [topic.name for topic in plan(missing).make] == [RAW]
    assert (missing.obstacle, missing.differences) == (None, ("missing",))


def test_partitions_of_articles_are_added_and_until_then_the_service_says_which_command_adds_them() -> None:
    fewer = state(RAW, on=((1,), (1,)), partitions=4)
    assert plan(fewer).partitions == {RAW: 4}
    assert "2 partitions, not 4" in str(fewer.obstacle)
    assert "`dyadwatch topics --apply` adds them" in str(fewer.obstacle)


def test_more_partitions_of_articles_are_well_but_asked_for_fewer_it_is_refused_with_why_and_what_to_do() -> None:
    more = state(RAW, on=((1,),) * 4, partitions=2)
    assert not plan(more)
    assert (more.differences, more.obstacle) == ((), None)
    (refused,) = plan(more).refused
    assert "news.raw: 4 partitions, more than 2, and Kafka cannot take any away: set DYADWATCH_PARTITIONS to 4" in refused
    assert "delete the topic" in refused


@pytest.mark.parametrize(
    ("name", "has"), [(ALERTS, 3), (CURRENT, 2), (SUBSCRIPTIONS, FEED_PARTITIONS - 1), (SUBSCRIPTIONS, FEED_PARTITIONS + 1)]
)
def test_the_partitions_of_a_topic_by_key_never_change_and_hinder_the_start_where_they_differ(name: str, has: int) -> None:
    other = state(name, on=((1,),) * has)
    assert not plan(other)
    assert plan(other).refused == (other.obstacle,)
    assert "which cannot change, for it decides where the messages of a key are; delete the topic" in str(other.obstacle)


@pytest.mark.parametrize(
    ("name", "entries", "loss"),
    [
        pytest.param(RAW, {RETENTION: str(8 * DAY)}, "messages older than 7 days are deleted (kept now: 8 days)", id="shorter"),
        pytest.param(RAW, {RETENTION: "-1"}, "messages older than 7 days are deleted (kept now: for ever)", id="no longer for ever"),
        pytest.param(RAW, {CLEANUP: "compact"}, "messages older than 7 days are deleted (kept now: for ever)", id="deletion begins"),
        pytest.param(RAW, {RETENTION: str(6 * DAY)}, None, id="longer"),
        pytest.param(RAW, {CLEANUP: "compact,delete"}, None, id="compaction ends"),
        pytest.param(RAW, {LARGEST: "1048588"}, None, id="larger messages"),
        pytest.param(CURRENT, {CLEANUP: "delete"}, "messages that a later one with the same key replaces are", id="compaction begins"),
        pytest.param(CURRENT, {RETENTION: str(7 * DAY)}, None, id="retention of what is only compacted"),
    ],
)
def test_an_entry_of_ours_is_set_and_what_that_deletes_is_told_before(name: str, entries: dict[str, str], loss: str | None) -> None:
    other = state(name, entries=entries)
    assert plan(other).entries == {name: {entry: state(name).configuration[entry] for entry in entries}}
    assert bool(plan(other).losses) is bool(loss)
    assert (loss or "") in "".join(plan(other).losses)
    assert other.obstacle is None


def test_what_the_operator_set_is_left_alone() -> None:
    assert not plan(state(RAW, entries={"segment.ms": "1000", "retention.bytes": "1", "unclean.leader.election.enable": "true"}))


@pytest.mark.parametrize(("copies", "in_sync"), [(1, "1"), (2, "1"), (3, "2"), (5, "4")])
def test_all_copies_but_one_must_have_a_message_before_it_counts_as_sent(copies: int, in_sync: str) -> None:
    assert state(RAW, on=(tuple(range(copies)),)).configuration[IN_SYNC] == in_sync


def test_copies_are_added_to_every_partition_and_demanded_once_they_are_there() -> None:
    fewer = state(RAW, on=((1,), (2,)), partitions=2, replication=3)
    changes = plan(fewer, brokers=THREE)
    assert {partition: set(on) for partition, on in changes.replicas.items()} == {(RAW, 0): {1, 2, 3}, (RAW, 1): {1, 2, 3}}
    assert (changes.entries, changes.in_sync) == ({}, {RAW: {IN_SYNC: "2"}})
    assert differing([fewer]) == ("news.raw: 1 copy, not 3", "news.raw: min.insync.replicas is 1, not 2")


def test_more_copies_than_brokers_are_refused_and_then_not_demanded_either() -> None:
    changes = plan(state(RAW, replication=3, articles_days=8, entries={RETENTION: str(7 * DAY)}), brokers=ONE)
    assert changes.refused == ("there cannot be 3 copies on 1 broker: add brokers, or lower DYADWATCH_REPLICATION",)
    assert (changes.replicas, changes.in_sync) == ({}, {})
    assert changes.entries == {RAW: {RETENTION: str(8 * DAY)}}  # the rest is done


def test_a_topic_that_somebody_moves_between_brokers_gets_its_copies_later() -> None:
    changes = plan(state(RAW, replication=2), state(ALERTS, replication=2), brokers=THREE, moving={RAW})
    assert {topic for topic, _ in changes.replicas} == {ALERTS}
    assert changes.refused == ("news.raw: its partitions are moving between brokers: try again when that has ended",)


def test_more_copies_than_the_settings_say_stay_and_are_demanded_by_their_own_number() -> None:
    richer = [state(name, on=((1, 2, 3),), entries={IN_SYNC: "1"}) for name in (RAW, ALERTS)]
    changes = plan(*richer)
    assert changes.in_sync == {RAW: {IN_SYNC: "2"}, ALERTS: {IN_SYNC: "2"}}
    (refused,) = changes.refused
    assert refused.startswith("news.raw, meetings.alerts: 3 copies, which stay: set DYADWATCH_REPLICATION to 3")


def test_copies_are_not_demanded_while_they_are_not_there_but_fewer_can_be_at_once() -> None:
    behind = plan(state(RAW, on=((1, 2, 3),), in_sync=1, replication=3, entries={IN_SYNC: "1"}))
    assert not behind
    assert "news.raw: 1 of its 3 copies are in sync, too few for min.insync.replicas=2: try again" in behind.refused[0]
    assert plan(state(RAW, on=((1, 2, 3),), in_sync=1, replication=3, entries={IN_SYNC: "3"})).in_sync == {RAW: {IN_SYNC: "2"}}


def test_a_difference_of_several_topics_is_told_once() -> None:
    told = differing(state(name, replication=2) for name in (RAW, ALERTS, CURRENT))
    assert told == ("news.raw, meetings.alerts, meetings.current: 1 copy, not 2",)
