"""A lexicon file: its values, and the line of each, so that a mistake is told where it stands."""
from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import rtoml
from pydantic import BaseModel, ValidationError

from schemas.errors import LexiconError

_TABLE = re.compile(r"\s*\[([^\[\]]+)\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")
M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed file that can say where a value stands."""

    name: str
    text: str
    data: dict[str, Any]

    @classmethod
    def read(cls, file: Traversable, name: str | None = None) -> TomlFile:
        """The file's content. `name`: how messages call it, where its own says too little.

        Raises:
            LexiconError: it is no UTF-8 or no TOML.
        """
        try:
            text = file.read_bytes().decode("utf-8")
            return cls(name or file.name, text, rtoml.loads(text))
        except (UnicodeDecodeError, rtoml.TomlParsingError, OSError) as error:
            raise LexiconError(f"{name or file.name}: {error}") from error

    def validate(self, model: type[M]) -> M:
        """The file as `model`.

        Raises:
            LexiconError: a key is unknown or a value of the wrong type.
        """
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            first = error.errors()[0]
            raise self.error(first["loc"], f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error

    def error(self, path: Path, message: str) -> LexiconError:
        """An error that starts with this file and the line of the value at `path`."""
        return LexiconError(f"{self.name}:{self.line_of(path)}: {message}")

    def line_of(self, path: Path) -> int:
        """The line, from 1, of the value at `path`, or of the innermost table or key around it that has one."""
        best, depth = 1, 0
        table: tuple[str, ...] = ()
        wanted = tuple(map(str, path))
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := _TABLE.match(line):
                table = _parts(header[1])
                here = table
            elif key := _KEY.match(line):
                here = (*table, *_parts(key[1]))
            else:
                continue
            if len(here) > depth and wanted[: len(here)] == here:
                best, depth = number, len(here)
        return self._line_of_literal(path, best)

    def _line_of_literal(self, path: Path, start: int) -> int:
        value: Any = self.data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return start
        if not isinstance(value, str):
            return start
        lines = self.text.splitlines()
        return next((n for n in range(start, len(lines) + 1) if value in lines[n - 1]), start)


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
