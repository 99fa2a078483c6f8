"""A document that is made of the code: written by one command, and checked by it."""
from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path


def write_or_check(program: str, about: str | None, file: Path, document: Callable[[], str], of: str) -> int:
    """The command `program`: write `file`, or with `--check` say that it does not match what it is made `of`. Exit code 1 then."""
    parser = argparse.ArgumentParser(prog=program, description=about)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the file differs")
    if not parser.parse_args().check:
        file.write_text(document(), "utf-8")
    elif not file.exists() or file.read_text("utf-8") != document():
        sys.stderr.write(f"{file} does not match {of}: run `make schemas`\n")
        return 1
    return 0
