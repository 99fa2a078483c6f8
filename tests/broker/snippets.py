"""The snippets of a document, for a test to run as a reader would: files under the names that they give themselves, commands in a shell."""
from __future__ import annotations

import asyncio
import os
import re
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt

WITHIN = 60.0  # seconds; 13 on an idle machine

_NAMED = re.compile(r"# (\S+\.\w+)\n")  # the first line of a file


@dataclass(frozen=True, slots=True)
class Snippets:
    """Those of a document, as they stand there."""

    files: Mapping[str, str]  # by name
    commands: Mapping[str, tuple[str, ...]]  # of the shell, by heading

    @classmethod
    def of(cls, path: Path) -> Snippets:
        """Those of the document at `path`."""
        files: dict[str, str] = {}
        commands: dict[str, list[str]] = {}
        tokens = MarkdownIt().parse(path.read_text("utf-8"))
        heading = ""
        for before, token in pairwise(tokens):
            if before.type == "heading_open":
                heading = token.content
            elif token.type == "fence" and token.info == "sh":
                commands.setdefault(heading, []).append(token.content)
            elif token.type == "fence":
                files[_named(token.content)] = token.content
        return cls(files, {heading: tuple(of) for heading, of in commands.items()})


def _named(text: str) -> str:
    named = _NAMED.match(text)
    assert named, f"the first line of a file names it: {text[:40]!r}"
    return named.group(1)


class Running:
    """A command that runs in a shell."""

    def __init__(self, process: Process) -> None:
        assert process.stdout and process.stderr
        self.lines: list[str] = []  # that it has printed
        self._process = process
        self._out = process.stdout
        self._err = asyncio.create_task(process.stderr.read())

    async def until(self, enough: Callable[[list[str]], bool]) -> None:
        """Return when it has printed `enough`, or has ended."""
        while line := await self._out.readline():
            self.lines.append(line.decode().rstrip("\n"))
            if enough(self.lines):
                return

    def interrupt(self) -> None:
        """Ctrl-C."""
        os.killpg(self._process.pid, signal.SIGINT)

    async def ended(self) -> tuple[int, str]:
        """Its exit code and what it told on standard error, when it has ended."""
        await self.until(lambda _: False)
        return await self._process.wait(), (await self._err).decode()


@asynccontextmanager
async def running(command: str, folder: Path, environment: Mapping[str, str]) -> AsyncIterator[Running]:
    """`command`, in `folder`; nothing of it outlives the block.

    Raises:
        TimeoutError: the block takes too long.
    """
    process = await asyncio.create_subprocess_exec(
        "bash", "-o", "pipefail", "-c", command,
        cwd=folder, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, start_new_session=True,
    )  # fmt: skip
    program = Running(process)
    try:
        async with asyncio.timeout(WITHIN):
            yield program
    except TimeoutError as late:
        late.add_note(f"{command} had printed {program.lines}")
        raise
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def run(command: str, folder: Path, environment: Mapping[str, str]) -> tuple[list[str], int, str]:
    """What a command prints that ends by itself, its exit code, and what it tells on standard error. Raises what `running` raises."""
    async with running(command, folder, environment) as program:
        code, err = await program.ended()
    return program.lines, code, err
