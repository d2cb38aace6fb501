"""What every engine is: data and shapes in, a ``sh:ValidationReport`` out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from rdflib import RDF, SH, BNode, Graph, Literal
from rdflib.term import Node

from akegraph.graph.compact import CompactStore


class Engine(Protocol):
    """Tries shapes on data.

    :ivar name: the name that ``--engine`` takes
    """

    name: str

    def run(self, data: Graph, shapes: Graph, focus: Collection[Node] | None) -> Graph:
        """Validate and report.

        :param data: asserted triples, with ``rdfs:subClassOf`` of the classes; not changed
        :param shapes: not changed
        :param focus: validate only these nodes, those of them that are targets; all targets by default
        :returns: a graph with one ``sh:ValidationReport``
        :raises ShapesError: if the shapes cannot be used; nothing is ever passed over in silence
        """
        ...


def new_report() -> tuple[Graph, BNode]:
    """Return an empty report without ``sh:conforms``, and its node."""
    report = Graph(CompactStore(), bind_namespaces="none")
    node = BNode()
    report.add((node, RDF.type, SH.ValidationReport))
    return report, node


def finish_report(report: Graph) -> Graph:
    """State ``sh:conforms`` of a report by whether there is a result; the graph is changed in place."""
    node = next(report.subjects(RDF.type, SH.ValidationReport))
    report.set((node, SH.conforms, Literal((None, SH.result, None) not in report)))
    return report
