"""What the rows are written to: the live Milvus schema. It can change between two calls of `process`, never during one.
For a collection or field that does not exist, functions answer None, False or an empty list; in a check without servers
there is no collection at all. May be called in `configure` and `process`."""

from . import _host


def collections() -> list[str]:
    """The collections that this pipeline may write to, the default first."""
    return _host.target.collections()


def fields(collection: str) -> list[str]:
    """Names of the collection's fields that can be written, in the schema's order."""
    return _host.target.fields(collection)


def field_type(collection: str, field: str) -> str | None:
    """The type of a field by Milvus' name: `Bool`, `Int64`, `VarChar`, `JSON`, `Array`, `FloatVector` …"""
    return _host.target.field_type(collection, field)


def element_type(collection: str, field: str) -> str | None:
    """The type of an Array's elements."""
    return _host.target.element_type(collection, field)


def dim(collection: str, field: str) -> int | None:
    """The dimension of a vector field; None for sparse vectors and fields that are no vectors."""
    return _host.target.dim(collection, field)


def max_length(collection: str, field: str) -> int | None:
    """The greatest length in bytes of a VarChar, or of the elements of an Array of VarChar."""
    return _host.target.max_length(collection, field)


def max_capacity(collection: str, field: str) -> int | None:
    """The greatest number of elements of an Array."""
    return _host.target.max_capacity(collection, field)


def nullable(collection: str, field: str) -> bool:
    """True where a field may be null."""
    return _host.target.nullable(collection, field)


def has_default(collection: str, field: str) -> bool:
    """True where a field has a default value, so that a row may go without."""
    return _host.target.has_default(collection, field)


def primary_key(collection: str) -> str | None:
    """The primary key's field."""
    return _host.target.primary_key(collection)


def auto_id(collection: str) -> bool:
    """True where Milvus makes the primary keys."""
    return _host.target.auto_id(collection)


def partition_key(collection: str) -> str | None:
    """The partition key's field. Where there is one, rows never name a partition."""
    return _host.target.partition_key(collection)


def dynamic(collection: str) -> bool:
    """True where fields that the schema does not have are kept in the dynamic field."""
    return _host.target.dynamic(collection)
