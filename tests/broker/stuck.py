"""A fault in a worker: one article that never ends."""
from __future__ import annotations

import asyncio

from agents.extraction import Extraction
from pipeline.clean import Cleaned
from schemas.articles import RawArticle
from tests.broker.articles import meeting_in

STUCK = meeting_in("Dalian", "stuck")


class Stuck(Extraction):
    """Never comes back from that article, nor from one behind it, whatever the deadline."""

    _stands = False

    async def clean(self, raw: RawArticle) -> Cleaned:
        self._stands = self._stands or raw == STUCK
        if self._stands:
            await asyncio.Event().wait()
        return await super().clean(raw)
