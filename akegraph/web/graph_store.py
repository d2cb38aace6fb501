"""SPARQL 1.1 Graph Store HTTP Protocol, reading (https://www.w3.org/TR/sparql11-http-rdf-update/, 5.2 and 5.6).

Indirect: ``/graph-store?graph=<IRI>`` and ``/graph-store?default``. Direct: the graphs under the base at their own
IRIs, ``/graph/…``; who wishes for a page is sent to the one about the graph. Whatever would write is answered 405.
"""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, Response
from werkzeug.exceptions import BadRequest

from akegraph.errors import UnknownResourceError
from akegraph.graph.iris import BASE
from akegraph.store.base import Term, iri
from akegraph.web.answering import answer, rank_graph
from akegraph.web.lookups import bind_terms
from akegraph.web.parameters import find_all, read_address
from akegraph.web.problems import close_matches
from akegraph.web.rendering import get_site
from akegraph.web.resources import thing

blueprint = Blueprint("graph_store", __name__)

_HTML = "text/html"


@blueprint.get("/graph-store", strict_slashes=False)
def indirect() -> Response:
    """Send the graph that a parameter names."""
    parameters = read_address()
    names = find_all(parameters, "graph")
    wants_default = bool(find_all(parameters, "default"))
    if len(names) + wants_default != 1:
        raise BadRequest("one graph is asked for, by 'graph' and its IRI or by 'default'")
    wishes = rank_graph()
    if wants_default:
        return answer(bind_terms("union"), wishes)
    try:
        return _send(iri(names[0]), wishes)
    except ValueError as error:
        raise BadRequest(f"parameter 'graph': {error}") from error


@blueprint.get("/graph/<path:path>")
def direct(path: str) -> Response:
    """Send a graph from its own IRI, or a reader to the page about it."""
    wishes = rank_graph(_HTML)
    if wishes[0] != _HTML:
        with suppress(ValueError, UnknownResourceError):
            return _send(iri(f"{BASE}graph/{path}"), wishes)
    return thing(path, "graph")


def _send(graph: Term, wishes: tuple[str, ...]) -> Response:
    """Send a graph.

    :raises UnknownResourceError: if it is not held, with the addresses that come close
    """
    store = get_site().store
    if not store.ask(bind_terms("held", graph=[graph])):
        names = (row["graph"].value for row in store.select(bind_terms("graphs")).rows)
        known = [name.removeprefix(BASE) for name in names if name.startswith(BASE)]
        raise UnknownResourceError(graph.value, close_matches(graph.value.removeprefix(BASE), known))
    return answer(bind_terms("graph", graph=[graph]), wishes)
