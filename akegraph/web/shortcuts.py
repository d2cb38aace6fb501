"""Kept answers found by the bytes of a request, before anything is made of it: who asks the same again waits least.

Only what a GET of a query got from the answers kept is remembered, with all of its headers; it goes when the data do.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from akegraph.web.noting import ROUTE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HELD = "akegraph.held"
"""Where an application notes, in the environment, that its answer is a kept one."""
_MOST = 256
_LARGEST = 1 << 16
"""Characters and bytes above which nothing is gained."""

_Key = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer with its headers and the route of its address."""

    body: bytes
    headers: list[tuple[str, str]]
    route: str


class Shortcuts:
    """Ready answers by request; the longest unused go first."""

    def __init__(self) -> None:
        self._ready: OrderedDict[_Key, Ready] = OrderedDict()
        self._lock = Lock()

    def find(self, environ: WSGIEnvironment) -> Ready | None:
        """Find the answer to a request."""
        key = _key_of(environ)
        if key is None or (ready := self._ready.get(key)) is None:
            return None
        with self._lock:
            if key in self._ready:
                self._ready.move_to_end(key)
        environ[ROUTE] = ready.route
        return ready

    def keep(self, environ: WSGIEnvironment, headers: list[tuple[str, str]]) -> None:
        """Keep an answer that was given, if it was a kept one."""
        body = environ.get(HELD)
        key = _key_of(environ)
        if body is None or key is None or len(body) > _LARGEST:
            return
        with self._lock:
            self._ready[key] = Ready(body, headers, environ.get(ROUTE, ""))
            if len(self._ready) > _MOST:
                self._ready.popitem(last=False)


def _key_of(environ: WSGIEnvironment) -> _Key | None:
    """Return all that such an answer follows from; None of a request that has to be looked at."""
    get = environ.get
    if environ["REQUEST_METHOD"] != "GET" or get("HTTP_IF_NONE_MATCH") is not None or get("CONTENT_LENGTH"):
        return None
    text = get("QUERY_STRING", "")
    if not text or len(text) > _LARGEST:
        return None
    return text, get("SCRIPT_NAME"), get("PATH_INFO"), get("HTTP_ACCEPT"), get("HTTP_ACCEPT_ENCODING")
