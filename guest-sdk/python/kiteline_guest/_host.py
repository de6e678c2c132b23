"""Who answers: Kiteline in a component, `kiteline_guest.testing` elsewhere."""

from enum import Enum
from typing import Any

batch: Any = None
log: Any = None
target: Any = None

try:
    from componentize_py_types import Err
    from wit_world import PluginInfo
    from wit_world.imports import batch, log, target  # type: ignore[no-redef]
    from wit_world.imports.batch import Operation, VectorType
    from wit_world.imports.log import Level
except ImportError:
    from dataclasses import dataclass

    class Operation(Enum):  # type: ignore[no-redef]
        """What Milvus is asked to do with a row."""

        UPSERT = 0
        INSERT = 1
        DELETE = 2

    class VectorType(Enum):  # type: ignore[no-redef]
        """How the numbers of a vector are kept, by Milvus' names."""

        FLOAT_VECTOR = 0
        FLOAT16_VECTOR = 1
        BFLOAT16_VECTOR = 2
        INT8_VECTOR = 3
        BINARY_VECTOR = 4
        SPARSE_FLOAT_VECTOR = 5

    class Level(Enum):  # type: ignore[no-redef]
        DEBUG = 0
        INFO = 1
        WARN = 2
        ERROR = 3

    class Err(Exception):  # type: ignore[no-redef]
        """The error of a call, as the interface takes it."""

        def __init__(self, value: str) -> None:
            super().__init__(value)
            self.value = value

    @dataclass
    class PluginInfo:  # type: ignore[no-redef]
        name: str
        version: str
        config_schema: str


__all__ = ["Err", "Level", "Operation", "PluginInfo", "VectorType", "batch", "log", "target"]
