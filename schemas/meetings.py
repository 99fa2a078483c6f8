"""Meetings: as an article mentions them, as they stand, and as an alert tells them. Terms and values: ARCHITECTURE.md."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field
from pydantic.dataclasses import dataclass

from schemas.facts import AHEAD, REMOTE, DateRange, Facts, Format, Level, Mode, Participant, Place, Status
from schemas.message import Message
from schemas.verdicts import RETRACTING, Verdict

__all__ = [
    "AHEAD", "REMOTE", "Alert", "AlertType", "Applied", "Counted", "Cue", "DateRange", "Evidence", "Facts", "Format", "Judged", "Level",
    "Meeting", "Mention", "Mode", "Participant", "Place", "Salience", "Source", "Status", "TaggedArticle", "Telling",
]  # fmt: skip


class Salience(StrEnum):
    """Whether the article reports the meeting as news or recalls it."""

    MAIN = "main"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One expression that the decision rests on: `text[start:end]` of the article, in characters."""

    kind: Annotated[str, Field(description="its tag class, e.g. `meet.past` or `person`")]
    value: Annotated[str | None, Field(description="what it stands for, e.g. a person id; None for plain words")]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The sentence that says so, verbatim: `sentence == text[start:end]` of the article, in characters."""

    sentence: str
    start: int
    end: int
    cues: tuple[Cue, ...]
    features: Annotated[
        tuple[tuple[str, float], ...], Field(description="what the decision weighed: each feature and its share, largest first")
    ]


class Mention(Message):
    """One meeting as one article tells it."""

    index: int = Field(ge=0, description="position among the article's mentions")
    salience: Salience
    confidence: float = Field(ge=0, le=1, description="probability that the mention is right")
    facts: Facts
    evidence: Evidence


class Source(Message):
    """An article, without its text."""

    article_id: str
    version: str = Field(description="hash of its words: an edited article keeps its id and has another version")
    url: str | None
    source: str | None
    title: str | None
    language: str
    published_at: AwareDatetime | None
    copy_of: str | None


class TaggedArticle(Message):
    """What an article says of meetings, free of its language. Topic `news.tagged`, key `watch`."""

    watch: str
    source: Source
    came_at: AwareDatetime = Field(description="when this version came to the stream, by the broker's clock")
    mentions: tuple[Mention, ...]
    context: tuple[str, ...] = Field(description="what else the text is about: countries, people, places, organisations, as sorted tags")
    fetched_at: AwareDatetime | None = Field(
        default=None, description="when it was fetched or replayed, by the clock of who did; None in messages of before"
    )


class Telling(Message):
    """A mention of one version of an article."""

    version: str
    mention: int


class Applied(Message):
    """One article's part in a meeting: what its latest version said, and which alert it caused last."""

    source: Source
    mention: int
    evidence: Evidence
    alert_id: str | None
    earlier: tuple[Telling, ...] = Field(default=(), description="what versions before it were applied")

    @property
    def article_id(self) -> str:
        """The article's id."""
        return self.source.article_id

    @property
    def copy_of(self) -> str | None:
        """The article of which it is a copy."""
        return self.source.copy_of

    @property
    def tellings(self) -> tuple[Telling, ...]:
        """What all its versions were applied, the latest last."""
        return (*self.earlier, Telling(version=self.source.version, mention=self.mention))


class Counted(Message):
    """The part of an article whose words are kept no longer, because so many tell of the meeting."""

    article_id: str
    copy_of: str | None
    tellings: tuple[Telling, ...] = Field(description="what all its versions were applied, the latest last")


class Judged(Message):
    """A verdict's part in a meeting, and which alert of the meeting it caused."""

    verdict: Verdict = Field(description="on this meeting, or on another one that was or is ruled to be this one")
    alert_id: str | None
    refused: str | None = Field(default=None, description="why it cannot be, and so does not count")


class Meeting(Message):
    """A real-world meeting as known now. Topic `meetings.current` (compacted), key `meeting_id`; a tombstone once it is retracted.

    Table `meetings` keeps also those that were retracted, and of each only what its own articles tell.
    """

    meeting_id: str
    watch: str
    revision: int = Field(ge=0, description="number of alerts it has caused")
    facts: Facts
    confidence: float
    salience: Salience = Field(description="main once any article reported it as news")
    applied: tuple[Applied, ...] = Field(description="its first article and the newest, up to 100, in the order of arrival")
    counted: tuple[Counted, ...] = Field(default=(), description="all others, without their words")
    context: tuple[str, ...] = Field(description="as of its articles, for telling one meeting of a pair from the next")
    as_of: AwareDatetime | None = Field(
        description="the newest publication among its articles; one without a date counts as of the newest that the stream had told of"
    )
    last_seen: AwareDatetime = Field(description="when its latest article came (broker time); retention begins here or with its last day")
    verdicts: tuple[Judged, ...] = Field(default=(), description="what analysts ruled of it, in the order in which that came")

    @property
    def parts(self) -> Sequence[Applied | Counted]:
        """Those of all its articles, each once."""
        return [*self.applied, *self.counted]

    @property
    def sources(self) -> int:
        """Independent articles: copies do not count."""
        return sum(part.copy_of is None for part in self.parts)

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that counts: the last on this meeting that was not refused; None where nobody has judged it."""
        if not self.verdicts:  # as of nearly all
            return None
        own = (one for one in reversed(self.verdicts) if one.refused is None and one.verdict.meeting_id == self.meeting_id)
        return next((one.verdict for one in own), None)

    @property
    def retracted(self) -> bool:
        """Whether it was ruled wrong, the same as another, or no meeting."""
        return self.verdict is not None and self.verdict.ruling in RETRACTING


class AlertType(StrEnum):
    """Why an alert was sent."""

    NEW = "new"
    UPDATED = "updated"
    CORROBORATED = "corroborated"
    RETRACTED = "retracted"  # what was told is not so; if it is told once more after all, it is `new` again


class Alert(Message):
    """One thing a subscriber should know. Topic `meetings.alerts`, key `meeting_id`, CloudEvents envelope."""

    alert_id: str
    type: AlertType
    watch: str
    meeting_id: str
    revision: int = Field(ge=1)
    changes: tuple[str, ...] = Field(description="names of the facts that changed; empty unless `updated`")
    facts: Facts
    confidence: float
    sources: int = Field(ge=1, description="independent articles so far")
    article: Source
    evidence: Evidence
    verdict: Verdict | None = Field(default=None, description="what an analyst ruled, where that caused it")
