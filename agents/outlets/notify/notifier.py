"""The notifier as a part of the service: every target at once, each by itself."""
from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack

from agents.brokers import profile_of
from agents.cluster import Cluster
from agents.lifecycle import LongLived
from agents.outlets.notify.member import Member
from agents.outlets.notify.outlets import Outlet, outlets_of
from agents.outlets.notify.standing import Extent, extent
from agents.outlets.notify.states import States
from agents.settings import Settings
from agents.sight.metrics import TARGETS, UNDELIVERED
from agents.together import wait_for_each
from agents.topic_changes import create_topics
from pipeline.delivery import Condition, condition
from schemas.errors import BrokerError

log = logging.getLogger(__name__)

LOOK_EVERY = 15.0  # seconds


class Notifier(LongLived):
    """`async with Notifier(settings, cluster) as notifier: await notifier.wait()`."""

    def __init__(self, settings: Settings, cluster: Cluster, outlets: Sequence[Outlet] | None = None) -> None:
        """`outlets`: instead of those of the settings.

        Raises:
            SettingsError: the settings name no file of targets, or something in it is wrong.
        """
        self._settings = settings
        self._cluster = cluster
        self._outlets = outlets_of(settings) if outlets is None else outlets
        self._stack = AsyncExitStack()
        self._members: Sequence[Member] = ()
        self._alerts: Extent | None = None

    async def start(self) -> None:
        """Return when each target gets what comes from now on, from here or from another notifier.

        Raises:
            BrokerError: no broker answers, or it refuses.
        """
        async with AsyncExitStack() as stack:
            await create_topics(self._cluster, self._settings)
            profile = await profile_of(self._cluster)
            for outlet in self._outlets:
                await stack.enter_async_context(outlet)
            self._states = await stack.enter_async_context(States(self._cluster))
            self._members = [Member(self._cluster, profile, outlet, self._states) for outlet in self._outlets]
            stack.push_async_callback(self._stop_members)
            for failure in await asyncio.gather(*(member.start() for member in self._members), return_exceptions=True):
                if failure is not None:
                    raise failure
            self._stack = stack.pop_all()

    async def stop(self) -> None:
        """Finish the deliveries in progress, all at the same time. Idempotent."""
        await self._stack.aclose()

    def stuck(self) -> str | None:
        """Whether it hears how targets stand."""
        return self._states.stuck()

    def unready(self) -> str | None:
        """Which targets are waited for."""
        return "; ".join(filter(None, (member.unready() for member in self._members))) or None

    def measure(self) -> None:
        """How the targets are that it has."""
        states = [state for member in self._members if (state := member.state)]
        conditions = Counter(map(condition, states))
        for one in Condition:
            TARGETS.labels(one).set(conditions[one])
        UNDELIVERED.clear()
        if self._alerts is not None:
            for state in states:
                UNDELIVERED.labels(state.outlet_id).set(self._alerts.behind(state))

    async def wait(self) -> None:
        """Return never while all is well.

        Raises:
            BrokerError: the broker refuses what is needed of it.
        """
        await wait_for_each((self._watch(), *(part.wait() for part in (self._states, *self._members))))

    async def _watch(self) -> None:
        """Know where the alerts end, which who reads them for a target does not while that takes none, or its digest is not due."""
        while True:
            try:
                self._alerts = await extent(self._cluster)
            except BrokerError as error:
                log.info("what targets have not been given cannot be told: %s", error)
                self._alerts = None
            await asyncio.sleep(LOOK_EVERY)

    async def _stop_members(self) -> None:
        await asyncio.gather(*(member.stop() for member in self._members))
