"""Messages for whoever runs the plugin. They may hold payload, so they go to the dead letters of the records being
processed, and to the pipeline's own log only where the pipeline says so. A message is cut at 1,024 bytes; at most 16 are
kept of each call."""

from . import _host


def debug(message: str) -> None:
    """For the plugin's author."""
    _host.log.log(_host.Level.DEBUG, message)


def info(message: str) -> None:
    """Worth knowing."""
    _host.log.log(_host.Level.INFO, message)


def warn(message: str) -> None:
    """Something is odd; the plugin goes on."""
    _host.log.log(_host.Level.WARN, message)


def error(message: str) -> None:
    """Something failed."""
    _host.log.log(_host.Level.ERROR, message)
