"""The alerts of one target out of the stream, and how it stands, kept in two places: the state, and the place of the target's group."""
from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from agents.brokers import reaching
from agents.cluster import Cluster
from agents.outlets.notify.courier import Batch, Incoming
from agents.outlets.notify.states import States
from agents.reading import read_to_end
from agents.subscriber import LOOK_BACK, Sieve
from agents.topics import ALERTS
from pipeline.delivery import passed
from schemas.errors import BrokerError
from schemas.outlets import OutletState
from schemas.tracing import Trace

log = logging.getLogger(__name__)

PARTITION = TopicPartition(ALERTS, 0)  # the only one: all alerts are in one order
AT_ONCE = 100  # alerts
WAIT = 1_000  # milliseconds that one look for messages takes where there are none


class KafkaInbox:
    """What a courier needs of the stream; `consumer` is a member of the target's group, and has the alerts."""

    def __init__(self, cluster: Cluster, consumer: AIOKafkaConsumer, states: States, outlet_id: str) -> None:
        self._cluster = cluster
        self._consumer = consumer
        self._states = states
        self._id = outlet_id
        self._sieve = Sieve({PARTITION: 0})

    async def begin(self, *, from_beginning: bool) -> OutletState:
        """Go to where the target stands; a new one begins with the first alert that there is, or with the next that comes.

        A new one has neither a state nor a place in its group. The broker forgets places after a week without a member, and a state may
        be of a later version that we cannot read: the later of both counts.

        Raises:
            BrokerError: nobody answers, or another notifier has the target meanwhile.
        """
        known = await self._states.of(self._id)
        async with reaching(self._cluster):
            committed = await self._consumer.committed(PARTITION)
            begin = (await self._consumer.beginning_offsets([PARTITION]))[PARTITION]
            end = (await self._consumer.end_offsets([PARTITION]))[PARTITION]
        places = [place for place in (committed, known.place if known else None) if place is not None]
        place = max(places, default=begin if from_beginning else end)
        if place > end:
            log.warning("%s: the alerts are not those that it was given before: it gets them from the first on", self._id)
            place = begin
        elif place < begin:
            log.warning("%s: the topic has forgotten %d alerts that it was not given: DYADWATCH_ALERTS_DAYS", self._id, begin - place)
            place = begin
        state = passed(known or OutletState(outlet_id=self._id, place=place, since=datetime.now(UTC)), place)
        if state != known:
            await self.save(state)
        self._sieve = Sieve({PARTITION: place})
        self._consumer.seek(PARTITION, max(begin, place - LOOK_BACK))  # one of those before may have been sent twice
        return state

    async def next(self) -> Batch:
        """What comes next; waits for it.

        Raises:
            BrokerError: the broker refuses.
        """
        while True:
            async with reaching(self._cluster):
                batches = await self._consumer.getmany(PARTITION, timeout_ms=WAIT, max_records=AT_ONCE)
            if records := batches.get(PARTITION):
                return self._batch(records, records[-1].offset + 1)

    async def rest(self) -> Batch:
        """All that is there now.

        Raises:
            BrokerError: nobody answers; then it is all still to come.
        """
        async with reaching(self._cluster):
            place = await self._consumer.position(PARTITION)
            try:
                records = [record async for record in read_to_end(self._consumer, [PARTITION])]
            except KafkaError:
                self._consumer.seek(PARTITION, place)
                raise
            return self._batch(records, await self._consumer.position(PARTITION))

    async def hold(self, place: int) -> None:
        """Have the group remember `place`, which it accepts of a member alone: of one that stood still too long it does not.

        Raises:
            BrokerError: another notifier has the target, or nobody answers.
        """
        try:
            await self._consumer.commit({PARTITION: place})
        except KafkaError as error:
            raise BrokerError(f"another notifier has the target now, or the broker is away: {error}") from error

    async def save(self, state: OutletState) -> None:
        """Keep `state`. Raises what `hold` raises, and BrokerError where it is not written."""
        await self.hold(state.place)
        await self._states.put(state)

    def _batch(self, records: Iterable[Any], behind: int) -> Batch:
        found = ((record.offset, self._sieve.delivery(record)) for record in records)
        alerts = [Incoming(at, one.alert, one.time, Trace.decoded(one.headers.items())) for at, one in found if one is not None]
        return Batch(alerts, behind)
