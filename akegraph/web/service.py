"""The WSGI application that stays while what it serves is loaded anew: requests are logged, counted and let end.

Each load makes an application of its own over a site of its own. A request is answered by the one that is current when
it comes; the store of one that is not current any more is closed when its last request has ended.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from akegraph.errors import AkegraphError
from akegraph.settings import Settings
from akegraph.store.base import Store
from akegraph.store.federation import FederatedStore
from akegraph.store.workers import WorkerPool
from akegraph.web.app import create_app
from akegraph.web.caching import AnswerCache
from akegraph.web.limiting import SharedStore
from akegraph.web.logs import REQUEST_ID, log_request
from akegraph.web.noting import DIGEST, ROUTE
from akegraph.web.shortcuts import HELD, Shortcuts
from akegraph.web.site import Site
from akegraph.web.state import State

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_NOWHERE = "none"
"""The route of an address that leads nowhere."""
_SANE_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_SANE_PREFIX = re.compile(r"(/(?!\.+(/|$))[A-Za-z0-9._~-]+)+/?")
_TRIPLES = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"

_log = logging.getLogger("akegraph.service")


@dataclass(slots=True)
class _Served:
    """A site with its application, and how many requests it answers."""

    site: Site
    app: Flask
    shortcuts: Shortcuts = field(default_factory=Shortcuts)
    running: int = 0
    is_old: bool = False


class Service:
    """What a server is given.

    :param load: loads what is to be served; called at once, and for each reload
    :raises AkegraphError: if that cannot be loaded
    """

    def __init__(self, load: Callable[[], Site], settings: Settings) -> None:
        self.state = State(is_loading=True)
        self._load, self._settings = load, settings
        self._answers = AnswerCache()
        self._lock = threading.Lock()
        self._reloading = threading.Lock()
        self._current = self._make(load())
        self._watch(self._current)
        self._made_by = os.getpid()
        self._warmed_by = 0
        self._enter = self._trust_proxies(settings) if settings.proxies else self._answer

    @property
    def site(self) -> Site:
        """What is served now."""
        return self._current.site

    @property
    def running(self) -> int:
        """How many requests are being answered by what is served now."""
        return self._current.running

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        return self._enter(environ, start_response)

    def warm(self) -> None:
        """Have the store answer once, so that the first client does not wait for its workers; in the background."""
        self._warmed_by = os.getpid()
        threading.Thread(target=self._warm, name="akegraph-warm", daemon=True).start()

    def reload(self) -> bool:
        """Load anew, and serve that from the next request on; return whether it could be loaded.

        What was served before goes on being served until then, and if it fails.
        """
        with self._reloading:
            try:
                made = self._make(self._load_whole())
            except Exception as error:  # whatever it is: what was loaded before goes on being served
                self._tell_failure(error)
                return False
            with self._lock:
                old, self._current = self._current, made
                old.is_old = True
                is_idle = not old.running
            self._watch(made)
            if is_idle:
                old.site.store.close()
            self.state.reload_problem = ""
            self.state.metrics.count_reload(succeeded=True)
            _log.info("reloaded: %s", describe(made.site))
            self._count_triples(made.site)
            return True

    def close(self) -> None:
        """Close the store, in the middle of a query if need be."""
        self.state.is_ending = True
        self._current.site.store.close()

    def _load_whole(self) -> Site:
        """Load, and see that the store answers: that its workers can hold the data."""
        site = self._load()
        try:
            site.store.ask("ASK {}")
        except BaseException:
            site.store.close()
            raise
        return site

    def _make(self, site: Site) -> _Served:
        return _Served(site, create_app(site, self._settings, self.state, self._answers))

    def _watch(self, made: _Served) -> None:
        store = _inner(made.site.store)
        count = store.count if isinstance(store, WorkerPool) else None
        self.state.metrics.watch(store.version, self._answers, count)

    def _tell_failure(self, error: Exception) -> None:
        is_ours = all(isinstance(one, AkegraphError) for one in _flatten(error))
        reasons = "; ".join(map(str, _flatten(error))) if is_ours else "an error of the program; the log has its trace"
        trace = None if is_ours else error
        _log.error("reload failed, what was loaded before is served: %s", reasons, exc_info=trace)
        self.state.reload_problem = f"failed: {reasons}"
        self.state.metrics.count_reload(succeeded=False)

    def _warm(self) -> None:
        site = self._current.site
        try:
            site.store.ask("ASK {}")
        except AkegraphError as error:
            _log.error("the store does not answer: %s", error)
        self.state.is_loading = False
        self._count_triples(site)

    def _count_triples(self, site: Site) -> None:
        """Count what is held, where that is ours: another server may take long over it."""
        if site.store.version is None:
            return
        try:
            self.state.metrics.note_triples(int(site.store.select(_TRIPLES).rows[0]["n"].value))
        except AkegraphError as error:
            _log.warning("the triples could not be counted: %s", error)

    def _trust_proxies(self, settings: Settings) -> WSGIApplication:
        count, own = settings.proxies, 0 if settings.prefix else settings.proxies
        fix = ProxyFix(self._answer, x_for=count, x_proto=count, x_host=count, x_prefix=own)

        def enter(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            # a prefix is written into every link: one that is no path would lead elsewhere
            named = environ.get("HTTP_X_FORWARDED_PREFIX", "").split(",")[-count:]
            if not _SANE_PREFIX.fullmatch(named[0].strip()):
                environ.pop("HTTP_X_FORWARDED_PREFIX", None)
            return fix(environ, start_response)

        return enter

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = perf_counter()
        if self._warmed_by != os.getpid():
            self._begin_in_process()
        if self._settings.prefix:
            _move_prefix(environ, self._settings.prefix)
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _SANE_ID.fullmatch(given) else secrets.token_hex(8)
        token = REQUEST_ID.set(request_id)
        status = ["500"]

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            status[0] = line
            if line[:3] == "200" and HELD in environ:
                served.shortcuts.keep(environ, headers)
            return start_response(line, [*headers, ("X-Request-ID", request_id)], exc_info)

        self.state.metrics.begin()
        served = self._take()

        def end(size: int) -> None:
            self._give_back(served)
            self._note(environ, request_id, status[0], perf_counter() - began, size)

        try:
            if self.state.is_ending:
                body: Iterable[bytes] = _refuse(start)
            elif (ready := served.shortcuts.find(environ)) is not None:
                self._answers.hits += 1
                start("200 OK", ready.headers)
                body = (ready.body,)
            else:
                body = served.app(environ, start)
        except BaseException:
            end(0)
            raise
        finally:
            REQUEST_ID.reset(token)
        return _Body(body, end)

    def _begin_in_process(self) -> None:
        """Make this process's own what a process cannot share with the one it was forked from, and warm it."""
        with self._lock:
            if (ours := os.getpid()) == self._warmed_by:
                return
            self._warmed_by = ours
            # workers start with the first query, which the parent did not ask; connections are open already
            if ours != self._made_by and not isinstance(_inner(self._current.site.store), WorkerPool):
                self._current = self._make(self._load())
                self._watch(self._current)
        self.warm()

    def _take(self) -> _Served:
        with self._lock:
            served = self._current
            served.running += 1
        return served

    def _give_back(self, served: _Served) -> None:
        with self._lock:
            served.running -= 1
            is_done = served.is_old and not served.running
        if is_done:
            served.site.store.close()

    def _note(self, environ: WSGIEnvironment, request_id: str, line: str, seconds: float, size: int) -> None:
        status, method = int(line[:3]), environ["REQUEST_METHOD"]
        self.state.metrics.end(environ.get(ROUTE, _NOWHERE), method, status, seconds, size)
        fields = {
            "method": method,
            "path": (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))
            .encode("latin-1")
            .decode(errors="replace"),
            "status": status,
            "ms": round(seconds * 1000, 1),
            "bytes": size,
            "client": environ.get("REMOTE_ADDR", ""),
            "id": request_id,
        }
        if (digest := environ.get(DIGEST)) is not None:
            fields["query"] = digest
        log_request(fields)


class _Body:
    """The body of an answer, and what is to be done when it is sent or nobody wants it any more."""

    __slots__ = ("_end", "_inner", "_is_ended", "_size")

    def __init__(self, inner: Iterable[bytes], end: Callable[[int], None]) -> None:
        self._inner, self._end, self._size, self._is_ended = inner, end, 0, False

    def __iter__(self) -> Iterator[bytes]:
        for part in self._inner:
            self._size += len(part)
            yield part

    def close(self) -> None:
        """Close what is inside; once."""
        if self._is_ended:
            return
        self._is_ended = True
        try:
            if (close := getattr(self._inner, "close", None)) is not None:
                close()
        finally:
            self._end(self._size)


def describe(site: Site) -> str:
    """Say in words what a site holds."""
    return ", ".join(site.plans.values()) or "no plan"


def _move_prefix(environ: WSGIEnvironment, prefix: str) -> None:
    """Make a prefix the part of the address that is not the application's, also where a proxy has cut it off."""
    path = environ.get("PATH_INFO", "")
    if path == prefix or path.startswith(f"{prefix}/"):
        environ["PATH_INFO"] = path.removeprefix(prefix) or "/"
    environ["SCRIPT_NAME"] = prefix


def _refuse(start: Callable[..., object]) -> list[bytes]:
    """Refuse a request that comes while the service ends."""
    words = b'{"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": "the service is ending"}'
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(words))), ("Retry-After", "1")]
    start(f"{HTTPStatus.SERVICE_UNAVAILABLE.value} Service Unavailable", headers)
    return [words]


def _inner(store: Store) -> Store:
    """Return the store that evaluates, within those that share it among clients and ask others."""
    while isinstance(store, SharedStore | FederatedStore):
        store = store.inner
    return store


def _flatten(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _flatten(inner)
    else:
        yield error
