"""The poller: each feed is polled by exactly one of them, when it is due."""
from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from agents.brokers import profile_of, started
from agents.cluster import Cluster
from agents.compacted import CompactedWriter, apply, last_of_each
from agents.lifecycle import LongLived
from agents.poll.fetch import Fetcher
from agents.poll.hosts import Lanes
from agents.poll.pages import PageReader
from agents.poll.parsing import Parsing
from agents.poll.robots import Robots
from agents.poll.turn import Turn
from agents.producer import ArticleProducer
from agents.progress import Rounds
from agents.settings import Settings
from agents.sight.metrics import FEEDS, POLLS_IN_PROGRESS, POLLS_OVERDUE
from agents.topic_changes import create_topics
from agents.topics import FEED_STATES, POLL_GROUP, SUBSCRIPTIONS
from pipeline.feeds.health import Condition, health
from pipeline.feeds.schedule import Pace, due, overdue
from schemas.articles import RawArticle
from schemas.errors import BrokerError
from schemas.feeds import Feed, FeedState

log = logging.getLogger(__name__)

AT_ONCE = 32  # feeds polled at the same time; each host is asked by one of them
LOOK_EVERY = 0.5  # seconds between two looks at what is due
READS_WITHIN = 240.0  # seconds to read the states of all feeds of new partitions; then it is tried again
LOOKS_WITHIN = 300.0  # seconds for one look at what is due, and such reading
GETS_ON_WITHIN = 900.0  # seconds in which one of the polls in progress sends an article or ends; a page takes 150 at most, and its pauses
FINISH_WITHIN = 4.0  # seconds that polls in progress have before their partitions go to another poller, or the poller stops


class Poller(LongLived, ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """`async with Poller(settings, cluster) as poller: await poller.wait()`.

    Pollers share out the partitions of the subscriptions as members of one group. Who gets a partition reads the states of its feeds
    first; who loses it has finished or dropped its polls before another one gets it. Who stood still for so long that the group gave it
    up learns so before it saves a state, and before a request therefore.
    """

    def __init__(self, settings: Settings, cluster: Cluster) -> None:
        self._settings = settings
        self._cluster = cluster
        self._stack = AsyncExitStack()
        self._feeds: dict[str, Feed] = {}
        self._states: dict[str, FeedState] = {}
        self._partition_of: dict[str, int] = {}
        self._unread: Sequence[TopicPartition] = ()  # partitions whose states are not known yet
        self._read_at: dict[TopicPartition, int] = {}  # where the subscriptions ended when their states were read
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._joined = False  # and so has its share, which may be none
        self._looks = Rounds("looking at what is due", LOOKS_WITHIN)
        self._polls = Rounds("every poll in progress, without an article that is sent,", GETS_ON_WITHIN)

    async def start(self) -> None:
        """Join the group; polls begin when it has its partitions.

        Raises:
            BrokerError: no broker answers.
        """
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        await create_topics(self._cluster, self._settings)
        profile = await profile_of(self._cluster)
        self._articles = await self._stack.enter_async_context(ArticleProducer(self._cluster))
        self._writer = await self._stack.enter_async_context(CompactedWriter[FeedState](self._cluster, FEED_STATES))
        parsing = await self._stack.enter_async_context(Parsing())
        fetcher = await self._stack.enter_async_context(Fetcher(self._settings.feeds_contact, self._settings.feeds_networks))
        lanes = Lanes(self._settings.feeds_spacing)

        self._turn = Turn(
            fetcher=fetcher,
            lanes=lanes,
            pages=PageReader(fetcher, lanes, Robots(fetcher, lanes), parsing.look),
            parse=parsing.parse,
            send=self._send,
            save=self._save,
            clock=lambda: datetime.now(UTC),
            chance=random.random,
            pace=Pace(interval=self._settings.feeds_interval),
        )
        self._consumer = AIOKafkaConsumer(
            **self._cluster.client,
            group_id=POLL_GROUP,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=round(profile.session_timeout * 1000),
            heartbeat_interval_ms=round(profile.heartbeat_interval * 1000),
            rebalance_timeout_ms=round((profile.rebalance_timeout + FINISH_WITHIN) * 1000),
        )
        self._consumer.subscribe([SUBSCRIPTIONS], listener=self)
        await self._stack.enter_async_context(started(self._cluster, self._consumer))
        self._polls.done()
        self._tasks = (asyncio.create_task(self._follow()), asyncio.create_task(self._look()))

    async def stop(self) -> None:
        """Finish the polls in progress, leave the group. Idempotent."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = ()
        await self._finish(self._turns)
        await self._stack.aclose()

    async def wait(self) -> None:
        """Return never while all is well.

        Raises:
            BrokerError: the broker refuses what the poller needs of it.
        """
        await asyncio.gather(*self._tasks)

    def stuck(self) -> str | None:
        """Whether it looks for what is due, and polls get on."""
        return self._looks.late or self._polls.late

    def unready(self) -> str | None:
        """What it must know before it polls."""
        if not self._joined:
            return "it has no share of the feeds yet"
        return "it reads what is known of its feeds" if self._unread else None

    def measure(self) -> None:
        """How its feeds are."""
        now = datetime.now(UTC)
        conditions = Counter(health(self._states.get(feed_id)).condition for feed_id in self._feeds)
        for condition in Condition:
            FEEDS.labels(condition).set(conditions[condition])
        POLLS_IN_PROGRESS.set(len(self._turns))
        POLLS_OVERDUE.set(overdue(self._known(), now).total_seconds())

    @property
    def shares(self) -> int:
        """How many partitions of the subscriptions it has."""
        return len(self._consumer.assignment())

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Others may get these partitions as soon as this returns."""
        self._joined, self._unread = False, ()
        lost = {partition.partition for partition in revoked}
        feeds = [feed_id for feed_id, partition in self._partition_of.items() if partition in lost]
        for feed_id in feeds:  # first of all, so that no further poll of them begins
            self._feeds.pop(feed_id, None)
        await self._finish(feeds)
        for feed_id in feeds:
            self._states.pop(feed_id, None)
            self._partition_of.pop(feed_id, None)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Follow them, from their beginning each time, once their states are known. `_look` reads those: the whole group waits for this."""
        self._joined, self._unread = True, tuple(assigned)
        self._consumer.pause(*self._unread)
        if self._unread:
            await self._consumer.seek_to_beginning(*self._unread)

    async def _follow(self) -> None:
        """Take in what is subscribed and what no longer is."""
        async for record in self._consumer:
            feed_id = record.key.decode()
            apply(self._feeds, Feed, record.key, record.value)
            if feed_id in self._feeds:
                self._partition_of[feed_id] = record.partition
            elif record.offset >= self._read_at[TopicPartition(record.topic, record.partition)]:  # an earlier end is in the states
                await self._forget(feed_id)

    async def _forget(self, feed_id: str) -> None:
        """Remember nothing of a feed whose subscription has ended, nor let a poll in progress do so: it may be subscribed again."""
        if (turn := self._turns.get(feed_id)) is not None:
            turn.cancel()
            await asyncio.gather(turn, return_exceptions=True)
        self._partition_of.pop(feed_id, None)
        if self._states.pop(feed_id, None) is not None:
            try:
                await self._writer.remove(feed_id)
            except BrokerError as error:
                log.warning("what is known of a feed that is polled no more stays: %s", error)

    async def _look(self) -> None:
        """Begin each poll when it is due."""
        while True:
            if self._unread:
                await self._read(self._unread)
            now = datetime.now(UTC)
            for feed_id in due(self._known(), now)[: max(0, AT_ONCE - len(self._turns))]:
                self._turns[feed_id] = asyncio.create_task(self._poll(self._feeds[feed_id]))
            self._looks.done()
            if not self._turns:
                self._polls.done()
            await asyncio.sleep(LOOK_EVERY)

    async def _read(self, partitions: Sequence[TopicPartition]) -> None:
        """Know the states before the first subscription is seen: a feed without one would be asked for everything, and at once."""
        try:
            async with asyncio.timeout(READS_WITHIN):
                ends = await self._consumer.end_offsets(partitions)
                states = await last_of_each(self._cluster, FEED_STATES, FeedState, [partition.partition for partition in partitions])
        except (BrokerError, KafkaError, TimeoutError) as error:
            log.warning("reading what is known of the feeds, which is tried again: %s", str(error) or "it takes too long")
            return
        if partitions is self._unread:  # and not taken away meanwhile
            self._unread = ()
            self._read_at = ends
            self._states |= states
            self._consumer.resume(*partitions)

    def _known(self) -> list[FeedState]:
        return [self._state_of(feed) for feed_id, feed in self._feeds.items() if feed_id not in self._turns]

    def _state_of(self, feed: Feed) -> FeedState:
        return self._states.get(feed.feed_id) or FeedState(feed_id=feed.feed_id, url=feed.url)

    async def _poll(self, feed: Feed) -> None:
        try:
            state = await self._turn.take(feed, self._state_of(feed))
            if state.stopped:
                log.warning("%s is polled no more: %s", feed.url, state.stopped)
            elif state.error:
                log.info("poll of %s: %s", feed.url, state.error)
        except BrokerError as error:
            log.warning("poll of %s: %s", feed.url, error)
        finally:
            del self._turns[feed.feed_id]
            self._polls.done()

    async def _send(self, article: RawArticle) -> None:
        await self._articles.send(article)
        self._polls.done()

    async def _save(self, state: FeedState) -> None:
        """Remember `state`, as the poller of its feed.

        The group's coordinator accepts a commit only of a member; the offset means nothing, for subscriptions are read from the beginning.

        Raises:
            BrokerError: the group has given this poller up, or the broker does not take the state.
        """
        place = TopicPartition(SUBSCRIPTIONS, self._partition_of[state.feed_id])
        try:
            await self._consumer.commit({place: 0})
        except KafkaError as error:
            raise BrokerError(f"this poller stood still for too long, and another one polls the feed now: {error}") from error
        await self._writer.put(state.feed_id, state)
        self._states[state.feed_id] = state

    async def _finish(self, feeds: Iterable[str]) -> None:
        """Let the polls of `feeds` end, and end those that take too long: what they have not saved is done again by whoever is next."""
        turns = [self._turns[feed_id] for feed_id in feeds if feed_id in self._turns]
        if turns:
            _, slow = await asyncio.wait(turns, timeout=FINISH_WITHIN)
            for turn in slow:
                turn.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
