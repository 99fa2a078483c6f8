"""The subscriptions and what the pollers know of them, for whoever is no poller."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agents.cluster import Cluster
from agents.compacted import CompactedWriter, last_of_each
from agents.settings import Settings
from agents.topic_changes import create_topics
from agents.topics import FEED_PARTITIONS, FEED_STATES, SUBSCRIPTIONS
from pipeline.feeds.health import Health, health
from pipeline.feeds.opml import feed_id
from schemas.feeds import Feed, FeedState


@dataclass(frozen=True, slots=True)
class Known:
    """A subscription; `state` is None before its first poll."""

    feed: Feed
    state: FeedState | None

    @property
    def health(self) -> Health:
        """How it is."""
        return health(self.state)


async def subscriptions(cluster: Cluster, settings: Settings) -> list[Known]:
    """All subscriptions in the order of their folders and titles; their topics are made if they are missing.

    Raises:
        BrokerError: no broker answers.
    """
    await create_topics(cluster, settings)
    return await read_subscriptions(cluster)


async def read_subscriptions(cluster: Cluster) -> list[Known]:
    """The same, of topics that exist. Raises what `subscriptions` raises."""
    every = range(FEED_PARTITIONS)
    feeds = await last_of_each(cluster, SUBSCRIPTIONS, Feed, every)
    states = await last_of_each(cluster, FEED_STATES, FeedState, every)
    known = [Known(feed, states.get(feed.feed_id)) for feed in feeds.values()]
    return sorted(known, key=_place)


def _place(one: Known) -> tuple[list[str], str, str]:
    return [folder.name for folder in one.feed.folders], one.feed.title or "", one.feed.url


async def subscribe(cluster: Cluster, settings: Settings, feeds: Iterable[Feed]) -> None:
    """Write `feeds`; one that is subscribed is replaced, what is known of its entries stays. Idempotent.

    Raises:
        BrokerError: no broker answers, or it refuses.
    """
    await create_topics(cluster, settings)
    async with CompactedWriter[Feed](cluster, SUBSCRIPTIONS) as writer:
        for feed in feeds:
            await writer.put(feed.feed_id, feed)


async def unsubscribe(cluster: Cluster, settings: Settings, addresses: Sequence[str]) -> list[str]:
    """End the subscriptions at `addresses` and forget what was known of them; returns the addresses that were not subscribed.

    Raises:
        BrokerError: no broker answers, or it refuses.
    """
    known = {one.feed.feed_id for one in await subscriptions(cluster, settings)}
    async with CompactedWriter[Feed](cluster, SUBSCRIPTIONS) as feeds, CompactedWriter[FeedState](cluster, FEED_STATES) as states:
        for address in addresses:
            if feed_id(address) in known:
                await feeds.remove(feed_id(address))
                await states.remove(feed_id(address))
    return [address for address in addresses if feed_id(address) not in known]
