"""Progress on standard error, for people: a bar over input, and steps with a spinner."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agents.display import stderr

if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.status import Status


def article_progress(shown: bool) -> Progress:
    """A bar over the bytes of the input, with the number of articles so far (field `articles`); nothing unless `shown`."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.fields[articles]} articles"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=stderr(),
        transient=True,
        disable=not shown,
        redirect_stdout=False,
    )


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar over `total` things on a terminal; what it gives is called for each that is done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = stderr()
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


class Steps:
    """Steps of something that takes seconds: a spinner beside the running one on a terminal, a line for each that is done."""

    def __init__(self) -> None:
        self._console = stderr()
        self._status: Status | None = None
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the first step."""
        return time.monotonic() - self._start

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        """Show `doing` while the block runs, and how long it took when it is done."""
        start = time.monotonic()
        with self._console.status(doing) as self._status:
            yield
        self._status = None
        self._console.print(f"[green]✓[/] {doing} [dim]({time.monotonic() - start:.1f} s)[/]", markup=True)

    def say(self, doing: str) -> None:
        """What the running step does now."""
        if self._status:
            self._status.update(doing)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No spinner while the block prints to the same terminal."""
        if self._status:
            self._status.stop()
        yield
        if self._status:
            self._status.start()
