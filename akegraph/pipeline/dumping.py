"""store → graphs: what a store holds as rdflib graphs that belong to whoever asked for them."""

from __future__ import annotations

from rdflib import Graph, URIRef

from akegraph.graph.loading import new_graph
from akegraph.store.base import MEDIA_TYPES, Store

_NAMES = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
_NAMELESS = "?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } }"


def dump_graphs(store: Store) -> dict[URIRef | None, Graph]:
    """Copy every graph of a store that has a triple.

    Blank nodes keep what they stand for within their graph, not their names; one that two graphs share becomes two.

    :returns: the graphs by name, None for the triples that are in no named graph
    :raises EngineError: if the store gives no answer, or a graph is larger than its answers may be
    """
    names = [URIRef(row["g"].value) for row in store.select(_NAMES).rows if row["g"].kind == "iri"]
    graphs: dict[URIRef | None, Graph] = {name: dump_graph(store, name) for name in names}
    if store.ask(f"ASK {{ {_NAMELESS} }}"):
        graphs[None] = dump_graph(store, None)
    return graphs


def dump_graph(store: Store, name: URIRef | None) -> Graph:
    """Copy one graph of a store, for None what is in no named one; without a triple where there is no such graph."""
    text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {'?s ?p ?o' if name else _NAMELESS} }}"
    answer = store.query(text, accept=[MEDIA_TYPES["ntriples"]], default_graphs=[str(name)] if name else [])
    graph = new_graph()
    graph.parse(data=answer.body, format="nt")
    return graph
