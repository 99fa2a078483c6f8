"""What may be forgotten: the oldest first, so that what is known is bounded by time."""
from __future__ import annotations

import heapq
from datetime import datetime


class Ages:
    """Ids by the moment from which their retention counts. To put one costs the logarithm of their number."""

    def __init__(self) -> None:
        self._moments: dict[str, datetime] = {}
        self._queue: list[tuple[datetime, str]] = []  # also of moments that no longer count; they leave when their turn comes

    def put(self, key: str, moment: datetime) -> None:
        """Let the retention of `key` count from `moment`, whatever it counted from before."""
        if self._moments.get(key) != moment:
            self._moments[key] = moment
            heapq.heappush(self._queue, (moment, key))

    def remove(self, key: str) -> None:
        """Leave `key` out; one that is not known is no error."""
        self._moments.pop(key, None)

    def oldest(self, before: datetime) -> str | None:
        """The id whose retention counts from the earliest moment, if that is before `before`."""
        while self._queue and self._queue[0][0] < before:
            moment, key = self._queue[0]
            if self._moments.get(key) == moment:
                return key
            heapq.heappop(self._queue)
        return None
