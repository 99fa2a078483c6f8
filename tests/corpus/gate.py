"""What the detector has reached on the labelled articles, as counts: `python -m tests.corpus.gate` writes them to `reached.json`.

The test beside it lets no count fall behind. Whoever makes the detector better writes them anew; whoever makes it worse explains.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

from pipeline.lexicon.load import Lexicon, load_lexicon
from tests.corpus.articles import SETS, labels
from tests.corpus.evaluate import PARTS, matches, observe
from tests.corpus.score import score

REACHED = Path(__file__).with_name("reached.json")
LESS_IS_BETTER = frozenset({"false mentions", "false alerts", "duplicate alerts"})
Counts = dict[str, int]


def counts(lexicon: Lexicon) -> dict[str, Counts]:
    """For each set and part: mentions found and false, statuses right, alerts right, false and repeated, contrast articles right."""
    reached = {}
    for name in SETS:
        for part in PARTS:
            articles = list(labels(name, part))
            seen = observe(articles, lexicon)
            figures, _ = score(articles, seen)
            told = list(matches(articles, seen))
            reached[f"{name} {part}"] = {
                "mentions found": figures["mentions"]["tp"],
                "false mentions": figures["mentions"]["fp"],
                "statuses right": sum(gold["status"] == s["meeting"]["status"] for _, pairs, _, _ in told for gold, s in pairs),
                "alerts right": figures["alerts"]["tp"],
                "false alerts": figures["alerts"]["false"],
                "duplicate alerts": figures["alerts"]["duplicates"],
                "articles wholly right": sum(not missed and not false for _, _, missed, false in told),
            }
    return reached


def worse(reached: dict[str, Counts], now: dict[str, Counts]) -> list[str]:
    """Each count that has fallen behind, for a reader."""
    fallen = []
    for name, before in reached.items():
        for key, count in before.items():
            behind = now[name][key] > count if key in LESS_IS_BETTER else now[name][key] < count
            if behind:
                fallen.append(f"{name}: {key}: {now[name][key]}, reached were {count}")
    return fallen


def main() -> int:
    """Write what is reached now, and say on standard error what is worse than before."""
    now = counts(load_lexicon())
    if REACHED.exists():
        print("\n".join(worse(json.loads(REACHED.read_text("utf-8")), now)), file=sys.stderr)
    REACHED.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
