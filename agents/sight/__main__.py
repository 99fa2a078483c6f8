"""`python -m agents.sight [--check]`: write docs/metrics.md, or check that it is current."""
from __future__ import annotations

import sys
from pathlib import Path

from agents.made import write_or_check
from agents.sight.document import document

METRICS = Path(__file__).parents[2] / "docs" / "metrics.md"


def main() -> int:
    """Exit code 1 when `--check` finds a difference."""
    return write_or_check("python -m agents.sight", __doc__, METRICS, document, "the table of metrics")


if __name__ == "__main__":
    sys.exit(main())
