"""Topics made before any worker starts, for brokers differ in what they would make by themselves, and changed when the settings are."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

from aiokafka.admin import AIOKafkaAdminClient

from agents.administration import add_partitions, make, moving, racks, reassign, set_entries
from agents.brokers import administration
from agents.cluster import Cluster
from agents.settings import Settings
from agents.topic_plan import Plan, planned
from agents.topic_states import TopicState, partitions, topic_states
from agents.topics import declared
from schemas.errors import BrokerError

LOOK_EVERY = 0.1  # seconds
SHOWN_WITHIN = 10.0  # seconds from a change to the broker that tells of it; some milliseconds on an idle machine


async def create_topics(cluster: Cluster, settings: Settings) -> tuple[TopicState, ...]:
    """Make the topics that are missing; returns those that were there, which stay as they are, when the broker tells of all. Idempotent.

    Raises:
        BrokerError: no broker answers, it refuses a topic, or the service cannot work with one that is there.
    """
    async with administration(cluster) as admin:
        states = await topic_states(admin, declared(settings))
        for state in states:
            if state.obstacle:
                raise BrokerError(state.obstacle)
        if missing := [state.topic for state in states if state.found is None]:
            await make(admin, missing)
            await _told_of(admin, [topic.name for topic in missing])
    return tuple(state for state in states if state.found)


async def plan_changes(cluster: Cluster, settings: Settings) -> Plan:
    """What `apply_changes` would do.

    Raises:
        BrokerError: no broker answers, or it does not tell what there is.
    """
    async with administration(cluster) as admin:
        return await _plan(admin, settings)


async def apply_changes(cluster: Cluster, settings: Settings, plan: Plan, say: Callable[[str], None]) -> Plan:
    """Do what `plan` says; `say` is told of each change that is made. Returns, when the broker shows all of them, what is planned then.

    Where partitions get more replicas, it waits until these have all messages, however long that takes. It may be ended meanwhile: the
    brokers go on, and the next plan has what is left.

    Raises:
        BrokerError: no broker answers, it refuses, or it cannot do that; what was told before is done.
    """
    async with administration(cluster) as admin:
        if plan.make:
            await make(admin, plan.make)
            for topic in plan.make:
                say(f"{topic.name}: made")
        await _set(admin, plan.entries, say)
        if plan.replicas:
            await reassign(admin, plan.replicas)
            for name in sorted({name for name, _ in plan.replicas}):
                say(f"{name}: is copied to {max(len(on) for (of, _), on in plan.replicas.items() if of == name)} brokers")
            say("waiting for these copies; if this command is ended, the brokers go on, and the same command does what is left")
            await _copied(admin, settings, plan)
        for name, total in plan.partitions.items():
            await add_partitions(admin, name, total)
            say(f"{name}: {total} partitions")
        await _set(admin, plan.in_sync, say)
        return await _shown(admin, settings)


async def _plan(admin: AIOKafkaAdminClient, settings: Settings) -> Plan:
    states = await topic_states(admin, declared(settings))
    lacking = any(state.lacks_copies for state in states)
    return planned(states, await racks(admin), await moving(admin) if lacking else ())


async def _set(admin: AIOKafkaAdminClient, entries: Mapping[str, Mapping[str, str]], say: Callable[[str], None]) -> None:
    if entries:
        await set_entries(admin, entries)
    for name, of in entries.items():
        say(f"{name}: {', '.join(f'{entry}={value}' for entry, value in of.items())}")


async def _copied(admin: AIOKafkaAdminClient, settings: Settings, plan: Plan) -> None:
    """Return when the new replicas have all messages."""
    names = {name for name, _ in plan.replicas}
    copied = [topic for topic in declared(settings) if topic.name in names]
    while any(state.found and state.found.in_sync < state.topic.replication for state in await topic_states(admin, copied)):
        await asyncio.sleep(LOOK_EVERY)


async def _told_of(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    """Return when the broker tells of all of these: of one that another process is making it first says only that it exists."""
    deadline = time.monotonic() + SHOWN_WITHIN
    while lacking := set(names) - set(await partitions(admin, names)):
        if time.monotonic() > deadline:
            raise BrokerError(f"the broker agreed, but after {SHOWN_WITHIN:g} s it does not tell of {', '.join(sorted(lacking))}")
        await asyncio.sleep(LOOK_EVERY)


async def _shown(admin: AIOKafkaAdminClient, settings: Settings) -> Plan:
    """The plan that has nothing left to do: what one broker agreed to, another one tells a moment later."""
    deadline = time.monotonic() + SHOWN_WITHIN
    while plan := await _plan(admin, settings):
        if time.monotonic() > deadline:
            raise BrokerError(f"the broker agreed, but after {SHOWN_WITHIN:g} s it does not show it: look with `dyadwatch topics`")
        await asyncio.sleep(LOOK_EVERY)
    return plan
