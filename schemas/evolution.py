"""What a change of the contract breaks, as a comparison of two AsyncAPI documents.

Two readers must do well with every message: who knows the old contract reads new messages, and who knows the new one reads the old messages
that topics still hold. So optional properties, values of enumerations, channels, and messages that a header tells apart may be added; all
else stays as it is. Of schemas it knows what pydantic writes; what it does not know must be equal.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Finding = tuple[str, str]  # where below what is compared, and what

_FOR_PEOPLE = frozenset({"title", "description", "examples"})
_COMPARED = frozenset({"type", "properties", "required", "items", "additionalProperties", "enum", "const", "default"})
_CLEANUP = "cleanup.policy"  # a reader may build on it: a compacted topic holds the last message of every key
_NO_HEADERS: Json = {"type": "object"}
_BESIDE = "let what replaces it stand beside it"


@dataclass(frozen=True, slots=True)
class Break:
    """A change that is not additive."""

    where: str  # channel, message and property, as `meetings-alerts/Alert/payload.facts.place.city`
    what: str  # what has changed, and what to do instead

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def breaks(old: Json, new: Json) -> list[Break]:
    """What of the `old` document does not hold in the `new` one, in the order of the old one."""
    comparison = _Comparison(old, new)
    found: list[Finding] = []
    for name, channel in old["channels"].items():
        if (kept := new["channels"].get(name)) is None:
            found.append((name, f"the channel is gone: keep it, and {_BESIDE}"))
        else:
            found += [(f"{name}{path}", what) for path, what in comparison.channels(channel, kept)]
    for name, schema in _on_their_own(old):
        if (kept := new["components"]["schemas"].get(name)) is None:
            found.append((name, f"the schema is gone: keep it, and {_BESIDE}"))
        else:
            found += comparison.schemas(name, schema, kept)
    return [Break(where, what) for where, what in dict.fromkeys(found)]


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Of parts of two documents."""

    old: Json
    new: Json

    def channels(self, old: Json, new: Json) -> Iterator[Finding]:
        """What one channel breaks of the other."""
        yield from _equal(" (address)", old["address"], new["address"])
        yield from _equal(f" ({_CLEANUP})", *(channel["bindings"]["kafka"]["topicConfiguration"].get(_CLEANUP) for channel in (old, new)))
        for name, reference in old["messages"].items():
            if name in new["messages"]:
                message, kept = _resolved(self.old, reference), _resolved(self.new, new["messages"][name])
                yield from _equal(f"/{name} (contentType)", message.get("contentType"), kept.get("contentType"))
                for part, absent in (("headers", _NO_HEADERS), ("payload", {})):
                    yield from self.schemas(f"/{name}/{part}", message.get(part, absent), kept.get(part, absent))
            else:
                yield f"/{name}", f"the message is gone: keep it, and {_BESIDE}"
        for name, reference in new["messages"].items():
            told_apart = _resolved(self.new, _resolved(self.new, reference).get("headers", _NO_HEADERS)).get("required")
            if name not in old["messages"] and not told_apart:
                yield f"/{name}", "no header tells this new message apart: give it one that is always there, or a channel of its own"

    def schemas(self, path: str, old: Json, new: Json) -> Iterator[Finding]:
        """What one schema breaks of the other."""
        was, now = (sorted(_alternatives(*side), key=_kind) for side in ((self.old, old), (self.new, new)))
        if [*map(_kind, was)] != [*map(_kind, now)]:
            yield path, f"was {_or(was)}, is {_or(now)}: leave it, and {_BESIDE}"
            return
        for one, other in zip(was, now, strict=True):
            yield from self._properties(path, one, other)
            yield from self._items(path, one.get("items", {}), other.get("items", {}))
            yield from self._further(path, one, other)
            yield from _values(path, one, other)
            for keyword in sorted((one.keys() | other.keys()) - _FOR_PEOPLE - _COMPARED):
                yield from _equal(f"{path} ({keyword})", one.get(keyword), other.get(keyword))

    def _properties(self, path: str, old: Json, new: Json) -> Iterator[Finding]:
        was, now = old.get("properties", {}), new.get("properties", {})
        required, required_now = old.get("required", ()), new.get("required", ())
        for name, schema in was.items():
            where = f"{path}.{name}"
            if name not in now:
                yield where, f"is gone: readers rely on it; keep it, and {_BESIDE}"
                continue
            if name in required and name not in required_now:
                yield where, "may be absent now: readers rely on it; take its default away"
            if name not in required and name in required_now:
                yield where, "must be there now: messages that topics still hold may lack it; give it its default again"
            yield from self.schemas(where, schema, now[name])
        for name in required_now:
            if name not in was:
                yield f"{path}.{name}", "is new and must be there: messages that topics still hold lack it; give it a default"

    def _items(self, path: str, old: Any, new: Any) -> Iterator[Finding]:
        if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            for place, (one, other) in enumerate(zip(old, new, strict=True)):
                yield from self.schemas(f"{path}[{place}]", one, other)
        elif isinstance(old, list) or isinstance(new, list):
            yield f"{path}[]", f"has another number of items: leave it, and {_BESIDE}"
        elif old or new:
            yield from self.schemas(f"{path}[]", old, new)

    def _further(self, path: str, old: Json, new: Json) -> Iterator[Finding]:
        was, now = (schema.get("additionalProperties") for schema in (old, new))
        if isinstance(was, dict) and isinstance(now, dict):
            yield from self.schemas(f"{path}.*", was, now)
        else:
            yield from _equal(f"{path} (additionalProperties)", was, now)


def _on_their_own(document: Json) -> Iterator[tuple[str, Json]]:
    """The schemas that nothing in `document` refers to: what goes other ways than by a channel, as the body of a webhook."""
    referred = set(_references(document))
    for name, schema in document["components"]["schemas"].items():
        if f"#/components/schemas/{name}" not in referred:
            yield name, schema


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            yield reference
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _references(one)


def _alternatives(document: Json, schema: Json) -> Iterator[Json]:
    """What `schema` lets pass, a schema for each type."""
    schema = _resolved(document, schema)
    if "anyOf" not in schema:
        yield schema
        return
    rest = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
    for choice in schema["anyOf"]:
        for alternative in _alternatives(document, choice):
            yield rest | alternative


def _resolved(document: Json, schema: Json) -> Json:
    """`schema` itself, or what it refers to with what it says beside that."""
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target | {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
    return schema


def _kind(schema: Json) -> str:
    return str(schema.get("type", "anything"))


def _or(alternatives: list[Json]) -> str:
    return " or ".join(map(_kind, alternatives))


def _values(path: str, old: Json, new: Json) -> Iterator[Finding]:
    was, now = _enumerated(old), _enumerated(new)
    if was is None or now is None:
        yield from _equal(f"{path} (enum)", was, now)
    else:
        for value in was:
            if value not in now:
                yield path, f"has no value {value!r} any more: messages that topics still hold have it; keep it"
    if "default" in old and "default" in new:
        yield from _equal(f"{path} (default)", old["default"], new["default"])


def _enumerated(schema: Json) -> list[object] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _equal(path: str, old: object, new: object) -> Iterator[Finding]:
    if old != new:
        yield path, f"was {_told(old)}, is {_told(new)}: leave it as it was"


def _told(value: object) -> str:
    return "not set" if value is None else str(value)
