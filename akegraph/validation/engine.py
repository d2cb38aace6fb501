"""Try shapes on a graph with pyshacl, and turn what it reports into findings that point at cells.

Only asserted triples are validated. The semantics are pyshacl's (https://www.w3.org/TR/shacl/); all that is
done otherwise is that a SPARQL constraint is parsed once and not once for every focus node.
"""

from __future__ import annotations

import re
from typing import Any, cast

from rdflib import DCTERMS, RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import IdentifiedNode, Node

from akegraph.errors import ShapesError
from akegraph.graph.iris import shorten_iri
from akegraph.graph.loading import new_graph, union
from akegraph.terms import AKE
from akegraph.validation.findings import Finding, ValidationReport
from akegraph.validation.places import Locator
from akegraph.validation.shapes import Rule, Shapes, severity_of


def validate_graph(data: Graph, shapes: Shapes, ontology: Graph, *, context: Graph | None = None) -> ValidationReport:
    """Validate asserted triples against shapes.

    :param data: what is validated, without inferred triples; not changed
    :param shapes: what :func:`akegraph.validation.load_shapes` read; not changed
    :param ontology: read for ``rdfs:subClassOf`` between named classes; not changed
    :param context: what the data rest on, such as the framework and the schemes; not changed. It is read together
        with the data, but a node of it that the data do not mention is nobody's finding here.
    :returns: the findings; a graph that does not conform is an answer, not an error
    :raises ShapesError: if the engine cannot work with the shapes
    """
    everything = data if context is None else union((data, context))
    results = _run_pyshacl(everything, shapes, ontology)
    locator = Locator(everything)
    mentioned = {node for s, _, o in data for node in (s, o)}
    found = [
        (_finding(results, result, shapes, locator), result)
        for result in results.objects(None, SH.result)
        if results.value(result, SH.focusNode) in mentioned
    ]
    found.sort(key=lambda pair: pair[0].order)
    graph = _report_graph(results, found, shapes)
    return ValidationReport(findings=tuple(finding for finding, _ in found), shapes=shapes, graph=graph)


def _run_pyshacl(data: Graph, shapes: Shapes, ontology: Graph) -> Graph:
    """Return pyshacl's validation report as a graph."""
    # Here and not above: it is heavy, and whoever asks akegraph for anything else need not wait for it.
    import pyshacl
    from pyparsing import ParseBaseException
    from pyshacl.errors import ReportableRuntimeError, ShapeLoadError, ValidationFailure

    target = _PreparedGraph()
    for triple in data:
        target.add(triple)
    # All that SHACL wants of an ontology. The rest, mixed in as ont_graph does, would be validated as data.
    for subclass, _, superclass in ontology.triples((None, RDFS.subClassOf, None)):
        if isinstance(superclass, URIRef):
            target.add((subclass, RDFS.subClassOf, superclass))
    try:
        _, results, text = pyshacl.validate(
            data_graph=target,
            shacl_graph=_constraints_only(shapes),
            inference="none",
            advanced=False,
            inplace=True,
            do_owl_imports=False,
            meta_shacl=False,
        )
    except (ReportableRuntimeError, ShapeLoadError, ParseBaseException, re.error) as error:
        raise ShapesError(f"shapes: cannot be used: {error}") from error
    if isinstance(results, ValidationFailure):
        raise ShapesError(f"shapes: cannot be used: {text}")
    return cast(Graph, results)


def _constraints_only(shapes: Shapes) -> Graph:
    """Copy what an engine evaluates, without the words and reasons of each rule.

    A copy, because pyshacl changes the shapes graph it is given; without words, because it looks through all
    triples of a shape each time it tries it. A message with a variable stays: only the engine can fill it.
    """
    graph = new_graph()
    for subject, predicate, value in shapes.graph:
        if subject not in shapes.rules or predicate not in _WORDS or "{" in str(value):
            graph.add((subject, predicate, value))
    return graph


_WORDS = frozenset(
    {SH.message, SH.name, SH.description, DCTERMS.identifier, DCTERMS.source, RDFS.seeAlso, AKE.inColumn}
)


class _PreparedGraph(Graph):
    """A graph that parses each text of SPARQL once.

    pyshacl 0.40 hands over the text of a SPARQL constraint again for every focus node, and rdflib parses it
    again: nine tenths of the time of a validation.
    """

    def __init__(self) -> None:
        super().__init__(bind_namespaces="none")
        self._prepared: dict[str, Query] = {}

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:
        """Evaluate a query as :meth:`rdflib.Graph.query` does."""
        if isinstance(query_object, str):
            if query_object not in self._prepared:
                self._prepared[query_object] = prepareQuery(query_object)
            query_object = self._prepared[query_object]
        return super().query(query_object, *args, **kwargs)


def _finding(results: Graph, result: Node, shapes: Shapes, locator: Locator) -> Finding:
    """Read one ``sh:ValidationResult``."""
    shape = cast(IdentifiedNode, results.value(result, SH.sourceShape))
    focus = cast(Node, results.value(result, SH.focusNode))
    value = results.value(result, SH.value)
    path = results.value(result, SH.resultPath)
    rule = shapes.rules.get(shape)
    activities, shared = locator.find_activities(focus)
    messages = sorted(str(message) for message in results.objects(result, SH.resultMessage))
    return Finding(
        code=rule.code if rule is not None else str(shape),
        shape=shape,
        component=cast(IdentifiedNode, results.value(result, SH.sourceConstraintComponent)),
        severity=severity_of(results.value(result, SH.resultSeverity)),
        focus=focus,
        label=locator.label(focus),
        path=path_text(results, path) if path is not None else None,
        value=value,
        value_label=locator.label(value) if value is not None else None,
        message=messages[0] if messages else "",
        places=locator.find_places(focus, rule.column if rule is not None else None),
        activities=activities,
        shared=shared,
    )


def path_text(graph: Graph, path: Node) -> str:
    """Write a SHACL property path as SPARQL does, IRIs shortened by prefixes.

    :param graph: holds the path's blank nodes; not changed
    """
    if isinstance(path, URIRef):
        return shorten_iri(path)
    if (path, RDF.first, None) in graph:
        return "/".join(path_text(graph, step) for step in Collection(graph, path))
    for predicate, form in _PATH_FORMS.items():
        inner = graph.value(path, predicate)
        if inner is not None:
            return form.format(path_text(graph, inner))
    alternatives = graph.value(path, SH.alternativePath)
    if alternatives is not None:
        return "(" + "|".join(path_text(graph, step) for step in Collection(graph, alternatives)) + ")"
    return str(path)


_PATH_FORMS = {
    SH.inversePath: "^{}",
    SH.zeroOrMorePath: "({})*",
    SH.oneOrMorePath: "({})+",
    SH.zeroOrOnePath: "({})?",
}


def _report_graph(results: Graph, found: list[tuple[Finding, Node]], shapes: Shapes) -> Graph:
    """Write the report again as ``sh:ValidationReport``, in one order and with messages in every language.

    Messages come from the shapes: pyshacl 0.40 drops the language of those of SPARQL constraints. Blank nodes
    are named by the place of their finding, so the same findings serialise to the same bytes.
    """
    graph = new_graph()
    report = BNode("report")
    graph.add((report, RDF.type, SH.ValidationReport))
    graph.add((report, SH.conforms, Literal(not found)))
    for number, (finding, result) in enumerate(found, start=1):
        name = f"result{number:06}"
        node = BNode(name)
        graph.add((report, SH.result, node))
        for predicate, term in results.predicate_objects(result):
            if predicate == SH.resultMessage:
                continue
            graph.add((node, predicate, _copy(results, term, graph, f"{name}-{str(predicate).split('#')[-1]}")))
        for message in _messages(results, result, shapes.rules.get(finding.shape)):
            graph.add((node, SH.resultMessage, message))
    return graph


def _messages(results: Graph, result: Node, rule: Rule | None) -> list[Node]:
    if rule is not None and rule.messages:
        return [Literal(text, lang=language or None) for language, text in rule.messages.items()]
    return list(results.objects(result, SH.resultMessage))


def _copy(source: Graph, term: Node, target: Graph, name: str) -> Node:
    """Copy a term and, of a blank node, all that it says, under a name that is the same on every run."""
    if not isinstance(term, BNode):
        return term
    copy = BNode(name)
    for number, (predicate, value) in enumerate(sorted(source.predicate_objects(term))):
        target.add((copy, predicate, _copy(source, value, target, f"{name}.{number}")))
    return copy
