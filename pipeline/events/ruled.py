"""What rulings mean for telling events apart: meetings that are one after all, and which articles only repeat what was judged."""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.places import elsewhere
from pipeline.events.merge import grown, merged
from schemas.meetings import Applied, Facts, Meeting, Mode, Status, Telling
from schemas.verdicts import Ruling

_MET = {Status.ONGOING, Status.HELD}  # of one event at two times of a day


def whole(meeting: Meeting, same: Sequence[Meeting]) -> Meeting:
    """`meeting` with what is known of `same`, in this order, which were ruled to be the same one."""
    for other in same:
        grew = grown(meeting, other.facts, other.salience, other.confidence, other.context, other.as_of, other.last_seen)
        meeting = grew.model_copy(update={"applied": _parts(meeting.applied, other.applied)})
    return meeting


def repeats(judged: Meeting, told: Facts) -> bool:
    """Whether who tells `told` says nothing but what was retracted with `judged`, and so is no news.

    Whoever says otherwise may tell of another event, and whoever says more of a meeting that was told wrong may tell it right.
    """
    verdict = judged.verdict
    if _otherwise(judged.facts, told):
        return False
    return verdict is None or verdict.ruling is not Ruling.WRONG or merged(judged.facts, told, newer=True) == judged.facts


def _otherwise(one: Facts, other: Facts) -> bool:
    if one.status is not other.status and not {one.status, other.status} <= _MET:
        return True
    if Mode.UNKNOWN not in (one.mode, other.mode) and one.mode is not other.mode:
        return True
    if elsewhere(one.place, other.place):
        return True
    dated = one.date is not None and other.date is not None and one.date.told and other.date.told
    return dated and bool(one.date and other.date and one.date.days_apart(other.date))


def _parts(own: tuple[Applied, ...], others: tuple[Applied, ...]) -> tuple[Applied, ...]:
    """The articles of both, each once: what one told of the other meeting counts among its earlier tellings."""
    parts = {part.source.article_id: part for part in own}
    for other in others:
        known = parts.get(other.source.article_id)
        if known is None:
            parts[other.source.article_id] = other
        else:
            tellings = (*known.earlier, *other.earlier, Telling(version=other.source.version, mention=other.mention))
            parts[known.source.article_id] = known.model_copy(update={"earlier": tellings})
    return tuple(parts.values())
