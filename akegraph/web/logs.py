"""The log: one line for each event on standard error, as text or JSON, that no request can break or forge."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from akegraph.settings import Settings

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that a thread answers."""

_FIELDS = "akegraph_fields"
_QUOTED = frozenset(' "=')
_requests = logging.getLogger("akegraph.requests")


def log_request(fields: Mapping[str, Any]) -> None:
    """Log a request that is answered."""
    if _requests.isEnabledFor(logging.INFO):
        _requests.info("request", extra={_FIELDS: fields})


@contextmanager
def logging_to_stderr(settings: Settings) -> Iterator[None]:
    """Send what akegraph and its server have to say to standard error, for the time of a ``with``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if settings.log == "json" else TextFormatter())
    loggers = [logging.getLogger(name) for name in ("akegraph", "waitress")]
    # The server's own queue is short-lived: who is let in and who has to wait, the pool decides and says.
    levels = {
        "akegraph": logging.INFO,
        "akegraph.requests": logging.WARNING if settings.log == "none" else logging.INFO,
        "waitress.queue": logging.ERROR,
    }
    before = {name: logging.getLogger(name).level for name in levels}
    for logger in loggers:
        logger.addHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


class TextFormatter(logging.Formatter):
    """Lines for people: time, level, what happened, ``key=value``."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line, the trace of an error in the same line."""
        words = [_time(record), record.levelname, one_line(record.getMessage())]
        words += [f"{key}={_value(value)}" for key, value in _fields(record).items()]
        if record.exc_info:
            words.append(f"trace={_value(self.formatException(record.exc_info))}")
        return " ".join(words)


class JsonFormatter(logging.Formatter):
    """Lines for programs: one JSON object each, ASCII only."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one object."""
        said = {"time": _time(record), "level": record.levelname, "logger": record.name}
        said |= {"message": record.getMessage(), **_fields(record)}
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, default=str)


def one_line(text: str) -> str:
    """Write text so that it stays on its line and steers no terminal."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields = dict(getattr(record, _FIELDS, {}))
    if "id" not in fields and (request_id := REQUEST_ID.get()):
        fields["id"] = request_id
    return fields


def _value(value: object) -> str:
    """Write a value; in quotes what has spaces, quotes or ``=`` in it, so that no value looks like another key."""
    text = str(value)
    is_plain = text and text.isprintable() and _QUOTED.isdisjoint(text)
    return text if is_plain else json.dumps(text)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
