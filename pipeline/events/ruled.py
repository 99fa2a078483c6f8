"""What rulings mean for telling events apart: meetings that are one after all, and which articles only repeat what was judged."""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.places import elsewhere
from pipeline.events.merge import grown, merged
from pipeline.events.parts import with_parts_of
from schemas.meetings import Facts, Meeting, Mode, Status
from schemas.verdicts import Ruling

_MET = {Status.ONGOING, Status.HELD}  # of one event at two times of a day


def whole(meeting: Meeting, same: Sequence[Meeting]) -> Meeting:
    """`meeting` with what is known of `same`, in this order, which were ruled to be the same one."""
    for other in same:
        grew = grown(meeting, other.facts, other.salience, other.confidence, other.context, other.as_of, other.last_seen)
        meeting = with_parts_of(grew, other)
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
