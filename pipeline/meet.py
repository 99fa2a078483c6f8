"""meet: a mention against the known meetings of its watch: the same event, or a new one; and whether that alerts."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.detect.levels import RANK
from pipeline.detect.places import elsewhere
from pipeline.events.ledger import Ledger
from pipeline.events.merge import changes, grown
from pipeline.events.parts import part_of, with_part
from pipeline.events.ruled import repeats, whole
from pipeline.events.sameness import Spoken, probability_same
from pipeline.lexicon.world import Watch
from schemas.ids import alert_id, meeting_id
from schemas.meetings import Alert, AlertType, Applied, Evidence, Facts, Meeting, Mention, Salience, Source, TaggedArticle
from schemas.verdicts import Verdict

_EVEN = 0.5  # probability
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_EDITED = 0.05  # probability; who edits an article seldom exchanges one meeting of two people for another


@dataclass(frozen=True, slots=True)
class Decision:
    """What a mention or a verdict makes of a meeting, and the alert it causes, if any."""

    meeting: Meeting  # as its own articles tell it, to be remembered
    standing: Meeting | None  # as everybody shall see it, with those that were ruled the same; None for one that is retracted
    alert: Alert | None
    joined: float | None = None  # the probability that a mention tells of a known meeting


def decide(article: TaggedArticle, mention: Mention, known: Ledger, watches: Mapping[str, Watch]) -> Decision:
    """What `mention` means for the `known` meetings of its watch, which stay as they are.

    Idempotent: a mention that was applied before gives the meeting it was applied to, and no alert.
    """
    before = known.applied(article.source, mention.index)
    if before is not None:
        return Decision(before, known.standing(before), None)
    watch = watches[article.watch]
    as_of = known.as_of(article.source)
    if as_of is not None:  # of the future no article can tell: all that others tell later would seem old beside it
        as_of = min(as_of, article.came_at)
    joined, meeting = _same(article, mention, known)
    if meeting is None:
        return new_meeting(article, mention, as_of, watch)
    if meeting.retracted:
        return _repeated(article, mention, meeting, joined)
    return known_meeting(article, mention, meeting, joined, as_of, watch, known.same(meeting.meeting_id))


def _same(article: TaggedArticle, mention: Mention, known: Ledger) -> tuple[float, Meeting | None]:
    """The probability that `mention` tells of a known meeting, and of which, where that is more likely than that it tells of none.

    Of equals it is the newest. Two mentions of one text are never the same, unless an analyst ruled that their meetings are.
    """
    alike = known.alike(mention.facts, known.as_of(article.source) or article.came_at)
    parts = [(meeting, part_of(meeting, article.source.article_id)) for meeting in alike if _may_tell(mention, meeting, known)]
    others = [(meeting, part) for meeting, part in parts if part is None or part.tellings[-1].version != article.source.version]
    if not others:
        return 0.0, None
    spoken = Spoken(article, mention, known)
    scored = [(probability_same(spoken, meeting), meeting) for meeting, _ in others]
    told = [one for one, (_, part) in zip(scored, others, strict=True) if part and one[0] >= _EDITED]
    _, best = max(told or scored, key=lambda item: (item[0], item[1].as_of or _LONG_AGO))
    known_one = _any(mention, scored)
    return known_one, known.root(best) if told or known_one >= _EVEN else None


def _any(mention: Mention, scored: Sequence[tuple[float, Meeting]]) -> float:
    """The probability that `mention` tells of any of these.

    Of those in other places the likeliest counts alone: what speaks against one of them speaks against all.
    """
    near: list[float] = []
    apart = [0.0]
    for probability, meeting in scored:
        (apart if elsewhere(mention.facts.place, meeting.facts.place) else near).append(probability)
    return 1 - math.prod(1 - probability for probability in (*near, max(apart)))


def _may_tell(mention: Mention, meeting: Meeting, known: Ledger) -> bool:
    """Whether `mention` can tell of `meeting` for all that was ruled: of one that is retracted only where it says nothing else."""
    root = known.root(meeting)
    return root is not None and (not root.retracted or repeats(whole(root, known.same(root.meeting_id)), mention.facts))


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
    return _applied(article, mention, meeting, AlertType.NEW if alerts else None, (), None, ())


def known_meeting(
    article: TaggedArticle,
    mention: Mention,
    meeting: Meeting,
    joined: float,
    as_of: datetime | None,
    watch: Watch,
    same: Sequence[Meeting] = (),
) -> Decision:
    """`meeting` with what `mention` adds, if both are the same event, which is so with the probability `joined`.

    `same` were ruled to be that event too.
    """
    grew = grown(meeting, mention.facts, mention.salience, mention.confidence, article.context, as_of, article.came_at)
    before, after = whole(meeting, same), whole(grew, same)
    changed = changes(before.facts, after.facts)
    kind: AlertType | None = None
    if mention.salience is Salience.MAIN and unasked(after.facts, after.confidence, watch) is None:
        if meeting.revision == 0:
            kind = AlertType.NEW
        elif changed:
            kind = AlertType.UPDATED
        elif article.source.copy_of is None and part_of(before, article.source.article_id) is None:
            kind = AlertType.CORROBORATED
    return _applied(article, mention, grew, kind, changed if kind is AlertType.UPDATED else (), joined, same)


def _repeated(article: TaggedArticle, mention: Mention, meeting: Meeting, joined: float) -> Decision:
    """One that is retracted, and stays as it was judged: who repeats it makes it no newer and alerts nobody."""
    seen = meeting.model_copy(update={"last_seen": max(article.came_at, meeting.last_seen)})
    after = with_part(seen, _told(article, mention, None))
    return Decision(after, None, None, joined)


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
    article: TaggedArticle,
    mention: Mention,
    meeting: Meeting,
    kind: AlertType | None,
    changed: tuple[str, ...],
    joined: float | None,
    same: Sequence[Meeting],
) -> Decision:
    """`meeting` with this article's part in it, and the alert of that `kind`."""
    revision = meeting.revision + (kind is not None)
    alert = alert_id(meeting.meeting_id, revision) if kind else None
    after = with_part(meeting.model_copy(update={"revision": revision}), _told(article, mention, alert))
    standing = whole(after, same)
    return Decision(after, standing, alert_of(standing, kind, changed, article.source, mention.evidence) if kind else None, joined)


def alert_of(
    meeting: Meeting, kind: AlertType, changed: tuple[str, ...], article: Source, evidence: Evidence, verdict: Verdict | None = None
) -> Alert:
    """The alert that brought `meeting` to its revision, caused by this article or by a verdict."""
    return Alert(
        alert_id=alert_id(meeting.meeting_id, meeting.revision),
        type=kind,
        watch=meeting.watch,
        meeting_id=meeting.meeting_id,
        revision=meeting.revision,
        changes=changed,
        facts=meeting.facts,
        confidence=meeting.confidence,
        sources=max(1, meeting.sources),
        article=article,
        evidence=evidence,
        verdict=verdict,
    )


def _told(article: TaggedArticle, mention: Mention, alert: str | None) -> Applied:
    """The article's part in a meeting."""
    return Applied(source=article.source, mention=mention.index, evidence=mention.evidence, alert_id=alert)
