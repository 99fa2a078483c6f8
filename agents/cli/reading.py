"""What the commands that read articles share: their argument, a progress bar, and the telling of what was refused."""
from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.exits import Exit

if TYPE_CHECKING:
    from agents.archive import Read
    from pipeline.chain import Chain, Observed

Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="Text, HTML, JSON and JSON lines files, folders of them, or - for standard input."),
]


class Reading:
    """The articles of `paths`, once. Refusals are told on standard error as they come, and counted.

    `bar`: show progress, if standard error is a terminal. Not where results go to the same terminal meanwhile.
    """

    def __init__(self, paths: Sequence[str], *, bar: bool) -> None:
        self.paths = paths
        self.bar = bar and sys.stderr.isatty()
        self.read = 0
        self.refused = 0

    def articles(self) -> Iterator[Read]:
        """The articles, each fetched now."""
        from agents.archive import Read, Skipped, input_bytes, read_articles
        from agents.cli.progress import article_progress

        items = read_articles(self.paths, datetime.now(UTC))
        with article_progress(self.bar) as progress:
            task = progress.add_task("articles", total=input_bytes(self.paths) if self.bar else None, articles=0)
            for item in items:
                if isinstance(item, Read):
                    self.read += 1
                    yield item
                    progress.update(task, advance=item.size, articles=self.read)
                elif isinstance(item, Skipped):
                    print(f"{item.folder}: skipped {item.files} other file{'' if item.files == 1 else 's'}", file=sys.stderr)
                else:
                    self.refuse(str(item))

    def observed(self, chain: Chain) -> Iterator[tuple[Read, Observed]]:
        """The articles with what the stages make of each; one that they cannot process is refused, and would be a dead letter."""
        from schemas.errors import ArticleError

        for read in self.articles():
            try:
                observed = chain.observe(read.article)
            except ArticleError as error:
                self.refuse(f"{read.origin}: {error}")
            except Exception as error:  # noqa: BLE001
                # Whatever it is, the stream would make a dead letter of it and go on.
                self.refuse(f"{read.origin}: {type(error).__name__}: {error}")
            else:
                yield read, observed

    def refuse(self, reason: str) -> None:
        """Tell and count an article that cannot be used; `reason` starts with where it is."""
        self.refused += 1
        print(reason, file=sys.stderr)

    @property
    def code(self) -> Exit:
        """The exit code that all this means."""
        return Exit.REFUSED if self.refused else Exit.OK
