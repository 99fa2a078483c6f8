"""What an extraction process may meet. A module of its own, because the processes import it."""
from __future__ import annotations

import os
import signal
import time

from agents.extraction import Extraction, clean_here, tag_here
from pipeline.clean import Cleaned
from pipeline.gate import Rejection
from schemas.articles import RawArticle, UniqueArticle
from schemas.errors import Unreadable
from schemas.meetings import TaggedArticle
from schemas.message import decode

DONE = Cleaned((), Rejection.NOT_BOTH_SIDES)


def read(raw: RawArticle) -> Cleaned:
    """Behave as the article's body says."""
    behave(raw.body)
    return DONE


def behave(how: str) -> None:
    """Do what an article may do to the process that reads it."""
    match how:
        case "never ends":
            time.sleep(600)
        case "takes 0.4 s":
            time.sleep(0.4)
        case "kills its process":
            os.kill(os.getpid(), signal.SIGKILL)
        case "is unreadable":
            raise Unreadable("no letters")


class HostileExtraction(Extraction):
    """Articles whose ids say that one `never ends in tag`, or `kills its process in clean`, do so; all others are read as ever."""

    async def clean(self, raw: bytes) -> Cleaned:
        return await self.run(clean, raw)

    async def tag(self, unique: UniqueArticle) -> TaggedArticle:
        return await self.run(tag, unique)


def clean(raw: bytes) -> Cleaned:
    """What a process does with an article as it came."""
    behave(decode(RawArticle, raw).article_id.removesuffix(" in clean"))
    return clean_here(raw)


def tag(unique: UniqueArticle) -> TaggedArticle:
    """What a process does with an article that is clean."""
    behave(unique.article.article_id.removesuffix(" in tag"))
    return tag_here(unique)
