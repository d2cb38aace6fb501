"""A graph store elsewhere, written to: SPARQL 1.1 Graph Store HTTP Protocol, section 5.3 (PUT)."""

from __future__ import annotations

from akegraph.errors import RemoteStoreError
from akegraph.settings import Settings
from akegraph.store.transport import Endpoint, Response

_MEGABYTE = 1 << 20
_PATIENCE = 300.0
"""Seconds for one graph: servers index it before they answer."""


class GraphStore:
    """Graphs that can be replaced one by one; each is exchanged at once, the set of them is not.

    :param url: the address of the graph store, which is not that of its SPARQL endpoint
    :raises StoreError: if the address is none; the server is met only with the first graph
    """

    def __init__(self, url: str, settings: Settings) -> None:
        timeout = max(settings.timeout, _PATIENCE)
        self._endpoint = Endpoint(url, timeout=timeout, size=settings.result_size * _MEGABYTE)

    @property
    def name(self) -> str:
        """The address without what may be secret in it."""
        return self._endpoint.name

    def replace(self, name: str | None, triples: bytes) -> None:
        """Put triples in the place of a graph, for None of the default graph; again where that fails for a moment.

        :param triples: N-Triples
        :raises RemoteStoreError: if the server does not take them
        :raises QueryTimeoutError: if it says nothing in time
        """
        where = ("default", "") if name is None else ("graph", name)
        response = self._endpoint.put([where], triples, "application/n-triples")
        if response.status not in (200, 201, 204):
            raise self._refused(name or "the default graph", response)

    def close(self) -> None:
        """Close the connections."""
        self._endpoint.close()

    def _refused(self, graph: str, response: Response) -> RemoteStoreError:
        match response.status:
            case 401 | 403:
                what = f"{graph} may not be written (status {response.status}); AKEGRAPH_STORE_USER and"
                what += " AKEGRAPH_STORE_PASSWORD, AKEGRAPH_STORE_TOKEN or a netrc file say who asks"
            case 404 | 405 | 415 | 501:
                what = f"takes no graphs (status {response.status}); is this the address of a graph store?"
            case 413 | 507:
                what = f"{graph} is too large for the server (status {response.status})"
            case _:
                what = f"{graph} was not taken (status {response.status})"
        return RemoteStoreError(f"{self.name}: {what}{f': {response.reason}' if response.reason else ''}")
