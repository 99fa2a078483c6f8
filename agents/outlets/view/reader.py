"""What pages and the API ask of the database: meetings and alerts by a selection, newest first, page by page; and what was ruled."""
from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from agents.outlets.view.conditions import Condition, Query, of_alerts, of_meetings, of_pair, still_so
from agents.outlets.view.store import connected
from schemas.meetings import Alert, AlertType, Applied, Facts, Level, Meeting
from schemas.verdicts import RETRACTING, Verdict

Item = TypeVar("Item")

PLACE = r"^[0-9T:.Z-]{1,40}~[0-9]{1,18}$"  # in the order of meetings, from which a page goes on
_AT_ONCE = 200  # rows of an export that are in memory together
_TOLD = "number, time, message FROM alerts"


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some of what was asked for, newest first."""

    items: Sequence[Item]
    older: str | None  # the place from which the next page goes on; None at the end


@dataclass(frozen=True, slots=True)
class Told:
    """An alert with its number, which grows in the order of the topic, and the time of the article that caused it."""

    number: int
    time: str
    alert: Alert


@dataclass(frozen=True, slots=True)
class Retracted:
    """What is left of a meeting that was taken back."""

    meeting_id: str
    verdict: Verdict  # why: the one that counts
    facts: Facts  # what was told
    known: Meeting | None  # as workers remember it; None where they have forgotten it
    last: Alert | None  # the retraction; None where no alert had told of it

    @property
    def applied(self) -> Sequence[Applied]:
        """All articles of its own; that of the retraction alone where no others are remembered."""
        if self.known:
            return self.known.applied
        return [Applied(source=one.article, mention=0, evidence=one.evidence, alert_id=one.alert_id) for one in (self.last,) if one]


class Reader:
    """`with Reader(path) as reader`: reads while the store writes. Not for several threads at once."""

    def __init__(self, path: Path) -> None:
        self._connection = connected(path)
        self._connection.execute("PRAGMA query_only = ON")

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def meetings(self, query: Query, limit: int, older: str | None = None) -> Page[Meeting]:
        """Those last told of first.

        Raises:
            ValueError: `older` is no place that a page gave.
        """
        condition = of_meetings(query)
        if older is not None:
            if not re.match(PLACE, older):
                raise ValueError(f"{older!r} is no place from which a page goes on")
            condition = condition.also("(told, number) < (?, ?)", *older.split("~"))
        rows = self._page("told, number, message FROM meetings", condition, "told DESC, number DESC", limit)
        last = rows[limit - 1] if len(rows) > limit else None
        return Page([_meeting(row) for row in rows[:limit]], f"{last['told']}~{last['number']}" if last else None)

    def every_meeting(self, query: Query) -> Iterator[Meeting]:
        """All of them, in the same order."""
        older: str | None = None
        while True:
            page = self.meetings(query, _AT_ONCE, older)
            yield from page.items
            if (older := page.older) is None:
                return

    def meeting(self, meeting_id: str) -> Meeting | None:
        """One as it stands; None where there is none, or no longer."""
        row = self._connection.execute("SELECT message FROM meetings WHERE meeting_id = ?", (meeting_id,)).fetchone()
        return _meeting(row) if row else None

    def retracted(self, meeting_id: str) -> Retracted | None:
        """What is left of one that was taken back; None for every other."""
        if self.meeting(meeting_id) is not None:
            return None
        told, known = self.alerts_of(meeting_id), self._remembered(meeting_id)
        last = told[-1].alert if told and told[-1].alert.type is AlertType.RETRACTED else None
        why = (known and known.verdict) or (last and last.verdict)
        what = last or known
        return Retracted(meeting_id, why, what.facts, known, last) if why and what else None

    def verdicts(self, meeting_id: str) -> Sequence[Verdict]:
        """All on a meeting, and those that another one is the same, in the order in which they were given; some may not be taken up yet."""
        wanted = "SELECT message FROM verdicts WHERE meeting_id = ? OR same_as = ? ORDER BY number"
        rows = self._connection.execute(wanted, (meeting_id, meeting_id))
        return [Verdict.model_validate_json(row["message"]) for row in rows]

    def is_taken_up(self, verdict: Verdict) -> bool:
        """Whether it shows, and what it does to its meeting too."""
        if not self._connection.execute("SELECT 1 FROM verdicts WHERE verdict_id = ?", (verdict.verdict_id,)).fetchone():
            return False
        meeting = self.meeting(verdict.meeting_id) or self._remembered(verdict.meeting_id)
        if meeting is None:
            return verdict.ruling in RETRACTING and self.retracted(verdict.meeting_id) is not None
        return any(judged.verdict.verdict_id == verdict.verdict_id for judged in meeting.verdicts)

    def _remembered(self, meeting_id: str) -> Meeting | None:
        """One that was taken back, as workers remember it."""
        row = self._connection.execute("SELECT message FROM retracted WHERE meeting_id = ?", (meeting_id,)).fetchone()
        return _meeting(row) if row else None

    def of_pair(self, facts: Facts, limit: int) -> Sequence[Meeting]:
        """Meetings of the same people, those last told of first."""
        rows = self._page("message FROM meetings", of_pair(facts), "told DESC, number DESC", limit)
        return [_meeting(row) for row in rows[:limit]]

    def has(self, query: Query, meeting_id: str) -> bool:
        """Whether a meeting is among those asked for."""
        condition = of_meetings(query).also("meeting_id = ?", meeting_id)
        return bool(self._connection.execute(f"SELECT 1 FROM meetings WHERE {condition.sql}", condition.values).fetchone())

    def alerts(self, query: Query, limit: int, older: int | None = None, *, all_sent: bool = True) -> Page[Told]:
        """Those that came last first, of those with a number below `older`; without `all_sent` only those that are still so."""
        condition = of_alerts(query) if all_sent else still_so(of_alerts(query))
        if older is not None:
            condition = condition.also("number < ?", older)
        rows = self._page(_TOLD, condition, "number DESC", limit)
        return Page([_told(row) for row in rows[:limit]], str(rows[limit - 1]["number"]) if len(rows) > limit else None)

    def alerts_after(self, number: int, limit: int) -> Sequence[Told]:
        """The next alerts behind that number, in the order of the topic."""
        rows = self._connection.execute(f"SELECT {_TOLD} WHERE number > ? ORDER BY number LIMIT ?", (number, limit))
        return [_told(row) for row in rows]

    def alerts_of(self, meeting_id: str) -> Sequence[Told]:
        """All of one meeting, in the order of the topic."""
        rows = self._connection.execute(f"SELECT {_TOLD} WHERE meeting_id = ? ORDER BY number", (meeting_id,))
        return [_told(row) for row in rows]

    def count(self, query: Query) -> int:
        """How many meetings there are."""
        condition = of_meetings(query)
        return int(self._connection.execute(f"SELECT count(*) FROM meetings WHERE {condition.sql}", condition.values).fetchone()[0])

    def months(self, query: Query) -> Mapping[str, Mapping[Level, int]]:
        """How many meetings there are by month (`2025-07`) of their last day, in order, and by level; without those that have no date."""
        condition = of_meetings(query).also("last IS NOT NULL")
        found: dict[str, dict[Level, int]] = {}
        counted = f"SELECT substr(last, 1, 7), level, count(*) FROM meetings WHERE {condition.sql} GROUP BY 1, 2 ORDER BY 1"
        for month, level, number in self._connection.execute(counted, condition.values):
            found.setdefault(month, {})[Level(level)] = number
        return found

    def between(self, query: Query, first: date, last: date) -> Sequence[Meeting]:
        """Meetings whose day is known and lies between these two, in order."""
        condition = of_meetings(query).also("first = last AND last BETWEEN ? AND ?", first.isoformat(), last.isoformat())
        rows = self._connection.execute(f"SELECT message FROM meetings WHERE {condition.sql} ORDER BY last, number", condition.values)
        return [_meeting(row) for row in rows]

    def watches(self) -> Sequence[str]:
        """The watches of which a meeting is known, by name."""
        return [row[0] for row in self._connection.execute("SELECT DISTINCT watch FROM meetings ORDER BY 1")]

    def languages(self) -> Mapping[str, int]:
        """How many meetings are told of in each language, the most first."""
        return self._counted("language", "1")

    def hosts(self) -> Mapping[str, int]:
        """How many meetings each outlet tells of, the most first."""
        return self._counted("host", "own AND host <> ''")

    def _counted(self, column: str, where: str) -> Mapping[str, int]:
        counted = f"SELECT {column}, count(DISTINCT number) FROM meeting_sources WHERE {where} GROUP BY 1 ORDER BY 2 DESC, 1"
        return dict(self._connection.execute(counted).fetchall())

    def _page(self, what: str, condition: Condition, order: str, limit: int) -> Sequence[sqlite3.Row]:
        """One more than `limit`, so that it is known whether there are more."""
        statement = f"SELECT {what} WHERE {condition.sql} ORDER BY {order} LIMIT ?"
        return self._connection.execute(statement, [*condition.values, limit + 1]).fetchall()


def _meeting(row: sqlite3.Row) -> Meeting:
    return Meeting.model_validate_json(row["message"])


def _told(row: sqlite3.Row) -> Told:
    return Told(row["number"], row["time"], Alert.model_validate_json(row["message"]))
