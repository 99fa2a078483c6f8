"""Who of the service reads which topic, and who writes it."""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agents import topics
from schemas import kinds
from schemas.kinds import Kind


class Action(StrEnum):
    """What the service does with messages, as AsyncAPI calls it."""

    SEND = "send"
    RECEIVE = "receive"


@dataclass(frozen=True, slots=True)
class Operation:
    """One part of the service at one topic."""

    by: str
    action: Action
    topic: str
    summary: str
    group: str | None = None  # of Kafka; None: it reads all, and leaves nothing on the broker
    kinds: tuple[Kind, ...] = ()  # none: all that the topic carries

    @property
    def name(self) -> str:
        """An identifier: clean-receive-news-raw."""
        return f"{self.by}-{self.action}-{channel(self.topic)}"


def channel(topic: str) -> str:
    """The identifier of a topic's channel."""
    return topic.replace(".", "-")


def _receives(by: str, topic: str, summary: str, group: str | None = None) -> Operation:
    return Operation(by, Action.RECEIVE, topic, summary, group)


def _sends(by: str, topic: str, summary: str, *kinds: Kind) -> Operation:
    return Operation(by, Action.SEND, topic, summary, kinds=kinds)


_FINGERPRINTS, _MEETINGS = topics.changelog(topics.FINGERPRINTS), topics.changelog(topics.MEETINGS)
_FAILED = "What cannot be processed is put aside."

OPERATIONS = (
    _sends("feeds", topics.SUBSCRIPTIONS, "`dyadwatch feeds` adds and removes feeds."),
    _receives("poll", topics.SUBSCRIPTIONS, "Pollers share the feeds.", topics.POLL_GROUP),
    _receives("poll", topics.FEED_STATES, "Who gets a feed learns what the last poller knew of it."),
    _sends("poll", topics.FEED_STATES, "What a poll found is remembered."),
    _sends("poll", topics.RAW, "Each new or edited entry of a feed is an article."),
    _sends("replay", topics.RAW, "`dyadwatch replay` sends articles of an archive."),
    _receives("clean", topics.RAW, "A page becomes a text, if it names both sides of a watch.", topics.READ_APP),
    _sends("clean", topics.CLEAN, "The text, once for each watch."),
    _sends("clean", topics.DEADLETTERS, _FAILED, kinds.DEAD_LETTER),
    _receives("dedupe", topics.CLEAN, "Copies are looked for.", topics.MEET_APP),
    _receives("dedupe", _FINGERPRINTS, "A worker that starts learns which articles are known."),
    _sends("dedupe", topics.UNIQUE, "The article, marked where it is a copy."),
    _sends("dedupe", _FINGERPRINTS, "The article is remembered, until its retention is over."),
    _sends("dedupe", topics.DEADLETTERS, _FAILED, kinds.DEAD_LETTER),
    _receives("tag", topics.UNIQUE, "Meetings are looked for.", topics.READ_APP),
    _sends("tag", topics.TAGGED, "What the article tells of meetings.", kinds.TAGGED_ARTICLE),
    _sends("tag", topics.DEADLETTERS, _FAILED, kinds.DEAD_LETTER),
    _sends("desk", topics.VERDICTS, "The page, the API and `dyadwatch review` take verdicts."),
    _receives("review", topics.VERDICTS, "A verdict takes its place among the articles.", topics.MEET_APP),
    _sends("review", topics.TAGGED, "The verdict, with the time at which it came.", kinds.DATED_VERDICT),
    _sends("review", topics.DEADLETTERS, _FAILED, kinds.DEAD_LETTER),
    _receives("meet", topics.TAGGED, "Each mention is a known meeting or a new one; a verdict changes what is known.", topics.MEET_APP),
    _receives("meet", _MEETINGS, "A worker that starts learns which meetings are known."),
    _sends("meet", topics.ALERTS, "What subscribers should know."),
    _sends("meet", topics.CURRENT, "The meeting as it stands now, or that it is retracted or forgotten."),
    _sends("meet", _MEETINGS, "The meeting is remembered, until its retention is over."),
    _sends("meet", topics.DEADLETTERS, _FAILED, kinds.DEAD_LETTER),
    _receives("page", topics.ALERTS, "The page and its feeds show them."),
    _receives("page", topics.CURRENT, "The page shows every meeting."),
    _receives("page", topics.VERDICTS, "The page shows what was ruled."),
    _receives("page", _MEETINGS, "The page shows what is left of retracted ones."),
    _receives("page", topics.OUTLET_STATES, "The page shows how each target stands."),
    _receives("notify", topics.ALERTS, "Each target gets those that its filter asks for.", f"{topics.NOTIFY_GROUPS}…"),
    _receives("notify", topics.OUTLET_STATES, "Who gets a target learns how it stands, and what a person ordered."),
    _sends("notify", topics.OUTLET_STATES, "What became of a delivery is remembered."),
    _sends("outlets", topics.OUTLET_STATES, "`dyadwatch outlets enable` has a target tried again."),
    _receives("deadletters", topics.DEADLETTERS, "`dyadwatch deadletters` lists and shows them."),
    _sends("deadletters", topics.DEADLETTERS, "`dyadwatch deadletters redrive` notes what it sent again.", kinds.REDRIVEN),
)
