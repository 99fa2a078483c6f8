"""What can be wrong with the broker, and with what is on it."""
from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from agents.brokers import EMBEDDED_CLUSTER, administration, reaching, started
from agents.cli.checks.check import Check
from agents.cli.connection import ENCRYPT, IN_THE_CLEAR, no_broker
from agents.cluster import Cluster
from agents.deadletters import DeadLetters
from agents.groups import Member, members
from agents.lag import READERS, Lag
from agents.outlets.notify.standing import Standing, standings
from agents.outlets.notify.targets import load_targets
from agents.poll.subscriptions import Known, read_subscriptions
from agents.reading import partitions_of
from agents.settings import Settings
from agents.topic_states import TopicState, differing, topic_states
from agents.topics import CLEAN, IN_SYNC, NOTIFY_GROUPS, POLL_GROUP, declared
from pipeline.delivery import Condition
from schemas.articles import CleanArticle
from schemas.errors import AccessRefused, BrokerError, SettingsError

ANSWERS_WITHIN = 2.5  # seconds; a broker that needs longer makes nobody healthy
LOOKS_WITHIN = 5.0  # seconds for each look at what is in the topics
OFF = timedelta(seconds=2)  # between two clocks
SHOWN = 3  # kinds of error

GROUPS = (*dict.fromkeys(group for _, group in READERS), POLL_GROUP)
_APPLY = "run `dyadwatch topics --apply`"

Members = dict[str, list[Member]]  # by group


async def check_broker(settings: Settings, cluster: Cluster | None) -> list[Check]:
    """Does it answer, has it what we need, and is somebody there to do the work?"""
    if cluster is None:
        return [Check("broker", False, "none is set", no_broker())]
    remedy = "start it, or set DYADWATCH_KAFKA_BOOTSTRAP to one that runs"
    try:
        async with asyncio.timeout(ANSWERS_WITHIN), administration(cluster) as admin:
            described = await admin.describe_cluster()
            states = await topic_states(admin, declared(settings))
            targets = known_targets(settings)
            groups = (*GROUPS, *(f"{NOTIFY_GROUPS}{target}" for target in targets))
            present = dict(zip(groups, await asyncio.gather(*(members(admin, group) for group in groups)), strict=True))
    except TimeoutError:
        return [Check("broker", False, f"{cluster} does not answer within {ANSWERS_WITHIN} s", remedy)]
    except AccessRefused as error:
        return [Check("broker", False, str(error), "put that right, and ask again")]
    except (BrokerError, KafkaError) as error:
        return [Check("broker", False, str(error), remedy)]
    kind = "embedded broker" if described["cluster_id"].startswith(EMBEDDED_CLUSTER) else "Kafka"
    clear = cluster.security.in_the_clear
    broker = Check("broker", True, f"{kind} at {cluster}{f', {IN_THE_CLEAR}' if clear else ''}", ENCRYPT if clear else None)
    topics = check_topics(states)
    checks = [broker, check_copies(states, settings.replication, len(described["brokers"])), topics]  # without brokers for them, no topics
    if not topics.ok:
        return checks
    looks = [
        looking("workers", lambda: look_at_workers(cluster, present)),
        looking("feeds", lambda: look_at_feeds(cluster, present[POLL_GROUP])),
        looking("dead letters", lambda: look_at_dead_letters(cluster)),
        looking("clock", lambda: look_at_clocks(cluster)),
    ]
    if targets:
        looks.append(looking("deliveries", lambda: look_at_deliveries(cluster, targets, present)))
    return [*checks, *await asyncio.gather(*looks), check_versions(present, version("dyadwatch"))]


def known_targets(settings: Settings) -> list[str]:
    """Ids of the targets of notifications; none where the file is wrong, which another check tells."""
    try:
        return [target.id for target in load_targets(settings.outlets)] if settings.outlets else []
    except SettingsError:
        return []


async def looking(name: str, look: Callable[[], Awaitable[Check]]) -> Check:
    """What `look` finds; where that takes too long, or the broker goes away, that."""
    try:
        async with asyncio.timeout(LOOKS_WITHIN):
            return await look()
    except TimeoutError:
        return Check(name, True, f"not known: the look takes longer than {LOOKS_WITHIN:g} s", "ask again when the broker has less to do")
    except (BrokerError, KafkaError) as error:
        return Check(name, False, f"not known: {error}", "ask again; if it stays, look at the broker's own log")


def check_topics(states: Sequence[TopicState]) -> Check:
    """Are they as the settings say? One that differs in what the service can work with does not fail."""
    usable = not any(state.obstacle or state.found is None for state in states)
    if not any(state.found for state in states):
        return Check("topics", False, f"none of the {len(states)} is there", f"{_APPLY}, or start the service, which makes them")
    told = "; ".join(differing(states)) or f"all {len(states)} as declared"
    changeable = any(state.differences and not state.stuck for state in states)
    return Check("topics", usable, told, _APPLY if changeable else None)


def check_copies(states: Sequence[TopicState], wanted: int, brokers: int) -> Check:
    """Are there brokers for the copies that are asked for, and are enough copies up to date for messages to be taken?"""
    there = f"{brokers} broker{'' if brokers == 1 else 's'}"
    if wanted > brokers:
        remedy = f"set DYADWATCH_REPLICATION to {brokers} at most, or add brokers"
        return Check("copies", False, f"{wanted} of each topic are asked for, and there {'is' if brokers == 1 else 'are'} {there}", remedy)
    found = [(state.topic.name, state.found) for state in states if state.found]
    refusing = [name for name, topic in found if topic.in_sync < int(topic.configuration.get(IN_SYNC, 1))]
    if refusing:
        told = f"too few are up to date for anything to be written: {', '.join(refusing)}"
        return Check("copies", False, told, "bring the brokers back that are away; until then all waits, and nothing is lost")
    behind = [name for name, topic in found if topic.in_sync < topic.replication]
    if behind:
        return Check("copies", True, f"some are not up to date: {', '.join(behind)}", "look which broker is away or full")
    return Check("copies", True, f"all are up to date, on {there}")


async def look_at_workers(cluster: Cluster, present: Members) -> Check:
    """Is there somebody for what waits?"""
    async with Lag(cluster) as lag:
        waiting = await lag.of_topics()
    return check_workers(waiting, present)


def check_workers(waiting: dict[str, int], present: Members) -> Check:
    """`waiting`: messages, by topic."""
    told = ", ".join(f"{count} in {topic}" for topic, count in waiting.items() if count) or "nothing"
    alone = sorted({group for topic, group in READERS if waiting[topic] and not present[group]})
    start = "start one: `dyadwatch up --only work`"
    if alone:
        return Check("workers", False, f"none has joined {' or '.join(alone)}, and there waits {told}", start)
    joined = max(len(present[group]) for _, group in READERS)
    if not joined:
        return Check("workers", True, f"none is there; there waits {told}", start)
    return Check("workers", True, f"{joined} {'is' if joined == 1 else 'are'} there; there waits {told}")


async def look_at_feeds(cluster: Cluster, pollers: Sequence[Member]) -> Check:
    """Are there feeds, does somebody poll them, and can they be read?"""
    return check_feeds(await read_subscriptions(cluster), len(pollers))


def check_feeds(known: Sequence[Known], pollers: int) -> Check:
    """How many there are, and how many of them need a look; that stops nothing, so it does not fail."""
    wrong = sum(one.health.needs_a_look for one in known)
    if not known:
        return Check("feeds", True, "none is subscribed", "`dyadwatch feeds import seeds/feeds.opml`, unless articles come another way")
    told = f"{len(known)} subscribed, {wrong} of them need a look"
    if not pollers:
        return Check("feeds", False, f"{told}; no poller is there", "start one: `dyadwatch up --only poll`")
    return Check("feeds", True, told, "`dyadwatch feeds list --broken` says why" if wrong else None)


async def look_at_dead_letters(cluster: Cluster) -> Check:
    """Do some wait for a person? They stop nothing, so it does not fail."""
    async with DeadLetters(cluster) as dead_letters:
        waiting = [letter for letter in await dead_letters.listed() if letter.redriven_at is None]
    if not waiting:
        return Check("dead letters", True, "none waits")
    kinds = Counter(letter.error or "not one of ours" for letter in waiting)
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(SHOWN)) + (", and others" if len(kinds) > SHOWN else "")
    remedy = "`dyadwatch deadletters list` says why; once the cause is gone, `dyadwatch deadletters redrive --all` sends them again"
    return Check("dead letters", True, f"{len(waiting)} wait: {told}", remedy)


async def look_at_deliveries(cluster: Cluster, targets: Sequence[str], present: Members) -> Check:
    """Is there somebody who delivers, and do all targets take what they are given?"""
    return check_deliveries(await standings(cluster, targets), any(present[f"{NOTIFY_GROUPS}{target}"] for target in targets))


def check_deliveries(known: Sequence[Standing], notifier: bool) -> Check:
    """How many targets fail or are stopped; that stops nothing else, so it does not fail."""
    wrong = [one.outlet_id for one in known if one.condition in (Condition.FAILING, Condition.STOPPED)]
    targets = "1 target" if len(known) == 1 else f"{len(known)} targets"
    told = f"{targets}, {len(wrong)} of them need a look" + (f": {', '.join(wrong)}" if wrong else "")
    if not notifier:
        return Check("deliveries", False, f"{told}; no notifier is there", "start one: `dyadwatch up --only notify`")
    return Check("deliveries", True, told, "`dyadwatch outlets list` says why" if wrong else None)


async def look_at_clocks(cluster: Cluster) -> Check:
    """Do ours, the broker's and that of who fetches agree? The broker dates articles that passed the gate: the last one tells."""
    (partition,) = await partitions_of(cluster, CLEAN)
    consumer = AIOKafkaConsumer(**cluster.client, enable_auto_commit=False)
    async with reaching(cluster), started(cluster, consumer):
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        if end == (await consumer.beginning_offsets([partition]))[partition]:
            return Check("clock", True, "no article has come yet that would tell")
        consumer.seek(partition, end - 1)
        record = await consumer.getone(partition)
    try:
        fetched_at = CleanArticle.model_validate_json(record.value or b"").fetched_at
    except ValidationError:
        fetched_at = None
    return check_clocks(datetime.now(UTC), datetime.fromtimestamp(record.timestamp / 1000, UTC), fetched_at)


def check_clocks(now: datetime, dated: datetime, fetched_at: datetime | None) -> Check:
    """`now` by our clock; the last article was `dated` by the broker, and fetched before by the clock of who did. It stops nothing."""
    follow = "let all machines follow NTP: times of fetching and how late alerts are told to be are wrong"
    if dated - now > OFF:
        return Check("clock", True, f"that of this machine is {(dated - now).total_seconds():.0f} s behind the broker's, or more", follow)
    if fetched_at is not None and fetched_at - dated > OFF:
        ahead = (fetched_at - dated).total_seconds()
        return Check("clock", True, f"that of who fetched the last article is {ahead:.0f} s ahead of the broker's, or more", follow)
    return Check("clock", True, "nothing speaks against those of this machine, the broker and the poller")


def check_versions(present: Members, ours: str) -> Check:
    """Do all who are there run the same? Versions beside each other are an upgrade that is not finished; the stream goes on."""
    running = Counter(member.version or "a version that does not say which" for group in present.values() for member in group)
    told = ", ".join(sorted(running)) or "nobody is there"
    if set(running) <= {ours}:
        return Check("versions", True, f"{told}, as this command" if running else told)
    remedy = "finish the upgrade: end what runs in another version, and start it afresh"
    return Check("versions", True, f"{told}; this command is {ours}", remedy)
