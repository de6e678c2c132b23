"""The batch of the current call."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from . import _host
from ._host import Operation, VectorType

if TYPE_CHECKING:
    from ._records import Record

T = TypeVar("T")


class SparseVector(NamedTuple):
    """A sparse vector. Its indices ascend, none twice."""

    indices: list[int]
    values: list[float]


class Batch:
    """The rows that the plugin works on. They stay in the host; a plugin reads and writes whole columns of them, or row by
    row with `records`.

    Every list that is read or written has one entry a row. A row that the plugin rejects or discards keeps its number until
    the call ends.

    A field is named by its whole name. A name that no field has and that starts with `/` is a JSON Pointer: `/meta/arch`
    reads `arch` of the field `meta` and moves nothing else of it.

    Each reading method gives the values of its own type, and None for every other row: where the field is absent, null, or
    of another type. Writing replaces the whole column, so a plugin that reads a field as one type and writes it back drops
    the values of other types: see `map_texts`. A list of the wrong length ends the call."""

    def rows(self) -> int:
        """Number of rows."""
        return _host.batch.rows()

    def records(self) -> Iterator[Record]:
        """The rows one by one. A column is read when a row first asks for it, and written once, when the loop has ended."""
        from ._records import records

        return records(self)

    def fields(self) -> list[str]:
        """Names of all fields, in the order in which they came."""
        return _host.batch.fields()

    def field_type(self, field: str) -> str | None:
        """`bool`, `int`, `float32`, `float64`, `text`, `bytes`, `json`, these with `[]` behind, or `float-vector` and the
        like. A row may hold a value of another type all the same."""
        return _host.batch.field_type(field)

    # ---- what the records came with ----

    def payloads(self) -> list[builtins.bytes | None]:
        """The record's value as it came from Kafka; None for a tombstone."""
        return _host.batch.payloads()

    def keys(self) -> list[builtins.bytes | None]:
        """The record's key; None where it has none."""
        return _host.batch.keys()

    def headers(self, name: str) -> list[builtins.bytes | None]:
        """The value of the last header of that name."""
        return _host.batch.headers(name)

    def topics(self) -> list[str]:
        """The topic of each record."""
        return _host.batch.topics()

    def kafka_partitions(self) -> list[int]:
        """The Kafka partition of each record."""
        return _host.batch.kafka_partitions()

    def offsets(self) -> list[int]:
        """The offset of each record."""
        return _host.batch.offsets()

    def timestamps(self) -> list[int | None]:
        """The timestamp of each record in milliseconds since 1970."""
        return _host.batch.timestamps()

    # ---- reading fields ----

    def texts(self, field: str) -> list[str | None]:
        """Texts. A JSON string inside nested JSON is a text as well."""
        return _host.batch.texts(field)

    def ints(self, field: str) -> list[int | None]:
        """Integers of 64 bits. A float is None, even where it has no fraction."""
        return _host.batch.ints(field)

    def floats(self, field: str) -> list[float | None]:
        """Floats. An integer reads as a float where that is exact, else as None."""
        return _host.batch.floats(field)

    def bools(self, field: str) -> list[bool | None]:
        """Booleans. Nothing else reads as one."""
        return _host.batch.bools(field)

    def bytes(self, field: str) -> list[builtins.bytes | None]:
        """Bytes. A text is None."""
        return _host.batch.bytes(field)

    def json_texts(self, field: str) -> list[str | None]:
        """Any value as JSON text, numbers without loss."""
        return _host.batch.json_texts(field)

    def lengths(self, field: str) -> list[int]:
        """Number of elements of each array, -1 for none. Moves no element."""
        return _host.batch.lengths(field)

    def text_arrays(self, field: str) -> list[list[str] | None]:
        """Arrays of texts."""
        return _arrays(_host.batch.text_elements(field), self.lengths(field))

    def int_arrays(self, field: str) -> list[list[int] | None]:
        """Arrays of integers."""
        return _arrays(_host.batch.int_elements(field), self.lengths(field))

    def float_arrays(self, field: str) -> list[list[float] | None]:
        """Arrays of floats."""
        return _arrays(_host.batch.float_elements(field), self.lengths(field))

    def bool_arrays(self, field: str) -> list[list[bool] | None]:
        """Arrays of booleans."""
        return _arrays(_host.batch.bool_elements(field), self.lengths(field))

    def dims(self, field: str) -> list[int]:
        """Dimension of each vector, -1 for none: numbers for a dense vector, bits for a binary one, pairs for a sparse one.
        Moves no vector: prefer it to `vectors` where it is enough."""
        return _host.batch.dims(field)

    def vectors(self, field: str) -> list[list[float] | None]:
        """Dense vectors. Each number becomes an object, which for 768 dimensions costs 0.1 ms a row: `vector_bytes` and
        `memoryview` or `array` are cheaper."""
        return _arrays(_host.batch.vectors(field), self.dims(field))

    def vector_bytes(self, field: str) -> builtins.bytes:
        """The bytes of all dense vectors as Milvus takes them (little-endian), row after row."""
        return _host.batch.vector_bytes(field)

    def sparse_vectors(self, field: str) -> list[SparseVector | None]:
        """Sparse vectors."""
        dims = self.dims(field)
        indices = _arrays(_host.batch.sparse_indices(field), dims)
        values = _arrays(_host.batch.sparse_values(field), dims)
        pairs = zip(indices, values, strict=True)
        return [None if i is None or v is None else SparseVector(i, v) for i, v in pairs]

    # ---- writing fields ----

    def map_texts(self, field: str, change: Callable[[str | None], str | None]) -> None:
        """Changes the text of each row, and writes the field anew. A row that holds something other than a text is
        rejected: writing would replace its value by None, and hide what is wrong with it."""
        old = self.texts(field)
        if None in old:
            for row, other in enumerate(self.json_texts(field)):
                if old[row] is None and other is not None:
                    self.reject(row, f"{field} is not a text")
        self.set_texts(field, [change(text) for text in old])

    def set_texts(self, field: str, values: Sequence[str | None]) -> None:
        """Writes a field of texts."""
        _host.batch.set_texts(field, list(values))

    def set_ints(self, field: str, values: Sequence[int | None]) -> None:
        """Writes a field of integers; OverflowError where one has more than 64 bits."""
        _host.batch.set_ints(field, [None if value is None else _int64(value) for value in values])

    def set_floats(self, field: str, values: Sequence[float | None]) -> None:
        """Writes a field of 64-bit floats."""
        _host.batch.set_floats(field, [None if value is None else float(value) for value in values])

    def set_bools(self, field: str, values: Sequence[bool | None]) -> None:
        """Writes a field of booleans."""
        _host.batch.set_bools(field, list(values))

    def set_bytes(self, field: str, values: Sequence[builtins.bytes | None]) -> None:
        """Writes a field of bytes."""
        _host.batch.set_bytes(field, list(values))

    def set_json_texts(self, field: str, values: Sequence[str | None]) -> None:
        """Writes a field of JSON. Each text must be one JSON value; `null` is the same as None."""
        _host.batch.set_json_texts(field, list(values))

    def set_text_arrays(self, field: str, rows: Sequence[Sequence[str] | None]) -> None:
        """Writes a field of arrays of texts."""
        _host.batch.set_text_arrays(field, _lengths(rows), _flat(rows))

    def set_int_arrays(self, field: str, rows: Sequence[Sequence[int] | None]) -> None:
        """Writes a field of arrays of integers."""
        _host.batch.set_int_arrays(field, _lengths(rows), [_int64(value) for value in _flat(rows)])

    def set_float_arrays(self, field: str, rows: Sequence[Sequence[float] | None]) -> None:
        """Writes a field of arrays of 64-bit floats."""
        _host.batch.set_float_arrays(field, _lengths(rows), [float(value) for value in _flat(rows)])

    def set_bool_arrays(self, field: str, rows: Sequence[Sequence[bool] | None]) -> None:
        """Writes a field of arrays of booleans."""
        _host.batch.set_bool_arrays(field, _lengths(rows), _flat(rows))

    def set_vectors(self, field: str, rows: Sequence[Sequence[float] | None]) -> None:
        """Writes a field of vectors of 32-bit floats."""
        _host.batch.set_vectors(field, _lengths(rows), [float(value) for value in _flat(rows)])

    def set_vector_bytes(self, field: str, of: VectorType, dims: Sequence[int], data: builtins.bytes) -> None:
        """Writes a field of dense vectors of any type from the bytes that Milvus takes, row after row; -1 is no vector."""
        _host.batch.set_vector_bytes(field, of, list(dims), data)

    def set_sparse_vectors(self, field: str, rows: Sequence[SparseVector | None]) -> None:
        """Writes a field of sparse vectors."""
        dims = [-1 if row is None else len(row.indices) for row in rows]
        indices = _flat([row and row.indices for row in rows])
        values = _flat([row and row.values for row in rows])
        _host.batch.set_sparse_vectors(field, dims, indices, values)

    def rename(self, old: str, new: str) -> bool:
        """Gives a field another name, replacing a field that has it. False, and nothing done, where there is no field `old`.
        Costs no copy."""
        return _host.batch.rename(old, new)

    def remove(self, field: str) -> bool:
        """Drops a field. False where there is none of that name."""
        return _host.batch.remove(field)

    def keep(self, fields: Sequence[str]) -> None:
        """Drops all fields but these. A name that no field has is no fault."""
        _host.batch.keep(list(fields))

    # ---- where the rows go ----

    def operations(self) -> list[Operation]:
        """The operation of each row."""
        return _host.batch.operations()

    def set_operations(self, values: Sequence[Operation]) -> None:
        """Sets the operation of each row."""
        _host.batch.set_operations(list(values))

    def collections(self) -> list[str]:
        """The Milvus collection of each row."""
        return _host.batch.collections()

    def set_collections(self, values: Sequence[str | None]) -> None:
        """Sets the Milvus collection of each row; None leaves a row where it is."""
        _host.batch.set_collections(list(values))

    def partitions(self) -> list[str | None]:
        """The Milvus partition of each row; None is the collection's default."""
        return _host.batch.partitions()

    def set_partitions(self, values: Sequence[str | None]) -> None:
        """Sets the Milvus partition of each row; None is the collection's default."""
        _host.batch.set_partitions(list(values))

    def reject(self, row: int, reason: str) -> None:
        """Sends the record of a row to the dead letter. The reason names the field and the rule, never the value. The first
        reason of a row stays."""
        _host.batch.reject(row, reason)

    def discard(self, row: int) -> None:
        """Drops a row on purpose: its record counts as done."""
        _host.batch.discard(row)

    def repeat(self, counts: Sequence[int]) -> None:
        """Makes each row into as many copies as its count says; 0 discards it. The rows are numbered anew from then on."""
        _host.batch.repeat(list(counts))


def _arrays(elements: Sequence[T], lengths: list[int]) -> list[list[T] | None]:
    # A field of another type has lengths, but none of these elements.
    if sum(length for length in lengths if length > 0) != len(elements):
        return [None] * len(lengths)
    rows: list[list[T] | None] = []
    start = 0
    for length in lengths:
        rows.append(None if length < 0 else list(elements[start : start + length]))
        start += max(length, 0)
    return rows


def _lengths(rows: Sequence[Sequence[object] | None]) -> list[int]:
    return [-1 if row is None else len(row) for row in rows]


def _flat(rows: Sequence[Sequence[T] | None]) -> list[T]:
    return [element for row in rows if row is not None for element in row]


def _int64(value: int) -> int:
    # Without the value: it can be payload.
    if not -(2**63) <= value < 2**63:
        raise OverflowError("an integer of more than 64 bits")
    return int(value)
