"""Each client's share of the store: how many queries at once and how often; and none for whoever has left.

What is answered from the cache, or with 304, never comes here and costs a client nothing.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from time import monotonic

from flask import has_request_context, request

from akegraph.errors import ClientBusyError
from akegraph.settings import Settings
from akegraph.store.base import Answer, Store
from akegraph.store.leaving import asking_ours, asking_until
from akegraph.web.connections import find_has_left
from akegraph.web.noting import note_query

_MOST_CLIENTS = 10_000
"""Clients remembered; beyond, those that asked least lately are forgotten first."""
_OWN_NET = 64
"""Bits of an IPv6 address that tell one client from another: the rest it chooses itself."""
_OPERATORS = "machine"
"""The blueprint whose few queries are the operator's, not a client's."""


@dataclass(slots=True)
class _Client:
    """What one client is doing, and how many queries it may still ask at once."""

    running: int
    left: float
    at: float


class ClientLimits:
    """Counts what each client asks.

    :param settings: ``client_queries`` at once; ``client_rate`` per second, 0 for any; ``client_burst``
    """

    def __init__(self, settings: Settings) -> None:
        self._most, self._rate, self._burst = settings.client_queries, settings.client_rate, settings.client_burst
        self._clients: OrderedDict[str, _Client] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def asking(self, name: str) -> Iterator[None]:
        """Ask one query for a client.

        :raises ClientBusyError: if it asks too many at once or too often
        """
        with self._lock:
            client = self._enter(name)
        try:
            yield
        finally:
            with self._lock:
                client.running -= 1
                if not client.running and not self._rate:
                    self._clients.pop(name, None)

    def _enter(self, name: str) -> _Client:
        now = monotonic()
        client = self._clients.get(name)
        if client is None:
            client = self._clients[name] = _Client(0, self._burst, now)
            self._forget()
        self._clients.move_to_end(name)
        if client.running >= self._most:
            raise ClientBusyError(
                f"you have {client.running} queries running or waiting already; ask one after another"
            )
        if self._rate:
            client.left = min(client.left + (now - client.at) * self._rate, self._burst)
            client.at = now
            if client.left < 1:
                wait = math.ceil((1 - client.left) / self._rate)
                raise ClientBusyError(f"{self._rate:g} queries per second are one client's share", retry_after=wait)
            client.left -= 1
        client.running += 1
        return client

    def _forget(self) -> None:
        """Forget clients of long ago; those that have a query running are kept."""
        for name in [*self._clients][: max(len(self._clients) - _MOST_CLIENTS, 0)]:
            if not self._clients[name].running:
                del self._clients[name]


class SharedStore(Store):
    """A store that clients of the web share.

    :ivar inner: answers
    """

    def __init__(self, inner: Store, limits: ClientLimits) -> None:
        self.inner, self._limits = inner, limits

    @property
    def version(self) -> str | None:  # type: ignore[override]  # what is inside may be loaded anew
        """What is held, as the store inside names it."""
        return self.inner.version

    def query(
        self,
        text: str,
        *,
        accept: Sequence[str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """Evaluate one query for the client of the request at hand; see :class:`Store`.

        :raises ClientBusyError: if the client asks more than its share
        """
        with ExitStack() as stack:
            if has_request_context() and request.blueprint != _OPERATORS:
                environ = request.environ
                stack.enter_context(self._limits.asking(name_client(environ.get("REMOTE_ADDR") or "")))
                if (has_left := find_has_left(environ)) is not None:
                    stack.enter_context(asking_until(has_left))
                if request.endpoint == "protocol.sparql":
                    note_query(text)
                else:
                    stack.enter_context(asking_ours())
            return self.inner.query(text, accept=accept, default_graphs=default_graphs, named_graphs=named_graphs)

    def close(self) -> None:
        """Close the store inside."""
        self.inner.close()


@lru_cache(maxsize=1024)
def name_client(address: str) -> str:
    """Name the client at an address: of IPv6 its network, from which it may take any address."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ip_network((known, _OWN_NET), strict=False))
