"""The inbox beside a client that fails: what was read and not given is read again."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import RequestTimedOutError

from agents.cluster import Cluster
from agents.outlets.notify.inbox import PARTITION, KafkaInbox
from agents.outlets.notify.states import States
from schemas.errors import BrokerError
from tests.agents.test_sieve import Record, record

NOBODY_LISTENS = Cluster("127.0.0.1:1")


@dataclass
class Consumer:
    """Gives one message a time, and breaks down before each of `breaks`."""

    records: list[Record]
    breaks: set[int] = field(default_factory=set)
    place: int = 0

    async def position(self, _: TopicPartition) -> int:
        return self.place

    def seek(self, _: TopicPartition, place: int) -> None:
        self.place = place

    async def end_offsets(self, _: object) -> dict[TopicPartition, int]:
        return {PARTITION: len(self.records)}

    async def getmany(self, *_: object, **__: Any) -> dict[TopicPartition, list[Record]]:
        if self.place in self.breaks:
            self.breaks.remove(self.place)
            raise RequestTimedOutError
        self.place += 1
        return {PARTITION: [self.records[self.place - 1]]}


async def test_what_was_read_before_the_broker_went_is_in_the_rest_all_the_same() -> None:
    consumer = Consumer([record(number, f"e{number}") for number in range(4)], breaks={2})
    inbox = KafkaInbox(NOBODY_LISTENS, cast(AIOKafkaConsumer, consumer), States(NOBODY_LISTENS), "desk")
    with pytest.raises(BrokerError):
        await inbox.rest()
    batch = await inbox.rest()
    assert [one.alert.alert_id for one in batch.alerts] == ["e0", "e1", "e2", "e3"]
    assert batch.behind == 4
    assert (await inbox.rest()).alerts == []
