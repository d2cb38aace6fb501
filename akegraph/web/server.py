"""``akegraph serve``: load everything once, then answer with waitress until told to end."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from akegraph.errors import SettingsError
from akegraph.pipeline.knowledge import PlanFolder
from akegraph.pipeline.opening import Source, find_source
from akegraph.settings import Settings
from akegraph.web.app import ENCODED
from akegraph.web.loading import load_site, make_site
from akegraph.web.logs import logging_to_stderr
from akegraph.web.memory import keep_memory_small
from akegraph.web.service import Service, describe
from akegraph.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPARE_THREADS = 8
"""Threads beyond those whose queries run or wait: for what is kept, pages without a query, and health."""
_BESIDE_CONNECTIONS = 8
"""What else the server reads from: its addresses, and what wakes it."""
_IDLE, _CLEANUP = 60, 5
"""Seconds without a sign of life after which a connection is closed, and between two looks for those."""
_LOOK = 0.2
_LONGEST_FLUSH = 0.5
"""Seconds beyond a query's own in which its answer is to be sent, when the service ends."""


@contextmanager
def open_site(folders: Iterable[PlanFolder], settings: Settings) -> Iterator[Site]:
    """Build, validate and load plans into a site; its store is closed at the end.

    :raises AkegraphError: if something cannot be read
    """
    site = make_site(folders, settings)
    with site.store:
        yield site


def find_served(settings: Settings, store: str | None = None, data: Iterable[str] = ()) -> Source:
    """Tell what is to be served: what is asked for here, else what is set, else the built-in plans.

    :raises BadParameterError: if both a store and data are named
    """
    files = tuple(data)
    if store or files:
        return find_source(store=store or None, data=files)
    return find_source(store=settings.store or None, data=settings.data)


def serve_site(settings: Settings, *, source: Source | None = None, say: Callable[[str], Any]) -> None:
    """Serve until interrupted or told to end; SIGHUP loads anew what is served.

    :param source: what is served; the built-in plans by default
    :param say: is told what is loaded and, once the address is open, the address
    :raises AkegraphError: if something cannot be read
    :raises SettingsError: if the address cannot be opened
    """
    keep_memory_small()
    served = source or Source("plans")
    with ExitStack() as stack:
        stack.enter_context(logging_to_stderr(settings))
        service = Service(lambda: load_site(served, settings), settings)
        stack.callback(service.close)
        server = Server(service, settings)
        stack.callback(server.close)
        say(f"loaded: {describe(service.site)}")
        say(server.address + settings.prefix + "/")
        service.warm()
        # What is loaded stays: the collector of garbage need not look at it again and again.
        gc.collect()
        gc.freeze()
        server.run()


class Server:
    """waitress, ended and reloaded by signals.

    :raises SettingsError: if the address cannot be opened
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        import waitress.server

        from akegraph.web.channels import Channel, Watch, allow_connections

        self._service, self._timeout = service, settings.timeout
        self._map: dict[int, Any] = {}
        self._ends = self._reloads = 0
        self._reloader: threading.Thread | None = None
        host, port = settings.host, settings.port
        most = allow_connections()
        try:
            waitress.server.create_server(
                service,
                map=self._map,
                host=host,
                port=port,
                threads=settings.workers + settings.queue + _SPARE_THREADS,
                max_request_body_size=settings.query_size * ENCODED + 1,
                connection_limit=most + _BESIDE_CONNECTIONS,
                channel_timeout=_IDLE,
                cleanup_interval=_CLEANUP,
                asyncore_use_poll=True,
                # no thread waits for a slow reader: what is not taken yet is in a file
                outbuf_high_watermark=sys.maxsize,
                ident="akegraph",
                clear_untrusted_proxy_headers=not settings.proxies,
            )
        except (OSError, ValueError) as error:  # waitress turns an unknown host into a ValueError
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise SettingsError(f"{host} port {port}: cannot be served: {reason}; --port chooses another") from error
        self._servers = [one for one in self._map.values() if isinstance(one, waitress.server.BaseWSGIServer)]
        for one in self._servers:
            one.channel_class = Channel
        self._watch = Watch(self._servers, most, settings.timeout)
        shown = f"[{host}]" if ":" in host else host
        self.address = f"http://{shown}:{self._servers[0].effective_port}"

    def run(self) -> None:
        """Answer until a signal or :meth:`stop` says to end, then let the running requests end."""
        before = self._listen_to_signals() if threading.current_thread() is threading.main_thread() else {}
        try:
            while not self._ends:
                self._turn(_LOOK)
                if self._reloads and not (self._reloader and self._reloader.is_alive()):
                    self._reloads = 0
                    self._reloader = threading.Thread(target=self._service.reload, name="akegraph-reload", daemon=True)
                    self._reloader.start()
            self._drain()
        except KeyboardInterrupt:
            pass
        finally:
            for which, handler in before.items():
                signal.signal(which, handler)

    def stop(self) -> None:
        """End; a second time, at once. Any thread may call this."""
        self._ends += 1
        self._wake()

    def reload(self) -> None:
        """Load anew what is served, in the background. Any thread may call this."""
        self._reloads += 1
        self._wake()

    def close(self) -> None:
        """Close the address and all connections."""
        for one in self._servers[:1]:
            one.task_dispatcher.shutdown(timeout=_LOOK)
        for one in [*self._map.values()]:
            one.close()

    def _listen_to_signals(self) -> dict[int, Any]:
        told = {signal.SIGINT: self.stop, signal.SIGTERM: self.stop}
        if hasattr(signal, "SIGHUP"):
            told[signal.SIGHUP] = self.reload
        return {which: signal.signal(which, lambda *_, act=act: act()) for which, act in told.items()}

    def _wake(self) -> None:
        self._servers[0].pull_trigger()

    def _turn(self, seconds: float) -> None:
        """Read and write what there is."""
        self._watch.look()
        first = self._servers[0]
        first.asyncore.loop(timeout=seconds, map=self._map, use_poll=first.adj.asyncore_use_poll, count=1)

    def _drain(self) -> None:
        """Take nothing new, and wait until what runs is answered and sent; no longer than a query may take."""
        self._service.state.is_ending = True
        for one in self._servers:
            one.accepting = False
            one.del_channel()
            one.socket.close()
        until = monotonic() + self._timeout + _LONGEST_FLUSH
        while self._ends < 2 and monotonic() < until:
            channels = [channel for one in self._servers for channel in one.active_channels.values()]
            for channel in channels:
                if not channel.requests and not channel.total_outbufs_len:
                    channel.will_close = True
            if not channels:
                return
            self._turn(_LOOK)
