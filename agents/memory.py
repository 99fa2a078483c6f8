"""A searchable form of what a table holds, one for each watch: made when first asked for, dropped when the table may change hands."""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sized
from typing import Generic, TypeVar

from schemas.fingerprints import Fingerprint
from schemas.meetings import Meeting

Row = TypeVar("Row", Fingerprint, Meeting)
Index = TypeVar("Index", bound=Sized)


class Memory(Generic[Row, Index]):
    """An index for each watch over the rows of a table. Who writes to the table puts the row into the index as well."""

    def __init__(self, table: Mapping[bytes, bytes], row: type[Row], index: Callable[[Iterable[Row]], Index]) -> None:
        """`row`: what the table's values are, as JSON. `index`: makes an index of rows, which come in the order of their keys."""
        self._table = table
        self._row: type[Row] = row
        self._index: Callable[[Iterable[Row]], Index] = index
        self._indexes: dict[str, Index] = {}

    async def of(self, watch: str, settled: Callable[[], Awaitable[None]]) -> Index:
        """The index of `watch`; `settled` returns when the table has all that is on its way to it."""
        if watch not in self._indexes:
            await settled()
            self._indexes[watch] = self._index(row for row in self._rows() if row.watch == watch)
        return self._indexes[watch]

    def __len__(self) -> int:
        """How many rows are known of the watches that have been asked for."""
        return sum(map(len, self._indexes.values()))

    def forget(self) -> None:
        """Drop all: what the table holds may have changed under us."""
        self._indexes.clear()

    def _rows(self) -> Iterable[Row]:
        return (self._row.model_validate_json(value) for _, value in sorted(self._table.items()))
