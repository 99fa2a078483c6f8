"""The topics on the broker: made as declared, once, and refused where they differ. The tests build on each other."""
from __future__ import annotations

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from agents.brokers import EMBEDDED, KAFKA, profile_of
from agents.cluster import Cluster
from agents.settings import Settings
from agents.subscriber import Subscriber
from agents.topics import create_topics, declared, describe_topics
from schemas.errors import BrokerError
from tests.broker import conftest


async def test_each_broker_is_told_apart_by_what_it_says_of_itself(cluster: Cluster, broker: str) -> None:
    assert await profile_of(cluster) is (EMBEDDED if broker == conftest.EMBEDDED else KAFKA)


async def test_a_subscriber_of_a_broker_without_our_topics_is_told_so(cluster: Cluster) -> None:
    with pytest.raises(BrokerError, match=r"has no topic meetings\.alerts"):
        async with Subscriber(cluster):
            pass


async def test_all_are_made_as_declared_and_making_them_again_changes_nothing(cluster: Cluster, settings: Settings) -> None:
    assert all(state.partitions is None for state in await describe_topics(cluster, settings))
    for _ in range(2):
        await create_topics(cluster, settings)
        assert [state.differs for state in await describe_topics(cluster, settings)] == [None] * len(declared(settings))


async def test_their_policies_are_on_the_broker(cluster: Cluster, settings: Settings) -> None:
    admin = AIOKafkaAdminClient(**cluster.client)
    await admin.start()
    try:
        for topic in declared(settings):
            (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name)])
            kept = {entry[0]: entry[1] for entry in answer.resources[0][4]}
            assert topic.configuration().items() <= kept.items()
    finally:
        await admin.close()


async def test_another_number_of_partitions_is_refused_with_what_to_do(cluster: Cluster, settings: Settings) -> None:
    with pytest.raises(BrokerError, match=r"news\.raw has 1 partitions, not 3: set DYADWATCH_PARTITIONS to what it has"):
        await create_topics(cluster, settings.model_copy(update={"partitions": 3}))
