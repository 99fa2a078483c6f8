"""How each target stands, in its compacted topic: written by who delivers to it, read by who takes over, and changed by a person's word."""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.brokers import reaching, started
from agents.cluster import Cluster
from agents.compacted import CompactedWriter, apply
from agents.lifecycle import LongLived
from agents.progress import Rounds
from agents.topics import OUTLET_STATES
from schemas.outlets import OutletState

WAIT = 1_000  # milliseconds that one look for messages takes where there are none
READS_WITHIN = 120.0  # seconds for one look and what it brings

Hear = Callable[[OutletState], None]


class States(LongLived):
    """`async with States(cluster) as states: state = await states.of("desk")`; the topic must exist."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._stack = AsyncExitStack()
        self._partition = TopicPartition(OUTLET_STATES, 0)
        self._table: dict[str, OutletState] = {}
        self._read = 0
        self._moved = asyncio.Condition()
        self._rounds = Rounds("reading how targets stand", READS_WITHIN)
        self._listening: dict[str, Hear] = {}
        self._following: asyncio.Task[None]

    async def start(self) -> None:
        """Begin to read.

        Raises:
            BrokerError: nobody answers.
        """
        async with AsyncExitStack() as stack:
            self._writer = await stack.enter_async_context(CompactedWriter[OutletState](self._cluster, OUTLET_STATES))
            consumer = AIOKafkaConsumer(**self._cluster.client, enable_auto_commit=False)
            self._consumer = await stack.enter_async_context(started(self._cluster, consumer))
            async with reaching(self._cluster):
                self._consumer.assign([self._partition])
                await self._consumer.seek_to_beginning(self._partition)
            self._following = asyncio.create_task(self._follow())
            stack.push_async_callback(_end, self._following)
            self._stack = stack.pop_all()

    async def stop(self) -> None:
        """Read no more. Idempotent."""
        await self._stack.aclose()

    async def wait(self) -> None:
        """Return never while all is well.

        Raises:
            BrokerError: the broker refuses what is needed of it.
        """
        await self._following

    def stuck(self) -> str | None:
        """Whether it reads what comes."""
        return self._rounds.late

    def unready(self) -> str | None:
        """Nothing: who asks for a target waits for what is known of it."""

    async def of(self, outlet_id: str) -> OutletState | None:
        """What was last written of a target, by whomever; None of a new one.

        Raises:
            BrokerError: nobody answers.
        """
        async with reaching(self._cluster):
            end = (await self._consumer.end_offsets([self._partition]))[self._partition]
        async with self._moved:
            await self._moved.wait_for(lambda: self._read >= end)
        return self._table.get(outlet_id)

    async def put(self, state: OutletState) -> None:
        """Write and wait until the broker has it.

        Raises:
            BrokerError: it does not take it.
        """
        await self._writer.put(state.outlet_id, state)

    def listen(self, outlet_id: str, hear: Hear | None) -> None:
        """Have `hear` told of each state of a target that is written from now on, by whomever; None: no more."""
        if hear is None:
            self._listening.pop(outlet_id, None)
        else:
            self._listening[outlet_id] = hear

    async def _follow(self) -> None:
        async with reaching(self._cluster):
            while True:
                self._rounds.done()
                batches = await self._consumer.getmany(timeout_ms=WAIT)
                for record in batches.get(self._partition, ()):
                    apply(self._table, OutletState, record.key, record.value)
                    outlet_id = (record.key or b"").decode("utf-8", "replace")
                    if (state := self._table.get(outlet_id)) is not None and outlet_id in self._listening:
                        self._listening[outlet_id](state)
                async with self._moved:
                    self._read = await self._consumer.position(self._partition)
                    self._moved.notify_all()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
