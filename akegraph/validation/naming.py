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
    owner = _named_owner(graph, shape)
    path = graph.value(shape, SH.path)
    steps = sorted(_path_names(graph, path, set())) if path is not None else []
    return "-".join([*([local_name(owner)] if owner is not None else []), *steps]) or "shape"


def local_name(iri: Node) -> str:
    """Return the end of an IRI, after its last ``/`` or ``#``."""
    return re.split(r"[/#]", str(iri).rstrip("/#"))[-1]


def _named_owner(graph: Graph, shape: Node) -> URIRef | None:
    """Go from a shape to the one it is part of, until one has an IRI."""
    seen, waiting = set[Node](), [shape]
    while waiting:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        owners = set(graph.subjects(None, current))
        if named := sorted(owner for owner in owners if isinstance(owner, URIRef)):
            return named[0]
        waiting += owners
    return None


def _path_names(graph: Graph, path: Node, seen: set[Node]) -> set[str]:
    if isinstance(path, URIRef):
        return {local_name(path)} if path != RDF.nil else set()
    if path in seen:
        return set()
    seen.add(path)
    return set().union(*(_path_names(graph, part, seen) for part in graph.objects(path)))


def _name(node: Node) -> str:
    return shorten_iri(node) if isinstance(node, URIRef) else str(node)
