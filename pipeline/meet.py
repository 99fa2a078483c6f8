"""meet: a mention against the known meetings of its watch: the same event, or a new one; and whether that alerts."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.detect.levels import RANK
from pipeline.events.ledger import Ledger
from pipeline.events.merge import changes, enriched, merged
from pipeline.events.sameness import probability_same
from pipeline.lexicon.load import Lexicon
from pipeline.lexicon.world import Watch
from schemas.ids import alert_id, meeting_id
from schemas.meetings import Alert, AlertType, Applied, Facts, Meeting, Mention, Salience, TaggedArticle

_EVEN = 0.5  # probability


@dataclass(frozen=True, slots=True)
class Decision:
    """The meeting after the mention, and the alert it causes, if any. `joined` is the probability that it was the same event."""

    meeting: Meeting
    alert: Alert | None
    joined: float | None


def decide(article: TaggedArticle, mention: Mention, known: Ledger, lexicon: Lexicon) -> Decision:
    """What `mention` means for the `known` meetings of its watch, which stay as they are.

    Idempotent: a mention that was applied before gives the meeting it was applied to, and no alert.
    """
    before = known.applied(article.source.article_id, mention.index)
    if before is not None:
        return Decision(before, None, None)
    watch = lexicon.watches[article.watch]
    as_of = known.as_of(article.source)
    joined, meeting = _same(article, mention, known)
    if meeting is None:
        return new_meeting(article, mention, as_of, watch)
    return known_meeting(article, mention, meeting, joined, as_of, watch)


def _same(article: TaggedArticle, mention: Mention, known: Ledger) -> tuple[float, Meeting | None]:
    """The known meeting that `mention` most probably tells of; two mentions of one article are never the same meeting."""
    own = article.source.article_id
    others = [m for m in known.alike(mention.facts) if all(a.source.article_id != own for a in m.applied)]
    scored = [(probability_same(article, mention, meeting, known), meeting) for meeting in others]
    probability, best = max(scored, key=lambda item: item[0], default=(0.0, None))
    return (probability, best) if probability >= _EVEN else (probability, None)


def new_meeting(article: TaggedArticle, mention: Mention, as_of: datetime | None, watch: Watch) -> Decision:
    """The meeting that `mention` is the first to tell of."""
    meeting = Meeting(
        meeting_id=meeting_id(article.watch, article.source.article_id, mention.index),
        watch=article.watch,
        revision=0,
        facts=mention.facts,
        confidence=mention.confidence,
        salience=mention.salience,
        applied=(),
        context=article.context,
        as_of=as_of,
        last_seen=article.fetched_at,
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
            "last_seen": max(article.fetched_at, meeting.last_seen),
        }
    )
    changed = changes(meeting.facts, facts)
    kind: AlertType | None = None
    if main and unasked(facts, after.confidence, watch) is None:
        if meeting.revision == 0:
            kind = AlertType.NEW
        elif changed:
            kind = AlertType.UPDATED
        elif article.source.copy_of is None:
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
    part = Applied(source=article.source, mention=mention.index, evidence=mention.evidence, alert_id=alert)
    after = meeting.model_copy(update={"revision": revision, "applied": (*meeting.applied, part)})
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
