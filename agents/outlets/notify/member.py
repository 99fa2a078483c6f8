"""One notifier's part in the group of a target: while the target's alerts are its own, a courier brings them."""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import AsyncExitStack

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

from agents.brokers import Profile, started
from agents.cluster import Cluster
from agents.lifecycle import LongLived
from agents.outlets.notify.courier import BROKER_RETRY, FINISH_WITHIN, Courier
from agents.outlets.notify.inbox import KafkaInbox
from agents.outlets.notify.messenger import Messenger
from agents.outlets.notify.outlets import Outlet
from agents.outlets.notify.states import States
from agents.topics import ALERTS, NOTIFY_GROUPS
from schemas.errors import BrokerError
from schemas.outlets import OutletState

log = logging.getLogger(__name__)

READY_WITHIN = 60.0  # seconds; joining takes one, and more while the session of a notifier lasts that was killed
_FOR_EVER = 2**31 - 1  # milliseconds: a member whose target is waited for asks for no alerts, and is well


class Member(LongLived, ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """`async with Member(...) as member: await member.wait()`.

    Several notifiers share the targets: the group of each target gives its alerts to one of them, and the others stand by for it. Who
    loses a target has finished or broken off its delivery before another begins.
    """

    def __init__(self, cluster: Cluster, profile: Profile, outlet: Outlet, states: States) -> None:
        self._cluster = cluster
        self._profile = profile
        self._outlet = outlet
        self._states = states
        self._stack = AsyncExitStack()
        self._settled = asyncio.Event()
        self._courier: Courier | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when it delivers, or stands by.

        Raises:
            BrokerError: no broker answers, or it does not let the target have its alerts.
        """
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        async with AsyncExitStack() as stack:
            self._consumer = AIOKafkaConsumer(
                **self._cluster.client,
                group_id=f"{NOTIFY_GROUPS}{self._outlet.target.id}",
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                max_poll_interval_ms=_FOR_EVER,
                session_timeout_ms=round(self._profile.session_timeout * 1000),
                heartbeat_interval_ms=round(self._profile.heartbeat_interval * 1000),
                rebalance_timeout_ms=round((self._profile.rebalance_timeout + FINISH_WITHIN) * 1000),
            )
            stack.push_async_callback(self._end)
            self._consumer.subscribe([ALERTS], listener=self)
            await stack.enter_async_context(started(self._cluster, self._consumer))
            await self._until_settled()
            self._stack = stack.pop_all()

    async def stop(self) -> None:
        """Finish the delivery in progress and leave the group. Idempotent."""
        await self._end()
        await self._stack.aclose()

    async def wait(self) -> None:
        """Return never while all is well.

        Raises:
            BrokerError: the broker refuses what is needed of it.
        """
        await asyncio.shield(self._failed)

    def stuck(self) -> str | None:
        """Nothing: each attempt has its deadline, and the broker is waited for."""

    def unready(self) -> str | None:
        """Whether it waits to have its target, or to stand by."""
        return None if self._settled.is_set() else f"{self._outlet.target.id} has neither its alerts nor another notifier"

    @property
    def state(self) -> OutletState | None:
        """How the target stands that it has; None while it stands by."""
        return self._courier.state if self._courier is not None else None

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Another notifier may get the target as soon as this returns."""
        self._settled.clear()
        await self._end()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin, in a task of its own: the whole group waits for this."""
        if assigned:
            self._serving = asyncio.create_task(self._serve())
            self._serving.add_done_callback(self._served)
        else:
            self._settled.set()

    async def _serve(self) -> None:
        target = self._outlet.target
        inbox = KafkaInbox(self._cluster, self._consumer, self._states, target.id)
        courier = Courier(target.id, target.filter, inbox, await self._begun(inbox))
        self._courier = courier
        self._states.listen(target.id, courier.hear)
        courier.hear(await self._states.of(target.id) or courier.state)  # what was ordered since it began
        self._settled.set()
        if target.schedule is not None and isinstance(self._outlet, Messenger):
            await courier.digests(self._outlet.digest, target.schedule)
        else:
            await courier.alerts(self._outlet.alert)

    async def _begun(self, inbox: KafkaInbox) -> OutletState:
        while True:
            try:
                return await inbox.begin(from_beginning=self._outlet.target.begins == "beginning")
            except BrokerError as error:
                log.warning("%s waits: %s", self._outlet.target.id, error)
                await asyncio.sleep(BROKER_RETRY)

    def _served(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None and not self._failed.done():
            self._failed.set_exception(error)

    async def _until_settled(self) -> None:
        settled = asyncio.create_task(self._settled.wait())
        try:
            await asyncio.wait((settled, self._failed), timeout=READY_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        finally:
            settled.cancel()
        if self._failed.done():
            self._failed.result()
        if not self._settled.is_set():
            raise BrokerError(f"{self._outlet.target.id} did not get its alerts from {self._cluster} within {READY_WITHIN:g} s")

    async def _end(self) -> None:
        serving, self._serving = self._serving, None
        if serving is not None:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
        courier, self._courier = self._courier, None
        if courier is not None:
            self._states.listen(self._outlet.target.id, None)
            await courier.finish()
