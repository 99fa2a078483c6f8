"""Figures as a person reads them: on the terminal, and in `docs/performance.md` with its plots."""
from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table as Shown
from rich.text import Text

from tests.bench.measure import Curve, Figure, Result, Table
from tests.bench.plot import svg

README = Path(__file__).parents[2] / "README.md"
DOCS = README.parent / "docs"
PLOTS = "bench"  # folder in DOCS
PEERS = ("trafilatura", "resiliparse", "feedparser", "aiokafka", "faststream", "faust-streaming", "lxml")
_BEGIN, _END = "<!-- of make bench -->\n", "<!-- end -->\n"
_HEAD = """# How fast it is

Written by `make bench`, which measures all of it anew in some 25 minutes on 2 cores. Each figure is the median of several rounds, in
which what is compared takes turns. The ratio is that to the first line of its table, the median of the rounds' ratios: it holds still
where a shared machine makes the figures rise and fall. [How far it scales](scaling.md) says what follows for many machines.

The machine: {machine}.
With {versions}.
"""


def machine() -> str:
    """Processor, cores, memory, system and Python."""
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((int(line.split()[1]) / 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0.0)
    cores = f"{os.cpu_count()} cores" + (f", {memory:.0f} GB" if memory else "")
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name}, {cores}, {platform.system()}, Python {platform.python_version()}"


def versions() -> Mapping[str, str]:
    """Of what we are compared with."""
    return {name: version(name) for name in PEERS}


def shown(result: Result) -> RenderableType:
    """For the terminal."""
    if isinstance(result, Curve):
        table = Shown(result.x, *result.lines, title=f"{result.title}, {result.y}", box=None, title_justify="left")
        for row in zip(*result.lines.values(), strict=True):
            table.add_row(f"{row[0][0]:,.0f}", *(_number(y) for _, y in row))
        return table
    table = Shown(title=result.title, box=None, title_justify="left", caption=result.note, caption_justify="left")
    for column in ("", result.unit, "ratio", "lowest", "highest", "target"):
        table.add_column(column, justify="left" if not column else "right")
    for figure in result.figures:
        style = "" if figure.target is None else "green" if figure.target.met(figure) else "red"
        table.add_row(*_cells(figure), Text(str(figure.target or ""), style))
    return table


def write(results: Mapping[str, Sequence[Result]], folder: Path = DOCS, readme: Path = README) -> None:
    """`performance.md` and its plots in `folder`, and in `readme`, between its two marks, the figures that have a target."""
    before, _, rest = readme.read_text(encoding="utf-8").partition(_BEGIN)
    readme.write_text(before + _BEGIN + _headlines(results) + _END + rest.partition(_END)[2], encoding="utf-8")
    (folder / PLOTS).mkdir(exist_ok=True)
    parts = [_HEAD.format(machine=machine(), versions=", ".join(f"{name} {number}" for name, number in versions().items()))]
    for result in (result for of in results.values() for result in of):
        if isinstance(result, Curve):
            (folder / PLOTS / f"{result.name}.svg").write_text(svg(result), encoding="utf-8")
            parts.append(f"![{result.title}]({PLOTS}/{result.name}.svg)\n")
        else:
            parts.append(_markdown(result))
    (folder / "performance.md").write_text("\n".join(parts), encoding="utf-8")


def _markdown(table: Table) -> str:
    lines = [f"## {table.title}", *([table.note, ""] if table.note else []), f"| | {table.unit} | ratio | lowest | highest | target |"]
    lines.append("| --- | ---: | ---: | ---: | ---: | --- |")
    for figure in table.figures:
        target = f"{figure.target}{'' if figure.target.met(figure) else ': missed'}" if figure.target else ""
        lines.append(f"| {' | '.join((*_cells(figure), target))} |")
    return "\n".join([*lines, ""])


def _headlines(results: Mapping[str, Sequence[Result]]) -> str:
    lines = [f"\n{machine()}:\n", "| | | beside |", "| --- | ---: | --- |"]
    for table in (result for of in results.values() for result in of if isinstance(result, Table)):
        first = table.figures[0]
        for figure in (figure for figure in table.figures if figure.target):
            beside = f"{figure.ratio:.2f} × {first.name}" if figure is not first else ""
            lines.append(f"| {table.title}: {figure.name} | {_number(figure.median)} {table.unit} | {beside} |")
    return "\n".join([*lines, ""])


def _cells(figure: Figure) -> tuple[str, ...]:
    return figure.name, _number(figure.median), f"{figure.ratio:.2f}", _number(min(figure.values)), _number(max(figure.values))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
