"""{{name}} takes the blanks around a text away, and rejects records where nothing is left."""

from dataclasses import dataclass, field

from kiteline_guest import Batch, Plugin, export


@dataclass
class Config:
    field: str = field(metadata={"doc": "the field that is trimmed"})


class Trim(Plugin[Config]):
    name = "{{name}}"
    version = "0.1.0"
    config = Config

    def process(self, batch: Batch) -> None:
        for record in batch.records():
            text = record[self.given.field]
            if not isinstance(text, str):
                continue
            if text.strip():
                record[self.given.field] = text.strip()
            else:
                record.reject(f"{self.given.field} is blank")


WitWorld = export(Trim)
