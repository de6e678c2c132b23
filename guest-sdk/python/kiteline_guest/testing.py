"""Runs a plugin without a host:

    from kiteline_guest.testing import run

    result = run(app.WitWorld, {"field": "title"}, [{"title": " a "}, {"title": 7}])
    assert result.rows[0]["title"] == "a"

A value is what `json` knows, `bytes`, or a `Vector`. It does what the interface says, but does not know the limits, sparse
vectors nor narrower types; `kiteline plugin test` runs the component itself."""

from __future__ import annotations

import base64
import builtins
import json
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from . import _host
from ._host import Err, Operation, VectorType


class Vector(list[float]):
    """A dense vector of 32-bit floats."""


@dataclass
class Origin:
    """What a row came with."""

    payload: bytes | None = None
    key: bytes | None = None
    headers: dict[str, bytes] = field(default_factory=dict)
    topic: str = "test"
    partition: int = 0
    offset: int = 0
    timestamp: int | None = None


@dataclass
class Field:
    """A field of a collection, types by Milvus' names."""

    field_type: str
    element_type: str | None = None
    dim: int | None = None
    max_length: int | None = None
    max_capacity: int | None = None
    nullable: bool = False
    has_default: bool = False


@dataclass
class Collection:
    """A collection of the target."""

    fields: dict[str, Field]
    primary_key: str | None = None
    partition_key: str | None = None
    auto_id: bool = False
    dynamic: bool = False


class Result:
    """What came of the rows. Rejected and discarded ones keep their place."""

    rows: list[dict[str, Any]]
    rejected: dict[int, str]
    discarded: set[int]
    partitions: list[str | None]
    collections: list[str]
    operations: list[Operation]
    logs: list[str]


def run(
    world: type[Any],
    config: dict[str, Any],
    rows: list[dict[str, Any]],
    origins: list[Origin] | None = None,
    target: dict[str, Collection] | None = None,
) -> Result:
    """Makes the plugin from its configuration and lets it work on the rows. Its error is an `Err`."""
    memory = Memory(rows, origins or [], target or {})
    with _answering(memory):
        plugin = world()
        plugin.configure(json.dumps(config))
        plugin.process()
    return memory.result()


@contextmanager
def _answering(memory: Memory) -> Iterator[None]:
    before = (_host.batch, _host.log, _host.target)
    _host.batch, _host.log, _host.target = memory, _Log(memory), _Target(memory)
    try:
        yield
    finally:
        _host.batch, _host.log, _host.target = before


def _is_int(value: Any) -> bool:
    return type(value) is int and -(2**63) <= value < 2**63


class Memory:
    """The interface `batch`, on rows in memory."""

    def __init__(self, rows: list[dict[str, Any]], origins: list[Origin], target: dict[str, Collection]) -> None:
        self.count = len(rows)
        self.target_collections = target
        self.origins = [origins[row] if row < len(origins) else Origin(offset=row) for row in range(self.count)]
        self.columns: dict[str, list[Any]] = {}
        for number, row in enumerate(rows):
            for name, value in row.items():
                self.columns.setdefault(name, [None] * self.count)[number] = value
        self.where = [next(iter(target), "")] * self.count
        self.parts: list[str | None] = [None] * self.count
        self.what = [Operation.UPSERT] * self.count
        self.rejected: dict[int, str] = {}
        self.discarded: set[int] = set()
        self.logs: list[str] = []

    def result(self) -> Result:
        result = Result()
        names = self.columns.items()
        result.rows = [{name: column[row] for name, column in names if column[row] is not None} for row in range(self.count)]
        result.rejected, result.discarded, result.logs = self.rejected, self.discarded, self.logs
        result.partitions, result.collections, result.operations = self.parts, self.where, self.what
        return result

    # ---- the rows, and what they came with ----

    def rows(self) -> int:
        return self.count

    def fields(self) -> list[str]:
        return list(self.columns)

    def field_type(self, name: str) -> str | None:
        if name not in self.columns:
            return None
        return next((_type(value) for value in self.columns[name] if value is not None), "text")

    def payloads(self) -> list[builtins.bytes | None]:
        return [origin.payload for origin in self.origins]

    def keys(self) -> list[builtins.bytes | None]:
        return [origin.key for origin in self.origins]

    def headers(self, name: str) -> list[builtins.bytes | None]:
        return [origin.headers.get(name) for origin in self.origins]

    def topics(self) -> list[str]:
        return [origin.topic for origin in self.origins]

    def kafka_partitions(self) -> list[int]:
        return [origin.partition for origin in self.origins]

    def offsets(self) -> list[int]:
        return [origin.offset for origin in self.origins]

    def timestamps(self) -> list[int | None]:
        return [origin.timestamp for origin in self.origins]

    # ---- reading ----

    def _values(self, name: str) -> list[Any]:
        if name in self.columns:
            return self.columns[name]
        values = [None] * self.count
        if name.startswith("/"):
            first, *path = (step.replace("~1", "/").replace("~0", "~") for step in name[1:].split("/"))
            values = list(self.columns.get(first, values))
            for step in path:
                values = [_inside(value, step) for value in values]
        return values

    def _of(self, name: str, fits: Callable[[Any], bool]) -> list[Any]:
        return [value if value is not None and fits(value) else None for value in self._values(name)]

    def texts(self, name: str) -> list[str | None]:
        return self._of(name, lambda value: isinstance(value, str))

    def ints(self, name: str) -> list[int | None]:
        return self._of(name, _is_int)

    def floats(self, name: str) -> list[float | None]:
        exact = self._of(name, lambda value: type(value) is float or (type(value) is int and int(float(value)) == value))
        return [None if value is None else float(value) for value in exact]

    def bools(self, name: str) -> list[bool | None]:
        return self._of(name, lambda value: isinstance(value, bool))

    def bytes(self, name: str) -> list[builtins.bytes | None]:
        return self._of(name, lambda value: isinstance(value, (bytes, bytearray)))

    def json_texts(self, name: str) -> list[str | None]:
        return [None if value is None else _json(value) for value in self._values(name)]

    def lengths(self, name: str) -> list[int]:
        return [len(value) if isinstance(value, list) and not isinstance(value, Vector) else -1 for value in self._values(name)]

    def _elements(self, name: str, fits: Callable[[Any], bool]) -> list[Any]:
        every = [element for value in self._values(name) if isinstance(value, list) for element in value]
        return every if all(fits(element) for element in every) else []

    def text_elements(self, name: str) -> list[str]:
        return self._elements(name, lambda value: isinstance(value, str))

    def int_elements(self, name: str) -> list[int]:
        return self._elements(name, _is_int)

    def float_elements(self, name: str) -> list[float]:
        return self._elements(name, lambda value: isinstance(value, float))

    def bool_elements(self, name: str) -> list[bool]:
        return self._elements(name, lambda value: isinstance(value, bool))

    def dims(self, name: str) -> list[int]:
        return [len(value) if isinstance(value, list) else -1 for value in self._values(name)]

    def vectors(self, name: str) -> list[float]:
        return self._elements(name, lambda value: type(value) in (int, float))

    def vector_bytes(self, name: str) -> builtins.bytes:
        return b"".join(struct.pack(f"<{len(value)}f", *value) for value in self._values(name) if isinstance(value, Vector))

    # ---- writing ----

    def _set(self, name: str, values: list[Any]) -> None:
        # A mistake that the host answers with a trap is an error here.
        if len(values) != self.count:
            raise ValueError(f"a list of {len(values)} for {self.count} rows")
        self.columns[name] = list(values)

    set_texts = set_ints = set_floats = set_bools = set_bytes = _set

    def set_json_texts(self, name: str, values: list[str | None]) -> None:
        self._set(name, [None if value is None else json.loads(value) for value in values])

    def _set_arrays(self, name: str, lengths: list[int], elements: list[Any], kind: type[list[Any]] = list) -> None:
        rest = iter(elements)
        self._set(name, [None if length < 0 else kind(next(rest) for _ in range(length)) for length in lengths])

    set_text_arrays = set_int_arrays = set_float_arrays = set_bool_arrays = _set_arrays

    def set_vectors(self, name: str, dims: list[int], values: list[float]) -> None:
        self._set_arrays(name, dims, values, Vector)

    def set_vector_bytes(self, name: str, of: VectorType, dims: list[int], data: builtins.bytes) -> None:
        if of is not VectorType.FLOAT_VECTOR:
            raise NotImplementedError("memory keeps vectors of 32-bit floats only: try others with `kiteline plugin test`")
        self.set_vectors(name, dims, list(struct.unpack(f"<{len(data) // 4}f", data)))

    def rename(self, old: str, new: str) -> bool:
        if old not in self.columns:
            return False
        self.columns[new] = self.columns.pop(old)
        return True

    def remove(self, name: str) -> bool:
        return self.columns.pop(name, None) is not None

    def keep(self, names: list[str]) -> None:
        self.columns = {name: column for name, column in self.columns.items() if name in names}

    # ---- where the rows go ----

    def operations(self) -> list[Operation]:
        return list(self.what)

    def set_operations(self, values: list[Operation]) -> None:
        self.what = list(values)

    def collections(self) -> list[str]:
        return list(self.where)

    def set_collections(self, values: list[str | None]) -> None:
        self.where = [new or old for new, old in zip(values, self.where, strict=True)]

    def partitions(self) -> list[str | None]:
        return list(self.parts)

    def set_partitions(self, values: list[str | None]) -> None:
        self.parts = list(values)

    def _known(self, row: int) -> int:
        if not 0 <= row < self.count:
            raise ValueError(f"row {row} of {self.count}")
        return row

    def reject(self, row: int, reason: str) -> None:
        self.rejected.setdefault(self._known(row), reason)

    def discard(self, row: int) -> None:
        self.discarded.add(self._known(row))

    def repeat(self, counts: list[int]) -> None:
        rows = [row for row, count in zip(range(self.count), counts, strict=True) for _ in range(count)]
        self.columns = {name: [column[row] for row in rows] for name, column in self.columns.items()}
        self.origins, self.where = [self.origins[row] for row in rows], [self.where[row] for row in rows]
        self.parts, self.what = [self.parts[row] for row in rows], [self.what[row] for row in rows]
        self.rejected = {to: self.rejected[row] for to, row in enumerate(rows) if row in self.rejected}
        self.discarded = {to for to, row in enumerate(rows) if row in self.discarded}
        self.count = len(rows)


class _Log:
    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def log(self, level: Any, message: str) -> None:
        self.memory.logs.append(f"{level.name.lower()}: {message}")


class _Target:
    """The interface `target`."""

    def __init__(self, memory: Memory) -> None:
        self.named = memory.target_collections

    def collections(self) -> list[str]:
        return list(self.named)

    def fields(self, collection: str) -> list[str]:
        return list(self.named[collection].fields) if collection in self.named else []

    def __getattr__(self, question: str) -> Callable[..., Any]:
        def answer(collection: str, name: str | None = None) -> Any:
            asked: Any = self.named.get(collection)
            if asked is not None and name is not None:
                asked = asked.fields.get(name)
            none = False if question in ("nullable", "has_default", "auto_id", "dynamic") else None
            return none if asked is None else getattr(asked, question)

        return answer


def _inside(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return None


def _type(value: Any) -> str:
    if isinstance(value, Vector):
        return "float-vector"
    if isinstance(value, list) and value:
        return _type(value[0]) + "[]"
    names = {str: "text", bool: "bool", int: "int", float: "float64", bytes: "bytes"}
    return names.get(type(value), "json")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda data: base64.b64encode(data).decode())


__all__ = ["Collection", "Err", "Field", "Origin", "Result", "Vector", "run"]
