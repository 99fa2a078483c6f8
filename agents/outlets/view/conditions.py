"""What is asked of the database, as a condition of SQL. All of its text is ours; what a person wrote is bound to it as values."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from pipeline.search import asked
from pipeline.selection import Selection
from pipeline.text.fold import fold
from schemas.meetings import Facts

_WORDS = "(SELECT rowid FROM words WHERE words MATCH ?)"
_FOUND = f"number IN {_WORDS}"
_FOUND_ALERT = f"(meeting_id IN (SELECT meeting_id FROM meetings WHERE {_FOUND}) OR -number IN {_WORDS})"
_NOTHING = '""'  # matches no row


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. `words`: full-text search in names, places, headlines and evidence of a meeting; None for all."""

    selection: Selection = field(default_factory=Selection)
    words: str | None = None
    recorded: bool = False  # also meetings of which no alert told: recalled ones, and those that the watch does not ask for


@dataclass(frozen=True, slots=True)
class Condition:
    """What stands behind WHERE, and the values of its question marks."""

    sql: str = "1"
    values: tuple[Any, ...] = ()

    def also(self, sql: str, *values: Any) -> Condition:
        """This, and another one."""
        return Condition(f"{self.sql} AND {sql}", (*self.values, *values))

    def among(self, column: str, wanted: Collection[str]) -> Condition:
        """This, and one of the values in `column`, where any are wanted."""
        return self.also(f"{column} IN ({_marks(wanted)})", *sorted(wanted)) if wanted else self


def of_meetings(query: Query) -> Condition:
    """For rows of `meetings`."""
    condition = _selected(query.selection, "meetings", "meeting_sources")
    if not query.recorded:
        condition = condition.also("revision > 0")
    return condition if query.words is None else condition.also(_FOUND, asked(query.words) or _NOTHING)


def of_alerts(query: Query) -> Condition:
    """For rows of `alerts`; words are sought in their meetings, and those of a retraction in itself."""
    condition = _selected(query.selection, "alerts", "alert_sources").among("type", query.selection.type)
    if query.words is None:
        return condition
    words = asked(query.words) or _NOTHING
    return condition.also(_FOUND_ALERT, words, words)


def still_so(condition: Condition) -> Condition:
    """For rows of `alerts`: those that no later retraction takes back."""
    later = "SELECT 1 FROM alerts AS later WHERE later.meeting_id = alerts.meeting_id AND later.number > alerts.number"
    return condition.also(f"NOT EXISTS ({later} AND later.type = 'retracted')")


def of_pair(facts: Facts) -> Condition:
    """For rows of `meetings`: those in which everybody takes part whose name, or else office, these facts tell."""
    condition = Condition()
    for person in facts.participants:
        if known := person.name or (person.office or "").replace("_", " "):
            condition = condition.also("instr(people, ?)", fold(known))
    return condition


def _selected(selection: Selection, table: str, sources: str) -> Condition:
    """What `Selection` decides of one message, for all; a test holds both together."""
    condition = Condition()
    for column in ("watch", "status", "mode", "format", "level"):
        condition = condition.among(column, getattr(selection, column))
    if selection.confidence:
        condition = condition.also("confidence >= ?", selection.confidence)
    for column, part in (("people", selection.person), ("place", selection.place)):
        if part is not None:
            condition = condition.also(f"instr({column}, ?)", fold(part))
    if selection.since is not None:
        condition = condition.also("last >= ?", selection.since.isoformat())
    if selection.until is not None:
        condition = condition.also("first <= ?", selection.until.isoformat())
    for column, names in (("language", selection.language), ("host", selection.source)):
        if names:
            told = f"SELECT 1 FROM {sources} AS s WHERE s.number = {table}.number AND s.{column} IN ({_marks(names)})"
            condition = condition.also(f"EXISTS ({told})", *sorted(names))
    return condition


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))
