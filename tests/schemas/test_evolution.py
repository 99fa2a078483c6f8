"""What may change of the contract, and that everything else is found, wherever it is."""
from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from schemas.evolution import breaks
from schemas.generate import components
from schemas.message import Message

Json = dict[str, Any]
RELEASED = Path(__file__).parents[2] / "docs" / "released" / "asyncapi.json"


class Mood(StrEnum):
    CALM = "calm"
    TENSE = "tense"


class MoreMood(StrEnum):
    CALM = "calm"
    TENSE = "tense"
    WARM = "warm"


class LessMood(StrEnum):
    CALM = "calm"


class Place(Message):
    city: str | None


class NamedPlace(Message):
    city: str | None
    name: str


class SureCity(Message):
    city: str


class Other(Message):
    town: str | None


FIELDS: dict[str, Any] = {
    "text": str,
    "count": Annotated[int, Field(ge=0)],
    "mood": Mood,
    "place": Place | None,
    "pairs": tuple[tuple[str, float], ...],
    "note": Annotated[str | None, Field(default=None)],
    "kind": Literal["talk"],
    "labels": dict[str, int],
}


def with_fields(**changed: Any) -> Json:
    """A contract with one message, whose fields are these and otherwise as in `FIELDS`; None takes one away."""
    fields = {name: of for name, of in (FIELDS | changed).items() if of is not None}
    return with_schemas(components([type("Talk", (Message,), {"__annotations__": fields, "__module__": __name__})]))


def with_schemas(schemas: Json, **channel: Any) -> Json:
    message = {"contentType": "application/json", "payload": {"$ref": "#/components/schemas/Talk"}}
    told = {
        "address": "talks",
        "messages": {"Talk": {"$ref": "#/components/messages/Talk"}},
        "bindings": {"kafka": {"topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": 1}}},
    }
    return {"channels": {"talks": told | channel}, "components": {"messages": {"Talk": message, "Note": message}, "schemas": schemas}}


OLD = with_fields()


def found(new: Json) -> list[str]:
    return [str(each) for each in breaks(OLD, new)]


def test_what_stays_as_it_is_breaks_nothing() -> None:
    assert found(with_fields()) == []


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"more": Annotated[str | None, Field(default=None)]}, id="an optional property"),
        pytest.param({"more": Annotated[Place | None, Field(default=None)]}, id="an optional object"),
        pytest.param({"mood": MoreMood}, id="a value of an enumeration"),
        pytest.param({"kind": Literal["talk", "call"]}, id="a second value of what had only one"),
        pytest.param({"text": Annotated[str, Field(title="Wording", description="as it was said")]}, id="what is only told to people"),
    ],
)
def test_what_may_be_added_breaks_nothing(changed: Json) -> None:
    assert found(with_fields(**changed)) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"text": None}, ["text: is gone: readers rely on it"], id="a property is gone"),
        pytest.param(
            {"text": None, "body": str},
            ["text: is gone: readers rely on it", "body: is new and must be there: messages that topics still hold lack it"],
            id="a property has another name",
        ),
        pytest.param({"place": Other | None}, ["place.city: is gone", "place.town: is new and must be there"], id="the same, further down"),
        pytest.param({"more": str}, ["more: is new and must be there"], id="a new property without a default"),
        pytest.param({"place": NamedPlace | None}, ["place.name: is new and must be there"], id="the same, further down"),
        pytest.param({"text": Annotated[str, Field(default="")]}, ["text: may be absent now: readers rely on it"], id="it may be absent"),
        pytest.param({"note": str | None}, ["note: must be there now: messages that topics still hold may lack it"], id="it must be there"),
        pytest.param({"text": int}, ["text: was string, is integer: leave it"], id="another type"),
        pytest.param({"count": float}, ["count: was integer, is number"], id="a wider number"),
        pytest.param({"text": str | None}, ["text: was string, is null or string"], id="null where there was none"),
        pytest.param({"place": SureCity | None}, ["place.city: was null or string, is string"], id="no null where there was one"),
        pytest.param({"place": Place}, ["place: was null or object, is object"], id="an object that is always there"),
        pytest.param({"mood": LessMood}, ["mood: has no value 'tense' any more"], id="a value of an enumeration is gone"),
        pytest.param({"mood": str}, ["mood (enum): was ['calm', 'tense'], is not set"], id="no longer an enumeration"),
        pytest.param({"kind": Literal["call"]}, ["kind: has no value 'talk' any more"], id="another constant"),
        pytest.param({"count": Annotated[int, Field(ge=1)]}, ["count (minimum): was 0, is 1"], id="a narrower range"),
        pytest.param({"count": int}, ["count (minimum): was 0, is not set"], id="a wider range"),
        pytest.param({"text": Annotated[str, Field(pattern="^a")]}, ["text (pattern): was not set, is ^a"], id="a form"),
        pytest.param({"pairs": tuple[tuple[str, int], ...]}, ["pairs[][1]: was number, is integer"], id="a type within a list"),
        pytest.param({"pairs": tuple[tuple[str, float, str], ...]}, ["pairs[][]: has another number"], id="a third item"),
        pytest.param({"pairs": tuple[str, ...]}, ["pairs[]: was array, is string"], id="a flat list"),
        pytest.param({"labels": dict[str, str]}, ["labels.*: was integer, is string"], id="a type of named values"),
        pytest.param({"labels": dict[str, Any]}, ["labels (additionalProperties)"], id="named values of any type"),
        pytest.param({"note": Annotated[str | None, Field(default="-")]}, ["note (default): was not set, is -"], id="another default"),
    ],
)  # fmt: skip
def test_a_break_is_found_and_told_with_its_place(changed: Json, told: list[str]) -> None:
    lines = found(with_fields(**changed))
    for beginning in told:
        place, _, what = beginning.partition(": ")
        assert any(line.startswith(f"talks/Talk/payload.{place}") and what in line for line in lines), lines


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"address": "speeches"}, "talks (address): was talks, is speeches: leave it as it was", id="another topic"),
        pytest.param({"messages": {}}, "talks/Talk: the message is gone: keep it", id="a message is gone"),
        pytest.param(
            {"bindings": {"kafka": {"topicConfiguration": {"cleanup.policy": ["compact"]}}}},
            "talks (cleanup.policy): was ['delete'], is ['compact']: leave it as it was",
            id="old messages that were kept are removed",
        ),
        pytest.param(
            {"messages": {name: {"$ref": f"#/components/messages/{name}"} for name in ("Talk", "Note")}},
            "talks/Note: no header tells this new message apart: give it one that is always there, or a channel of its own",
            id="a message that readers take for another",
        ),
    ],
)  # fmt: skip
def test_a_break_of_a_channel_is_found(changed: Json, told: str) -> None:
    (line,) = found(with_schemas(OLD["components"]["schemas"], **changed))
    assert line.startswith(told)


def test_a_channel_that_is_gone_is_found() -> None:
    assert found(OLD | {"channels": {}}) == ["talks: the channel is gone: keep it, and let what replaces it stand beside it"]


def test_a_schema_that_no_channel_carries_is_compared_too() -> None:
    old, gone, other = (copy.deepcopy(OLD) for _ in range(3))
    old["components"]["schemas"] |= components([Other])
    other["components"]["schemas"] |= {"Other": components([Place])["Place"]}
    assert breaks(old, old) == []
    assert [str(one).partition(":")[0] for one in (*breaks(old, gone), *breaks(old, other))] == ["Other", "Other.town", "Other.city"]


def test_a_channel_and_a_message_that_a_header_tells_apart_may_be_added_and_a_topic_be_kept_longer() -> None:
    new = copy.deepcopy(OLD)
    new["channels"]["more"] = new["channels"]["talks"]
    new["channels"]["talks"]["bindings"]["kafka"]["topicConfiguration"]["retention.ms"] = 2
    new["channels"]["talks"]["messages"]["Note"] = {"$ref": "#/components/messages/Note"}
    new["components"]["messages"]["Note"] = new["components"]["messages"]["Talk"] | {"headers": {"type": "object", "required": ["note"]}}
    assert found(new) == []


def changes(schema: Json, path: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every single change of a schema that breaks a reader: what it is, and what does it."""
    properties, required = schema.get("properties", {}), schema.get("required", [])
    for name, of in properties.items():
        yield f"{path}.{name} is gone", partial(properties.pop, name)
        yield f"{path}.{name} has another type", partial(properties.update, {name: {"type": "other"}})
        yield from changes(of, f"{path}.{name}")
    for name in required:
        yield f"{path}.{name} may be absent", partial(required.remove, name)
    for name in sorted(properties.keys() - set(required)):
        yield f"{path}.{name} must be there", partial(required.append, name)
    for keyword in sorted(schema.keys() & {"minimum", "maximum", "pattern", "format", "maxLength", "default"}):
        yield f"{path} has another {keyword}", partial(schema.update, {keyword: "another"})
    if "enum" in schema:
        yield f"{path} has a value less", schema["enum"].pop
    for place, choice in enumerate(schema.get("anyOf", ())):
        yield f"{path} is never of its type number {place}", partial(schema["anyOf"].pop, place)
        yield from changes(choice, path)
    items = schema.get("items", [])
    for item in items if isinstance(items, list) else [items]:
        yield from changes(item, f"{path}[]")


def test_every_single_change_that_breaks_a_reader_of_the_contract_is_found() -> None:
    released = json.loads(RELEASED.read_text("utf-8"))
    for message in released["components"]["messages"].values():
        message.pop("examples", None)  # they are most of it
    tried = 0
    for name, schema in released["components"]["schemas"].items():
        for number, (what, _) in enumerate(changes(schema, name)):
            changed = copy.deepcopy(released)
            _, change = list(changes(changed["components"]["schemas"][name], name))[number]
            change()
            assert breaks(released, changed), what
            tried += 1
    assert tried > 300
