"""The file of a backup: JSON lines, packed with gzip. The first says what it is, the last that it is whole."""
from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal
from zlib import error as zlib_error

from pydantic import AwareDatetime, Base64Bytes, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from schemas.errors import BackupError


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Head(_Line):
    """The first line."""

    line: Literal["head"] = "head"
    format: Literal[1] = 1  # who does not know a format refuses it
    version: str = Field(description="of dyadwatch")
    begun_at: AwareDatetime
    cluster_id: str = Field(description="what the broker called its cluster")


class Stored(_Line):
    """A message as it was on the broker."""

    line: Literal["message"] = "message"
    topic: str
    partition: int
    offset: int
    timestamp: int = Field(description="milliseconds since 1970")
    key: Base64Bytes | None
    value: Base64Bytes | None
    headers: tuple[tuple[str, Base64Bytes | None], ...] = ()


class Bounds(_Line):
    """Offsets of the first message of a partition and of the one that would have come next. Behind its messages."""

    line: Literal["bounds"] = "bounds"
    topic: str
    partition: int
    begin: int
    end: int


class Place(_Line):
    """Where a group of consumers stands: the offset of the next message that it would have read."""

    line: Literal["place"] = "place"
    group: str
    topic: str
    partition: int
    offset: int


class Tail(_Line):
    """The last line."""

    line: Literal["tail"] = "tail"
    before: int = Field(description="lines before this one")


Line = Head | Stored | Bounds | Place | Tail
_LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="line")])


@contextmanager
def writing(path: Path, head: Head) -> Iterator[Callable[[Line], None]]:
    """A way to write lines behind `head`. The file is there once all are; its owner alone may read it.

    Raises:
        BackupError: it cannot be written.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    count = 0
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file, gzip.open(file, "wb", 6) as packed:

            def write(line: Line) -> None:
                nonlocal count
                packed.write(line.model_dump_json().encode() + b"\n")
                count += 1

            write(head)
            yield write
            write(Tail(before=count))
        unfinished.replace(path)
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def read(path: Path) -> Iterator[Line]:
    """All lines but the last.

    Raises:
        BackupError: the file cannot be read, is no backup, or is not whole.
    """
    number = 0
    try:
        with gzip.open(path, "rb") as lines:
            for number, text in enumerate(lines):
                line = _LINE.validate_json(text)
                if isinstance(line, Head) != (number == 0):
                    raise BackupError(f"{path}, line {number + 1}: a backup has one line `head`, the first")
                if isinstance(line, Tail):
                    if line.before == number:
                        return
                    break
                yield line
    except (gzip.BadGzipFile, EOFError, zlib_error) as error:
        raise BackupError(f"{path}: it is no backup, or not whole: {error}; take another one") from error
    except ValidationError as error:
        raise BackupError(f"{path}, line {number + 1}: it is of no backup that this version reads: {error.errors()[0]['msg']}") from error
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror or error}") from error
    raise BackupError(f"{path}: it is not whole: its last line is missing; take another one")
