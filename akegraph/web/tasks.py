"""How waitress writes an answer: head and body at once, the connection kept after a 304, and refusals as problems.

waitress itself sends the head of an answer and then its body, each by a call of its own for which the thread lets go of
the interpreter and waits to get it again; it closes the connection after an answer that has no body by its status; and
what it refuses itself it says in plain text.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from waitress.task import ErrorTask, WSGITask

_JOINED = 1 << 16
"""Bytes of a body that is worth copying to send it with its head."""
_BODILESS = ("204", "304")
_PHRASES = {known.value: known.phrase for known in HTTPStatus}


class Task(WSGITask):  # type: ignore[misc]  # waitress has no types
    """A request that is answered by one write where that is possible."""

    wrote_header: bool

    def write(self, data: bytes) -> None:
        """Write a part of the body, and before the first the head."""
        if self.wrote_header or not self.complete or not 0 < len(data) <= _JOINED or not self.has_body:
            super().write(data)
            return
        head = self.build_response_header()
        self.wrote_header = True
        if self.chunked_response or (self.content_length is not None and self.content_length < len(data)):
            self.channel.write_soon(head)
            super().write(data)
            return
        self.content_bytes_written += len(data)
        self.channel.write_soon(head + data)

    def set_close_on_finish(self) -> None:
        """Close the connection after the answer, unless the answer has no body by its status and nobody asked to."""
        asked = self.request.headers.get("CONNECTION", "").lower()
        if self.version == "1.1" and self.status.startswith(_BODILESS) and asked != "close" and not self.request.error:
            return
        super().set_close_on_finish()


class RefusedTask(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """A request that never reached the application, answered by problem details (RFC 9457)."""

    def execute(self) -> None:
        """Say what was wrong, and close the connection."""
        error = self.request.error
        phrase = _PHRASES.get(error.code, error.reason)
        words: dict[str, Any] = {"type": "about:blank", "title": phrase, "status": error.code}
        if error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
            words["detail"] = str(error.body)
        body = json.dumps(words).encode()
        self.status = f"{error.code} {phrase}"
        self.response_headers += [
            ("Content-Type", "application/problem+json"),
            ("Access-Control-Allow-Origin", "*"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body if getattr(self.request, "command", "") != "HEAD" else b"")
