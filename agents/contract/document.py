"""The AsyncAPI 3.0 document: every topic, message, header and operation. Like topics themselves, it follows from the settings."""
from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from agents.contract.operations import OPERATIONS, Operation, channel
from agents.settings import Settings
from agents.topics import CLEANUP, LARGEST, RETENTION, Topic, declared
from schemas.generate import COMPONENT, components
from schemas.kinds import Kind, Plain
from schemas.message import Message
from schemas.outlets import WebhookEvent

Json = dict[str, Any]
Examples = Mapping[str, Json]  # of a message by its name: `payload`, `headers` or both

SPECIFICATION = "3.0.0"
BINDING = "0.5.0"  # of Kafka to AsyncAPI
CONTENT_TYPE = "application/json"  # where a message says nothing else
PUBLIC, INTERNAL = "public", "internal"

_ABOUT = """\
News about meetings of officials, as a stream of Apache Kafka topics. `docs/subscribe.md` shows how to read it with common clients.

Channels tagged `public` are for everybody; those tagged `internal` are how the service works, and may be looked at. All of it only grows:
by optional properties, values of enumerations, channels. Ignore what you do not know. Schemas are JSON Schema, draft 07; the same for draft
2020-12 are in `schemas/json/`. Partitions, replicas and topic configuration are those of the default settings."""
_VALUES: Mapping[Plain, Json] = {
    Plain.TOMBSTONE: {"type": "null", "description": "no value: what the key stood for is gone"},
    Plain.EMPTY: {"type": "string", "maxLength": 0, "description": "no bytes: the headers say all"},
    Plain.ORIGINAL: {"description": "the bytes of the message that failed, whatever they are; none where the header `complete` is false"},
}


def document(settings: Settings, examples: Examples) -> Json:
    """The whole document, as JSON. `examples` has one for each kind of message that has a value or headers."""
    topics = declared(settings)
    carriers = {kind.name: (kind, topic) for topic in reversed(topics) for kind in topic.carries}  # the first topic of each kind
    return {
        "asyncapi": SPECIFICATION,
        "info": {
            "title": "dyadwatch",
            "version": version("dyadwatch"),
            "description": _ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "kafka": {
                "host": "{bootstrap}",
                "protocol": "kafka",
                "description": "Any Apache Kafka, or what speaks its protocol.",
                "variables": {"bootstrap": {"default": "localhost:9092", "description": "DYADWATCH_KAFKA_BOOTSTRAP of the service"}},
            }
        },
        "channels": {channel(topic.name): _channel(topic) for topic in topics},
        "operations": {operation.name: _operation(operation, topics) for operation in OPERATIONS},
        "components": {
            "messages": {name: _message(kind, topic, examples) for name, (kind, topic) in sorted(carriers.items())},
            "schemas": components([*_models(topics), WebhookEvent]),  # which goes by no topic, and grows by the same rules
        },
    }


def _channel(topic: Topic) -> Json:
    return {
        "address": topic.name,
        "description": topic.about,
        "messages": {kind.name: {"$ref": f"#/components/messages/{kind.name}"} for kind in topic.carries},
        "tags": [{"name": PUBLIC if topic.public else INTERNAL}],
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "replicas": topic.replication,
                "topicConfiguration": _configuration(topic),
                "bindingVersion": BINDING,
            }
        },
    }


def _configuration(topic: Topic) -> Json:
    """In the types that the binding gives to some of the entries."""
    entries: Json = dict(topic.configuration(topic.replication))
    return entries | {CLEANUP: [entries[CLEANUP]], RETENTION: int(entries[RETENTION]), LARGEST: int(entries[LARGEST])}


def _operation(operation: Operation, topics: tuple[Topic, ...]) -> Json:
    (topic,) = (topic for topic in topics if topic.name == operation.topic)
    where = f"#/channels/{channel(topic.name)}"
    told: Json = {
        "action": operation.action.value,
        "channel": {"$ref": where},
        "summary": operation.summary,
        "messages": [{"$ref": f"{where}/messages/{kind.name}"} for kind in operation.kinds or topic.carries],
    }
    if operation.group:
        told["bindings"] = {"kafka": {"groupId": {"type": "string", "const": operation.group}, "bindingVersion": BINDING}}
    return told


def _message(kind: Kind, topic: Topic, examples: Examples) -> Json:
    value, gone = kind.value, kind.value is Plain.TOMBSTONE
    message: Json = {
        "name": kind.name,
        "summary": _VALUES[value]["description"] if isinstance(value, Plain) else (value.__doc__ or "").partition("\n")[0],
        "contentType": CONTENT_TYPE,
        "payload": _VALUES[value] if isinstance(value, Plain) else _reference(value),
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": "the key of what is gone" if gone else topic.key},
                "bindingVersion": BINDING,
            }
        },
    }
    if kind.headers:
        message["headers"] = _reference(kind.headers)
    if value is Plain.ORIGINAL:
        message["contentType"] = "application/octet-stream"
    if not gone:
        message["examples"] = [examples[kind.name]]
    return message


def _reference(model: type[Message]) -> Json:
    return {"$ref": COMPONENT.format(model=model.__name__)}


def _models(topics: tuple[Topic, ...]) -> list[type[Message]]:
    parts = (part for topic in topics for kind in topic.carries for part in (kind.value, kind.headers))
    return [part for part in parts if isinstance(part, type)]
