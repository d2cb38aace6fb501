"""What a validation did not look at: rules that checked nothing, and resources that no rule looks at.

SHACL is silent about both: a rule whose target is misspelt conforms, and so does data of a kind nobody wrote rules for.
Everything here reads lazily and stops at the first node or value that shows a rule at work, so it costs little beside
the validation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import IdentifiedNode, Node

from akegraph.validation.anatomy import HELPERS, Anatomy, find_targeted, is_class_shape, is_deactivated
from akegraph.validation.shapes import Rule, Shapes, rule_of

_Focus = Callable[[], Iterator[Node]]

# Met or broken where there is no value at all; every other constraint of a property shape needs a value to look at.
_NEEDS_NO_VALUE = (SH.hasValue, SH.equals, SH.sparql)
_LEAST = (SH.minCount, SH.qualifiedMinCount)
_STRUCTURE = frozenset(
    {SKOS.Collection, SKOS.ConceptScheme, SKOS.OrderedCollection, SH.NodeShape, SH.PropertyShape, RDF.List}
)
_META = (str(OWL), str(RDFS), str(SH), str(RDF))
# A rule about whatever has a type, such as one about links, says nothing of what the thing should be.
_EVERYTHING = (RDF.type,)
_ANY_CLASS = (RDFS.Resource, OWL.Thing)


def find_idle_rules(data: Graph, shapes: Shapes, *, ontology: Graph | None = None) -> tuple[Rule, ...]:
    """List the rules that checked nothing: no node is their target, or no value is there for them to look at.

    A rule that asks for a value looks at every node of its target, with or without one. Idle is as well what is
    deactivated, be it one SPARQL constraint of a shape; what has a target and no constraint; and what has constraints
    but no target, and is used by no shape that has one.

    :param data: all that was read together, context included; not changed
    :param ontology: read for ``rdfs:subClassOf``, as the engine does; not changed
    :returns: by code; of a shape without an IRI, the shape with one that it is part of
    """
    reader = _Reader(data, shapes.graph, ontology)
    idle: dict[Node, bool] = {}
    for shape in reader.targeted():
        reader.visit((shape,), partial(reader.targets, shape), idle)
    for shape in reader.unused():
        reader.visit((shape,), partial(iter, ()), idle)
    idle |= dict.fromkeys(reader.deactivated(idle), True)
    # A SPARQL constraint that is deactivated is no rule of its own; only here it is one.
    rules = [
        shapes.rules[shape] if shape in shapes.rules else rule_of(shapes.graph, shape)
        for shape in idle
        if idle[shape] and isinstance(shape, IdentifiedNode)
    ]
    return tuple(sorted(rules, key=lambda rule: (rule.code, str(rule.shape))))


def find_unwatched(data: Graph, shapes: Shapes, *, ontology: Graph | None = None) -> tuple[Node, ...]:
    """List the resources that no rule looks at: subjects with a class that no target of any rule reaches.

    Left out is what only holds others together or describes a vocabulary: schemes, collections, classes, shapes. A
    target that takes in whatever has a type reaches nothing here.

    :param data: the graph whose subjects are meant; not changed
    :param ontology: read for ``rdfs:subClassOf``, as the engine does; not changed
    :returns: sorted by IRI
    """
    reader = _Reader(data, shapes.graph, ontology)
    watched: set[Node] = set()
    for shape in reader.targeted():
        watched.update(reader.targets(shape, specific=True))
    found = {
        subject
        for subject, kind in data.subject_objects(RDF.type)
        if subject not in watched and kind not in _STRUCTURE and not str(kind).startswith(_META)
    }
    return tuple(sorted(found, key=str))


def has_targets(data: Graph, shapes: Shapes, *, ontology: Graph | None = None) -> bool:
    """Tell whether any rule has anything to look at; if none has, a report that conforms says nothing.

    :param data: all that was read together, context included; not changed
    :param ontology: read for ``rdfs:subClassOf``, as the engine does; not changed
    """
    reader = _Reader(data, shapes.graph, ontology)
    return any(next(reader.targets(shape), None) is not None for shape in reader.targeted())


class _Reader:
    """Reads targets and paths of a shapes graph on a data graph; changes neither."""

    def __init__(self, data: Graph, shapes: Graph, ontology: Graph | None) -> None:
        self._data, self._shapes = data, shapes
        self._anatomy = Anatomy(shapes)
        self._hierarchies = (data,) if ontology is None else (data, ontology)

    def targeted(self) -> list[Node]:
        """List the shapes that have a target of their own, sorted."""
        return sorted(find_targeted(self._shapes), key=str)

    def unused(self) -> list[Node]:
        """List the shapes that have constraints, and that no shape with a target uses."""
        graph = self._shapes
        helpers = {helper for use in HELPERS for helper in graph.objects(None, use)}
        found = {shape for shape in graph.subjects() if self._anatomy.constraints(shape)} - helpers
        found -= self._anatomy.reach(find_targeted(graph))
        # One without a name is told of with the shape it is part of.
        return sorted((one for one in found if isinstance(one, URIRef) or not any(graph.subjects(None, one))), key=str)

    def deactivated(self, idle: Mapping[Node, bool]) -> list[Node]:
        """List the shapes that are switched off, and the SPARQL constraints that are in a shape at work."""
        graph = self._shapes
        found = {node for node in graph.subjects(SH.deactivated) if is_deactivated(graph, node)}
        told = {one for one in found if any(idle.get(shape) for shape in graph.subjects(SH.sparql, one))}
        return sorted(found - told, key=str)

    def targets(self, shape: Node, *, specific: bool = False) -> Iterator[Node]:
        """Iterate the target nodes of a shape, some more than once; ``specific`` leaves out those that take in all."""
        graph, data = self._shapes, self._data
        for node in graph.objects(shape, SH.targetNode):
            if (node, None, None) in data or (None, None, node) in data:
                yield node
        classes = set(graph.objects(shape, SH.targetClass))
        if is_class_shape(graph, shape):
            classes.add(shape)
        for kind in self._subclasses(classes):
            if not (specific and kind in _ANY_CLASS):
                yield from data.subjects(RDF.type, kind)
        for predicate in graph.objects(shape, SH.targetSubjectsOf):
            if not (specific and predicate in _EVERYTHING):
                yield from data.subjects(predicate)
        for predicate in graph.objects(shape, SH.targetObjectsOf):
            if not (specific and predicate in _EVERYTHING):
                yield from data.objects(None, predicate)

    def visit(self, shapes: tuple[Node, ...], focus: _Focus, idle: dict[Node, bool]) -> None:
        """Note in ``idle`` whether a shape, and each that it is made of, looked at nothing; one look is enough.

        :param shapes: the shape after those that it is part of; the last with an IRI is the one noted
        :param focus: gives the nodes that the shape is tried on, anew each time
        """
        graph, shape = self._shapes, shapes[-1]
        path = graph.value(shape, SH.path)
        values: _Focus = focus if path is None else lambda: self._values(focus(), path)
        if is_deactivated(graph, shape):
            focus = values = partial(iter, ())
        constraints = self._anatomy.constraints(shape)
        # A property without constraint may be there for sh:closed; a target without any rule is not.
        if constraints - {SH.property} or (not constraints and len(shapes) == 1):
            named = next((part for part in reversed(shapes) if isinstance(part, URIRef)), shape)
            idle[named] = idle.get(named, True) and not self._looks(shape, path, focus, values)
        for part in sorted(graph.objects(shape, SH.property), key=str):
            if part not in shapes:
                self.visit((*shapes, part), values, idle)

    def _looks(self, shape: Node, path: Node | None, focus: _Focus, values: _Focus) -> bool:
        graph = self._shapes
        active = self._anatomy.constraints(shape) - {SH.property}
        if all(is_deactivated(graph, constraint) for constraint in graph.objects(shape, SH.sparql)):
            active.discard(SH.sparql)
        if not active or next(focus(), None) is None:
            return False
        if path is None or any((shape, predicate, None) in graph for predicate in _NEEDS_NO_VALUE):
            return True
        if any(_positive(least) for predicate in _LEAST for least in graph.objects(shape, predicate)):
            return True
        if any(isinstance(most, Literal) and most.value == 0 for most in graph.objects(shape, SH.maxCount)):
            return True
        return next(values(), None) is not None

    def _subclasses(self, classes: Iterable[Node]) -> set[Node]:
        waiting, found = list(classes), set[Node]()
        while waiting:
            kind = waiting.pop()
            if kind not in found:
                found.add(kind)
                waiting += [below for graph in self._hierarchies for below in graph.subjects(RDFS.subClassOf, kind)]
        return found

    def _values(self, nodes: Iterable[Node], path: Node) -> Iterator[Node]:
        """Iterate the value nodes at the end of a path, some more than once."""
        if self._may_lead_anywhere(path):
            for node in nodes:
                yield from self._follow(node, path)

    def _may_lead_anywhere(self, path: Node) -> bool:
        """Tell, without looking at any node, whether the data have the properties a path needs."""
        graph = self._shapes
        if isinstance(path, URIRef):
            return (None, path, None) in self._data
        if (path, RDF.first, None) in graph:
            return all(self._may_lead_anywhere(step) for step in Collection(graph, path))
        alternatives = graph.value(path, SH.alternativePath)
        if alternatives is not None:
            return any(self._may_lead_anywhere(step) for step in Collection(graph, alternatives))
        inverse = graph.value(path, SH.inversePath)
        return inverse is None or self._may_lead_anywhere(inverse)

    def _follow(self, node: Node, path: Node, *, back: bool = False) -> Iterator[Node]:
        """Iterate where a path leads from a node; ``back`` follows it from its end to its beginning."""
        graph, data = self._shapes, self._data
        if isinstance(path, URIRef):
            yield from data.subjects(path, node) if back else data.objects(node, path)
        elif (path, RDF.first, None) in graph:
            steps = list(Collection(graph, path))
            yield from self._follow_steps(node, steps[::-1] if back else steps, back=back)
        elif (inner := graph.value(path, SH.inversePath)) is not None:
            yield from self._follow(node, inner, back=not back)
        elif (alternatives := graph.value(path, SH.alternativePath)) is not None:
            for step in Collection(graph, alternatives):
                yield from self._follow(node, step, back=back)
        else:
            yield from self._follow_repeated(node, path, back=back)

    def _follow_steps(self, node: Node, steps: list[Node], *, back: bool) -> Iterator[Node]:
        if not steps:
            yield node
            return
        for middle in self._follow(node, steps[0], back=back):
            yield from self._follow_steps(middle, steps[1:], back=back)

    def _follow_repeated(self, node: Node, path: Node, *, back: bool) -> Iterator[Node]:
        """Follow ``sh:zeroOrMorePath``, ``sh:oneOrMorePath`` or ``sh:zeroOrOnePath``; a circle ends."""
        graph = self._shapes
        once = graph.value(path, SH.zeroOrOnePath)
        more = graph.value(path, SH.oneOrMorePath)
        inner = once or more or graph.value(path, SH.zeroOrMorePath)
        if more is None:
            yield node
        if inner is None:
            return
        waiting, found = [node], set[Node]()
        while waiting:
            for reached in self._follow(waiting.pop(), inner, back=back):
                if reached not in found:
                    found.add(reached)
                    yield reached
                    if once is None:
                        waiting.append(reached)


def _positive(least: Node) -> bool:
    return isinstance(least, Literal) and isinstance(least.value, int) and least.value > 0
