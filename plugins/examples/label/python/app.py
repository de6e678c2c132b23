"""Renames, checks and labels: the same small job in five languages, see `../README.md`."""

from dataclasses import dataclass

from kiteline_guest import Batch, Plugin, export


@dataclass
class Config:
    pass


class Label(Plugin[Config]):
    name = "label"
    version = "0.1.0"
    config = Config

    def process(self, batch: Batch) -> None:
        batch.rename("emb", "embedding")
        for row, number in enumerate(batch.ints("id")):
            if number is None or number <= 0:
                batch.reject(row, "id is not positive")
        pairs = zip(batch.texts("tenant"), batch.texts("title"), strict=True)
        batch.set_texts("label", [None if a is None or b is None else f"{a}: {b}" for a, b in pairs])


WitWorld = export(Label)
