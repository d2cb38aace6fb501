"""Read a ``sh:ValidationReport`` that another engine made.

Engines differ in what they write: several messages in several languages, shapes that are blank nodes or left out,
results inside results (``sh:detail``), several reports in one file. What is missing stays unknown; nothing is made up.
"""

from __future__ import annotations

from typing import cast

from rdflib import RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from akegraph.errors import GraphSyntaxError
from akegraph.graph.iris import shorten_iri
from akegraph.graph.loading import new_graph
from akegraph.validation.engine import path_text
from akegraph.validation.findings import Finding, ValidationReport
from akegraph.validation.naming import describe_blank, local_name
from akegraph.validation.places import Locator
from akegraph.validation.shapes import Shapes, find_rules, severity_of


def read_report(graph: Graph, file: str, shapes: Shapes | None = None, data: Graph | None = None) -> ValidationReport:
    """Read the report that a graph holds.

    :param graph: what another engine wrote; not changed
    :param file: its name, for messages
    :param shapes: the shapes that were tried; by default those that the graph itself describes
    :param data: what was validated, where names and places are read from; not changed
    :raises GraphSyntaxError: if the graph holds no report
    """
    reports = sorted({*graph.subjects(RDF.type, SH.ValidationReport), *graph.subjects(SH.conforms)}, key=str)
    if not reports:
        raise GraphSyntaxError("holds no sh:ValidationReport", file=file)
    shapes = shapes or Shapes(graph, find_rules(graph))
    reader = _Reader(graph, shapes, Locator(data if data is not None else new_graph()))
    results = {result for report in reports for result in graph.objects(report, SH.result)}
    conforms = [value for report in reports for value in graph.objects(report, SH.conforms)]
    if not results and any(isinstance(value, Literal) and value.value is False for value in conforms):
        raise GraphSyntaxError("says that the data do not conform, and holds no sh:result that tells why", file=file)
    findings = sorted((reader.read(result) for result in results), key=lambda finding: finding.order)
    return ValidationReport(tuple(findings), shapes, graph)


class _Reader:
    """Reads results of one graph."""

    def __init__(self, graph: Graph, shapes: Shapes, locator: Locator) -> None:
        self._graph, self._shapes, self._locator = graph, shapes, locator

    def read(self, result: Node, above: frozenset[Node] = frozenset()) -> Finding:
        """Read a result and those inside it; one that holds itself is read once."""
        graph = self._graph
        shape = graph.value(result, SH.sourceShape)
        focus = graph.value(result, SH.focusNode) or BNode()
        component = graph.value(result, SH.sourceConstraintComponent) or URIRef("")
        path, value = graph.value(result, SH.resultPath), graph.value(result, SH.value)
        rule = self._shapes.rules.get(shape) if shape is not None else None
        activities, shared = self._locator.find_activities(focus)
        messages = self._messages(result)
        inside = sorted(set(graph.objects(result, SH.detail)) - above - {result}, key=str)
        details = [self.read(detail, above | {result}) for detail in inside]
        return Finding(
            code=rule.code if rule is not None and isinstance(shape, URIRef) else _code(shape, component),
            shape=shape if isinstance(shape, IdentifiedNode) else BNode(),
            component=cast(IdentifiedNode, component),
            severity=severity_of(graph.value(result, SH.resultSeverity)),
            focus=focus,
            label=self._label(focus),
            path=str(path_text(graph, path)) if path is not None else None,
            value=value,
            value_label=self._label(value) if value is not None else None,
            message=next(iter(messages.values()), ""),
            places=self._locator.find_places(focus, rule.column if rule is not None else None),
            activities=activities,
            shared=shared,
            messages=messages,
            details=tuple(sorted(details, key=lambda detail: detail.order)),
        )

    def _messages(self, result: Node) -> dict[str, str]:
        """Read the messages by language, several in one language as one text."""
        found: dict[str, list[str]] = {}
        for message in sorted(self._graph.objects(result, SH.resultMessage), key=str):
            language = (message.language or "") if isinstance(message, Literal) else ""
            found.setdefault(language.split("-")[0], []).append(str(message))
        return {language: " ".join(dict.fromkeys(texts)) for language, texts in sorted(found.items())}

    def _label(self, node: Node) -> str:
        """Name a node by the data, else by the report itself."""
        label = self._locator.label(node)
        if isinstance(node, BNode):
            return label if label != "[]" else describe_blank(self._graph, node)
        named = next(iter(sorted(self._graph.objects(node, RDFS.label), key=str)), None)
        return str(named) if named is not None and label == shorten_iri(str(node)) else label


def _code(shape: Node | None, component: Node) -> str:
    """Name a finding whose rule has no code: by its shape, else by the kind of constraint."""
    return local_name(shape if isinstance(shape, URIRef) else component) or "result"
