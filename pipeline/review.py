"""review: a verdict against the known meetings of its watch: what is retracted, what stands again, and which meeting grows by another."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.events.ledger import Ledger, in_order
from pipeline.events.merge import changes
from pipeline.events.ruled import whole
from pipeline.lexicon.world import Watch
from pipeline.meet import Decision, alert_of, unasked
from schemas.errors import VerdictError
from schemas.ids import alert_id
from schemas.meetings import AlertType, Applied, Judged, Meeting, Salience
from schemas.verdicts import Ruling, Verdict

MOST = 500  # verdicts of one meeting: nobody means more of them, and all are kept


def review(verdict: Verdict, known: Ledger, watches: Mapping[str, Watch]) -> Iterator[Decision]:
    """What `verdict` means for the `known` meetings of its watch: a decision for each that changes, the one that is judged last.

    A retraction is due where an alert had told of the meeting, and a `new` alert where a retraction had taken it back. Of `same_as`, the
    other meeting gains what was known of the one, and loses it with another ruling.

    Idempotent, also where only the first of the decisions were remembered: a verdict that came before changes nothing, and what is done
    again of it has the same ids. One that cannot be is remembered too, for it may be read again when it could.

    Raises:
        VerdictError: the meeting is not known, or takes no more verdicts.
    """
    meeting = _known(verdict.meeting_id, verdict, known)
    if _came(verdict, meeting):
        return
    if len(meeting.verdicts) >= MOST:
        raise VerdictError(f"{meeting.meeting_id} has {MOST} verdicts, and takes no more")
    try:
        after = _other(verdict, known)
    except VerdictError as error:
        noted = _with(verdict, meeting, None, str(error))
        yield Decision(noted, known.standing(noted), None)
        return
    moving, before = [meeting, *known.same(meeting.meeting_id)], known.root(meeting)
    if before is not after:
        if before is not None and before is not meeting and not before.retracted:
            yield _loser(before, moving, verdict, known)
        if after is not None:
            yield _gainer(after, moving, verdict, known, watches[verdict.watch])
    yield _judged(meeting, verdict, known)


def check(verdict: Verdict, known: Ledger) -> None:
    """Tell who is about to give `verdict` what `review` would say of it.

    Raises:
        VerdictError: the meeting is not known, or it cannot be the other one.
    """
    _known(verdict.meeting_id, verdict, known)
    _other(verdict, known)


def _other(verdict: Verdict, known: Ledger) -> Meeting | None:
    """The meeting that the judged one is by `same_as`; None for every other ruling."""
    if verdict.same_as is None:
        return None
    other = _known(verdict.same_as, verdict, known)
    if other.verdict and other.verdict.same_as:
        raise VerdictError(f"{other.meeting_id} was ruled the same as {other.verdict.same_as}: name that one, or judge it anew first")
    if other.retracted:
        raise VerdictError(f"{other.meeting_id} is retracted: name one that stands, or judge it anew first")
    return other


def _known(meeting_id: str, verdict: Verdict, known: Ledger) -> Meeting:
    meeting = known.get(meeting_id)
    if meeting is None:
        raise VerdictError(f"there is no meeting {meeting_id} of the watch {verdict.watch}, or no longer")
    return meeting


def _judged(meeting: Meeting, verdict: Verdict, known: Ledger) -> Decision:
    """The meeting itself: taken back, told once more, or as it was."""
    kind = None
    if meeting.revision and meeting.retracted is (verdict.ruling is Ruling.RIGHT):
        kind = AlertType.NEW if meeting.retracted else AlertType.RETRACTED
    same = known.same(meeting.meeting_id)
    return _decided(_with(verdict, meeting, kind), same, kind, (), meeting.applied, verdict)


def _gainer(other: Meeting, moving: Sequence[Meeting], verdict: Verdict, known: Ledger, watch: Watch) -> Decision:
    """The meeting that the judged one is, with what was known of that."""
    same = known.same(other.meeting_id)
    joined = in_order([*same, *moving])
    before, after = whole(other, same), whole(other, joined)
    changed, kind = changes(before.facts, after.facts), None
    if after.salience is Salience.MAIN and unasked(after.facts, after.confidence, watch) is None:
        if other.revision == 0:
            kind = AlertType.NEW
        elif changed:
            kind = AlertType.UPDATED
        elif after.sources > before.sources:
            kind = AlertType.CORROBORATED
    told = [applied for one in moving for applied in one.applied]
    return _decided(_with(verdict, other, kind), joined, kind, changed if kind is AlertType.UPDATED else (), told, verdict)


def _loser(other: Meeting, moving: Sequence[Meeting], verdict: Verdict, known: Ledger) -> Decision:
    """The meeting that the judged one was ruled to be before, without it."""
    same, gone = known.same(other.meeting_id), {one.meeting_id for one in moving}
    left = [one for one in same if one.meeting_id not in gone]
    changed = changes(whole(other, same).facts, whole(other, left).facts)
    kind = AlertType.UPDATED if changed and other.revision else None
    return _decided(_with(verdict, other, kind), left, kind, changed, other.applied, verdict)


def _decided(
    meeting: Meeting, same: Sequence[Meeting], kind: AlertType | None, changed: tuple[str, ...], told: Sequence[Applied], verdict: Verdict
) -> Decision:
    """The decision on `meeting`, which is as it is remembered; the alert shows the last of those who `told` that is no copy."""
    shown = whole(meeting, same)
    alert = None
    if kind is not None:
        part = next((one for one in reversed(told) if one.source.copy_of is None), told[-1])
        alert = alert_of(shown, kind, changed, part.source, part.evidence, verdict)
    return Decision(meeting, None if meeting.retracted else shown, alert)


def _with(verdict: Verdict, meeting: Meeting, kind: AlertType | None, refused: str | None = None) -> Meeting:
    """`meeting` with this verdict's part in it, unless it has that already."""
    if _came(verdict, meeting):
        return meeting
    revision = meeting.revision + (kind is not None)
    part = Judged(verdict=verdict, alert_id=alert_id(meeting.meeting_id, revision) if kind else None, refused=refused)
    return meeting.model_copy(update={"revision": revision, "verdicts": (*meeting.verdicts, part)})


def _came(verdict: Verdict, meeting: Meeting) -> bool:
    """Whether it came to this meeting before."""
    return any(part.verdict.verdict_id == verdict.verdict_id for part in meeting.verdicts)
