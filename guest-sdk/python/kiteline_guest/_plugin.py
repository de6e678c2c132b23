"""What a plugin is, and how it is exported."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from . import _config
from ._batch import Batch
from ._host import Err, PluginInfo

C = TypeVar("C")


class PluginError(Exception):
    """An error that is shown as it is: it names the field and the rule, never the value."""


@dataclass
class Nothing:
    """There is nothing to configure."""


class Plugin(Generic[C]):
    """A plugin. One object of it lives in each lane, from when the lane starts until the plugin is replaced or traps. It may
    keep state between calls, but a trap costs it its state, and a record may be processed more than once: make what comes
    out depend on the record and the configuration only."""

    name: str
    """As in messages and metrics. At most 64 bytes."""
    version: str
    """At most 64 bytes."""
    config: type[Any] = Nothing
    """A dataclass: the plugin's configuration. Unknown keys are refused; its JSON Schema is what `describe` returns."""
    given: C
    """The configuration that was given."""

    def __init__(self, given: C) -> None:
        """Makes the plugin from its configuration. May ask `target`. A PluginError keeps it from being used: say which key is
        wrong and what it takes."""
        self.given = given

    def process(self, batch: Batch) -> None:
        """Works on some rows, also on none: Kiteline runs every chain once on an empty batch, to learn which field of the
        record ends in which field of the target.

        An exception undoes all that this call wrote; the record that causes it is found by halving the batch, and rejected:
        a PluginError with its text, any other with its kind and place, as its text may hold payload. The traceback goes to
        the dead letter. Where you know the row, `reject` it, which costs the others nothing."""
        raise NotImplementedError


def export(plugin: type[Plugin[Any]]) -> type[Any]:
    """What the component exports: assign it to `WitWorld` in `app.py`."""

    class WitWorld:
        made: Plugin[Any] | None = None
        exported = plugin

        def describe(self) -> PluginInfo:
            schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_config.schema(plugin.config)}
            return PluginInfo(plugin.name, plugin.version, json.dumps(schema))

        def configure(self, config: str) -> None:
            def work() -> None:
                WitWorld.made = plugin(_config.load(plugin.config, json.loads(config)))

            _reported(work)

        def process(self) -> None:
            made = WitWorld.made
            if made is None:
                raise Err("process was called before configure")
            _reported(lambda: made.process(Batch()))

    return WitWorld


def _reported(work: Callable[[], None]) -> None:
    try:
        work()
    except (PluginError, _config.ConfigError) as error:
        raise Err(str(error)) from None
    except Exception as error:
        # Standard error is kept for the dead letter.
        traceback.print_exc(file=sys.stderr)
        raise Err(f"{type(error).__name__} at {_place(error)}") from None


def _place(error: Exception) -> str:
    """Where the plugin's own code was: the last place outside of this package."""
    own = __file__.rpartition("/")[0]
    frames = traceback.extract_tb(error.__traceback__)
    frame = next((each for each in reversed(frames) if not each.filename.startswith(own)), frames[-1])
    return f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
