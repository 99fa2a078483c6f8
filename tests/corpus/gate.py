"""What the detector has reached on the labelled articles, as counts: `python -m tests.corpus.gate` writes them to `reached.json`.

Those of `us-china/` are of a watch of their own, and what is reached on them stands beside them. The test beside this lets no count fall
behind. Whoever makes the detector better writes them anew; whoever makes it worse explains.
"""
from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.lexicon.load import Lexicon, load_lexicon
from tests.corpus.articles import FOLDER, SETS, Label, labels
from tests.corpus.evaluate import PARTS, Observation, matches, observe
from tests.corpus.score import score

REACHED = Path(__file__).with_name("reached.json")
EXAMPLE = Path(__file__).parents[2] / "examples" / "us-china"
REACHED_ON_EXAMPLE = FOLDER / EXAMPLE.name / "reached.json"
LESS_IS_BETTER = frozenset({"false mentions", "false alerts", "duplicate alerts"})
Counts = dict[str, int]


def counts(lexicon: Lexicon) -> dict[str, Counts]:
    """For each set and part: mentions found and false, statuses right, alerts right, false and repeated, contrast articles right."""
    parts = {f"{name} {part}": list(labels(name, part)) for name in SETS for part in PARTS}
    return {name: _counted(articles, observe(articles, lexicon)) for name, articles in parts.items()}


def counts_of_watch(watch: str, lexicon: Lexicon) -> dict[str, Counts]:
    """The same for the articles of a watch that has a folder of them, of which it alone is counted."""
    articles = list(labels(f"{watch}/articles"))
    return {watch: _counted(articles, [seen for seen in observe(articles, lexicon) if seen["watch"] == watch])}


def _counted(articles: Sequence[Label], seen: Sequence[Observation]) -> Counts:
    figures, _ = score(list(articles), list(seen))
    told = list(matches(articles, seen))
    return {
        "mentions found": figures["mentions"]["tp"],
        "false mentions": figures["mentions"]["fp"],
        "statuses right": sum(gold["status"] == s["meeting"]["status"] for _, pairs, _, _ in told for gold, s in pairs),
        "alerts right": figures["alerts"]["tp"],
        "false alerts": figures["alerts"]["false"],
        "duplicate alerts": figures["alerts"]["duplicates"],
        "articles wholly right": sum(not missed and not false for _, _, missed, false in told),
    }


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
    lexicon = load_lexicon(folders=[EXAMPLE])
    for file, now in ((REACHED, counts(load_lexicon())), (REACHED_ON_EXAMPLE, counts_of_watch(EXAMPLE.name, lexicon))):
        if file.exists():
            print("\n".join(worse(json.loads(file.read_text("utf-8")), now)), file=sys.stderr)
        file.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
