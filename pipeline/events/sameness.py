"""Same event or another: named features of a mention against a known meeting, weighed by a dot product.

Other people, another day or another occasion decide alone; everything else is weighed, for one outlet may be wrong about a place. Where
the dates are unknown the context decides: what else the articles are about.
"""
from __future__ import annotations

import math
from datetime import date, timedelta

from pipeline.detect.places import elsewhere
from pipeline.events.ledger import Ledger
from pipeline.linear import Features, load_weights, probability
from schemas.meetings import DateRange, Facts, Format, Meeting, Mention, Mode, Participant, Status, TaggedArticle

_WEIGHTS = load_weights("pipeline.events")["same"]
_REPORTED_WITHIN = timedelta(days=4)  # a held meeting without a date was so long ago at most
_ANNOUNCED_AHEAD = timedelta(days=60)  # an announced one without a date comes so soon
_ROUNDS = 1  # days; talks of the same two that go on the next day are one meeting
_A_WEEK = 7  # days; that two spans overlap says more if both are short
_RESCHEDULED = 7  # days that the date of an announced meeting may move


def probability_same(article: TaggedArticle, mention: Mention, meeting: Meeting, known: Ledger) -> float:
    """That `mention` tells of `meeting`; 0 where anything contradicts."""
    if contradicts(mention.facts, meeting.facts):
        return 0.0
    return probability(_WEIGHTS, same_features(article, mention, meeting, known))


def contradicts(one: Facts, other: Facts) -> bool:
    """Whether two tellings cannot be of one meeting: its people, its occasion or its date differ."""
    if any(not _one_participant(a, b) for a, b in zip(one.participants, other.participants, strict=True)):
        return True
    if (one.format is Format.MULTILATERAL) != (other.format is Format.MULTILATERAL):
        return True
    if (one.yearless or other.yearless) and _other_month(_yearless(one), _yearless(other)):
        return True
    return _other_date(one, other)


def same_features(article: TaggedArticle, mention: Mention, meeting: Meeting, known: Ledger) -> Features:
    """What speaks for and against one event, where nothing decides alone."""
    own, other = mention.facts, meeting.facts
    here, there = _days(own, _published(article)), _days(other, _last_published(meeting))
    timeless = here is None or there is None
    features: Features = {
        "timeless": float(timeless),
        "routine": float(timeless and (_routine(own) or _routine(other))),
        "days_touch": 0.0,
        "weeks_touch": 0.0,
        "days_apart": 0.0,
        "may_have_moved": 0.0,
        "next_day": 0.0,
        "named": sum(bool(a.name) and a.name == b.name for a, b in zip(own.participants, other.participants, strict=True)) / 2,
        "dates_agree": float(bool(own.date and other.date and own.date.told and other.date.told and not own.date.days_apart(other.date))),
        "context": _similarity(article.context, meeting.context, own, known),
        "mode_differs": float(Mode.UNKNOWN not in (own.mode, other.mode) and own.mode is not other.mode),
        "place_differs": float(own.place is not None and other.place is not None and elsewhere(own.place, other.place)),
        "place_agrees": float(bool(own.place and other.place and own.place == other.place)),
        "comes_true": 0.0,
        "announced_twice": 0.0,
        "announced_again": float(_announced_again(article, mention, meeting)),
        "yearless_agrees": float(bool(own.yearless or other.yearless) and _yearless(own) == _yearless(other)),
    }
    if here is not None and there is not None:
        apart = here.days_apart(there)
        short = max((here.end - here.start).days, (there.end - there.start).days) <= _A_WEEK
        features["days_touch"] = float(apart == 0 and short)
        features["weeks_touch"] = float(apart == 0 and not short)
        features["comes_true"] = float(apart == 0 and other.status is Status.ANNOUNCED and own.status is not Status.ANNOUNCED)
        features["announced_twice"] = float(apart == 0 and other.status is own.status is Status.ANNOUNCED)
        features["days_apart"] = math.log1p(apart)
        told = all(f.date and f.date.told for f in (own, other))
        pending = Status.HELD not in (own.status, other.status)
        features["may_have_moved"] = float(told and pending and 0 < apart <= _RESCHEDULED)
        features["next_day"] = float(told and not pending and 0 < apart <= _ROUNDS)
    return features


def _one_participant(one: Participant, other: Participant) -> bool:
    if one.name and other.name:
        return one.name == other.name
    if not (one.office and other.office) or one.office == other.office:
        return True
    return bool(one.name) != bool(other.name) and _kin(one.office, other.office)


def _kin(one: str, other: str) -> bool:
    """Whether two offices can be one person's in the words of two outlets."""
    return {one, other} <= {"foreign_minister", "top_diplomat", "minister"} or {one, other} <= {"president", "party_official"}


def _other_date(one: Facts, other: Facts) -> bool:
    if one.date is None or other.date is None or not (one.date.told and other.date.told):
        return False
    moved = Status.ANNOUNCED in (one.status, other.status) or Status.CANCELLED in (one.status, other.status)
    return one.date.days_apart(other.date) > (_RESCHEDULED if moved else _ROUNDS)


def _days(facts: Facts, published: date | None) -> DateRange | None:
    """The days on which the meeting can be: as told, or as its status and the day of the report imply."""
    if facts.date is not None and facts.date.told:
        return facts.date
    if published is None or facts.yearless:
        return None
    if facts.status in (Status.ANNOUNCED, Status.CANCELLED):
        return DateRange(start=published, end=published + _ANNOUNCED_AHEAD)
    return DateRange(start=published - _REPORTED_WITHIN, end=published)


def _published(article: TaggedArticle) -> date | None:
    return article.source.published_at.date() if article.source.published_at else None


def _last_published(meeting: Meeting) -> date | None:
    return meeting.last_published.date() if meeting.last_published else None


def _yearless(facts: Facts) -> str | None:
    """Month, and day where one is told, as `--MM` or `--MM-DD`; None where nothing tells, or the days lie in two months."""
    if facts.date is None or not facts.date.told:
        return facts.yearless
    if facts.date.start == facts.date.end:
        return f"--{facts.date.start:%m-%d}"
    start, end = facts.date.start, facts.date.end
    return f"--{start:%m}" if (start.year, start.month) == (end.year, end.month) else None


def _other_month(one: str | None, other: str | None) -> bool:
    """Whether two yearless dates differ; a month does not differ from a day in it."""
    if one is None or other is None:
        return False
    shorter = min(len(one), len(other))
    return one[:shorter] != other[:shorter]


def _routine(facts: Facts) -> bool:
    """Whether the two meet so often that an undated report says little: two presidents, two foreign ministers."""
    return len({p.office for p in facts.participants}) == 1


def _announced_again(article: TaggedArticle, mention: Mention, meeting: Meeting) -> bool:
    """An announcement cannot tell of a meeting that was held before it was written."""
    if mention.facts.status is not Status.ANNOUNCED or meeting.facts.status is not Status.HELD:
        return False
    published = _published(article)
    held = meeting.facts.date.end if meeting.facts.date else _last_published(meeting)
    return published is not None and held is not None and published > held


def _similarity(one: tuple[str, ...], other: tuple[str, ...], facts: Facts, known: Ledger) -> float:
    """Cosine of two contexts, rare tags counting more; the participants themselves tell nothing."""
    own = {f"person:{p.name}" for p in facts.participants}
    a, b = set(one) - own, set(other) - own
    if not a or not b:
        return 0.0
    shared = sum(known.rarity(tag) ** 2 for tag in a & b)
    return shared / math.sqrt(sum(known.rarity(tag) ** 2 for tag in a) * sum(known.rarity(tag) ** 2 for tag in b))
