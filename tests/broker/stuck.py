"""A fault in a worker: one article that never ends."""
from __future__ import annotations

import asyncio

from agents.extraction import Extraction
from pipeline.clean import Cleaned
from schemas.articles import RawArticle
from tests.broker.articles import meeting_in

STUCK = meeting_in("Dalian", "stuck")


class Stuck(Extraction):
    """Never comes back from that article, whatever its deadline."""

    async def clean(self, raw: RawArticle) -> Cleaned:
        if raw == STUCK:
            await asyncio.Event().wait()
        return await super().clean(raw)
