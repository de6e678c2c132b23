"""Records: rows one by one, over columns that are read once and written once."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from ._batch import Batch

_READ = {
    "text": "texts",
    "int": "ints",
    "float32": "floats",
    "float64": "floats",
    "bool": "bools",
    "bytes": "bytes",
    "float-vector": "vectors",
}


class Record:
    """One row, during its turn of a loop: `record["name"]` is a field's value whatever its type, None where there is none;
    setting it writes it, and the rows that a loop does not write keep their values."""

    __slots__ = ("_columns", "row")

    def __init__(self, columns: _Columns, row: int) -> None:
        self._columns = columns
        self.row = row

    def __getitem__(self, field: str) -> Any:
        return self._columns.of(field)[self.row]

    def __setitem__(self, field: str, value: Any) -> None:
        self._columns.of(field)[self.row] = value
        self._columns.written.add(field)

    def reject(self, reason: str) -> None:
        """Sends the record to the dead letter; see `Batch.reject`."""
        self._columns.batch.reject(self.row, reason)

    def discard(self) -> None:
        """Drops the row on purpose."""
        self._columns.batch.discard(self.row)


def records(batch: Batch) -> Iterator[Record]:
    columns = _Columns(batch)
    try:
        for row in range(columns.rows):
            yield Record(columns, row)
    finally:
        # Also where the loop is left early. After an error it does not matter: the host undoes what the call wrote.
        columns.write()


class _Columns:
    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.rows = batch.rows()
        self.written: set[str] = set()
        self._columns: dict[str, list[Any]] = {}
        self._types: dict[str, str | None] = {}

    def of(self, field: str) -> list[Any]:
        column = self._columns.get(field)
        if column is None:
            column = self._columns[field] = self._read(field)
        return column

    def _read(self, field: str) -> list[Any]:
        kind = self._types[field] = self.batch.field_type(field)
        read = _READ.get(kind or "")
        column: list[Any] = list(getattr(self.batch, read)(field)) if read else [None] * self.rows
        if None in column:
            for row, text in enumerate(self.batch.json_texts(field)):
                if column[row] is None and text is not None:
                    column[row] = json.loads(text)
        return column

    def write(self) -> None:
        for field in sorted(self.written):
            _write(self.batch, field, self._columns[field], self._types[field] or "")
        self.written.clear()


def _write(batch: Batch, field: str, values: list[Any], kind: str) -> None:
    """Writes values as the field's type where they all are of it, else as their own, else as JSON."""
    types = {type(value) for value in values if value is not None}
    if types <= {str}:
        batch.set_texts(field, values)
    elif types <= {int} and kind not in ("float32", "float64"):
        batch.set_ints(field, values)
    elif types <= {int, float}:
        batch.set_floats(field, values)
    elif types <= {bool}:
        batch.set_bools(field, values)
    elif types <= {bytes}:
        batch.set_bytes(field, values)
    elif types <= {list, tuple} and kind == "float-vector":
        batch.set_vectors(field, values)
    else:
        batch.set_json_texts(field, [None if value is None else _json(value) for value in values])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda data: base64.b64encode(data).decode())
