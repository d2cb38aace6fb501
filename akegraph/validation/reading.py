"""Read a ``sh:ValidationReport`` that another engine made.

Engines differ in what they write: several messages in several languages, shapes that are blank nodes or left out,
results inside results (``sh:detail``), several reports in one file. What is missing stays unknown; nothing is made up,
and what contradicts itself is refused: a report fails open if "nothing found" can be read out of it by mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
    :raises GraphSyntaxError: if the graph holds no report, or one that contradicts itself or cannot be told
    """
    reports = sorted({*graph.subjects(RDF.type, SH.ValidationReport), *graph.subjects(SH.conforms)}, key=str)
    if not reports:
        raise GraphSyntaxError("holds no sh:ValidationReport", file=file)
    if odd := next((odd for report in reports if (odd := _find_odd(graph, report)) is not None), None):
        raise GraphSyntaxError(odd, file=file)
    results = {result for report in reports for result in graph.objects(report, SH.result)}
    if lost := _count_lost(graph, results):
        what = f"holds {lost} results that no report names by sh:result, so it is not known what they belong to"
        raise GraphSyntaxError(what, file=file)
    budget = _Budget()
    try:
        shapes = shapes or Shapes(graph, find_rules(graph))
        reader = _Reader(graph, shapes, Locator(data if data is not None else new_graph()))
        findings = sorted((reader.read(result) for result in results), key=lambda finding: finding.order)
        findings = [_tell_once(finding, set(), budget) for finding in findings]
    except _TooDeepError as error:
        raise GraphSyntaxError(str(error), file=file) from error
    except RecursionError as error:
        raise GraphSyntaxError("is nested too deeply", file=file) from error
    return ValidationReport(tuple(findings), shapes, graph)


_DEEPEST = 100
"""How deep results may stand in results, and paths in paths."""
_MOST_DETAILS = 200_000
_LONGEST_PATH = 1000
_PATHS = (SH.inversePath, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath)
_OF_RESULTS = (SH.focusNode, SH.resultMessage, SH.resultSeverity, SH.sourceConstraintComponent)


class _TooDeepError(Exception):
    """A report is nested so that it cannot be told."""


def _find_odd(graph: Graph, report: Node) -> str | None:
    """Say what keeps a report from being believed: without that, "nothing found" would be read out of anything."""
    results, conforms = set(graph.objects(report, SH.result)), set(graph.objects(report, SH.conforms))
    values = {value.value if isinstance(value, Literal) else None for value in conforms}
    if any(type(value) is not bool for value in values):
        return "has a sh:conforms that is neither true nor false (xsd:boolean)"
    if len(values) > 1:
        return "says by sh:conforms both that the data conform and that they do not"
    if not results and not values:
        return "holds a sh:ValidationReport without sh:conforms and without sh:result, so it says nothing"
    if not results and values == {False}:
        return "says that the data do not conform, and holds no sh:result that tells why"
    severities = {severity for result in results for severity in graph.objects(result, SH.resultSeverity)}
    bare = any((result, SH.resultSeverity, None) not in graph for result in results)
    if values == {True} and (bare or SH.Violation in severities):
        return "says by sh:conforms that the data conform, and holds results of sh:Violation"
    return None


def _count_lost(graph: Graph, results: set[Node]) -> int:
    """Count the results that belong to no report, neither by themselves nor inside another."""
    described = set(graph.subjects(RDF.type, SH.ValidationResult))
    described.update(subject for predicate in _OF_RESULTS for subject in graph.subjects(predicate))
    return len(described - results - set(graph.objects(None, SH.detail)))


def _check_path(graph: Graph, path: Node) -> None:
    """Refuse a path that goes round in a circle, or is too long to be written.

    :raises _TooDeepError: if it is
    """
    sizes: dict[Node, int] = {}

    def measure(node: Node, above: frozenset[Node]) -> int:
        if node in above:
            raise _TooDeepError("holds a sh:resultPath that is part of itself")
        if len(above) > _DEEPEST:
            raise _TooDeepError(f"holds a sh:resultPath nested deeper than {_DEEPEST}")
        if node not in sizes:
            steps: list[Node] = [inner for kind in _PATHS for inner in graph.objects(node, kind)]
            for start in (node, *graph.objects(node, SH.alternativePath)):
                steps += _list_items(graph, start)
            sizes[node] = 1 + sum(measure(step, above | {node}) for step in steps)
            if sizes[node] > _LONGEST_PATH:
                raise _TooDeepError(f"holds a sh:resultPath of more than {_LONGEST_PATH} parts")
        return sizes[node]

    measure(path, frozenset())


def _list_items(graph: Graph, start: Node) -> list[Node]:
    items: list[Node] = []
    seen: set[Node] = set()
    at: Node | None = start
    while at is not None and at != RDF.nil:
        if at in seen:
            raise _TooDeepError("holds a sh:resultPath whose list has no end")
        seen.add(at)
        items += graph.objects(at, RDF.first)
        at = graph.value(at, RDF.rest)
    return items


class _Budget:
    """How many results inside results may still be told."""

    left = _MOST_DETAILS


def _tell_once(finding: Finding, told: set[int], budget: _Budget) -> Finding:
    """Return a finding in which no detail stands twice: what many share would be told over and over.

    :raises _TooDeepError: if it is too much all the same
    """
    details = []
    for detail in finding.details:
        if id(detail) not in told:
            told.add(id(detail))
            budget.left -= 1
            if budget.left < 0:
                raise _TooDeepError(f"holds more than {_MOST_DETAILS} results inside results")
            details.append(_tell_once(detail, told, budget))
    return replace(finding, details=tuple(details)) if finding.details else finding


class _Reader:
    """Reads results of one graph."""

    def __init__(self, graph: Graph, shapes: Shapes, locator: Locator) -> None:
        self._graph, self._shapes, self._locator = graph, shapes, locator
        self._read: dict[Node, Finding] = {}
        self._heights: dict[Node, int] = {}

    def read(self, result: Node, above: frozenset[Node] = frozenset()) -> Finding:
        """Read a result and those inside it, each once; one that holds itself is left out there.

        :raises _TooDeepError: if results stand too deep in each other, or a path has no end
        """
        if result not in self._read:
            inside = sorted(set(self._graph.objects(result, SH.detail)) - above - {result}, key=str)
            if len(above) > _DEEPEST:
                raise _TooDeepError(f"holds results inside results, deeper than {_DEEPEST}")
            details = [self.read(detail, above | {result}) for detail in inside]
            height = max((self._heights[detail] + 1 for detail in inside), default=0)
            if height > _DEEPEST:
                raise _TooDeepError(f"holds results inside results, deeper than {_DEEPEST}")
            self._heights[result] = height
            self._read[result] = self._make(result, details)
        return self._read[result]

    def _make(self, result: Node, details: Sequence[Finding]) -> Finding:
        graph = self._graph
        shape = graph.value(result, SH.sourceShape)
        focus = graph.value(result, SH.focusNode) or BNode()
        component = graph.value(result, SH.sourceConstraintComponent) or URIRef("")
        path, value = graph.value(result, SH.resultPath), graph.value(result, SH.value)
        rule = self._shapes.rules.get(shape) if shape is not None else None
        activities, shared = self._locator.find_activities(focus)
        messages = self._messages(result)
        if isinstance(path, BNode):
            _check_path(graph, path)
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
