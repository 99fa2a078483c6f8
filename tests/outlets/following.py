"""A follower without a broker: a test tells it what the topics say."""
from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from agents.cluster import Cluster
from agents.outlets.view.follower import Follower
from agents.outlets.view.store import REMEMBERED, Record, Store
from agents.topics import ALERTS, CURRENT, VERDICTS
from schemas.meetings import AlertType, Meeting
from schemas.verdicts import Ruling, Verdict
from tests.outlets.told import alert_of, current, given, judged, remembered, told


class Following(Follower):
    """`with Following(path) as follower: await follower.tell(meeting)`."""

    def __init__(self, path: Path) -> None:
        super().__init__(Cluster("127.0.0.1:9"), path)

    def __enter__(self) -> Self:
        self._store = Store(self.path, "cluster")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._store.__exit__()

    async def tell(self, meeting: Meeting) -> None:
        """An alert, and then its meeting, as the stream does."""
        offsets = self._store.offsets
        article = meeting.applied[-1]
        alert = alert_of(meeting, article.source, meeting.revision, sentence=article.evidence.sentence)
        await self.messages(told(offsets.get((ALERTS, 0), 0), alert))
        await self.messages(current(offsets.get((CURRENT, 0), 0), meeting.meeting_id, meeting))

    async def judge(self, meeting: Meeting, verdict: Verdict) -> None:
        """A verdict, and what a worker makes of it."""
        offsets = self._store.offsets
        verdicts, alerts, meetings, table = (offsets.get((topic, 0), 0) for topic in (VERDICTS, ALERTS, CURRENT, REMEMBERED))
        await self.messages(given(verdicts, verdict))
        if verdict.ruling is Ruling.RIGHT:
            await self.messages(current(meetings, meeting.meeting_id, judged(meeting, verdict)))
            return
        article = meeting.applied[-1]
        alert = alert_of(meeting, article.source, meeting.revision + 1, AlertType.RETRACTED, article.evidence.sentence, verdict)
        await self.messages(told(alerts, alert), current(meetings, meeting.meeting_id, None), remembered(table, judged(meeting, verdict)))

    async def messages(self, *records: Record) -> None:
        """Any."""
        self._store.apply(records)
        async with self._woken:
            self._woken.notify_all()
