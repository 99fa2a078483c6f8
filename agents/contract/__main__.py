"""`python -m agents.contract [--check | --release]`: write the contract, check it, or make it the one of the last release."""
from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from agents.contract.document import document
from agents.contract.examples import examples
from agents.settings import Settings
from pipeline.lexicon.load import Lexicon, load_lexicon
from schemas.evolution import breaks

DOCS = Path(__file__).parents[2] / "docs"
CONTRACT = DOCS / "asyncapi.json"
RELEASED = DOCS / "released" / "asyncapi.json"


def generated(lexicon: Lexicon) -> str:
    """The text of the contract as the code has it."""
    defaults = Settings.model_construct()  # whatever the environment says
    return json.dumps(document(defaults, examples(lexicon)), indent=2, ensure_ascii=False) + "\n"


def wrong(text: str) -> list[str]:
    """What speaks against the contract `text`: its file is another one, or readers of the last release would suffer."""
    current = CONTRACT.exists() and CONTRACT.read_text("utf-8") == text
    stale = [] if current else [f"{CONTRACT} does not match the code: run `make schemas`"]
    released: dict[str, Any] = json.loads(RELEASED.read_text("utf-8"))
    return stale + [f"breaks readers of {released['info']['version']}: {found}" for found in breaks(released, json.loads(text))]


def main() -> int:
    """Exit code 1 when there is something wrong."""
    parser = argparse.ArgumentParser(prog="python -m agents.contract", description=__doc__)
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--check", action="store_true", help="write nothing; fail where it is stale or breaks readers of the last release")
    does.add_argument("--release", action="store_true", help="from now on, changes are compared with what is now; part of a release")
    arguments = parser.parse_args()
    text = generated(load_lexicon())
    if not (arguments.check or arguments.release):
        CONTRACT.write_text(text, "utf-8")
        return 0
    found = wrong(text)
    sys.stderr.writelines(f"{line}\n" for line in found)
    if arguments.release and not found:
        RELEASED.write_text(text, "utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
