"""What is new, for all who look: each alert is taken up once, with its meeting, and every open page and stream is woken."""
from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from agents.outlets.view.conditions import Query
from agents.outlets.view.follower import Follower
from agents.outlets.view.reader import Reader, Told
from schemas.meetings import Alert, AlertType, Meeting

KEPT = 1_000  # of the newest items; who is further behind reads them from the database
MEETING_WITHIN = 1.0  # seconds; its message comes behind that of the alert
AT_ONCE = 100
SIGN_OF_LIFE = 20.0  # seconds without anything new, after which a stream says that it is there: proxies end silent connections
_LOOK_EVERY = 0.01  # seconds


@dataclass(frozen=True, slots=True)
class Item:
    """An alert, and its meeting as it stands; None where that is gone, as after a retraction."""

    told: Told
    meeting: Meeting | None


class Live:
    """Runs beside a follower: `await live.run()`, and any number of `async for item in live.items(query, after)`."""

    def __init__(self, follower: Follower, reader: Reader) -> None:
        self._follower = follower
        self._reader = reader
        self._items: deque[Item] = deque(maxlen=KEPT)
        self._woken = asyncio.Condition()
        self._ended = False
        self.newest = 0  # number of the last alert that was taken up

    async def run(self) -> None:
        """Take up what comes, for ever."""
        self.newest = await self._follower.news(-1)
        while True:
            await self._follower.news(self.newest)
            for told in self._reader.alerts_after(self.newest, AT_ONCE):
                self._items.append(Item(told, await self._meeting(told)))
                self.newest = told.number
            async with self._woken:
                self._woken.notify_all()

    async def end(self) -> None:
        """End all streams."""
        async with self._woken:
            self._ended = True
            self._woken.notify_all()

    async def events(self, query: Query, after: int, rendered: Callable[[Item], str]) -> AsyncIterator[str]:
        """The same as a stream of server-sent events, with comments as signs of life; `rendered` makes what each carries."""
        items = aiter(self.items(query, after))
        following = asyncio.ensure_future(anext(items, None))
        try:
            while True:
                await asyncio.wait((following,), timeout=SIGN_OF_LIFE)
                if not following.done():
                    yield ":\n\n"
                elif (item := following.result()) is None:
                    return
                else:
                    yield rendered(item)
                    following = asyncio.ensure_future(anext(items, None))
        finally:
            following.cancel()

    async def items(self, query: Query, after: int) -> AsyncIterator[Item]:
        """Each alert behind number `after` whose meeting is asked for, as it comes, until all streams end; and every retraction.

        Of a meeting that is gone nobody can tell who has seen it, and as what.
        """
        while not self._ended:
            for item in self._since(after):
                after = item.told.number
                if self._asked(query, item):
                    yield item
            async with self._woken:
                while self.newest <= after and not self._ended:
                    await self._woken.wait()

    def _since(self, after: int) -> Iterator[Item]:
        # From the newest on, for most streams lack one of a thousand.
        kept = list(takewhile(lambda item: item.told.number > after, reversed(self._items)))[::-1]
        if after < self.newest and (not kept or kept[0].told.number > after + 1):
            missed = self._reader.alerts_after(after, AT_ONCE)
            return (Item(told, self._reader.meeting(told.alert.meeting_id)) for told in missed)
        return iter(kept)

    def _asked(self, query: Query, item: Item) -> bool:
        if query == Query() or item.told.alert.type is AlertType.RETRACTED:  # most pages ask for all
            return True
        types = query.selection.type
        return (not types or item.told.alert.type in types) and self._reader.has(query, item.told.alert.meeting_id)

    async def _meeting(self, told: Told) -> Meeting | None:
        """As of this alert or later."""
        for _ in range(round(MEETING_WITHIN / _LOOK_EVERY)):
            meeting = self._reader.meeting(told.alert.meeting_id)
            if _as_of(meeting, told.alert):
                return meeting
            await asyncio.sleep(_LOOK_EVERY)
        return self._reader.meeting(told.alert.meeting_id)


def _as_of(meeting: Meeting | None, alert: Alert) -> bool:
    """Whether the message of the meeting that goes with the alert, or a later one, has come."""
    if meeting is None or alert.type is AlertType.RETRACTED:
        return alert.type is AlertType.RETRACTED and (meeting is None or meeting.revision > alert.revision)
    return meeting.revision >= alert.revision


def event(name: str, number: int, data: str) -> str:
    """A server-sent event, as the HTML standard writes it."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines())
    return f"event: {name}\nid: {number}\n{lines}\n"
