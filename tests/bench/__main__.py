"""`python -m tests.bench [SUBJECT ...]`: all performance figures, side by side with their peers and bounds. Tables on standard output.

All subjects together also write `docs/performance.md`, its plots and the table of README, unless they are only tried with `--quick`.
"""
from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tests.bench import extraction, growth, memory, polling, start, stream, text
from tests.bench.measure import FULL, QUICK, Bar, Result
from tests.bench.report import machine, shown, versions, write
from tests.broker.jars import KafkaUnavailableError

SUBJECTS = {module.__name__.rpartition(".")[2]: module for module in (extraction, text, growth, polling, stream, start, memory)}


def main() -> int:
    """0 if all was measured, 1 if something is missing for it, 2 for wrong arguments; a target that is missed is told, not punished."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("subject", nargs="*", help=f"these only: {', '.join(SUBJECTS)}")
    parser.add_argument("--quick", action="store_true", help="try that it works: a little, once, on the embedded broker; no figures")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if unknown := set(options.subject) - set(SUBJECTS):
        parser.error(f"no subject {', '.join(sorted(unknown))}: there are {', '.join(SUBJECTS)}")
    chosen = options.subject or list(SUBJECTS)
    out, results = Console(width=130), dict[str, list[Result]]()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        whole = progress.add_task("all", total=len(chosen))
        for name in chosen:
            results[name] = []
            try:
                for result in SUBJECTS[name].measure(QUICK if options.quick else FULL, Bar(progress)):
                    results[name].append(result)
                    if not options.json:
                        out.print(shown(result), "")
            except KafkaUnavailableError as error:
                print(f"{name}: {error}", file=sys.stderr)
                return 1
            progress.advance(whole)
    if options.json:
        figures = {name: [result.as_json() for result in of] for name, of in results.items()}
        print(json.dumps({"machine": machine(), "versions": versions(), "subjects": figures}, ensure_ascii=False))
    if not options.subject and not options.quick:
        write(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
