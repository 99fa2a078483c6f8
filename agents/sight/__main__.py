"""`python -m agents.sight [--check]`: write docs/metrics.md, or check that it is current."""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

from agents.sight.document import document

METRICS = Path(__file__).parents[2] / "docs" / "metrics.md"


def main() -> int:
    """Exit code 1 when `--check` finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m agents.sight", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the file differs")
    if not parser.parse_args().check:
        METRICS.write_text(document(), "utf-8")
    elif not METRICS.exists() or METRICS.read_text("utf-8") != document():
        sys.stderr.write(f"{METRICS} does not match the table of metrics: run `make schemas`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
