"""How waitress writes an answer: head and body at once, and the connection kept after a 304.

waitress itself sends the head of an answer and then its body, each by a call of its own for which the thread lets go of
the interpreter and waits to get it again; and it closes the connection after an answer that has no body by its status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.task import WSGITask

if TYPE_CHECKING:
    from waitress.server import BaseWSGIServer

_JOINED = 1 << 16
"""Bytes of a body that is worth copying to send it with its head."""
_BODILESS = ("204", "304")


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


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection whose requests are such tasks."""

    task_class = Task


def use_tasks(server: BaseWSGIServer | Any) -> None:
    """Have a server, or each of those that share its sockets, answer by such tasks."""
    for listener in (server, *getattr(server, "_map", {}).values()):
        if hasattr(listener, "channel_class"):
            listener.channel_class = Channel
