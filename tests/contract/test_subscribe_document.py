"""docs/subscribe.md without a broker: no snippet of it goes untested, and its table is the contract's."""
from __future__ import annotations

import re

from schemas.cloudevents import AlertHeaders
from tests.broker.test_subscribing import CONSOLE, DOCUMENT, KCAT, PROGRAMS, STANDING, SUBSCRIBE, WIRE


def test_each_command_of_the_document_is_one_that_tests_run() -> None:
    numbers = {heading: len(commands) for heading, commands in SUBSCRIBE.commands.items()}
    assert numbers == {WIRE: 1, KCAT: 2, CONSOLE: 1, **dict.fromkeys(PROGRAMS, 1), STANDING: 1}


def test_each_file_of_the_document_is_used_by_a_command_or_by_a_file() -> None:
    texts = {name: [text] for name, text in SUBSCRIBE.files.items()} | dict(SUBSCRIBE.commands)
    for name in SUBSCRIBE.files:
        using = [part for other, parts in texts.items() if other != name for part in parts]
        assert any(name in part or f"from {name.removesuffix('.py')} import" in part for part in using), name


def test_the_table_of_the_document_has_the_headers_of_the_contract() -> None:
    names = [field.serialization_alias or name for name, field in AlertHeaders.model_fields.items()]
    assert names == re.findall(r"^\| `(ce_\w+|content-type|traceparent)` \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
