"""Which brokers get further copies: what is there stays, and all get as much."""
from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from agents.replicas import Partition, with_more

THREE: dict[int, str | None] = {1: None, 2: None, 3: None}


@given(
    st.lists(st.sampled_from([1, 2, 3, 4, 5]), min_size=1, max_size=40),
    st.integers(min_value=1, max_value=5),
    st.lists(st.sampled_from(["a", "b", None]), min_size=5, max_size=5),
)
def test_every_partition_keeps_its_broker_and_gets_as_many_more_as_are_missing(on: list[int], copies: int, rack: list[str | None]) -> None:
    replicas = {("t", number): (broker,) for number, broker in enumerate(on)}
    more = with_more(replicas, dict(enumerate(rack, 1)), {"t": copies})
    assert more.keys() == (replicas.keys() if copies > 1 else set())
    for partition, brokers in more.items():
        assert replicas[partition][0] in brokers
        assert len(set(brokers)) == len(brokers) == copies


def test_what_has_enough_or_was_not_asked_for_stays_as_it_is() -> None:
    replicas: dict[Partition, tuple[int, ...]] = {("t", 0): (1, 2, 3), ("t", 1): (2,), ("u", 0): (3,)}
    assert with_more(replicas, THREE, {"t": 2}).keys() == {("t", 1)}


def test_all_brokers_get_as_many_copies_and_as_many_leaders() -> None:
    replicas = {("t", number): (1,) for number in range(12)}
    more = with_more(replicas, THREE, {"t": 2})
    assert Counter(broker for brokers in more.values() for broker in brokers) == {1: 12, 2: 6, 3: 6}  # what 1 has stays there
    assert max(Counter(brokers[0] for brokers in more.values()).values()) <= 6
    assert set(Counter(brokers[0] for brokers in with_more(replicas, THREE, {"t": 3}).values()).values()) == {4}


def test_a_copy_goes_to_another_rack_first() -> None:
    racks = {1: "a", 2: "a", 3: "b"}
    assert set(with_more({("t", 0): (1,), ("t", 1): (3,)}, racks, {"t": 2})[("t", 0)]) == {1, 3}
    assert set(with_more({("t", 0): (1,)}, racks, {"t": 3})[("t", 0)]) == {1, 2, 3}  # there is no third rack
