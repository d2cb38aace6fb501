"""Which nodes a shape is tried on: SHACL section 2.1.3, and no more than that is asked of the data."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from rdflib import OWL, RDF, RDFS, SH, Graph, Literal
from rdflib.term import Node

from akegraph.validation.view import Lookup

TARGETS = (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
"""The predicates that declare a target; an implicit class target is declared by the shape's being a class."""


class FocusNodes:
    """The focus nodes of shapes that are reported, found once for all who ask.

    :param data: not changed
    :param shapes: not changed
    :param among: consider only these nodes, so that the work does not grow with the data
    """

    def __init__(self, data: Graph, shapes: Graph, among: Collection[Node] | None) -> None:
        self._data, self._shapes, self._among = data, shapes, among
        self._lookup = Lookup(data)
        self._of: dict[Node, Collection[Node]] = {}
        self._targets: dict[tuple[Node, Node], Collection[Node]] = {}

    @property
    def everywhere(self) -> bool:
        """Tell whether all nodes of the data are considered."""
        return self._among is None

    def of(self, shape: Node) -> Collection[Node]:
        """Find the focus nodes of a shape: its targets, and those of the node shapes that have it as a property."""
        known = self._of.get(shape)
        if known is None:
            parts = [] if _is_deactivated(self._shapes, shape) else [self.targets(shape)]
            if parts:
                parts += [self.of(parent) for parent in self._shapes.subjects(SH.property, shape)]
            known = self._of[shape] = _union(parts)
        return known

    def targets(self, shape: Node) -> Collection[Node]:
        """Find the focus nodes that a shape's own targets declare."""
        shapes, among = self._shapes, self._among
        parts: list[Collection[Node]] = []
        nodes = set(shapes.objects(shape, SH.targetNode))
        parts.append(nodes if among is None else nodes.intersection(among))
        for kind, values in (
            (SH.targetClass, _target_classes(shapes, shape)),
            (SH.targetSubjectsOf, set(shapes.objects(shape, SH.targetSubjectsOf))),
            (SH.targetObjectsOf, set(shapes.objects(shape, SH.targetObjectsOf))),
        ):
            for value in values:
                known = self._targets.get((kind, value))
                if known is None:
                    known = self._targets[kind, value] = self._find(kind, value)
                parts.append(known)
        return _union(parts)

    def _find(self, kind: Node, value: Node) -> Collection[Node]:
        lookup, among = self._lookup, self._among
        if kind == SH.targetClass:
            every = self._data.transitive_subjects(RDFS.subClassOf, value)
            classes = {one for one in every if one is not None}
            views = [view for one in classes if (view := lookup.subjects(RDF.type, one))]
            if among is None:
                return _union(views)
            return {node for node in among for one in classes if lookup.has(node, RDF.type, one)}
        if kind == SH.targetSubjectsOf:
            if among is None:
                return lookup.having(value)
            return {node for node in among if lookup.objects(node, value)}
        if among is None:
            return lookup.values(value)
        return {node for node in among if lookup.subjects(value, node)}


def _union(parts: Sequence[Collection[Node]]) -> Collection[Node]:
    """Return the nodes that are in any of the parts, a copy only where there are several."""
    filled = [part for part in parts if part]
    return set().union(*filled) if len(filled) > 1 else filled[0] if filled else ()


def is_reported(shapes: Graph, shape: Node, seen: Sequence[Node]) -> bool:
    """Tell whether a shape is used for targets only, its own or those of node shapes that have it as a property."""
    if shape in seen:
        return False
    for parent, predicate in shapes.subject_predicates(shape):
        if predicate == SH.result or predicate == SH.sourceShape:
            continue
        if predicate != SH.property or (parent, SH.path, None) in shapes:
            return False
        if not is_reported(shapes, parent, (*seen, shape)):
            return False
    return True


def _is_deactivated(shapes: Graph, node: Node) -> bool:
    value = shapes.value(node, SH.deactivated)
    return isinstance(value, Literal) and bool(value.value)


def iter_targeted(shapes: Graph) -> Iterator[Node]:
    """Yield every shape that declares a target, each once."""
    seen = {shape for predicate in TARGETS for shape in shapes.subjects(predicate)}
    seen.update(shape for kind in _class_kinds(shapes) for shape in shapes.subjects(RDF.type, kind))
    yield from sorted(seen, key=str)


def is_constraining(shapes: Graph, shape: Node) -> bool:
    """Tell whether anything is asked of the focus nodes of a shape, but for its targets and its words."""
    if (None, SH.parameter, None) in shapes:
        return True  # a component of somebody's own: any property may be its parameter
    return any(
        str(predicate).startswith(str(SH)) and predicate not in TARGETS and predicate not in _WORDS
        for predicate in shapes.predicates(shape)
    )


_WORDS = (SH.severity, SH.message, SH.name, SH.description)


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
    nodes = FocusNodes(data, shapes, frozenset(focus))
    targets = {shape: nodes.targets(shape) for shape in iter_targeted(shapes)}
    for shape in iter_targeted(shapes):
        for predicate in TARGETS:
            copy.remove((shape, predicate, None))
        for kind in _class_kinds(shapes):
            copy.remove((shape, RDF.type, kind))
        for node in targets[shape]:
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
