"""`docs/metrics.md`, made of the table of metrics."""
from __future__ import annotations

from collections.abc import Iterable

from agents.sight.metrics import DECLARED, Declared, Values

_HEAD = """\
# Metrics

Made of [`agents/sight/metrics.py`](../agents/sight/metrics.py) by `make schemas`; `make check` says when it is stale.

`DYADWATCH_METRICS_PORT=9464` lets each `dyadwatch up` answer on that port, on this machine alone unless `DYADWATCH_METRICS_HOST` says
otherwise:

| path | answers |
| --- | --- |
| `/metrics` | what follows, as text for Prometheus or as OpenMetrics |
| `/live` | 200 while all parts of the process get on, else 503 with the part that does not, and why. Nothing, where the process hangs. \
The broker's absence is no fault of a part |
| `/ready` | 200 once all parts can do their work, else 503 with what is missing. Agents have their partitions and tables, or stand by; \
a poller knows its feeds; the page answers; targets have a notifier |

Counters begin at 0 with each start, as Prometheus expects. What a worker does again after a crash is counted again. Every process has all
metrics, also those of parts that it does not run. [`deploy/prometheus/`](../deploy/prometheus) has alert rules,
[`deploy/grafana/`](../deploy/grafana) a dashboard.

| metric | kind | labels | says |
| --- | --- | --- | --- |
"""
_FOOT = """
On Linux also what Prometheus' own client tells of the process: `process_resident_memory_bytes`, `process_cpu_seconds_total`,
`process_open_fds` and their like. The processes that read articles are not in these figures.
"""


def document() -> str:
    """The whole text."""
    return _HEAD + "".join(_row(declared) for declared in DECLARED) + _FOOT


def _row(declared: Declared) -> str:
    labels = "; ".join(f"`{name}`: {_values(values)}" for name, values in declared.labels.items())
    buckets = f" Buckets: {_listed(f'{end:g}' for end in declared.buckets)}." if declared.buckets else ""
    return f"| `{declared.name}` | {declared.kind} | {labels} | {declared.about}{buckets} |\n"


def _values(values: Values) -> str:
    return values if isinstance(values, str) else _listed(f"`{value}`" for value in values)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values)
