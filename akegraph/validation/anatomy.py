"""What shapes are made of, in the words of SHACL: constraints, the parts they use, and targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.term import Node


def shacl_terms(names: str) -> frozenset[URIRef]:
    """Return terms of the SHACL namespace; rdflib's SH does not have those that are keywords of Python."""
    return frozenset(URIRef(f"{SH}{name}") for name in names.split())


SHAPE_CLASSES = (SH.NodeShape, SH.PropertyShape)
TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)
CLASSES = (RDFS.Class, OWL.Class)
"""A shape that is one of these as well targets its own instances."""

LISTS = shacl_terms("and or xone")
_SINGLE = shacl_terms("node not property qualifiedValueShape")
_SWITCHES = shacl_terms("closed uniqueLang")
# Others, such as sh:flags or sh:qualifiedMinCount, ask for nothing by themselves.
_CORE = LISTS | _SINGLE | _SWITCHES
_CORE |= shacl_terms("class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive")
_CORE |= shacl_terms(
    "minLength maxLength pattern languageIn equals disjoint lessThan lessThanOrEquals hasValue in sparql"
)

VALIDATORS = shacl_terms("validator nodeValidator propertyValidator")
HELPERS = VALIDATORS | {SH.sparql, SH.parameter}
"""The properties whose values may have messages, paths and constraints of their own, and are no shapes in use."""


def is_true(value: Node | None) -> bool:
    """Tell whether a value is ``true``."""
    return isinstance(value, Literal) and value.value is True


def is_deactivated(graph: Graph, node: Node) -> bool:
    """Tell whether a shape or a SPARQL constraint is switched off."""
    return any(map(is_true, graph.objects(node, SH.deactivated)))


def is_class_shape(graph: Graph, node: Node) -> bool:
    """Tell whether a shape targets its own instances, as it is a class."""
    return any((node, RDF.type, kind) in graph for kind in CLASSES) and any(
        (node, RDF.type, kind) in graph for kind in SHAPE_CLASSES
    )


def find_targeted(graph: Graph) -> set[Node]:
    """Return the shapes that have a target of their own."""
    found = {shape for predicate in TARGETS for shape in graph.subjects(predicate)}
    return found | {
        shape for kind in CLASSES for shape in graph.subjects(RDF.type, kind) if is_class_shape(graph, shape)
    }


class Anatomy:
    """Reads what shapes are made of; ``graph`` is not changed meanwhile."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._components = [
            frozenset(
                path
                for parameter in graph.objects(component, SH.parameter)
                for path in graph.objects(parameter, SH.path)
                if not is_true(graph.value(parameter, SH.optional))
            )
            for component in graph.subjects(RDF.type, SH.ConstraintComponent)
        ]

    def constraints(self, shape: Node) -> set[Node]:
        """Return the properties of a shape that ask something of a node, those of other components included."""
        said = set(self._graph.predicates(shape))
        found = {predicate for predicate in said & _CORE if predicate not in _SWITCHES or self._is_on(shape, predicate)}
        for parameters in self._components:
            if parameters and parameters <= said:
                found |= parameters
        return found

    def _is_on(self, shape: Node, switch: Node) -> bool:
        return any(map(is_true, self._graph.objects(shape, switch)))

    def parts(self, shape: Node) -> Iterator[tuple[Node, Node]]:
        """Yield the shapes that a shape uses, each with the property by which it does."""
        for predicate in sorted(_SINGLE):
            for part in sorted(self._graph.objects(shape, predicate), key=str):
                yield predicate, part
        for predicate in sorted(LISTS):
            for start in self._graph.objects(shape, predicate):
                for part in self._members(start):
                    yield predicate, part

    def _members(self, start: Node) -> Iterator[Node]:
        """Yield the members of a list; one that runs in a circle ends."""
        seen = set[Node]()
        waiting = [start]
        while waiting:
            cell = waiting.pop()
            if cell not in seen:
                seen.add(cell)
                yield from self._graph.objects(cell, RDF.first)
                waiting += self._graph.objects(cell, RDF.rest)

    def reach(self, shapes: Iterable[Node]) -> set[Node]:
        """Return the shapes and all that they use."""
        found = set(shapes)
        waiting = list(found)
        while waiting:
            shape = waiting.pop()
            for part in (*(part for _, part in self.parts(shape)), *self._given(shape)):
                if part not in found:
                    found.add(part)
                    waiting.append(part)
        return found

    def _given(self, shape: Node) -> Iterator[Node]:
        """Yield what is given to other components and may be a shape."""
        for predicate in self.constraints(shape) - _CORE:
            for value in self._graph.objects(shape, URIRef(str(predicate))):
                if self.constraints(value):
                    yield value
