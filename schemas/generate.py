"""`python -m schemas.generate [--check]`: write the JSON Schema of every message to schemas/json/, or check that they are current."""
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from schemas.articles import CleanArticle, RawArticle, UniqueArticle
from schemas.cloudevents import AlertHeaders
from schemas.deadletters import DeadLetterHeaders, RedrivenHeaders
from schemas.feeds import Feed, FeedState
from schemas.fingerprints import Fingerprint
from schemas.meetings import Alert, Meeting, TaggedArticle
from schemas.message import Message
from schemas.outlets import OutletState, WebhookEvent
from schemas.tracing import TraceHeaders
from schemas.verdicts import Verdict, VerdictHeaders

FOLDER = Path(__file__).with_name("json")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMPONENT = "#/components/schemas/{model}"  # how parts of an AsyncAPI document refer to the schema of a model
MODELS: dict[str, type[Message]] = {
    "feed": Feed,
    "feed-state": FeedState,
    "raw-article": RawArticle,
    "clean-article": CleanArticle,
    "unique-article": UniqueArticle,
    "tagged-article": TaggedArticle,
    "meeting": Meeting,
    "alert": Alert,
    "alert-headers": AlertHeaders,
    "verdict": Verdict,
    "verdict-headers": VerdictHeaders,
    "fingerprint": Fingerprint,
    "dead-letter-headers": DeadLetterHeaders,
    "redriven-headers": RedrivenHeaders,
    "webhook-event": WebhookEvent,
    "outlet-state": OutletState,
    "trace-headers": TraceHeaders,
}


def generated() -> dict[Path, str]:
    """The text of each schema file, by its path. An additive change keeps the `v1` of the `$id`; a breaking one needs a new name."""
    return {FOLDER / f"{name}.schema.json": _schema(name, model) for name, model in MODELS.items()}


def components(models: Iterable[type[Message]]) -> dict[str, Any]:
    """The same for an AsyncAPI document, whose tools read draft 07: the schema of each model, and of each that it consists of, by name."""
    _, found = models_json_schema([(model, "serialization") for model in models], ref_template=COMPONENT)
    return {name: _draft_07(schema) for name, schema in sorted(found["$defs"].items())}


def stale(wanted: Mapping[Path, str]) -> list[Path]:
    """The files that differ from `wanted`, are missing, or belong to no model."""
    different = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return different + sorted(set(FOLDER.glob("*.schema.json")) - set(wanted))


def main() -> int:
    """Exit code 1 when `--check` finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m schemas.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file differs")
    check = parser.parse_args().check
    wanted = generated()
    different = stale(wanted)
    if check:
        for path in different:
            sys.stderr.write(f"{path} does not match its model: run `make schemas`\n")
        return 1 if different else 0
    FOLDER.mkdir(exist_ok=True)
    for path in different:
        if path in wanted:
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    return 0


def _schema(name: str, model: type[Message]) -> str:
    head = {"$schema": DIALECT, "$id": f"urn:dyadwatch:schema:{name}:v1"}
    return json.dumps(head | model.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False) + "\n"


def _draft_07(schema: Any) -> Any:
    """In the words of draft 07, where pydantic writes those of 2020-12."""
    if isinstance(schema, list):
        return [_draft_07(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {"items" if keyword == "prefixItems" else keyword: _draft_07(value) for keyword, value in schema.items()}


if __name__ == "__main__":
    sys.exit(main())
