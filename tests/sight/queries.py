"""What a PromQL query asks for, held against the table of metrics."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from promql_parser import AggregateExpr, BinaryExpr, Expr, MatchOp, VectorSelector, parse, walk

from agents.sight.metrics import DECLARED, Declared, Kind

# What Prometheus itself knows, and what its client tells of a process.
OTHERS = {"up", "ALERTS", "process_resident_memory_bytes", "process_cpu_seconds_total"}
EVERYWHERE = {"job", "instance"}
_PARTS_OF_HISTOGRAM = ("_bucket", "_sum", "_count")


@dataclass
class Query:
    """A query, taken apart."""

    selectors: list[VectorSelector] = field(default_factory=list)
    groups: list[set[str]] = field(default_factory=list)  # labels by which each aggregation groups, the outermost first
    joins: set[str] = field(default_factory=set)  # labels by which it joins

    @classmethod
    def read(cls, text: str) -> Query:
        """Raises ValueError: it is no PromQL."""
        query = cls()

        def visit(part: Expr) -> None:
            if isinstance(part, VectorSelector):
                query.selectors.append(part)
            if isinstance(part, AggregateExpr):
                query.groups.append(set(part.modifier.labels) if part.modifier else set())
            if isinstance(part, BinaryExpr) and part.modifier and part.modifier.matching:
                query.joins.update(part.modifier.matching.labels)

        walk(parse(text), visit)
        return query

    @property
    def metrics(self) -> set[str]:
        """The names that it asks for."""
        return {selector.name or "" for selector in self.selectors}


def mistakes(text: str) -> Iterator[str]:
    """What `text` asks for and nobody tells: metrics, labels, values of labels."""
    query = Query.read(text)
    told = set(EVERYWHERE)
    for selector in query.selectors:
        name = selector.name or ""
        if name in OTHERS:
            continue
        declared = of(name)
        if declared is None:
            yield f"there is no metric {name}"
            continue
        labels = {*declared.labels, *(("le",) if declared.kind is Kind.HISTOGRAM else ()), *EVERYWHERE}
        told |= labels
        for matcher in selector.matchers.matchers:
            values = declared.labels.get(matcher.name)
            if matcher.name not in labels:
                yield f"{name} has no label {matcher.name}"
            elif values and not isinstance(values, str):
                asked = matcher.value.split("|") if matcher.op in (MatchOp.Re, MatchOp.NotRe) else [matcher.value]
                yield from (f"{name}: {matcher.name} is never {value}" for value in asked if value not in values)
    yield from (f"nothing in it has the label {label}" for label in query.joins.union(*query.groups) - told)


def of(name: str) -> Declared | None:
    """The metric that a series of that name belongs to."""
    for declared in DECLARED:
        if declared.kind is Kind.HISTOGRAM and name in {f"{declared.name}{part}" for part in _PARTS_OF_HISTOGRAM}:
            return declared
        if declared.kind is not Kind.HISTOGRAM and name == declared.name:
            return declared
    return None
