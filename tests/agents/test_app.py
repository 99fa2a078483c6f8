"""The applications: what each reads and keeps, and the cure of a fault in Faust."""
from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import faust
import pytest
from aiokafka.consumer.fetcher import OffsetResetStrategy
from faust.types import TP

from agents.app import meet_app, read_app
from agents.brokers import EMBEDDED, KAFKA, METADATA_AGE, NAMED_SESSION, Profile
from agents.cluster import Cluster
from agents.extraction import Extraction
from agents.pulse import Pulse
from agents.settings import Settings
from agents.topics import MEETINGS, RAW, Cleanup, changelog, declared


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("data"))


def apps(settings: Settings, profile: Profile = EMBEDDED) -> list[faust.App]:
    extraction = Extraction(1, deadline=1)  # never started
    return [
        read_app(settings, Cluster("127.0.0.1:9"), profile, extraction),
        meet_app(settings, Cluster("127.0.0.1:9"), profile, {}, Pulse(math.inf)),
    ]


async def test_every_topic_that_an_application_uses_is_declared(settings: Settings) -> None:
    names = {topic.name for topic in declared(settings)}
    for app in apps(settings):
        read = {name for agent in app.agents.values() for name in agent.channel.topics}  # type: ignore[attr-defined]
        assert read <= names
        changelogs = {table.changelog_topic.get_topic_name() for table in app.tables.values()}
        assert changelogs <= {topic.name for topic in declared(settings) if topic.cleanup is Cleanup.COMPACT}


async def test_messages_are_held_back_after_a_recovery_until_faust_resumes_them(settings: Settings) -> None:
    """Otherwise those fetched before Faust moves to the committed offsets are taken for processed: lost without a trace."""
    for app in apps(settings):
        app.consumer.resume_flow()
        await app.on_rebalance_complete.send()
        assert not app.consumer.flow_active
        assert not app.consumer.can_resume_flow.is_set()


@pytest.mark.parametrize(("profile", "store"), [(KAFKA, "rocksdb"), (EMBEDDED, "memory")], ids=["Kafka", "embedded"])
async def test_tables_are_kept_on_disk_only_where_the_broker_keeps_them_too(settings: Settings, profile: Profile, store: str) -> None:
    detect = apps(settings, profile)[1]
    assert detect.conf.store.scheme == store
    assert Path(detect.conf.datadir).is_relative_to(settings.data_dir)


async def test_a_fetch_waits_as_long_as_the_profile_says(settings: Settings) -> None:
    for app in apps(settings):
        thread = app.consumer._new_consumer_thread()  # type: ignore[attr-defined]
        assert thread._create_worker_consumer(app.transport)._fetch_max_wait_ms == EMBEDDED.fetch_wait * 1000


@pytest.mark.parametrize(
    ("profile", "worker_id", "member", "session"),
    [
        (KAFKA, None, None, KAFKA.session_timeout),
        (KAFKA, "worker-0", "worker-0", NAMED_SESSION),
        (EMBEDDED, "worker-0", None, EMBEDDED.session_timeout),
    ],
    ids=["Kafka", "Kafka, with a name", "embedded"],
)
async def test_a_worker_with_a_name_keeps_its_partitions_while_it_starts_again(
    tmp_path: Path, profile: Profile, worker_id: str | None, member: str | None, session: float
) -> None:
    for app in apps(Settings(data_dir=tmp_path, worker_id=worker_id), profile):
        assert (app.conf.consumer_group_instance_id, app.conf.broker_session_timeout) == (member, session)


@dataclass
class Fetched:
    """A client that has fetched six messages of each partition; `committed` says of how many it is known that they were processed."""

    committed: dict[TP, int | None]
    position: dict[TP, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.position = dict.fromkeys(self.committed, 6)

    def assignment(self) -> set[TP]:
        return set(self.committed)

    async def seek_to_committed(self) -> dict[TP, int | None]:
        self.position |= {tp: offset for tp, offset in self.committed.items() if offset}
        return self.committed

    @property
    def _fetcher(self) -> Fetched:
        return self

    def request_offset_reset(self, partitions: Iterable[TP], strategy: int) -> None:
        assert strategy == OffsetResetStrategy.EARLIEST
        self.position |= dict.fromkeys(partitions, 0)


async def test_what_was_fetched_before_a_rebalance_is_fetched_again_also_where_nothing_is_committed_yet(settings: Settings) -> None:
    """Faust drops it; a partition that is new, as after adding some, would be read from behind it."""
    known, new, table = TP(RAW, 0), TP(RAW, 1), TP(changelog(MEETINGS), 0)
    detect = apps(settings)[1]
    client = Fetched({known: 4, new: None, table: None})
    assert await detect.consumer._new_consumer_thread()._seek(client) == client.committed  # type: ignore[attr-defined]
    assert client.position == {known: 4, new: 0, table: 6}  # tables are read by their recovery


async def test_a_partition_whose_position_is_not_known_yet_stops_nothing(settings: Settings) -> None:
    for app in apps(settings):
        await app.consumer.verify_all_partitions_active()  # type: ignore[attr-defined]  # as Faust does each second or so


async def test_partitions_that_are_added_are_looked_for_more_often_than_every_5_minutes(settings: Settings) -> None:
    for app in apps(settings):
        thread = app.consumer._new_consumer_thread()  # type: ignore[attr-defined]
        assert thread._create_worker_consumer(app.transport)._client._metadata_max_age_ms == METADATA_AGE * 1000
