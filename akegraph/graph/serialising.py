"""Graphs → bytes that are the same on every run, machine and hash seed."""

from __future__ import annotations

from collections.abc import Mapping

from rdflib import BNode, Graph, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.namespace import RDF
from rdflib.term import IdentifiedNode, Node

from akegraph.graph.loading import new_graph


def serialise_trig(graphs: Mapping[URIRef, Graph]) -> bytes:
    """Write named graphs as one TriG document: graphs, subjects, predicates and objects sorted, prefixes first.

    Blank nodes (OWL's own, in the ontology) get labels made from what they stand for, so two runs agree byte for
    byte; rdflib's own serialiser names them afresh on each run.

    :param graphs: the graphs by name; not changed
    """
    names = new_graph()
    lines = [f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in sorted(names.namespaces())]
    for number, name in enumerate(sorted(graphs)):
        lines += ["", f"{_text(name, names)} {{"]
        lines += _subject_blocks(label_blank_nodes(graphs[name], f"g{number}"), names)
        lines += ["}"]
    return ("\n".join(lines) + "\n").encode()


def serialise_turtle(graph: Graph) -> bytes:
    """Write one graph as Turtle, in the same order and form as :func:`serialise_trig`."""
    names = new_graph()
    lines = [f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in sorted(names.namespaces())]
    lines += ["", *_subject_blocks(label_blank_nodes(graph, "b"), names)]
    return ("\n".join(lines) + "\n").encode()


def label_blank_nodes(graph: Graph, prefix: str) -> Graph:
    """Return the graph with blank nodes named by their place among the canonical labels."""
    if not any(isinstance(term, BNode) for triple in graph for term in triple):
        return graph
    canonical = to_canonical_graph(graph)
    blank = sorted({term for triple in canonical for term in triple if isinstance(term, BNode)})
    labels: dict[Node, Node] = {node: BNode(f"{prefix}b{number}") for number, node in enumerate(blank)}
    labelled = Graph()
    for s, p, o in canonical:
        labelled.add((labels.get(s, s), p, labels.get(o, o)))
    return labelled


def _subject_blocks(graph: Graph, names: Graph) -> list[str]:
    lines: list[str] = []
    for subject in sorted(set(graph.subjects()), key=_order):
        by_predicate: dict[Node, list[Node]] = {}
        for predicate, value in graph.predicate_objects(subject):
            by_predicate.setdefault(predicate, []).append(value)
        predicates = sorted(by_predicate, key=lambda predicate: (predicate != RDF.type, str(predicate)))
        parts = [
            f"{'a' if predicate == RDF.type else _text(predicate, names)} "
            + ", ".join(_text(value, names) for value in sorted(by_predicate[predicate], key=_order))
            for predicate in predicates
        ]
        lines.append(f"{_text(subject, names)} " + " ;\n    ".join(parts) + " .")
    return lines


def _order(node: Node) -> tuple[bool, str, str]:
    """Sort IRIs before blank nodes before literals, each by its full text."""
    return not isinstance(node, IdentifiedNode), type(node).__name__, node.n3()


def _text(node: Node, names: Graph) -> str:
    return node.n3(names.namespace_manager)
