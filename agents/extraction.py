"""`clean` and `tag` in processes of their own: a hostile text takes seconds or the whole memory, and nothing else may wait for it."""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from agents.batches import TOGETHER, Batches, Reached, prepare
from agents.garbage import economize
from agents.processes import Processes
from schemas.articles import RawArticle, UniqueArticle
from schemas.errors import LexiconError
from schemas.meetings import TaggedArticle
from schemas.message import decode

if TYPE_CHECKING:
    from pipeline.clean import Cleaned
    from pipeline.lexicon.load import Lexicon

A = TypeVar("A")
B = TypeVar("B")

AT_ONCE = 3 * TOGETHER  # articles that an agent has for each process: being read, waiting for it, and gathered meanwhile

_lexicon: Lexicon | LexiconError


class Extraction(Processes):
    """`async with Extraction(2, deadline=10) as extraction: await extraction.clean(raw)`.

    Enter it in the main thread. Each process loads the lexicon once.
    """

    def __init__(self, processes: int, deadline: float, watches: Sequence[Path] = ()) -> None:
        """`deadline`: seconds for each step of one article. `watches`: folders of watches beside the packaged ones."""
        self._batches = Batches(processes, deadline)
        super().__init__(processes, deadline, partial(load, watches, self._batches.reached))
        self.at_once = AT_ONCE * processes

    async def start(self) -> None:
        """Start the processes; returns when the first is prepared.

        Raises:
            LexiconError: a lexicon file is wrong.
        """
        await asyncio.wrap_future(self._pool.schedule(check_here))

    async def stop(self) -> None:
        """End the processes, busy or not."""
        self._batches.stop()
        await super().stop()

    async def clean(self, raw: bytes) -> Cleaned:
        """`pipeline.clean.clean` of a `RawArticle` in bytes. Raises what it raises, and what `decode` and `run` do."""
        return await self.run(clean_here, raw)

    async def tag(self, unique: UniqueArticle) -> TaggedArticle:
        """`pipeline.tag.tag`. Raises what it raises, and what `run` does."""
        return await self.run(tag_here, unique)

    async def run(self, step: Callable[[A], B], article: A) -> B:
        """`step(article)` in one of the processes; `step` is a function of a module, so that they find it.

        Raises:
            DeadlineExceeded: it took too long; its process is killed and replaced.
            ArticleError: its process died of it and is replaced.
        """
        return await self._batches.run(self._pool, step, article)


def load(watches: Sequence[Path], reached: Reached) -> None:
    """Prepare a process. What it imports takes a second that the main process need not spend."""
    global _lexicon  # noqa: PLW0603
    import htmldate  # noqa: F401
    import trafilatura  # noqa: F401

    import pipeline.clean
    import pipeline.tag  # noqa: F401
    from pipeline.lexicon.load import load_lexicon

    prepare(reached)
    try:
        _lexicon = load_lexicon(folders=watches)
    except LexiconError as error:
        _lexicon = error  # told to whoever waits for the process: one that dies here would only be replaced, again and again
    economize()


def check_here() -> None:
    """Return if the process is prepared. Raises LexiconError if it could not be."""
    _prepared()


def _prepared() -> Lexicon:
    if isinstance(_lexicon, LexiconError):
        raise _lexicon
    return _lexicon


def clean_here(raw: bytes) -> Cleaned:
    """What a prepared process does with an article as it came."""
    from pipeline.clean import clean

    return clean(decode(RawArticle, raw), _prepared())


def tag_here(unique: UniqueArticle) -> TaggedArticle:
    """What a prepared process does with an article that is clean."""
    from pipeline.tag import tag

    return tag(unique, _prepared())
