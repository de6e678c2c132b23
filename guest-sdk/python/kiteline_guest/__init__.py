"""What a Kiteline plugin in Python is written with: subclass `Plugin`, and export it as `WitWorld`.

    from dataclasses import dataclass

    from kiteline_guest import Batch, Plugin, export

    @dataclass
    class Config:
        field: str

    class Trim(Plugin[Config]):
        name = "trim"
        version = "0.1.0"
        config = Config

        def process(self, batch: Batch) -> None:
            batch.map_texts(self.given.field, lambda text: text and text.strip())

    WitWorld = export(Trim)

`kiteline_guest.testing` runs a plugin without a host.
"""

from . import log, target
from ._batch import Batch, Operation, SparseVector, VectorType
from ._plugin import Plugin, PluginError, export
from ._records import Record

__all__ = [
    "Batch",
    "Operation",
    "Plugin",
    "PluginError",
    "Record",
    "SparseVector",
    "VectorType",
    "export",
    "log",
    "target",
]
