"""Names for what has none: a blank node's own label changes from run to run, so it is called by what is said of it."""

from __future__ import annotations

import re

from rdflib import RDF, SH, BNode, Graph, URIRef
from rdflib.term import Node

from akegraph.graph.iris import shorten_iri

_MOST = 3


def describe_blank(graph: Graph, node: BNode) -> str:
    """Describe a blank node by what the graph says of it: ``[a ex:Address; ex:street Katu 1]``."""
    facts = sorted(
        (predicate != RDF.type, _name(predicate), "[]" if isinstance(value, BNode) else _name(value))
        for predicate, value in graph.predicate_objects(node)
    )
    said = [f"{'a' if not other else predicate} {value}" for other, predicate, value in facts[:_MOST]]
    return f"[{'; '.join([*said, *(['…'] if len(facts) > _MOST else [])])}]"


def name_shape(graph: Graph, shape: Node) -> str:
    """Name a shape: by its local name, or, if it is a blank node, by the shape it belongs to and its path."""
    if isinstance(shape, URIRef):
        return local_name(shape)
    owner = find_named_owner(graph, shape)
    path = graph.value(shape, SH.path)
    steps = sorted(_path_names(graph, path, set())) if path is not None else []
    return "-".join([*([local_name(owner)] if owner is not None else []), *steps]) or "shape"


def local_name(iri: Node) -> str:
    """Return the end of an IRI, after its last ``/`` or ``#``."""
    return re.split(r"[/#]", str(iri).rstrip("/#"))[-1]


def _path_names(graph: Graph, path: Node, seen: set[Node]) -> set[str]:
    if isinstance(path, URIRef):
        return {local_name(path)} if path != RDF.nil else set()
    if path in seen:
        return set()
    seen.add(path)
    return set().union(*(_path_names(graph, part, seen) for part in graph.objects(path)))


def _name(node: Node) -> str:
    return shorten_iri(node) if isinstance(node, URIRef) else str(node)


def find_named_owner(graph: Graph, node: Node) -> URIRef | None:
    """Go from a node to what uses it, until one has an IRI; None if none has."""
    seen, waiting = set[Node](), [node]
    while waiting:
        current = waiting.pop(0)
        if isinstance(current, URIRef):
            return current
        if current not in seen:
            seen.add(current)
            waiting += sorted(graph.subjects(None, current), key=str)
    return None
