"""Same event or another: named features of a mention against a known meeting, weighed by a dot product.

Other people, another day or another occasion decide alone; everything else is weighed, for one outlet may be wrong about a place. A
meeting that is put off stays where it was to be: another day in another place is another one. Where
the dates are unknown the context decides: what else the articles are about.
"""
from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime

from pipeline.detect.places import elsewhere
from pipeline.events.ledger import Ledger
from pipeline.events.people import both_named, met_by_another, one_participant
from pipeline.events.timing import days_of, other_month, yearless
from pipeline.linear import Features, load_weights, probability
from schemas.meetings import REMOTE, Facts, Format, Meeting, Mention, Mode, Source, Status, TaggedArticle

_WEIGHTS = load_weights("pipeline.events")["same"]
_ROUNDS = 1  # days; talks of the same two that go on the next day are one meeting
_STAY = 2  # days from the first to the last of a visit, in which the same two are in one place
_A_WEEK = 7  # days; that two spans overlap says more if both are short
_AWAITED = 365  # days that an announced visit without a day may be ahead
_TO_COME = {Status.ANNOUNCED, Status.CANCELLED}  # that it will be, or would have been
_RESCHEDULED = 7  # days that the date of an announced meeting may move
_A_YEAR = 366  # days
_A_MONTH = 27  # days; so much it may move where only the month was told


class _Weights(dict[str, float]):
    """How much each tag of a context counts, worked out when it is first met."""

    def __init__(self, known: Ledger) -> None:
        self._known = known

    def __missing__(self, tag: str) -> float:
        self[tag] = weight = self._known.rarity(tag) ** 2
        return weight

    def of(self, tags: Iterable[str]) -> float:
        """Of all of them."""
        return math.fsum(map(self.__getitem__, tags))  # exact, so that the order of a set does not tell


class Spoken:
    """A mention as the known meetings are compared with it: what of it is the same beside all of them is worked out once."""

    def __init__(self, article: TaggedArticle, mention: Mention, known: Ledger) -> None:
        self.facts, self.salience = mention.facts, mention.salience
        self.today = _day(known.as_of(article.source))
        self.days = days_of(self.facts, self.today, self.salience)
        self.unsure = _unsure(self.facts, (article.source,))
        self._people = {f"person:{p.name}" for p in self.facts.participants}
        self._context = {*article.context} - self._people
        self._weights = _Weights(known)
        self._weight = self._weights.of(self._context)

    def similarity(self, context: Iterable[str]) -> float:
        """Cosine of the article's context and that of a meeting, rare tags counting more; the participants themselves tell nothing."""
        other = {*context} - self._people
        common = self._context & other
        return self._weights.of(common) / math.sqrt(self._weight * self._weights.of(other)) if common else 0.0


def probability_same(spoken: Spoken, meeting: Meeting) -> float:
    """That a mention tells of `meeting`; 0 where it cannot."""
    return probability(_WEIGHTS, same_features(spoken, meeting)) if can_be(spoken, meeting) else 0.0


def can_be(spoken: Spoken, meeting: Meeting) -> bool:
    """Whether nothing contradicts, and no year lies between their days, told or implied: what is weighed could not make up for that."""
    return not contradicts(spoken.facts, meeting.facts) and not _years_apart(spoken, meeting)


def contradicts(one: Facts, other: Facts) -> bool:
    """Whether two tellings cannot be of one meeting: its people, its occasion or its date differ."""
    if (one.format is Format.MULTILATERAL) != (other.format is Format.MULTILATERAL):
        return True
    if other_month(one, other) or _other_date(one, other):
        return True
    return any(not one_participant(a, b) for a, b in zip(one.participants, other.participants, strict=True))


def same_features(spoken: Spoken, meeting: Meeting) -> Features:
    """What speaks for and against one event, where nothing decides alone."""
    own, other = spoken.facts, meeting.facts
    here, there = spoken.days, days_of(other, _day(meeting.as_of), meeting.salience)
    if here is None and own.yearless and there is not None:
        here = days_of(own, there.start, spoken.salience)
    if there is None and other.yearless and here is not None:
        there = days_of(other, here.start, meeting.salience)
    timeless = here is None or there is None
    unsure = spoken.unsure or _is_unsure(meeting)
    context = spoken.similarity(meeting.context)
    one_day = context > 0 and _one_day(own, other)
    apart = elsewhere(own.place, other.place)
    features: Features = {
        "timeless": float(timeless),
        "routine": float(timeless and (_routine(own) or _routine(other))),
        "days_touch": 0.0,
        "weeks_touch": 0.0,
        "days_apart": 0.0,
        "unsure": float(unsure),
        "days_apart_unsure": 0.0,
        "may_have_moved": 0.0,
        "next_day": 0.0,
        "named": _named(own, other),
        "dates_agree": float(bool(own.date and other.date and own.date.told and other.date.told and not own.date.days_apart(other.date))),
        "context": context,
        "mode_differs": float(not one_day and _other_mode(own, other)),
        "country_differs": float(apart and not one_day and not _one_country(own, other)),
        "city_differs": float(apart and not one_day and _one_country(own, other)),
        "place_agrees": float(own.place is not None and own.place == other.place),
        "awaited": float(_awaited(own, meeting, spoken.today)),
        "comes_true": 0.0,
        "announced_twice": 0.0,
        "announced_again": float(not unsure and _announced_again(own, meeting, spoken.today)),
        "yearless_agrees": float(bool(own.yearless or other.yearless) and yearless(own) == yearless(other)),
    }
    if here is not None and there is not None:
        days = here.days_apart(there)
        short = max((here.end - here.start).days, (there.end - there.start).days) <= _A_WEEK
        features["days_touch"] = float(days == 0 and short)
        features["weeks_touch"] = float(days == 0 and not short)
        features["comes_true"] = float(days == 0 and other.status is Status.ANNOUNCED and own.status is not Status.ANNOUNCED)
        features["announced_twice"] = float(days == 0 and other.status is own.status and own.status in _TO_COME)
        features["days_apart_unsure" if unsure else "days_apart"] = math.log1p(days)
        told = all(f.date and f.date.told for f in (own, other))
        pending = Status.HELD not in (own.status, other.status)
        features["may_have_moved"] = float(told and pending and 0 < days <= _RESCHEDULED and not apart)
        features["next_day"] = float(told and not pending and 0 < days <= _ROUNDS)
    return features


def _named(one: Facts, other: Facts) -> float:
    """The share of participants that both name alike; less where a host who is not named would be another than the guest's counterpart."""
    alike = [a for a, b in zip(one.participants, other.participants, strict=True) if a.name and a.name == b.name]
    return len(alike) / 2 - met_by_another(one, other)


def _one_day(one: Facts, other: Facts) -> bool:
    """Whether both name the same two on the same day, or on one of a visit.

    Nobody is in two places at once, so that one outlet errs about place or mode, where both speak of something else in common too.
    """
    if one.date is None or other.date is None or one.date.days_apart(other.date) or not both_named(one, other):
        return False
    return all((day.end - day.start).days <= _STAY for day in (one.date, other.date))


def _other_mode(one: Facts, other: Facts) -> bool:
    """Whether they met in another way; an announced call may be by phone or by video."""
    if Mode.UNKNOWN in (one.mode, other.mode) or one.mode is other.mode:
        return False
    return not (one.mode in REMOTE and other.mode in REMOTE and Status.ANNOUNCED in (one.status, other.status))


def _other_date(one: Facts, other: Facts) -> bool:
    if one.date is None or other.date is None or not (one.date.told and other.date.told):
        return False
    moved = Status.ANNOUNCED in (one.status, other.status) or Status.CANCELLED in (one.status, other.status)
    vague = max((day.end - day.start).days for day in (one.date, other.date)) >= _A_MONTH
    return one.date.days_apart(other.date) > ((_A_MONTH if vague else _RESCHEDULED) if moved else _ROUNDS)


def _years_apart(spoken: Spoken, meeting: Meeting) -> bool:
    if spoken.days is None or spoken.unsure:
        return False
    there = days_of(meeting.facts, _day(meeting.as_of), meeting.salience)
    return there is not None and spoken.days.days_apart(there) > _A_YEAR and not _is_unsure(meeting)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _one_country(one: Facts, other: Facts) -> bool:
    return bool(one.place and other.place and one.place.country == other.place.country)


def _unsure(facts: Facts, sources: Iterable[Source]) -> bool:
    """Whether only the place of its articles in the stream tells when a meeting was: an archive may come in any order."""
    return facts.date is None and all(source.published_at is None for source in sources)


def _is_unsure(meeting: Meeting) -> bool:
    return _unsure(meeting.facts, (applied.source for applied in meeting.applied))


def _routine(facts: Facts) -> bool:
    """Whether the two meet so often that an undated report says little: two presidents, two foreign ministers."""
    return len({p.office for p in facts.participants}) == 1


def _announced_again(own: Facts, meeting: Meeting, today: date | None) -> bool:
    """An announcement cannot tell of a meeting that was held before it was written."""
    if own.status is not Status.ANNOUNCED or meeting.facts.status is not Status.HELD:
        return False
    held = meeting.facts.date.end if meeting.facts.date else _day(meeting.as_of)
    return today is not None and held is not None and today > held


def _awaited(own: Facts, meeting: Meeting, today: date | None) -> bool:
    """Whether the meeting was announced without a day, and is the next of the pair in that country."""
    known = meeting.facts
    announced = _day(meeting.as_of)
    if known.status is not Status.ANNOUNCED or known.date or known.yearless or announced is None or today is None:
        return False
    return _one_country(own, known) and 0 <= (today - announced).days <= _AWAITED
