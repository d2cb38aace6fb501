"""Which nodes a shape is tried on: SHACL section 2.1.3, and no more than that is asked of the data."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rdflib import OWL, RDF, RDFS, SH, Graph
from rdflib.term import Node

TARGETS = (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
"""The predicates that declare a target; an implicit class target is declared by the shape's being a class."""


def find_targets(shapes: Graph, data: Graph, shape: Node, among: Collection[Node] | None = None) -> set[Node]:
    """Find the focus nodes that a shape's own targets declare.

    :param among: consider only these nodes, so that the work does not grow with the data
    """
    found: set[Node] = set()
    for node in shapes.objects(shape, SH.targetNode):
        if among is None or node in among:
            found.add(node)
    for target in _target_classes(shapes, shape):
        classes = set(data.transitive_subjects(RDFS.subClassOf, target))
        if among is None:
            found.update(node for kind in classes for node in data.subjects(RDF.type, kind))
        else:
            found.update(node for node in among if any((node, RDF.type, kind) in data for kind in classes))
    for predicate in shapes.objects(shape, SH.targetSubjectsOf):
        if among is None:
            found.update(data.subjects(predicate))
        else:
            found.update(node for node in among if (node, predicate, None) in data)
    for predicate in shapes.objects(shape, SH.targetObjectsOf):
        if among is None:
            found.update(data.objects(None, predicate))
        else:
            found.update(node for node in among if (None, predicate, node) in data)
    return found


def iter_targeted(shapes: Graph) -> Iterator[Node]:
    """Yield every shape that declares a target, each once."""
    seen = {shape for predicate in TARGETS for shape in shapes.subjects(predicate)}
    seen.update(shape for kind in _class_kinds(shapes) for shape in shapes.subjects(RDF.type, kind))
    yield from sorted(seen, key=str)


def aim_at(shapes: Graph, data: Graph, focus: Collection[Node] | None) -> Graph:
    """Copy shapes so that their only targets are those of their focus nodes that are in ``focus``.

    Each target becomes ``sh:targetNode``. pyshacl's own option for this looks at all targets first, so it takes
    longer the larger the data are, and it passes over blank nodes.

    :param shapes: not changed
    :param focus: nodes; None for a copy with all targets
    """
    copy = Graph(bind_namespaces="none")
    for triple in shapes:
        copy.add(triple)
    if focus is None:
        return copy
    wanted = frozenset(focus)
    for shape in iter_targeted(shapes):
        for predicate in TARGETS:
            copy.remove((shape, predicate, None))
        for kind in _class_kinds(shapes):
            copy.remove((shape, RDF.type, kind))
        for node in find_targets(shapes, data, shape, wanted):
            copy.add((shape, SH.targetNode, node))
    return copy


def _target_classes(shapes: Graph, shape: Node) -> set[Node]:
    classes = set(shapes.objects(shape, SH.targetClass))
    if not _class_kinds(shapes).isdisjoint(shapes.objects(shape, RDF.type)):
        classes.add(shape)
    return classes


def _class_kinds(shapes: Graph) -> set[Node]:
    """Return the classes whose instances are classes, so that a shape that is one targets its own instances."""
    return {RDFS.Class, OWL.Class, *shapes.subjects(RDFS.subClassOf, RDFS.Class)}
