"""The schema files are those of the models, and what the models write is valid by them."""
from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.cloudevents import headers
from schemas.deadletters import DeadLetterHeaders, RedrivenHeaders
from schemas.generate import FOLDER, MODELS, generated, stale
from schemas.message import Message
from schemas.outlets import OutletState, WebhookEvent
from tests.agents import fakes, meetings

EXAMPLES: dict[str, Message] = {
    "raw-article": fakes.raw(),
    "clean-article": fakes.clean(),
    "unique-article": fakes.unique(),
    "tagged-article": meetings.tagged(),
    "meeting": meetings.meeting(),
    "alert": meetings.alert(),
    "verdict": meetings.verdict(note="a letter"),
    "dead-letter-headers": DeadLetterHeaders(
        stage="clean", reason="r", topic="news.raw", partition=0, offset=0, tries=1, complete=True, stacktrace=""
    ),
    "redriven-headers": RedrivenHeaders(redriven="0/17"),
    "webhook-event": WebhookEvent(type="org.dyadwatch.meeting.new.v1", timestamp=fakes.THEN, data=meetings.alert()),
    "outlet-state": OutletState(outlet_id="desk", place=17, since=fakes.THEN, next_attempt=fakes.THEN),
}


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return loaded


def test_the_files_are_current() -> None:
    assert stale(generated()) == [], "run `make schemas`"


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_message_is_valid_by_its_schema_and_a_further_field_is_refused_only_in_what_others_send(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    message = EXAMPLES[name].model_dump(mode="json")
    validator = Draft202012Validator(schema(name))
    validator.validate(message)
    assert validator.is_valid(message | {"further": 1}) == (name != "raw-article")


def test_the_headers_of_an_alert_are_valid_by_their_schema() -> None:
    sent = {header: value.decode() for header, value in headers(meetings.alert(), fakes.THEN).items()}
    Draft202012Validator(schema("alert-headers")).validate(sent)
    assert set(sent) == set(schema("alert-headers")["required"])


def test_ids_are_distinct_and_the_envelope_names_that_of_the_alert() -> None:
    ids = [schema(name)["$id"] for name in MODELS]
    assert len(set(ids)) == len(ids)
    assert schema("alert")["$id"] == headers(meetings.alert(), fakes.THEN)["ce_dataschema"].decode()


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "raw-article"])
def test_what_a_newer_worker_writes_is_read_by_an_older_one(name: str) -> None:
    message = EXAMPLES[name]
    newer = message.model_dump(mode="json", by_alias=True) | {"of_a_newer_version": 1}
    assert type(message).model_validate(newer) == message
