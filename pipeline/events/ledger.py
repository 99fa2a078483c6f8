"""The known meetings of one watch, found again by who took part."""
from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time

from pipeline.events.people import kin
from pipeline.events.ruled import whole
from pipeline.retention import Ages
from schemas.meetings import Facts, Meeting, Participant, Source

_ANY = "*"
_UNNAMED = "?"
_MOVED = 1  # months; no told day of a meeting is taken for one that is farther from it (`sameness.contradicts`)
_MANY = 24  # months; a meeting whose day may be in more of them has none
_ENOUGH = 48  # meetings; of more that can be meant, those nearest in time are, by whole months
_Month = tuple[bool, int]  # whether it is that of a told day, else that in which it was spoken of; its number
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Ledger:
    """An index in memory over the meetings of one watch; the table or topic behind it is the truth.

    Looking a mention up costs by the number of meetings of its pair in the months around it, not of all that are known. Those that were
    retracted are known too, so that who repeats them is known to do so. Each is here as its own
    articles tell it; `standing` is as everybody else sees it.
    """

    def __init__(self, meetings: Iterable[Meeting] = ()) -> None:
        self._meetings: dict[str, Meeting] = {}
        self._by_pair: dict[tuple[str, ...], dict[_Month, dict[str, None]]] = {}
        self._by_telling: dict[tuple[str, str, int], str] = {}
        self._ruled_same: dict[str, dict[str, None]] = {}  # by the meeting that they were ruled to be
        self._context: Counter[str] = Counter()
        self._as_of: datetime | None = None
        self._dated: Counter[bool] = Counter()
        self._ages = Ages()
        for meeting in meetings:
            self.put(meeting)

    def __len__(self) -> int:
        return len(self._meetings)

    def __iter__(self) -> Iterator[Meeting]:
        return iter(self._meetings.values())

    def as_of(self, source: Source) -> datetime | None:
        """When an article speaks: its publication; without one, the newest that the meetings tell of, which the stream has come to.

        None in a stream most of whose articles carry no date: such a pile of texts has come to no time.
        """
        return source.published_at or (self._as_of if self._dated[True] > self._dated[False] else None)

    def put(self, meeting: Meeting) -> None:
        """Remember `meeting`, in place of what was known under its id."""
        self.remove(meeting.meeting_id)
        self._meetings[meeting.meeting_id] = meeting
        self._ages.put(meeting.meeting_id, _last_moment(meeting))
        self._as_of = max(filter(None, (self._as_of, meeting.as_of)), default=None)
        self._dated.update(applied.source.published_at is not None for applied in meeting.applied)
        self._context.update(meeting.context)
        for key in _kept_under(meeting.facts):
            months = self._by_pair.setdefault(key, {})
            for month in _months(meeting):
                months.setdefault(month, {})[meeting.meeting_id] = None
        for telling in _tellings(meeting):
            self._by_telling[telling] = meeting.meeting_id
        if other := _other(meeting):
            self._ruled_same.setdefault(other, {})[meeting.meeting_id] = None

    def remove(self, meeting_id: str) -> None:
        """Forget a meeting; nothing happens where it is not known."""
        self._ages.remove(meeting_id)
        meeting = self._meetings.pop(meeting_id, None)
        if meeting is None:
            return
        self._context.subtract(meeting.context)
        self._dated.subtract(applied.source.published_at is not None for applied in meeting.applied)
        for key in _kept_under(meeting.facts):
            months = self._by_pair[key]
            for month in _months(meeting):
                del months[month][meeting_id]
                if not months[month]:
                    del months[month]
            if not months:
                del self._by_pair[key]
        for telling in _tellings(meeting):
            self._by_telling.pop(telling, None)
        if other := _other(meeting):
            self._ruled_same[other].pop(meeting_id)
            if not self._ruled_same[other]:
                del self._ruled_same[other]

    def expire(self, before: datetime) -> Iterator[Meeting]:
        """The meetings that were over, and last told of, before `before`, the oldest first; each is forgotten as it comes.

        Those that are one by a ruling stay until all of them may go.
        """
        while (meeting_id := self._ages.oldest(before)) is not None:
            meeting = self._meetings[meeting_id]
            one = self.root(meeting) or meeting
            if (last := max(map(_last_moment, (meeting, one, *self.same(one.meeting_id))))) >= before:
                self._ages.put(meeting_id, last)
                continue
            self.remove(meeting_id)
            yield meeting

    def get(self, meeting_id: str) -> Meeting | None:
        """A meeting as its own articles tell it; None where none is known under this id."""
        return self._meetings.get(meeting_id)

    def path(self, meeting: Meeting) -> list[Meeting]:
        """`meeting`, the one that it was ruled to be, and so on, as far as they are known."""
        found = [meeting]
        while (other := self._meetings.get(_other(found[-1]) or "")) is not None:
            found.append(other)
        return found

    def root(self, meeting: Meeting) -> Meeting | None:
        """The meeting that `meeting` was ruled to be, in the end; itself where it was not, None where that one is forgotten."""
        last = self.path(meeting)[-1]
        return None if _other(last) else last

    def same(self, meeting_id: str) -> list[Meeting]:
        """The meetings that were ruled to be this one, or one of those, in the order in which they speak."""
        found = [self._meetings[one] for one in self._ruled_same.get(meeting_id, ())]
        found += [further for one in found for further in self.same(one.meeting_id)]
        return in_order(found)

    def standing(self, meeting: Meeting) -> Meeting | None:
        """`meeting` with all that were ruled to be the same one; None where it was retracted."""
        return None if meeting.retracted else whole(meeting, self.same(meeting.meeting_id))

    def applied(self, source: Source, mention: int) -> Meeting | None:
        """The meeting that this mention of this version of an article was applied to before; None where it is new."""
        known = self._by_telling.get((source.article_id, source.version, mention))
        return self._meetings[known] if known else None

    def alike(self, facts: Facts, spoken: datetime) -> list[Meeting]:
        """The meetings that `facts`, told at the time `spoken`, can mean by people and months, by id: no order of a table shows in it.

        Where they are very many, those nearest in time.
        """
        told = _span(facts)
        first, last = told or (_month(spoken), _month(spoken))
        near: dict[int, list[Mapping[str, None]]] = {}
        for key in _sought_under(facts):
            for (dated, month), ids in self._by_pair.get(key, {}).items():
                distance = max(0, first - month, month - last)
                if not (told and dated and distance > _MOVED):
                    near.setdefault(distance, []).append(ids)
        found: set[str] = set()
        for distance in sorted(near):
            if len(found) >= _ENOUGH:
                break
            found.update(*near[distance])
        return [self._meetings[meeting_id] for meeting_id in sorted(found)]

    def rarity(self, tag: str) -> float:
        """How much a context tag tells: 1 for one that every meeting has, more for a rare one."""
        return 1.0 + math.log((len(self._meetings) + 2) / (max(0, self._context[tag]) + 1))


def in_order(meetings: Iterable[Meeting]) -> list[Meeting]:
    """In the order in which they speak, whatever the order of a table."""
    return sorted(meetings, key=lambda meeting: (meeting.as_of or _LONG_AGO, meeting.meeting_id))


def _other(meeting: Meeting) -> str | None:
    """The id of the meeting that it was ruled to be."""
    verdict = meeting.verdict
    return verdict.same_as if verdict else None


def _last_moment(meeting: Meeting) -> datetime:
    """When it was last told of, or the end of its last day, whichever is later."""
    day = meeting.facts.date
    return max(meeting.last_seen, datetime.combine(day.end, time.max, UTC)) if day else meeting.last_seen


def _tellings(meeting: Meeting) -> Iterator[tuple[str, str, int]]:
    """Article, version and index of all mentions that were applied to `meeting`."""
    for part in meeting.parts:
        yield from ((part.article_id, telling.version, telling.mention) for telling in part.tellings)


def _month(moment: date) -> int:
    return 12 * moment.year + moment.month


def _span(facts: Facts) -> tuple[int, int] | None:
    """The months of the first and the last day that are told; None where none is, or it may be in a great many."""
    if facts.date is None or not facts.date.told:
        return None
    first, last = _month(facts.date.start), _month(facts.date.end)
    return (first, last) if last - first <= _MANY else None


def _months(meeting: Meeting) -> list[_Month]:
    """Those of its told day, else the one in which it was spoken of."""
    if (told := _span(meeting.facts)) is not None:
        return [(True, month) for month in range(told[0], told[1] + 1)]
    return [(False, _month(meeting.as_of or meeting.last_seen))]


def _keys(participant: Participant) -> tuple[str | None, str | None]:
    """What a participant is known by: the name, the office."""
    name, office = participant.name, participant.office
    return name and f"{participant.side}:{name}", office and f"{participant.side}:{office}"


def _kept_under(facts: Facts) -> list[tuple[str, ...]]:
    sides = []
    for participant in facts.participants:
        name, office = _keys(participant)
        unnamed = [f"{office}{_UNNAMED}"] if office else [f"{participant.side}:{_UNNAMED}"]
        sides.append([*filter(None, (name, office)), *([] if name else unnamed), _ANY])
    first, second = sides
    return [(a, b) for a in first for b in second]


def _sought_under(facts: Facts) -> list[tuple[str, ...]]:
    """Of two who are named differently, a common office makes no one; one who is not named may have another outlet's word for it."""
    sides = []
    for participant in facts.participants:
        name, office = _keys(participant)
        unnamed = f"{participant.side}:{_UNNAMED}"
        others = [f"{participant.side}:{one}" for one in kin(participant.office)]
        if name:
            sides.append([name, unnamed, *(f"{one}{_UNNAMED}" for one in (office, *others) if one)])
        else:
            sides.append([office, unnamed, *others] if office else [_ANY])
    first, second = sides
    return [(a, b) for a in first for b in second]
