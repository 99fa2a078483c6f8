"""What is known of a meeting once another article has told of it."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from schemas.meetings import AHEAD, DateRange, Facts, Meeting, Mode, Participant, Place, Salience, Status

_PROGRESS = {Status.ANNOUNCED: 0, Status.ONGOING: 1, Status.HELD: 2}


def grown(
    meeting: Meeting,
    told: Facts,
    salience: Salience,
    confidence: float,
    context: Iterable[str],
    as_of: datetime | None,
    seen: datetime,
) -> Meeting:
    """`meeting` with what somebody else told of it, as news or in passing, speaking `as_of` a time, which came at `seen`."""
    main = salience is Salience.MAIN
    newer = meeting.as_of is None or as_of is None or as_of >= meeting.as_of
    return meeting.model_copy(
        update={
            "facts": merged(meeting.facts, told, newer) if main else enriched(meeting, told),
            "confidence": max(meeting.confidence, confidence),
            "salience": Salience.MAIN if main else meeting.salience,
            "context": tuple(sorted({*meeting.context, *context})),
            "as_of": max(filter(None, (as_of, meeting.as_of)), default=None),
            "last_seen": max(seen, meeting.last_seen),
        }
    )


def merged(known: Facts, told: Facts, newer: bool) -> Facts:
    """`known` with what `told` adds; where both speak, the further status counts, and the newer date, place and mode of a meeting to come.

    `newer`: `told` was published after everything known.
    """
    pending = known.status in AHEAD
    return Facts(
        status=_status(known.status, told.status, newer),
        mode=told.mode if known.mode is Mode.UNKNOWN or (pending and newer and told.mode is not Mode.UNKNOWN) else known.mode,
        format=known.format,
        level=told.level if _names(told) > _names(known) else known.level,
        participants=tuple(_participant(a, b) for a, b in zip(known.participants, told.participants, strict=True)),
        place=_place(known.place, told.place, moves=pending and newer),
        date=_date(known.date, told.date, moves=pending and newer),
        yearless=None if known.date or told.date else known.yearless or told.yearless,
    )


def changes(before: Facts, after: Facts) -> tuple[str, ...]:
    """Names of the facts whose change a subscriber should know: a new status; of a meeting to come also date and place."""
    changed = ["status"] if before.status is not after.status else []
    if after.status in (Status.ANNOUNCED, Status.ONGOING):
        changed += [name for name in ("date", "place") if getattr(before, name) != getattr(after, name)]
    return tuple(changed)


def _status(known: Status, told: Status, newer: bool) -> Status:
    if told is Status.CANCELLED:
        return told if known is Status.ANNOUNCED and newer else known
    if known is Status.CANCELLED:
        return told if newer or told is Status.HELD else known
    return max(known, told, key=_PROGRESS.__getitem__)


def _names(facts: Facts) -> int:
    return sum(p.name is not None for p in facts.participants)


def _participant(known: Participant, told: Participant) -> Participant:
    return Participant(side=known.side, name=known.name or told.name, office=known.office or told.office)


def _place(known: Place | None, told: Place | None, moves: bool) -> Place | None:
    """A city rather than a country; of two cities the newer where the meeting can have moved, or was looked for in the capital first."""
    if known is None or told is None:
        return known or told
    return told if told.city and (known.city is None or moves) else known


def _date(known: DateRange | None, told: DateRange | None, moves: bool) -> DateRange | None:
    """The narrower of two that agree; of two that do not, the newer where the meeting can have moved."""
    if known is None or told is None:
        return known or told
    if known.told is not told.told:
        return known if known.told else told
    if not known.days_apart(told):
        return DateRange(start=max(known.start, told.start), end=min(known.end, told.end), told=known.told)
    return told if moves else known


def enriched(meeting: Meeting, told: Facts) -> Facts:
    """What a recollection adds: only what is not known yet."""
    facts = merged(meeting.facts, told, newer=False)
    return facts.model_copy(update={"status": meeting.facts.status})
