"""Makes texts of one kind: Unicode composed (NFC), no control characters, runs of blanks as one, cut to what the target
takes."""

import re
import unicodedata
from dataclasses import dataclass, field

from kiteline_guest import Batch, Plugin, PluginError, export, target

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BLANKS = re.compile(r"\s+")


@dataclass
class Config:
    fields: list[str] = field(metadata={"doc": "the fields whose texts are cleaned"})
    cut: bool = field(default=False, metadata={"doc": "cut texts that are longer than the collection's field takes"})


class CleanTexts(Plugin[Config]):
    name = "clean-texts"
    version = "0.1.0"
    config = Config

    def __init__(self, given: Config) -> None:
        super().__init__(given)
        if not given.fields:
            raise PluginError("fields: name at least one")

    def process(self, batch: Batch) -> None:
        for name in self.given.fields:
            most = min(self.lengths(name), default=None) if self.given.cut else None
            batch.map_texts(name, lambda text: None if text is None else clean(text, most))

    def lengths(self, name: str) -> list[int]:
        """The greatest lengths in bytes, of each collection that rows may go to."""
        lengths = (target.max_length(collection, name) for collection in target.collections())
        return [length for length in lengths if length is not None]


def clean(text: str, most: int | None) -> str:
    text = _BLANKS.sub(" ", _CONTROL.sub("", unicodedata.normalize("NFC", text))).strip()
    if most is not None:
        # At the end of a whole character.
        text = text.encode()[:most].decode(errors="ignore")
    return text


WitWorld = export(CleanTexts)
