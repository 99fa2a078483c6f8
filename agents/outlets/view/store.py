"""The database of meetings, alerts and verdicts: what a batch of messages changes in it, all in one transaction with how far was read."""
from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from agents.topics import ALERTS, CURRENT, MEETINGS, VERDICTS, changelog
from pipeline.search import searched, searched_alert
from pipeline.selection import hosts, people_text, place_text
from schemas.cloudevents import TIME
from schemas.meetings import Alert, AlertType, Facts, Meeting, Source
from schemas.message import Message
from schemas.verdicts import Verdict

M = TypeVar("M", bound=Message)

log = logging.getLogger(__name__)

VERSION = 3  # of schema.sql and of what is written into it: a file of another version is made again

REMEMBERED = changelog(MEETINGS)
TOPICS = (CURRENT, ALERTS, VERDICTS, REMEMBERED)  # that it is a view of

Partition = tuple[str, int]  # topic and number

_TABLES = ("offsets", "meetings", "alerts", "retracted", "verdicts", "words", "sqlite_sequence")  # the last counts alerts and verdicts


@dataclass(frozen=True, slots=True)
class Record:
    """A message as a consumer gives it; `value` is None for a tombstone."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes | None
    headers: Mapping[str, bytes]


def connected(path: Path) -> sqlite3.Connection:
    """A connection to the database at `path`, which commits each statement; for any thread, but not for several at once."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


class Store:
    """`with Store(path, cluster_id) as store: store.apply(records)`: the one that writes; others may read meanwhile.

    A file that is of another cluster or of another version of this program is made again, empty.
    """

    def __init__(self, path: Path, cluster_id: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not _is_ours(path, cluster_id):
            log.warning("%s is of another cluster or version, and is made again", path)
            _remove(path)
        self._connection = connected(path)
        self._connection.execute("PRAGMA journal_mode = WAL")
        # A crash of the machine may lose the last batches, not their order: they are read again from the offset that stands.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        if _version(self._connection) == 0:
            self._make(cluster_id)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @property
    def offsets(self) -> dict[Partition, int]:
        """The next message to be read of each partition that any was read of."""
        rows = self._connection.execute("SELECT topic, partition, next FROM offsets")
        return {(topic, partition): offset for topic, partition, offset in rows}

    @property
    def last_alert(self) -> int:
        """The number of the newest alert; 0 where there is none."""
        return int(self._connection.execute("SELECT coalesce(max(number), 0) FROM alerts").fetchone()[0])

    def clear(self) -> None:
        """Forget all, so that it can be read again from the beginning."""
        with self._transaction():
            for table in _TABLES:
                self._connection.execute(f"DELETE FROM {table}")

    def apply(self, records: Iterable[Record]) -> None:
        """Take in messages in the order of their partitions, all or none. Those that were taken in before change nothing.

        What is no meeting, no alert and no verdict of ours is left out and logged.
        """
        offsets = self.offsets
        with self._transaction():
            for record in records:
                partition = (record.topic, record.partition)
                if record.offset < offsets.get(partition, 0):
                    continue
                offsets[partition] = record.offset + 1
                if record.topic == CURRENT:
                    self._put_meeting(record)
                elif record.topic == ALERTS:
                    self._put_alert(record)
                elif record.topic == VERDICTS:
                    self._put_verdict(record)
                elif record.topic == REMEMBERED:
                    self._put_remembered(record)
            rows = [(topic, number, offset) for (topic, number), offset in offsets.items()]
            self._connection.executemany("INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)", rows)

    def _put_meeting(self, record: Record) -> None:
        meeting_id = record.key.decode("utf-8", "replace")
        known = self._connection.execute("SELECT number FROM meetings WHERE meeting_id = ?", (meeting_id,)).fetchone()
        if known:
            self._connection.execute("DELETE FROM words WHERE rowid = ?", (known["number"],))
            self._connection.execute("DELETE FROM meetings WHERE number = ?", (known["number"],))
        meeting = _decoded(Meeting, record)
        if meeting is None:
            return
        row = {
            "number": known["number"] if known else None,
            "meeting_id": meeting.meeting_id,
            "told": moment(min(meeting.as_of or meeting.last_seen, meeting.last_seen)),
            "revision": meeting.revision,
            "watch": meeting.watch,
            **_columns(meeting.facts, meeting.confidence),
            "message": meeting.model_dump_json(),
        }
        number = self._insert("meetings", row)
        self._put_sources("meeting_sources", number, (applied.source for applied in meeting.applied))
        self._connection.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, searched(meeting)))

    def _put_alert(self, record: Record) -> None:
        alert = _decoded(Alert, record)
        if alert is None or self._connection.execute("SELECT 1 FROM alerts WHERE alert_id = ?", (alert.alert_id,)).fetchone():
            return
        row = {
            "alert_id": alert.alert_id,
            "meeting_id": alert.meeting_id,
            "time": _time(record),
            "type": alert.type.value,
            "watch": alert.watch,
            **_columns(alert.facts, alert.confidence),
            "message": alert.model_dump_json(),
        }
        number = self._insert("alerts", row)
        self._put_sources("alert_sources", number, (alert.article,))
        if alert.type is AlertType.RETRACTED:  # words of other alerts are sought in their meetings
            self._connection.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (-number, searched_alert(alert)))

    def _put_verdict(self, record: Record) -> None:
        verdict = _decoded(Verdict, record)
        if verdict is None:
            return
        row = (verdict.verdict_id, verdict.meeting_id, verdict.same_as, verdict.model_dump_json())
        self._connection.execute("INSERT OR IGNORE INTO verdicts (verdict_id, meeting_id, same_as, message) VALUES (?, ?, ?, ?)", row)

    def _put_remembered(self, record: Record) -> None:
        meeting = _decoded(Meeting, record)
        if meeting is not None and meeting.retracted:
            row = (meeting.meeting_id, meeting.model_dump_json())
            self._connection.execute("INSERT OR REPLACE INTO retracted (meeting_id, message) VALUES (?, ?)", row)
        else:
            self._connection.execute("DELETE FROM retracted WHERE meeting_id = ?", (record.key.decode("utf-8", "replace"),))

    def _put_sources(self, table: str, number: int, sources: Iterable[Source]) -> None:
        rows: dict[tuple[str, str], bool] = {}
        for source in sources:
            own, *above = hosts(source)
            for host in (own, *above):
                rows[source.language, host] = rows.get((source.language, host), False) or host == own
        values = [(number, language, host, is_own) for (language, host), is_own in rows.items()]
        self._connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", values)

    def _insert(self, table: str, row: Mapping[str, Any]) -> int:
        marks = ", ".join("?" * len(row))
        cursor = self._connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
        return int(cursor.lastrowid or 0)

    def _make(self, cluster_id: str) -> None:
        schema = files(__package__).joinpath("schema.sql").read_text("utf-8")
        with self._transaction():
            for statement in schema.split(";\n"):
                self._connection.execute(statement)
            self._connection.execute("INSERT INTO origin VALUES (?)", (cluster_id,))
            self._connection.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def moment(time: datetime) -> str:
    """A time as the database holds it, so that the order of texts is that of times."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _columns(facts: Facts, confidence: float) -> dict[str, Any]:
    """What is selected by, under the names of schema.sql."""
    return {
        "status": facts.status.value,
        "mode": facts.mode.value,
        "format": facts.format.value,
        "level": facts.level.value,
        "confidence": confidence,
        "people": people_text(facts.participants),
        "place": place_text(facts.place),
        "first": facts.date and facts.date.start.isoformat(),
        "last": facts.date and facts.date.end.isoformat(),
    }


def _decoded(model: type[M], record: Record) -> M | None:
    """None for a tombstone, and for what is none of ours."""
    if record.value is None:
        return None
    try:
        return model.model_validate_json(record.value)
    except ValidationError as error:
        log.warning("offset %d of %s is no %s of ours, left out: %s", record.offset, record.topic, model.__name__, error)
        return None


def _time(record: Record) -> str:
    try:
        return moment(datetime.fromisoformat(record.headers.get(TIME, b"").decode()))
    except ValueError:
        return ""


def _is_ours(path: Path, cluster_id: str) -> bool:
    try:
        with closing(connected(path)) as connection:
            if _version(connection) != VERSION:
                return False
            return bool(connection.execute("SELECT 1 FROM origin WHERE cluster = ?", (cluster_id,)).fetchone())
    except sqlite3.DatabaseError:  # no database, or a broken one
        return False


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
