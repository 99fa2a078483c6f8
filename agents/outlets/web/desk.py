"""Where verdicts are handed in: sent until the broker has them, and waited for until they show."""
from __future__ import annotations

import asyncio
import contextlib

from agents.outlets.view.follower import Follower
from agents.outlets.view.reader import Reader
from agents.producer import VerdictProducer
from schemas.errors import BrokerError
from schemas.verdicts import Verdict

SENT_WITHIN = 10.0  # seconds; nobody waits longer for an answer
SHOWN_WITHIN = 2.0  # seconds; a worker takes tenths of one


class Desk:
    """One for all who judge."""

    def __init__(self, verdicts: VerdictProducer, follower: Follower, reader: Reader) -> None:
        self._verdicts = verdicts
        self._follower = follower
        self._reader = reader

    async def give(self, verdict: Verdict) -> None:
        """Return when the broker has it.

        Raises:
            BrokerError: it refuses, or does not answer in time, and nobody knows whether it has it.
        """
        try:
            async with asyncio.timeout(SENT_WITHIN):
                await self._verdicts.send(verdict)
        except TimeoutError as error:
            raise BrokerError("the broker does not answer; whether it has the verdict will show on the meeting's page") from error

    async def shown(self, verdict: Verdict) -> None:
        """Return when it shows what the verdict does, or after a moment in which no worker takes it up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SHOWN_WITHIN):
                await self._follower.until(lambda: self._reader.is_taken_up(verdict))
