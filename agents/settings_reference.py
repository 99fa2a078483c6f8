"""`python -m agents.settings_reference [--check]`: write docs/settings.md, made of the declared settings, or check that it is current."""
from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from agents.made import write_or_check
from agents.settings import Settings, variable

REFERENCE = Path(__file__).parents[1] / "docs" / "settings.md"

POLL, WORK, WEB, NOTIFY = PARTS = ("poll", "work", "web", "notify")

# By the beginning of their names: the heading, and who reads them. A test holds the parts to the code.
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "kafka_": ("Kafka", PARTS),
    "watches": ("What is watched", (WORK,)),
    "partitions replication articles_days deadletters_days alerts_days": ("Topics", PARTS),
    "data_dir": ("This machine", (WORK, WEB)),
    "extraction_ progress_deadline worker_id fingerprints_days meetings_days": ("Workers", (WORK,)),
    "feeds_": ("Feeds", (POLL,)),
    "web_": ("The page", (WEB,)),
    "outlets": ("Notifications", (WEB, NOTIFY)),
    "metrics_ log_": ("Sight", PARTS),
}
_HEAD = """\
# Settings

Made of [`agents/settings.py`](../agents/settings.py) by `make schemas`; `make check` says when it is stale.

Each is an environment variable. They are read once, at the start of a command: after a change, start afresh what runs. A variable that is
empty counts as not set. A value that is wrong, and a variable beginning with `DYADWATCH_` that is none of these, ends the start with exit
code 2 and a message that names it; `dyadwatch doctor` tells the same. Give all processes of one installation the same values, but for the
folder, the name of a worker, addresses and ports. Beside the parts of `dyadwatch up` that are named below, the commands of the same
subject read them, as `dyadwatch feeds` those of feeds.
"""
_TABLE = "| variable | is | value | default |\n| --- | --- | --- | --- |\n"
_NAMED = {int: "a whole number", float: "a number", str: "text", Path: "a path", SecretStr: "a secret", timedelta: "a length of time"}


def document() -> str:
    """The whole text.

    Raises:
        KeyError: a setting belongs to no group.
    """
    return _HEAD + "".join(f"\n## {heading}\n{_readers(parts)}\n\n{_TABLE}{''.join(rows)}" for heading, parts, rows in _grouped())


def group_of(field: str) -> str:
    """The key in `GROUPS` of a setting.

    Raises:
        KeyError: it has none.
    """
    for beginnings in GROUPS:
        if field.startswith(tuple(beginnings.split())):
            return beginnings
    raise KeyError(f"the setting {field} belongs to no group of docs/settings.md: add it to GROUPS")


def _grouped() -> Iterator[tuple[str, tuple[str, ...], list[str]]]:
    rows: dict[str, list[str]] = {beginnings: [] for beginnings in GROUPS}
    for field, declared in Settings.model_fields.items():
        cells = (f"`{variable(field)}`", declared.description or "", _value(declared), _default(declared))
        rows[group_of(field)].append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n")
    for beginnings, (heading, parts) in GROUPS.items():
        yield heading, parts, rows[beginnings]


def _readers(parts: tuple[str, ...]) -> str:
    return "Read by all parts." if parts == PARTS else f"Read by {' and '.join(f'`{part}`' for part in parts)}."


def _value(declared: FieldInfo) -> str:
    kind = _kind(declared.annotation)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{member.value}`" for member in kind)
    if get_origin(kind) is tuple:
        return "a JSON list"
    limits = [(sign, getattr(limit, name, None)) for limit in declared.metadata for name, sign in _SIGNS.items()]
    bounds = [f"{sign} {_shown(bound)}" for sign, bound in limits if bound is not None]
    return ", ".join([_NAMED[kind], *bounds])


_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "max_length": "characters ≤"}


def _kind(annotation: Any) -> Any:
    """The type without its None."""
    if isinstance(annotation, UnionType):
        (annotation,) = (choice for choice in get_args(annotation) if choice is not type(None))
    return annotation


def _default(declared: FieldInfo) -> str:
    if declared.default_factory is not None:  # the one that depends on the machine
        return "`dyadwatch` in `$XDG_STATE_HOME`, which is `~/.local/state`; on macOS in `~/Library/Application Support`"
    return f"`{_shown(declared.default)}`" if declared.default not in (None, ()) else "not set"


def _shown(value: object) -> str:
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g} s"
    return f"{value:g}" if isinstance(value, float) else str(value.value if isinstance(value, Enum) else value)


def main() -> int:
    """Exit code 1 when `--check` finds a difference."""
    return write_or_check("python -m agents.settings_reference", __doc__, REFERENCE, document, "the settings")


if __name__ == "__main__":
    sys.exit(main())
