"""A store that is another server: SPARQL 1.1 Protocol (query) over HTTP.

The same text has the same answer here as in a store of one's own: what a server sends is read as values and written in
the form that was wished for by the same hands, and where its default graph is not the union of its named graphs, the
graphs are named with each query (SPARQL 1.1 Protocol, section 2.1.4). A default graph beside named ones is then not
seen.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from akegraph.errors import (
    EngineError,
    NotAcceptableError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    RemoteStoreError,
    ResultTooLargeError,
)
from akegraph.settings import Settings
from akegraph.store import virtuoso
from akegraph.store.base import Answer, Solutions, Store, checked_graphs, decode_solutions
from akegraph.store.guard import Limits, Outline, check_query
from akegraph.store.transport import Endpoint, Response
from akegraph.store.writing import write_answer

_MEGABYTE = 1 << 20
# What is asked for: one form of each kind that every server knows, and one more for servers that know only that.
_ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, text/turtle;q=0.8, application/json;q=0.5"
# Virtuoso gives a graph as a table of three columns, where it may.
_ACCEPT_GRAPH = "application/n-triples, text/turtle;q=0.8"
_RESULTS = frozenset({"application/sparql-results+json", "application/json"})
_TRIPLES = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/plain": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/x-turtle": RdfFormat.TURTLE,
}
_IS_UNION = """
ASK {
  { SELECT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } FILTER(!ISBLANK(?s) && !ISBLANK(?o)) } LIMIT 100 }
  FILTER NOT EXISTS { ?s ?p ?o }
}
"""
_GRAPHS = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
_REMEMBERED = 60.0
"""Seconds for which the names of a server's graphs are taken as they were."""


class RemoteStore(Store):
    """The named graphs of a SPARQL 1.1 endpoint; threads may query it at the same time.

    :param url: the address of the endpoint; see :class:`Endpoint`
    :param settings: its time limit for one query and size limits of query and answer
    :param prefixes: prefix → namespace IRI for Turtle and RDF/XML
    :param known: whether the environment may say who asks
    :raises StoreError: if the address is none; the server is asked only with the first query
    """

    def __init__(
        self, url: str, settings: Settings, prefixes: Mapping[str, str] | None = None, *, known: bool = True
    ) -> None:
        self._result_size, self._result_rows = settings.result_size * _MEGABYTE, settings.result_rows
        self._endpoint = Endpoint(url, timeout=settings.timeout, size=self._result_size, known=known)
        self._limits = Limits(size=settings.query_size)
        self._prefixes = {prefix: str(space) for prefix, space in (prefixes or {}).items()}
        self._lock = threading.Lock()
        self._graphs: tuple[str, ...] = ()
        self._asked_at: float | None = None
        self._is_virtuoso = False

    @property
    def name(self) -> str:
        """The address without what may be secret in it."""
        return self._endpoint.name

    def query(
        self,
        text: str,
        *,
        accept: Sequence[str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """Have the server evaluate one query; see :class:`Store`.

        :raises QueryTimeoutError: if there is no whole answer in time
        :raises RemoteStoreError: if the server cannot be reached or gives no answer
        """
        outline = check_query(text, self._limits)
        default = checked_graphs("default-graph-uri", default_graphs)
        named = checked_graphs("named-graph-uri", named_graphs)
        if not default and not named and not outline.dataset:
            default = named = list(self._list_graphs())
        asked = virtuoso.leave_out_unbound(text) if self._is_virtuoso else text
        return self._ask(asked, default, named, accept, outline)

    def select_over_its_own(self, text: str) -> Solutions:
        """Evaluate a SELECT query that was looked at before over the graph that the server has for its default.

        :raises EngineError: if it gives no answer
        """
        return decode_solutions(self._ask(text).body)

    def close(self) -> None:
        """Close the connections."""
        self._endpoint.close()

    def _list_graphs(self) -> tuple[str, ...]:
        """Return the graphs to name with a query: all, or none where the default graph is their union anyway."""
        with self._lock:
            if self._asked_at is None or time.monotonic() - self._asked_at > _REMEMBERED:
                self._graphs = self._find_graphs()
                self._asked_at = time.monotonic()
            return self._graphs

    def _find_graphs(self) -> tuple[str, ...]:
        apart = self._ask(_IS_UNION)
        if apart.kind != "ask":
            raise self._no_answer("an ASK query was not answered by true or false")
        if not json.loads(apart.body)["boolean"]:
            return ()
        rows = decode_solutions(self._ask(_GRAPHS).body).rows
        return tuple(sorted(row["g"].value for row in rows if row["g"].kind == "iri"))

    def _ask(
        self,
        text: str,
        default: Sequence[str] = (),
        named: Sequence[str] = (),
        accept: Sequence[str] | None = None,
        outline: Outline | None = None,
    ) -> Answer:
        parameters = [("query", text)]
        parameters += [("default-graph-uri", name) for name in default]
        parameters += [("named-graph-uri", name) for name in named]
        graph = outline is not None and outline.operation in ("CONSTRUCT", "DESCRIBE")
        response = self._endpoint.send(parameters, _ACCEPT_GRAPH if graph else _ACCEPT)
        if response.status != 200:
            raise self._refused(response)
        self._is_virtuoso = virtuoso.is_virtuoso(response.server)
        try:
            return write_answer(self._read(response), accept, self._prefixes, self._result_size, self._result_rows)
        except (SyntaxError, ValueError, OSError) as error:
            raise self._no_answer(f"the {response.media_type} it sends is broken or cut off") from error

    def _read(self, response: Response) -> QuerySolutions | QueryBoolean | list[Triple]:
        """Read what was sent; solutions only as they are written."""
        if response.media_type in _RESULTS:
            body = virtuoso.read_results(response.body) if self._is_virtuoso else response.body
            return parse_query_results(body, QueryResultsFormat.JSON)
        if (form := _TRIPLES.get(response.media_type)) is not None:
            body = virtuoso.read_triples(response.body) if self._is_virtuoso else response.body
            return [quad.triple for quad in parse(body, form, base_iri="urn:relative:")]
        what = f"it sends {response.media_type or 'nothing known'}, which is no answer to a query"
        raise self._no_answer(f"{what}; is this the address of an endpoint?")

    def _no_answer(self, what: str) -> RemoteStoreError:
        return RemoteStoreError(f"{self.name}: {what}")

    def _refused(self, response: Response) -> Exception:
        """Turn a status that is no success into the error it stands for."""
        said = f": {response.reason}" if response.reason else ""
        match response.status:
            case 400:
                return QuerySyntaxError(f"{self.name} does not take the query{said}")
            case 401 | 403:
                return self._no_answer(f"it is not open to you (status {response.status}){said}")
            case 404 | 410:
                return self._no_answer(f"there is nothing at this address (status {response.status})")
            case 406:
                return NotAcceptableError(f"{self.name}: knows none of the forms of answers asked for{said}")
            case 408 | 504:
                return QueryTimeoutError(f"{self.name}: the server stopped the query{said}")
            case 413:
                return ResultTooLargeError(f"{self.name}: the server found query or answer too large{said}")
            case 414:
                return QueryRefusedError(f"{self.name}: the query is too long for this server{said}")
            case status if status >= 500:
                return EngineError(f"{self.name}: the server failed (status {status}){said}")
        return self._no_answer(f"it answers with status {response.status}{said}")
