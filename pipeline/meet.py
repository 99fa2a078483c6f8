"""meet: a mention against the known meetings of its watch: the same event, or a new one; and whether that alerts."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.detect.levels import RANK
from pipeline.events.ledger import Ledger
from pipeline.events.merge import changes, enriched, merged
from pipeline.events.sameness import probability_same
from pipeline.lexicon.world import Watch
from schemas.ids import alert_id, meeting_id
from schemas.meetings import Alert, AlertType, Applied, Facts, Meeting, Mention, Salience, TaggedArticle, Telling

_EVEN = 0.5  # probability
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_EDITED = 0.05  # probability; who edits an article seldom exchanges one meeting of two people for another


@dataclass(frozen=True, slots=True)
class Decision:
    """The meeting after the mention, and the alert it causes, if any. `joined` is the probability that it tells of a known meeting."""

    meeting: Meeting
    alert: Alert | None
    joined: float | None


def decide(article: TaggedArticle, mention: Mention, known: Ledger, watches: Mapping[str, Watch]) -> Decision:
    """What `mention` means for the `known` meetings of its watch, which stay as they are.

    Idempotent: a mention that was applied before gives the meeting it was applied to, and no alert.
    """
    before = known.applied(article.source, mention.index)
    if before is not None:
        return Decision(before, None, None)
    watch = watches[article.watch]
    as_of = known.as_of(article.source)
    if as_of is not None:  # of the future no article can tell: all that others tell later would seem old beside it
        as_of = min(as_of, article.came_at)
    joined, meeting = _same(article, mention, known)
    if meeting is None:
        return new_meeting(article, mention, as_of, watch)
    return known_meeting(article, mention, meeting, joined, as_of, watch)


def _same(article: TaggedArticle, mention: Mention, known: Ledger) -> tuple[float, Meeting | None]:
    """The probability that `mention` tells of a known meeting, and of which, where that is more likely than that it tells of none.

    Of equals it is the newest. Two mentions of one text are never the same.
    """
    parts = [(meeting, _part(meeting, article)) for meeting in known.alike(mention.facts)]
    others = [(meeting, part) for meeting, part in parts if part is None or part.source.version != article.source.version]
    scored = [(probability_same(article, mention, meeting, known), meeting) for meeting, _ in others]
    told = [one for one, (_, part) in zip(scored, others, strict=True) if part and one[0] >= _EDITED]
    _, best = max(told or scored, key=lambda item: (item[0], item[1].as_of or _LONG_AGO), default=(0.0, None))
    known_one = 1 - math.prod(1 - probability for probability, _ in scored)
    return (known_one, best) if told or known_one >= _EVEN else (known_one, None)


def _part(meeting: Meeting, article: TaggedArticle) -> Applied | None:
    """What `article` has told of `meeting` so far, in whatever version."""
    return next((a for a in meeting.applied if a.source.article_id == article.source.article_id), None)


def new_meeting(article: TaggedArticle, mention: Mention, as_of: datetime | None, watch: Watch) -> Decision:
    """The meeting that `mention` is the first to tell of."""
    meeting = Meeting(
        meeting_id=meeting_id(article.watch, article.source.article_id, article.source.version, mention.index),
        watch=article.watch,
        revision=0,
        facts=mention.facts,
        confidence=mention.confidence,
        salience=mention.salience,
        applied=(),
        context=article.context,
        as_of=as_of,
        last_seen=article.came_at,
    )
    alerts = mention.salience is Salience.MAIN and unasked(mention.facts, mention.confidence, watch) is None
    return _applied(article, mention, meeting, AlertType.NEW if alerts else None, (), None)


def known_meeting(
    article: TaggedArticle, mention: Mention, meeting: Meeting, joined: float, as_of: datetime | None, watch: Watch
) -> Decision:
    """`meeting` with what `mention` adds, if both are the same event, which is so with the probability `joined`."""
    main = mention.salience is Salience.MAIN
    newer = meeting.as_of is None or as_of is None or as_of >= meeting.as_of
    facts = merged(meeting.facts, mention.facts, newer) if main else enriched(meeting, mention.facts)
    after = meeting.model_copy(
        update={
            "facts": facts,
            "confidence": max(meeting.confidence, mention.confidence),
            "salience": Salience.MAIN if main else meeting.salience,
            "context": tuple(sorted({*meeting.context, *article.context})),
            "as_of": max(filter(None, (as_of, meeting.as_of)), default=None),
            "last_seen": max(article.came_at, meeting.last_seen),
        }
    )
    changed = changes(meeting.facts, facts)
    kind: AlertType | None = None
    if main and unasked(facts, after.confidence, watch) is None:
        if meeting.revision == 0:
            kind = AlertType.NEW
        elif changed:
            kind = AlertType.UPDATED
        elif article.source.copy_of is None and _part(meeting, article) is None:
            kind = AlertType.CORROBORATED
    return _applied(article, mention, after, kind, changed if kind is AlertType.UPDATED else (), joined)


def unasked(facts: Facts, confidence: float, watch: Watch) -> str | None:
    """Why the watch asks for no alert on such a meeting, told so surely; None where it asks for one."""
    if facts.format not in watch.formats:
        return f"the watch does not ask for {facts.format} meetings"
    if facts.status not in watch.statuses:
        return f"the watch does not ask for {facts.status} meetings"
    if RANK[facts.level] > RANK[watch.least_level]:
        return f"its level, {facts.level}, is below what the watch asks for, {watch.least_level}"
    if confidence < watch.least_confidence:
        return f"its confidence, {confidence:.2f}, is below what the watch asks for, {watch.least_confidence:.2f}"
    return None


def _applied(
    article: TaggedArticle, mention: Mention, meeting: Meeting, kind: AlertType | None, changed: tuple[str, ...], joined: float | None
) -> Decision:
    """`meeting` with this article's part in it, and the alert of that `kind`."""
    revision = meeting.revision + (kind is not None)
    alert = alert_id(meeting.meeting_id, revision) if kind else None
    after = meeting.model_copy(update={"revision": revision, "applied": _with_part(meeting, article, mention, alert)})
    if kind is None or alert is None:
        return Decision(after, None, joined)
    told = Alert(
        alert_id=alert,
        type=kind,
        watch=after.watch,
        meeting_id=after.meeting_id,
        revision=revision,
        changes=changed,
        facts=after.facts,
        confidence=after.confidence,
        sources=max(1, after.sources),
        article=article.source,
        evidence=mention.evidence,
    )
    return Decision(after, told, joined)


def _with_part(meeting: Meeting, article: TaggedArticle, mention: Mention, alert: str | None) -> tuple[Applied, ...]:
    """All articles' parts in `meeting`, with this one's in the place of what its earlier versions told."""
    part = Applied(source=article.source, mention=mention.index, evidence=mention.evidence, alert_id=alert)
    before = _part(meeting, article)
    if before is None:
        return (*meeting.applied, part)
    earlier = (*before.earlier, Telling(version=before.source.version, mention=before.mention))
    part = part.model_copy(update={"alert_id": alert or before.alert_id, "earlier": earlier})
    return tuple(part if applied is before else applied for applied in meeting.applied)
