"""A small disk that can be filled: a file system in memory, which needs no rights, for it is in a name space of its own."""
from __future__ import annotations

import errno
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

SIZE = 64 * 2**20  # bytes; a broker begins with 1
BLOCK = bytes(2**16)
KEEP = f'mount -t tmpfs -o size={SIZE},mode=700 none "$0" && echo mounted && exec cat'


class NoSmallDiskError(RuntimeError):
    """This system gives us none; the message says why."""


class SmallDisk:
    """`with SmallDisk(folder) as disk: disk.folder`, seen by all our processes, gone when it is left or this process ends.

    Raises:
        NoSmallDiskError: the system has no such name spaces, or does not allow them.
    """

    def __init__(self, folder: Path) -> None:
        """`folder`: an empty one, on which it is mounted where nobody else sees it."""
        self._place = folder
        self._keeper: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        if not shutil.which("unshare"):
            raise NoSmallDiskError("a small disk needs `unshare` (Linux, util-linux)")
        command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", KEEP, str(self._place)]
        pipe = subprocess.PIPE
        self._keeper = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True)
        assert self._keeper.stdout
        assert self._keeper.stderr
        if not self._keeper.stdout.readline():
            why = self._keeper.stderr.read().strip()
            self._close()
            raise NoSmallDiskError(f"a small disk needs user name spaces, which this system refuses: {why}")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    @property
    def folder(self) -> Path:
        """Its root, as processes outside of the name space see it."""
        assert self._keeper is not None
        return Path(f"/proc/{self._keeper.pid}/root{self._place.resolve()}")

    def fill(self) -> None:
        """Leave not a byte."""
        try:
            with self._ballast.open("wb", buffering=0) as ballast:
                while ballast.write(BLOCK):
                    pass
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise

    def free(self) -> None:
        """Undo `fill`."""
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def _close(self) -> None:
        """Its keeper reads what we write, which is nothing: it ends when we close, or end, and the disk with it."""
        if self._keeper is not None:
            self._keeper.communicate()
