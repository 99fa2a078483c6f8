"""`make eval`: the detector's figures on the labelled articles, for each part by set, language, status, mode, kind and edit.

The errors of `develop` articles are printed with `--errors`; those of `check` articles are never shown: nobody shall mend what is
measured on.
"""
from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from rich.console import Console
from rich.table import Table

from agents.cli.observe import observation
from pipeline.chain import Chain
from pipeline.lexicon.load import Lexicon, load_lexicon
from schemas.errors import ArticleError
from tests.corpus.articles import NATURAL, SETS, Label, labels, raw, stream
from tests.corpus.score import ALERTING_FORMATS, pair, score

PARTS = ("develop", "check")
FIELDS = ("status", "mode", "format", "level", "place", "date")
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
Observation = dict[str, Any]


def observe(articles: Iterable[Label], lexicon: Lexicon) -> list[Observation]:
    """What the chain sees in labelled articles, told in this order."""
    chain, seen = Chain(lexicon), list[Observation]()
    for label in articles:
        try:
            observed = chain.observe(raw(label))
        except ArticleError:
            continue
        seen += [observation(label["doc_id"], mention, decision) for mention, decision in observed.decisions]
    return seen


def of(articles: Sequence[Label], seen: Sequence[Observation]) -> list[Observation]:
    """The observations that belong to `articles`."""
    ids = {article["doc_id"] for article in articles}
    return [s for s in seen if s["doc_id"] in ids]


def main() -> int:
    """Print the figures; data on standard output."""
    parser = argparse.ArgumentParser(prog="make eval", description=__doc__)
    parser.add_argument("--errors", action="store_true", help="each error of the develop articles first")
    options = parser.parse_args()
    lexicon, console = load_lexicon(), Console(width=150)
    for part in PARTS:
        told = {name: list(labels(name, part)) for name in SETS} | {" + ".join(NATURAL): stream(NATURAL, part)}
        seen = {name: observe(articles, lexicon) for name, articles in told.items()}
        natural, natural_seen = told[" + ".join(NATURAL)], seen[" + ".join(NATURAL)]
        if options.errors and part == "develop":
            for name in SETS:
                console.print("\n".join(score(told[name], seen[name])[1]), highlight=False, markup=False)
        console.rule(f"part {part}")
        console.print(headline({name: (told[name], seen[name]) for name in told}))
        console.print(by_language(natural, natural_seen))
        console.print(recall_by(natural, natural_seen, "status"), recall_by(natural, natural_seen, "mode"))
        console.print(false_by_kind(natural, natural_seen))
        console.print(by_edit(told["contrast"], seen["contrast"]))
        console.print(calibration(natural, natural_seen))
    return 0


def headline(sets: dict[str, tuple[Sequence[Label], Sequence[Observation]]]) -> Table:
    """One row a set: the figures of the yardstick."""
    columns = "documents F1|mentions P|R|F1|alerts P|R|dup|status|mode|format|level|place|date|B-cubed|right|stories".split("|")
    table = Table(title="figures", box=None)
    table.add_column("set")
    for column in columns:
        table.add_column(column, justify="right")
    for name, (articles, seen) in sets.items():
        figures, _ = score(list(articles), list(seen))
        mentions, alerts, fields, contrast = figures["mentions"], figures["alerts"], figures["attributes"], figures.get("contrast", {})
        values = [figures["documents"]["f1"], *(mentions[f] for f in ("precision", "recall", "f1")), alerts["precision"]]
        values += [alerts["recall"], alerts["duplicates"], *(fields.get(f, 1.0) for f in FIELDS)]
        values += [figures["clusters"]["f1"], contrast.get("articles", ""), contrast.get("stories", "")]
        table.add_row(name, *(f"{v:.3f}" if isinstance(v, float) else str(v) for v in values))
    return table


def by_language(articles: Sequence[Label], seen: Sequence[Observation]) -> Table:
    """Documents and mentions F1 for each language."""
    table = Table("language", "articles", "documents F1", "mentions F1", title="by language", box=None)
    for language in sorted({article["language"] for article in articles}):
        own = [article for article in articles if article["language"] == language]
        figures, _ = score(own, of(own, seen))
        table.add_row(language, str(len(own)), f"{figures['documents']['f1']:.3f}", f"{figures['mentions']['f1']:.3f}")
    return table


def matches(articles: Sequence[Label], seen: Sequence[Observation]) -> Iterable[tuple[Label, list[tuple[Any, Any]], list[Any], list[Any]]]:
    """For each article: pairs of label and observation, labels missed, observations that are false; news only."""
    by_article: dict[str, list[Observation]] = defaultdict(list)
    for s in seen:
        by_article[s["doc_id"]].append(s)
    for article in articles:
        news = [m for m in article["meetings"] if m["salience"] == "main" and m["format"] in ALERTING_FORMATS]
        told = [s for s in by_article[article["doc_id"]] if _is_news(s)]
        pairs = pair(news, told)
        used = {id(s) for _, s in pairs}
        yield article, pairs, [m for m in news if all(m is not g for g, _ in pairs)], [s for s in told if id(s) not in used]


def _is_news(seen: Observation) -> bool:
    return seen["meeting"]["salience"] == "main" and seen["meeting"]["format"] in ALERTING_FORMATS


def recall_by(articles: Sequence[Label], seen: Sequence[Observation], field: str) -> Table:
    """For each value of a label's `field`: how many are found, and how many of those with the right value."""
    total, found, right = Counter[str](), Counter[str](), Counter[str]()
    for _, pairs, missed, _ in matches(articles, seen):
        total.update(m[field] for m in missed)
        for gold, s in pairs:
            total[gold[field]] += 1
            found[gold[field]] += 1
            right[gold[field]] += gold[field] == s["meeting"][field]
    table = Table(field, "labels", "found", f"{field} right", title=f"by {field}", box=None)
    for value in sorted(total):
        table.add_row(value, str(total[value]), _share(found[value], total[value]), _share(right[value], found[value]))
    return table


def false_by_kind(articles: Sequence[Label], seen: Sequence[Observation]) -> Table:
    """Articles that tell of no meeting as news, and how many of them raise one, by their kind."""
    total, raised = Counter[str](), Counter[str]()
    for article, pairs, missed, false in matches(articles, seen):
        if not pairs and not missed:
            kind = article["negative_kind"] or "none given"
            total[kind] += 1
            raised[kind] += bool(false)
    table = Table("kind", "articles", "raise a meeting", title="articles without a meeting as news", box=None)
    for kind in sorted(total):
        table.add_row(kind, str(total[kind]), str(raised[kind]))
    return table


def by_edit(articles: Sequence[Label], seen: Sequence[Observation]) -> Table:
    """Contrast articles that are wholly right, by what was edited."""
    right: dict[str, list[bool]] = defaultdict(list)
    for article, pairs, missed, false in matches(articles, seen):
        right[article["edit"]].append(not missed and not false and all(g["status"] == s["meeting"]["status"] for g, s in pairs))
    table = Table("edit", "articles", "right", title="contrast sets by edit", box=None)
    for edit in sorted(right):
        table.add_row(edit, str(len(right[edit])), _share(sum(right[edit]), len(right[edit])))
    return table


def calibration(articles: Sequence[Label], seen: Sequence[Observation]) -> Table:
    """Of the mentions said with a confidence in each bin, how many are right."""
    said = [(s["meeting"]["confidence"], ok) for _, pairs, _, false in matches(articles, seen) for s, ok in _judged(pairs, false)]
    table = Table("confidence", "mentions", "right", title="calibration", box=None)
    for low, high in pairwise(BINS):
        inside = [ok for confidence, ok in said if low <= confidence < high]
        table.add_row(f"{low:.1f} to {min(high, 1):.1f}", str(len(inside)), _share(sum(inside), len(inside)))
    return table


def _judged(pairs: Sequence[tuple[Any, Any]], false: Sequence[Any]) -> list[tuple[Any, bool]]:
    return [*((s, True) for _, s in pairs), *((s, False) for s in false)]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


if __name__ == "__main__":
    sys.exit(main())
