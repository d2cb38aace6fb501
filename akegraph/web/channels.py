"""Connections that no client can hold for long: each is refused, emptied or closed when its time is up.

waitress waits for the rest of a request as long as any byte of it comes now and then, and takes no more connections
once a hundred are open: a handful of clients that send slowly would shut everybody else out. Here a request has to come
whole within a time, and where too many connections are open, those that wait for nothing are closed, the idlest first.
A client that is refused in the middle of its body gets to read why: what else it sends is read and thrown away for a
while, since to close at once would reset the connection and take the answer from it.
"""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from time import monotonic, time
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.utilities import BadRequest

from akegraph.web.connections import is_closed
from akegraph.web.tasks import RefusedTask, Task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waitress.server import BaseWSGIServer

_MOST = 2_000
"""Connections that may be open, where the system allows as many files."""
_OTHER_FILES = 200
"""Files that are open beside the connections: of workers, and of long answers."""
_KEPT = 0.9
"""The share of these that may stay when idle ones are closed."""
_LINGER = 10.0
"""Seconds in which a refused client may go on sending."""
_THROWN = 1 << 18
_LOOK = 0.25


class TooSlow(BadRequest):  # type: ignore[misc]  # waitress has no types
    """A request that did not come whole within its time."""

    code, reason = 408, "Request Timeout"


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection whose requests have a time to come in, and whose refusals are read."""

    task_class = Task
    error_task_class = RefusedTask

    request: Any
    will_close: bool
    close_when_flushed: bool

    _partial: Any = None
    _partial_since = 0.0
    _was_refused = False
    _lingers_until: float | None = None

    def check_client_disconnected(self) -> bool:
        """Tell whether the client has closed the connection.

        waitress itself would have to read ahead for that, and would then answer nobody who closed only his side.
        """
        return not self.connected or self.socket is None or is_closed(self.socket)

    def received(self, data: bytes) -> bool:
        """Take in what came, and note since when a request is incomplete."""
        taken = bool(super().received(data))
        if self.request is not self._partial:
            self._partial, self._partial_since = self.request, monotonic()
        return taken

    def readable(self) -> bool:
        """Tell whether to read: also what is thrown away."""
        return self._lingers_until is not None or bool(super().readable())

    def writable(self) -> bool:
        """Tell whether there is something to send, or to close."""
        return bool(self.will_close if self._lingers_until is not None else super().writable())

    def handle_read(self) -> None:
        """Read what came."""
        if self._lingers_until is not None:
            with suppress(OSError):
                self.recv(_THROWN)  # which closes where nothing more will come
        elif self.request is not None and not self.requests and self.socket is not None and is_closed(self.socket):
            self.refuse(BadRequest("the request ended before it was complete"))
        else:
            super().handle_read()

    def handle_write(self) -> None:
        """Send what there is, and close what is to be closed."""
        if not (self._was_refused and self.close_when_flushed and not self.will_close):
            super().handle_write()
            return
        _, failed = self._flush_exception(self._flush_some)
        if failed:
            self.handle_close()
        elif not self.total_outbufs_len:
            self.close_when_flushed = False
            self._lingers_until = monotonic() + _LINGER
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)

    def service(self) -> None:
        """Answer one request."""
        self._was_refused = self._was_refused or bool(self.requests and self.requests[0].error)
        super().service()

    def refuse(self, error: BadRequest) -> None:
        """Answer a request that is not complete."""
        with self.requests_lock:
            request = self.request
            if request is None or self.requests:
                return
            self.request = None
            if not request.headers_finished:
                request.parse_header(b"GET / HTTP/1.0\r\n")
            request.error, request.completed = error, True
            self.requests.append(request)
        self.server.add_task(self)

    def look_after(self, now: float, seconds: float) -> None:
        """Refuse a request that does not come, and end a connection that lingers.

        :param now: monotonic
        :param seconds: in which a request has to come
        """
        if self._lingers_until is not None:
            self.will_close = self.will_close or now >= self._lingers_until
        elif self.request is not None and self.request is self._partial and now - self._partial_since >= seconds:
            self.refuse(TooSlow(f"the request did not come whole within {seconds:g} s"))

    @property
    def is_idle(self) -> bool:
        """Whether nobody here waits for an answer."""
        return not self.requests and not self.total_outbufs_len


class Watch:
    """Looks after the connections of servers now and then; called by the thread that reads and writes them.

    :param most: connections that may be open
    :param seconds: in which a request has to come
    """

    def __init__(self, servers: Iterable[BaseWSGIServer | Any], most: int, seconds: float) -> None:
        self._servers, self._seconds = tuple(servers), seconds
        self._kept = int(most * _KEPT)
        self._next = 0.0

    def look(self) -> None:
        """Refuse and close what has to be."""
        now = monotonic()
        if now < self._next:
            return
        self._next = now + _LOOK
        channels = [channel for one in self._servers for channel in one.active_channels.values()]
        for channel in channels:
            channel.look_after(now, self._seconds)
        if len(channels) > self._kept:
            idle = sorted((one for one in channels if one.is_idle), key=lambda one: float(one.last_activity))
            newest = time() - _LOOK  # one that was just opened may be about to ask
            for channel in idle[: len(channels) - self._kept]:
                channel.will_close = channel.will_close or channel.last_activity < newest


def allow_connections() -> int:
    """Have the system allow as many open files as it will, and return how many connections may be open."""
    if sys.platform == "win32":
        return _MOST
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _MOST if soft == resource.RLIM_INFINITY else max(min(_MOST, soft - _OTHER_FILES), soft // 2)


def use_channels(server: BaseWSGIServer | Any) -> None:
    """Have a server, or each of those that share its sockets, make its connections so."""
    for listener in (server, *getattr(server, "_map", {}).values()):
        if hasattr(listener, "channel_class"):
            listener.channel_class = Channel
