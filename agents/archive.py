"""Articles from files: text, HTML, JSON and JSON lines, folders of them, and standard input.

What cannot be read is given as an `InputError` that names file, line and reason, between the articles, and reading goes on.
Memory is bounded: one file or line of at most `LARGEST` bytes at a time.
"""
from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from agents.records import Record, article_of, document_records, line_record, raw_article
from pipeline.text.charset import decode_text, page_text
from schemas.articles import ContentType, RawArticle
from schemas.errors import InputError

LARGEST = 32 * 2**20  # bytes of a file or line; a JSON line of the longest article that a topic takes is smaller
PAGES = (".html", ".htm")
SUFFIXES = (".txt", *PAGES, ".json", ".jsonl")
STDIN = "-"
_FINGERPRINT = re.compile(r"_[0-9a-f]{16}$")  # what archives add to a file's name to tell its contents


@dataclass(frozen=True, slots=True)
class Read:
    """An article and where it comes from."""

    doc_id: str
    article: RawArticle
    origin: str  # as errors name it: file, and line where the file holds several
    size: int  # bytes of input


@dataclass(frozen=True, slots=True)
class Skipped:
    """Files of a folder that nobody asked for by name and that have another suffix."""

    folder: Path
    files: int


Item = Read | InputError | Skipped


def read_articles(paths: Iterable[str], now: datetime) -> Iterator[Item]:
    """The articles of `paths` in order, each `fetched_at` `now`.

    A folder is read in the order of names, with its subfolders, without hidden files and without links to folders; files with another
    suffix than `SUFFIXES` are skipped in a folder and refused when named. `-` is standard input: one object a line, or, when the first
    line is `{` alone or starts with `[`, one JSON document. A document is an object or an array of objects.

    `doc_id`: as the object says, else the file's stem, for text and HTML without `_` and 16 hex digits at its end, and for JSON with
    `:` and the number of the line (in an array: of the object). For the fields of an object see `agents.records`.
    """
    for path in paths:
        try:
            if path == STDIN:
                yield from _stdin(now)
            elif Path(path).is_dir():
                yield from _folder(Path(path), now)
            elif Path(path).suffix.lower() in SUFFIXES:
                yield from _file(Path(path), now)
            else:
                yield InputError(f"{path}: {'is none of ' + ' '.join(SUFFIXES) if Path(path).exists() else 'no such file or folder'}")
        except OSError as error:
            yield InputError(f"{path}: {error.strerror or error}")


def input_bytes(paths: Iterable[str]) -> int | None:
    """How many bytes `read_articles` has before it; None where standard input is among `paths`."""
    total = 0
    for path in paths:
        if path == STDIN:
            return None
        inside = _walk(Path(path)) if Path(path).is_dir() else [Path(path)]
        total += sum(f.stat().st_size for f in inside if isinstance(f, Path) and f.suffix.lower() in SUFFIXES and f.is_file())
    return total


def _folder(folder: Path, now: datetime) -> Iterator[Item]:
    found = skipped = 0
    for entry in _walk(folder):
        if isinstance(entry, InputError):
            yield entry
        elif entry.suffix.lower() in SUFFIXES:
            found += 1
            try:
                yield from _file(entry, now)
            except OSError as error:
                yield InputError(f"{entry}: {error.strerror or error}")
        else:
            skipped += 1
    if skipped:
        yield Skipped(folder, skipped)
    if not found:
        yield InputError(f"{folder}: holds no articles, that is no files {' '.join(SUFFIXES)}")


def _walk(folder: Path) -> Iterator[Path | InputError]:
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError as error:
        yield InputError(f"{folder}: {error.strerror}")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif entry.is_file() or (entry.is_symlink() and not Path(entry.path).exists()):  # no pipes, which never end
            yield Path(entry.path)


def _file(path: Path, now: datetime) -> Iterator[Read | InputError]:
    suffix = path.suffix.lower()
    with path.open("rb") as stream:
        if suffix == ".jsonl":
            yield from _lines(_numbered(stream), str(path), _stem(path), now)
        elif suffix == ".json":
            yield from _document(stream.read(LARGEST + 1), str(path), _stem(path), now)
        else:
            yield _whole(stream.read(LARGEST + 1), path, now)


def _stdin(now: datetime) -> Iterator[Read | InputError]:
    stream, name, stem = sys.stdin.buffer, "standard input", "stdin"
    lines = _numbered(stream)
    for number, first in lines:
        start = first.strip()
        if start == b"{" or start.startswith(b"["):
            yield from _document(b"\n" * (number - 1) + first + stream.read(LARGEST + 1), name, stem, now)
        elif start:
            yield from _lines(chain([(number, first)], lines), name, stem, now)


def _whole(data: bytes, path: Path, now: datetime) -> Read | InputError:
    page = path.suffix.lower() in PAGES
    try:
        _check_size(data)
        article = raw_article(page_text(data) if page else decode_text(data), ContentType.HTML if page else ContentType.TEXT, now)
    except ValueError as error:
        return InputError(f"{path}: {error}")
    return Read(_FINGERPRINT.sub("", _stem(path)), article, str(path), len(data))


def _stem(path: Path) -> str:
    """The file's stem as text, also where its name is no UTF-8."""
    return os.fsencode(path.stem).decode(errors="replace")


def _document(data: bytes, name: str, stem: str, now: datetime) -> Iterator[Read | InputError]:
    try:
        _check_size(data)
        text = decode_text(data)
    except ValueError as error:
        yield InputError(f"{name}: {error}")
        return
    for record in document_records(text):
        size = record.size * len(data) // max(1, len(text))
        yield _read(record, f"{name}:{record.line}", f"{stem}:{record.number}", size, now)


def _lines(lines: Iterable[tuple[int, bytes]], name: str, stem: str, now: datetime) -> Iterator[Read | InputError]:
    for number, line in lines:
        if not line.strip():
            continue
        try:
            _check_size(line)
            text = decode_text(line)
        except ValueError as error:
            yield InputError(f"{name}:{number}: {error}")
        else:
            yield _read(line_record(text.rstrip(), number), f"{name}:{number}", f"{stem}:{number}", len(line), now)


def _read(record: Record, origin: str, doc_id: str, size: int, now: datetime) -> Read | InputError:
    try:
        given, article = article_of(record.value, now)
    except ValueError as error:
        return InputError(f"{origin}: {error}")
    return Read(given or doc_id, article, origin, size)


def _numbered(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines and their numbers from 1; of a line above `LARGEST` the beginning, one byte longer than that."""
    number = 0
    while line := stream.readline(LARGEST + 1):
        number += 1
        end = line
        while len(line) > LARGEST and end and not end.endswith(b"\n"):
            end = stream.readline(LARGEST)
        yield number, line


def _check_size(data: bytes) -> None:
    if len(data) > LARGEST:
        raise ValueError(f"is larger than {LARGEST // 2**20} MiB; give many articles as JSON lines (.jsonl), one object a line")
