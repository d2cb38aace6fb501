"""What every engine is: data and shapes in, a ``sh:ValidationReport`` out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol, cast, runtime_checkable

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


@runtime_checkable
class Finder(Protocol):
    """An engine that also tells its results without a graph, which is smaller and sooner made."""

    def find(self, data: Graph, shapes: Graph, focus: Collection[Node] | None) -> list[Result]:
        """Validate as :meth:`Engine.run` does, and return the results."""
        ...


@dataclass(slots=True)
class Result:
    """One ``sh:ValidationResult``.

    :ivar source: the graph that describes the path's blank nodes, and the result itself where it has a node
    :ivar node: the result in that graph; None where it is in no graph
    :ivar constraint: the SPARQL constraint that it comes from
    :ivar details: the results inside this one, of one that has no node
    """

    focus: Node
    shape: Node
    component: Node
    severity: Node
    path: Node | None
    value: Node | None
    messages: tuple[Node, ...]
    source: Graph
    constraint: Node | None = None
    node: Node | None = None
    details: tuple[Result, ...] = ()


def read_results(report: Graph) -> list[Result]:
    """Return the results of a report."""
    return [read_result(report, node) for node in report.objects(None, SH.result)]


def read_result(report: Graph, node: Node) -> Result:
    """Return one result of a report."""
    return Result(
        focus=cast(Node, report.value(node, SH.focusNode)),
        shape=cast(Node, report.value(node, SH.sourceShape)),
        component=cast(Node, report.value(node, SH.sourceConstraintComponent)),
        severity=report.value(node, SH.resultSeverity) or SH.Violation,
        path=report.value(node, SH.resultPath),
        value=report.value(node, SH.value),
        messages=tuple(report.objects(node, SH.resultMessage)),
        constraint=report.value(node, SH.sourceConstraint),
        source=report,
        node=node,
    )


def write_results(results: Iterable[Result]) -> Graph:
    """Return a report of results."""
    report, node = new_report()
    for result in results:
        if result.node is not None:
            report.add((node, SH.result, result.node))
            _copy_node(result.source, result.node, report)
        else:
            report.add((node, SH.result, write_result(result, report)))
    return finish_report(report)


def write_result(result: Result, report: Graph) -> Node:
    """Add to a graph, which is changed in place, a result that has no node; returns the one that it has there."""
    node = BNode()
    report.add((node, RDF.type, SH.ValidationResult))
    for predicate, value in fields_of(result):
        report.add((node, predicate, value))
    if isinstance(result.path, BNode):
        _copy_node(result.source, result.path, report)
    for detail in result.details:
        report.add((node, SH.detail, write_result(detail, report)))
    return node


def fields_of(result: Result) -> list[tuple[Node, Node]]:
    """List the properties of a result."""
    single = (
        (SH.focusNode, result.focus),
        (SH.sourceShape, result.shape),
        (SH.sourceConstraint, result.constraint),
        (SH.sourceConstraintComponent, result.component),
        (SH.resultSeverity, result.severity),
        (SH.resultPath, result.path),
        (SH.value, result.value),
    )
    found: list[tuple[Node, Node]] = [(predicate, value) for predicate, value in single if value is not None]
    return found + [(SH.resultMessage, message) for message in result.messages]


def _copy_node(source: Graph, node: Node, target: Graph) -> None:
    """Copy all that is said of a node and of the blank nodes that it leads to."""
    if (node, None, None) in target:
        return
    for predicate, value in source.predicate_objects(node):
        target.add((node, predicate, value))
        if isinstance(value, BNode):
            _copy_node(source, value, target)


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
