"""`clean` in processes of its own: a page takes 25 ms, a hostile one seconds or the whole memory, and nothing else may wait for it."""
from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pebble import ProcessExpired, ProcessPool

from pipeline.lexicon.load import load_lexicon
from schemas.articles import RawArticle
from schemas.errors import ArticleError, DeadlineExceeded

if TYPE_CHECKING:
    from pipeline.clean import Cleaned
    from pipeline.lexicon.load import Lexicon

TASKS = 5_000  # pages a process reads before it is replaced: parsers of other people's pages leak

_lexicon: Lexicon


class Extraction:
    """`async with Extraction(2, deadline=10) as extract: await extract(raw)`.

    Enter it in the main thread. Each process loads the lexicon once.
    """

    def __init__(self, processes: int, deadline: float, read: Callable[[RawArticle], Cleaned] | None = None) -> None:
        """`deadline`: seconds for one page. `read`: what the processes do; a function of a module, so that they find it."""
        self._deadline = deadline
        self._read = read or read_page
        # A forked process would inherit our broker connections and locks that our threads hold.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPool(max_workers=processes, max_tasks=TASKS, initializer=load, context=context)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the processes; returns when the first has its lexicon."""
        try:
            await asyncio.wrap_future(self._pool.schedule(ready))
        except ProcessExpired as error:
            raise ArticleError(f"the extraction processes do not start: {error}") from error

    async def stop(self) -> None:
        """End the processes, busy or not."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        await asyncio.to_thread(self._pool.join)

    async def __call__(self, raw: RawArticle) -> Cleaned:
        """`clean(raw)`.

        Raises:
            DeadlineExceeded: it took too long; its process is killed and replaced.
            ArticleError: its process died of it and is replaced.
            Unreadable: as `clean` does.
        """
        try:
            cleaned: Cleaned = await asyncio.wrap_future(self._pool.schedule(self._read, args=(raw,), timeout=self._deadline))
        except TimeoutError as error:
            raise DeadlineExceeded(f"not read within {self._deadline:g} s; DYADWATCH_EXTRACTION_DEADLINE allows more") from error
        except ProcessExpired as error:
            raise ArticleError(f"its extraction process died with exit code {error.exitcode}") from error
        return cleaned


def load() -> None:
    """Prepare a process."""
    global _lexicon  # noqa: PLW0603
    import pipeline.clean  # noqa: F401
    _lexicon = load_lexicon()


def ready() -> None:
    """A task that asks for nothing but a process that is prepared."""


def read_page(raw: RawArticle) -> Cleaned:
    """What a prepared process does with an article."""
    from pipeline.clean import clean  # half a second that only these processes need

    return clean(raw, _lexicon)
