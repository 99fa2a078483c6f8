"""What metrics have counted since a moment: they are those of the process, and other tests count there too."""
from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client.samples import Sample

from agents.sight.metrics import DECLARED, REGISTRY

Series = tuple[str, ...]  # the values of its labels, in the order in which they are declared


class Since:
    """`since = Since(); ...; since.of("dyadwatch_alerts_total") == {("russia-china", "new"): 1}`: series that did not grow are left out."""

    def __init__(self) -> None:
        self._before = {name: values(name) for name in _names()}

    def of(self, name: str) -> Mapping[Series, float]:
        """How much each series of a counter, or of the count of a histogram, has grown."""
        before = self._before.get(name, {})
        return {series: value - before.get(series, 0) for series, value in values(name).items() if value != before.get(series, 0)}


def values(name: str) -> Mapping[Series, float]:
    """Each series of that name as it is now."""
    (labels,) = (list(declared.labels) for declared in DECLARED if name in (declared.name, f"{declared.name}_count"))
    return {tuple(sample.labels[label] for label in labels): sample.value for sample in _samples() if sample.name == name}


def _names() -> set[str]:
    return {sample.name for sample in _samples() if sample.name.startswith("dyadwatch_") and not sample.name.endswith(("_bucket", "_sum"))}


def _samples() -> Iterator[Sample]:
    for family in REGISTRY.collect():
        yield from family.samples
