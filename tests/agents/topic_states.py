"""Topics as a broker might have them."""
from __future__ import annotations

from typing import Any

from agents.settings import Settings
from agents.topic_states import Found, TopicState
from agents.topics import declared


def state(
    name: str, *, on: tuple[tuple[int, ...], ...] = (), in_sync: int | None = None, entries: dict[str, str] | None = None, **given: Any
) -> TopicState:
    """A topic that is as the settings `given` say, but for its partitions `on` brokers, and these `entries`."""
    topic = next(topic for topic in declared(Settings(**given)) if topic.name == name)
    replicas = on or ((1,),) * topic.partitions
    copies = min(map(len, replicas))
    found = Found(replicas, copies if in_sync is None else in_sync, {**topic.configuration(copies), **(entries or {})})
    return TopicState(topic, found)
