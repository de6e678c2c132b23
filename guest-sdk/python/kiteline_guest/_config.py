"""Typed configuration: a dataclass is filled from JSON, and its JSON Schema is made of it."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any

_NAMES = {str: "string", int: "integer", float: "number", bool: "boolean"}


class ConfigError(Exception):
    """A mistake in the configuration; it names the key."""


def load(kind: Any, value: Any, at: str = "") -> Any:
    """The value as an object of the type."""
    where = f"{at}: " if at else ""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _load_object(kind, value, at)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        return load(next(each for each in arguments if each is not type(None)), value, at)
    if origin is typing.Literal:
        if value not in arguments:
            raise ConfigError(f"{where}expected one of {', '.join(map(str, arguments))}")
        return value
    if origin in (list, tuple, set):
        if not isinstance(value, list):
            raise ConfigError(f"{where}expected an array")
        return origin(load(arguments[0], each, f"{at}[{i}]") for i, each in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise ConfigError(f"{where}expected an object")
        return {name: load(arguments[1], each, _inside(at, name)) for name, each in value.items()}
    if kind is float and type(value) is int:
        return float(value)
    if kind in _NAMES and type(value) is not kind:
        raise ConfigError(f"{where}expected {_NAMES[kind]}")
    return value


def _load_object(kind: Any, value: Any, at: str) -> Any:
    if not isinstance(value, dict):
        raise ConfigError(f"{at}: expected an object" if at else "expected an object")
    hints = typing.get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    for name in value:
        if name not in names:
            known = ", ".join(f"`{each}`" for each in names)
            raise ConfigError(f"unknown key `{_inside(at, name)}`, " + (f"expected {known}" if known else "there is nothing to configure"))
    for field in dataclasses.fields(kind):
        if field.name not in value and _required(field):
            raise ConfigError(f"missing key `{_inside(at, field.name)}`")
    return kind(**{name: load(hints[name], each, _inside(at, name)) for name, each in value.items()})


def schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema of a type. `field(metadata={"doc": …})` of a dataclass is a description."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        properties = {}
        for field in dataclasses.fields(kind):
            properties[field.name] = schema(hints[field.name])
            if "doc" in field.metadata:
                properties[field.name]["description"] = field.metadata["doc"]
            if isinstance(field.default, (str, int, float, bool)):
                properties[field.name]["default"] = field.default
        required = [field.name for field in dataclasses.fields(kind) if _required(field)]
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    if origin in (typing.Union, types.UnionType):
        return schema(next(each for each in arguments if each is not type(None)))
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin in (list, tuple, set):
        return {"type": "array", "items": schema(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema(arguments[1])}
    return {"type": _NAMES[kind]} if kind in _NAMES else {}


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _inside(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
