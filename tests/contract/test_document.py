"""The contract is a valid AsyncAPI document, says what the code does, and its examples are messages that the code reads."""
from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker
from pydantic import ValidationError

from agents.app import meet_app, read_app
from agents.brokers import EMBEDDED
from agents.cluster import Cluster
from agents.contract.__main__ import RELEASED, generated
from agents.contract.operations import OPERATIONS, Action
from agents.extraction import Extraction
from agents.pulse import Pulse
from agents.settings import Settings
from agents.topics import ALERTS, CURRENT, DEADLETTERS, RAW, VERDICTS, declared
from pipeline.lexicon.load import Lexicon
from schemas.generate import FOLDER, MODELS
from schemas.message import Message
from schemas.outlets import WebhookEvent

with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)  # a field of theirs shadows one of pydantic
    from asyncapi3.models.asyncapi import AsyncAPI3

Json = dict[str, Any]

KINDS = {kind.name: kind for topic in declared(Settings()) for kind in topic.carries}


@pytest.fixture(scope="module")
def contract(lexicon: Lexicon) -> Json:
    loaded: Json = json.loads(generated(lexicon))
    return loaded


def resolved(contract: Json, reference: Json) -> Json:
    """What `{"$ref": "#/..."}` refers to, which may be another reference.

    Raises:
        KeyError: nothing.
    """
    while "$ref" in reference:
        start, *steps = reference["$ref"].split("/")
        assert start == "#"
        target = contract
        for step in steps:
            target = target[step]
        reference = target
    return reference


def references(part: Any) -> Iterator[Json]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def validator(contract: Json, schema: Json) -> Draft7Validator:
    return Draft7Validator({**schema, "components": contract["components"]}, format_checker=FormatChecker())


def test_it_is_an_asyncapi_document(contract: Json) -> None:
    AsyncAPI3.model_validate(contract)
    assert contract["asyncapi"] == "3.0.0"


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"channel": {}}, id="a misspelt part"),
        pytest.param({"info": {"title": "without a version"}}, id="a part that lacks something"),
        pytest.param({"operations": {"x": {"action": "publish", "channel": {"$ref": "#/channels/x"}}}}, id="a word of AsyncAPI 2"),
    ],
)
def test_what_is_none_is_refused(contract: Json, broken: Json) -> None:
    with pytest.raises(ValidationError):
        AsyncAPI3.model_validate(contract | broken)


def test_every_reference_leads_somewhere(contract: Json) -> None:
    found = list(references(contract))
    assert len(found) > 100
    for reference in found:
        assert resolved(contract, reference)


def test_operations_are_on_channels_of_the_document_and_send_messages_of_theirs(contract: Json) -> None:
    for operation in contract["operations"].values():
        where = operation["channel"]["$ref"]
        known = [f"{where}/messages/{name}" for name in resolved(contract, operation["channel"])["messages"]]
        assert [message["$ref"] for message in operation["messages"]] == [ref for ref in known if {"$ref": ref} in operation["messages"]]


def test_every_topic_is_a_channel_as_the_table_has_it(contract: Json) -> None:
    topics = {topic.name: topic for topic in declared(Settings())}
    assert [described["address"] for described in contract["channels"].values()] == list(topics)
    for described in contract["channels"].values():
        topic, kafka = topics[described["address"]], described["bindings"]["kafka"]
        assert list(described["messages"]) == [kind.name for kind in topic.carries]
        assert (kafka["partitions"], kafka["replicas"]) == (topic.partitions, topic.replication)
        entries = {name: value[0] if isinstance(value, list) else str(value) for name, value in kafka["topicConfiguration"].items()}
        assert entries == topic.configuration(topic.replication)


def test_others_are_told_of_the_articles_that_they_may_send_of_alerts_meetings_verdicts_and_dead_letters(contract: Json) -> None:
    public = [described["address"] for described in contract["channels"].values() if described["tags"] == [{"name": "public"}]]
    assert public == [RAW, ALERTS, CURRENT, VERDICTS, DEADLETTERS]


def test_the_environment_does_not_change_it(contract: Json, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_PARTITIONS", "7")
    monkeypatch.setenv("DYADWATCH_REPLICATION", "3")
    assert json.loads(generated(lexicon)) == contract


def test_every_schema_file_is_of_a_message_that_some_topic_or_webhook_carries() -> None:
    carried = {part for kind in KINDS.values() for part in (kind.value, kind.headers) if isinstance(part, type)}
    assert carried | {WebhookEvent} == set(MODELS.values())


@pytest.mark.parametrize("name", MODELS)
def test_its_schemas_are_those_of_the_files(contract: Json, name: str) -> None:
    def as_here(schema: Any) -> Any:
        if isinstance(schema, list):
            return [as_here(part) for part in schema]
        if not isinstance(schema, dict):
            return schema
        return {{"prefixItems": "items"}.get(key, key): moved(value) if key == "$ref" else as_here(value) for key, value in schema.items()}

    def moved(reference: str) -> str:
        return reference.replace("#/$defs/", "#/components/schemas/")

    file = json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))
    parts = file.pop("$defs", {}) | {MODELS[name].__name__: {key: value for key, value in file.items() if not key.startswith("$")}}
    for part, schema in parts.items():
        assert contract["components"]["schemas"][part] == as_here(schema)


@pytest.mark.parametrize("name", KINDS)
def test_the_example_of_a_message_is_valid_for_it_and_for_no_other_of_its_channel(contract: Json, name: str) -> None:
    for described in contract["channels"].values():
        messages = {other: resolved(contract, reference) for other, reference in described["messages"].items()}
        if name in messages:
            assert [other for other, message in messages.items() if fits(contract, message, example(messages[name]))] == [name]


def fits(contract: Json, message: Json, shown: Json) -> bool:
    schemas = {part: resolved(contract, message.get(part, {})) for part in ("headers", "payload")}
    return all(validator(contract, schema).is_valid(shown.get(part)) for part, schema in schemas.items())


def example(message: Json) -> Json:
    if "examples" not in message:
        assert message["payload"]["type"] == "null"
        return {"payload": None}
    (shown,) = message["examples"]
    assert isinstance(shown, dict)
    return shown


@pytest.mark.parametrize("version", ["now", "last release"])
def test_the_code_reads_every_example_also_those_of_the_last_release(contract: Json, version: str) -> None:
    document = contract if version == "now" else json.loads(RELEASED.read_text("utf-8"))
    for name, message in document["components"]["messages"].items():
        for model, part in ((KINDS[name].value, "payload"), (KINDS[name].headers, "headers")):
            if isinstance(model, type):
                read(model, example(message).get(part, {}))  # without headers, where there were none


def read(model: type[Message], shown: Json) -> None:
    fields = {told.serialization_alias: field for field, told in model.model_fields.items() if told.serialization_alias}
    model.model_validate({fields.get(name, name): value for name, value in shown.items()})


def test_the_examples_of_articles_meetings_and_alerts_are_of_one_article(contract: Json) -> None:
    messages = contract["components"]["messages"]
    shown = {name: example(messages[name])["payload"] for name in ("RawArticle", "CleanArticle", "UniqueArticle", "Alert", "Meeting")}
    article_id = shown["RawArticle"]["article_id"]
    assert shown["CleanArticle"]["article_id"] == shown["UniqueArticle"]["article"]["article_id"] == article_id
    assert shown["Alert"]["article"]["article_id"] == article_id
    assert shown["Alert"]["meeting_id"] == shown["Meeting"]["meeting_id"]


def test_who_receives_what_is_what_the_agents_read_and_their_groups_are_the_applications(tmp_path: Path) -> None:
    settings, cluster, extraction = Settings(data_dir=tmp_path), Cluster("127.0.0.1:9"), Extraction(1, deadline=1)  # never started
    apps = [read_app(settings, cluster, EMBEDDED, extraction), meet_app(settings, cluster, EMBEDDED, {}, Pulse(math.inf))]
    groups = {app.conf.id: app for app in apps}
    agents = [(group, agent) for group, app in groups.items() for agent in app.agents.values()]
    read = {(agent.name.rpartition(".")[2], topic, group) for group, agent in agents for topic in agent.channel.topics}
    told = {(one.by, one.topic, one.group) for one in OPERATIONS if one.action is Action.RECEIVE and one.group in groups}
    assert told == read


def test_every_topic_is_written_and_read_by_somebody() -> None:
    for topic in declared(Settings()):
        for action in Action:
            assert any((one.topic, one.action) == (topic.name, action) for one in OPERATIONS), f"nobody is told to {action} {topic.name}"
