"""From data and shapes to findings: an engine tries the shapes, and what it reports is pointed at cells.

Only asserted triples are validated. Which engines there are is told in ``engines``; nothing here depends on which of
them is chosen.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import cast

from rdflib import RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection as RdfList
from rdflib.term import IdentifiedNode, Node

from akegraph.errors import EngineError
from akegraph.graph.compact import CompactStore
from akegraph.graph.iris import PREFIXES, shorten_iri
from akegraph.graph.loading import new_graph
from akegraph.validation.engines import ALL_ENGINES, DEFAULT_ENGINE, get_engine
from akegraph.validation.engines.base import Finder, Result, read_result, read_results, write_result
from akegraph.validation.engines.comparing import run_all
from akegraph.validation.engines.guarded import GuardedEngine, is_foreign
from akegraph.validation.findings import Finding, ValidationReport
from akegraph.validation.messages import find_messages
from akegraph.validation.places import Locator
from akegraph.validation.shapes import DESCRIBING, Rule, Shapes, severity_of
from akegraph.validation.view import view_of


def validate_graph(
    data: Graph,
    shapes: Shapes,
    ontology: Graph,
    *,
    context: Graph | None = None,
    engine: str = DEFAULT_ENGINE,
    focus: Collection[Node] | None = None,
) -> ValidationReport:
    """Validate asserted triples against shapes.

    :param data: what is validated, without inferred triples; not changed
    :param shapes: what :func:`akegraph.validation.load_shapes` read; not changed
    :param ontology: read for ``rdfs:subClassOf`` between named classes; not changed
    :param context: what the data rest on, such as the framework and the schemes; not changed. It is read together
        with the data, but a node of it that the data do not mention is nobody's finding here.
    :param engine: a name of :func:`akegraph.validation.engines.engine_names`, or ``all`` to run every installed
        engine and compare them
    :param focus: validate only these nodes, such as all nodes of one plan; the rest is only looked into. The work does
        not grow with the data, and what many plans share is pointed at in the rows among these nodes only
    :returns: the findings; a graph that does not conform is an answer, not an error
    :raises ShapesError: if the engine cannot work with the shapes
    :raises UnknownEngineError: if there is no such engine
    :raises QueryTimeoutError: if somebody else's query or pattern does not come to an end
    :raises EngineDifferenceError: if ``all`` engines do not find the same
    """
    with _no_collection():
        return _validate(data, shapes, ontology, context, engine, None if focus is None else frozenset(focus))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let Python look for no garbage in circles meanwhile.

    Each time, it would go through all terms of the data; with ten times the data, that is ten times as often.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _validate(
    data: Graph, shapes: Shapes, ontology: Graph, context: Graph | None, engine: str, wanted: frozenset[Node] | None
) -> ValidationReport:
    """Do the work of :func:`validate_graph`."""
    everything = view_of((data, *_around(context, ontology)))
    tried = _constraints_only(shapes)
    guard = is_foreign(tried)
    try:
        results = list(_run(everything, tried, engine, wanted, guard=guard))
    except (ArithmeticError, AttributeError, RecursionError, TypeError, ValueError) as error:
        raise EngineError(
            f"engine {engine!r} failed on these data or shapes: {type(error).__name__}: {error}"
        ) from error
    reader = _Reader(shapes, Locator(everything, wanted))
    named = frozenset(tried.objects(None, SH.targetNode))
    mentioned = cache(partial(_is_mentioned, data, named))
    found = [(reader.finding(result), result) for result in results if mentioned(result.focus)]
    found.sort(key=lambda pair: pair[0].order)
    return ValidationReport(
        findings=tuple(finding for finding, _ in found),
        shapes=shapes,
        source=cache(partial(_report_graph, found, shapes)),
    )


def _run(data: Graph, shapes: Graph, engine: str, wanted: frozenset[Node] | None, *, guard: bool) -> Iterable[Result]:
    """Let one engine, or all of them, try the shapes."""
    if engine == ALL_ENGINES:
        return read_results(run_all(data, shapes, wanted, guard=guard))
    chosen = get_engine(engine)
    if isinstance(chosen, Finder) and not guard:
        return chosen.find(data, shapes, wanted)
    return read_results((GuardedEngine(chosen) if guard else chosen).run(data, shapes, wanted))


def _around(context: Graph | None, ontology: Graph) -> tuple[Graph, ...]:
    """Return what the data rest on: in one graph, a copy, where that is small, so that less is looked into."""
    subclasses = _subclasses(ontology)
    if context is None:
        return (subclasses,)
    if len(context) > _SMALL:
        return context, subclasses
    for triple in context:
        subclasses.add(triple)
    return (subclasses,)


_SMALL = 5000


def _subclasses(ontology: Graph) -> Graph:
    """Copy all that SHACL wants of an ontology. The rest would be validated as data."""
    graph = Graph(CompactStore(), bind_namespaces="none")
    for subclass, _, superclass in ontology.triples((None, RDFS.subClassOf, None)):
        if isinstance(superclass, URIRef):
            graph.add((subclass, RDFS.subClassOf, superclass))
    return graph


def _is_mentioned(data: Graph, named: frozenset[Node], node: Node) -> bool:
    """Tell whether a node is in the data, or named by the shapes themselves as one that they are about."""
    return node in named or (node, None, None) in data or (None, None, node) in data


def _constraints_only(shapes: Shapes) -> Graph:
    """Copy what an engine evaluates, without the words and reasons of each rule.

    Without words, because pyshacl looks through all triples of a shape each time it tries it. A message with a
    variable stays: only the engine knows the variable's value.
    """
    graph = new_graph()
    for subject, predicate, value in shapes.graph:
        if subject not in shapes.rules or predicate not in DESCRIBING or "{" in str(value):
            graph.add((subject, predicate, value))
    return graph


class _Reader:
    """Reads results; what many of them share is read once."""

    def __init__(self, shapes: Shapes, locator: Locator) -> None:
        self._shapes = shapes
        self.label = cache(locator.label)
        self.activities = cache(locator.find_activities)
        self.places = cache(locator.find_places)
        self.severity = cache(severity_of)
        self._paths: dict[Node, str] = {}
        self._filled: dict[tuple[Node, Node | None], bool] = {}

    def finding(self, result: Result) -> Finding:
        """Read one ``sh:ValidationResult``."""
        focus, value = result.focus, result.value
        rule = self._shapes.rules.get(cast(IdentifiedNode, result.shape))
        activities, shared = self.activities(focus)
        said = result.messages
        return Finding(
            code=rule.code if rule is not None else str(result.shape),
            shape=cast(IdentifiedNode, result.shape),
            component=cast(IdentifiedNode, result.component),
            severity=self.severity(result.severity),
            focus=focus,
            label=self.label(focus),
            path=self._path(result),
            value=value,
            value_label=self.label(value) if value is not None else None,
            message=min(map(str, said)) if said else "",
            places=self.places(focus, rule.column if rule is not None else None),
            activities=activities,
            shared=shared,
            messages=self._messages(result),
            details=self._details(result),
        )

    def _path(self, result: Result) -> str | None:
        if result.path is None:
            return None
        known = self._paths.get(result.path)
        if known is None:
            known = self._paths[result.path] = path_text(result.source, result.path)
        return known

    def _messages(self, result: Result) -> dict[str, str]:
        """Return the messages with values filled in, of a rule that has such."""
        key = result.shape, result.constraint
        filled = self._filled.get(key)
        if filled is None:
            own = self._shapes.graph.objects(result.shape, SH.message)
            filled = self._filled[key] = any("{" in str(message) for message in own) or (
                result.constraint is not None and (result.constraint, SH.message, None) in self._shapes.graph
            )
        if not filled:
            return {}
        if result.node is not None:
            return find_messages(result.source, result.node, self._shapes.graph)
        graph = Graph(bind_namespaces="none")
        return find_messages(graph, write_result(result, graph), self._shapes.graph)

    def _details(self, result: Result) -> tuple[Finding, ...]:
        """Read the results inside a result, which say why a value does not fit another shape."""
        inside = result.details
        if result.node is not None:
            nodes = result.source.objects(result.node, SH.detail)
            inside = tuple(read_result(result.source, node) for node in nodes)
        found = map(self.finding, inside)
        return tuple(sorted(found, key=lambda detail: detail.order))


def path_text(graph: Graph, path: Node) -> str:
    """Write a SHACL property path as SPARQL does, IRIs shortened by prefixes.

    :param graph: holds the path's blank nodes; not changed
    """
    if isinstance(path, URIRef):
        return shorten_iri(path)
    if (path, RDF.first, None) in graph:
        return "/".join(path_text(graph, step) for step in RdfList(graph, path))
    for predicate, form in _PATH_FORMS.items():
        inner = graph.value(path, predicate)
        if inner is not None:
            return form.format(path_text(graph, inner))
    alternatives = graph.value(path, SH.alternativePath)
    if alternatives is not None:
        return "(" + "|".join(path_text(graph, step) for step in RdfList(graph, alternatives)) + ")"
    return str(path)


_PATH_FORMS = {
    SH.inversePath: "^{}",
    SH.zeroOrMorePath: "({})*",
    SH.oneOrMorePath: "({})+",
    SH.zeroOrOnePath: "({})?",
}


def _report_graph(found: list[tuple[Finding, Result]], shapes: Shapes) -> Graph:
    """Write the report again as ``sh:ValidationReport``, in one order and with messages in every language.

    Messages come from the shapes: pyshacl 0.40 drops the language of those of SPARQL constraints. Blank nodes
    are named by the place of their finding, so the same findings serialise to the same bytes.
    """
    graph = Graph(CompactStore(), bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    report = BNode("report")
    graph.add((report, RDF.type, SH.ValidationReport))
    graph.add((report, SH.conforms, Literal(not found)))
    for number, (finding, result) in enumerate(found, start=1):
        name = f"result{number:06}"
        node = BNode(name)
        graph.add((report, SH.result, node))
        source, own = result.source, result.node
        if own is None:
            source = Graph(bind_namespaces="none")
            own = write_result(result, source)
        for predicate, term in source.predicate_objects(own):
            if predicate != SH.resultMessage:
                graph.add((node, predicate, _copy(source, term, graph, f"{name}-{str(predicate).split('#')[-1]}")))
        for message in _messages(result, finding, shapes.rules.get(finding.shape)):
            graph.add((node, SH.resultMessage, message))
    return graph


def _messages(result: Result, finding: Finding, rule: Rule | None) -> Sequence[Node]:
    """Return the filled messages, else the rule's own, else the engine's."""
    said = finding.messages or (rule.messages if rule is not None else {})
    if said:
        return [Literal(text, lang=language or None) for language, text in said.items()]
    return result.messages


def _copy(source: Graph, term: Node, target: Graph, name: str) -> Node:
    """Copy a term and, of a blank node, all that it says, under a name that is the same on every run."""
    if not isinstance(term, BNode):
        return term
    copy = BNode(name)
    for number, (predicate, value) in enumerate(sorted(source.predicate_objects(term))):
        target.add((copy, predicate, _copy(source, value, target, f"{name}.{number}")))
    return copy
