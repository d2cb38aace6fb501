r"""Property shapes that are tried here, by looking values up; all others are left to pyshacl or ``shacl``.

A shape is taken where every word of it is known here, so that nothing is passed over:

- it is reported for its own targets or for those of node shapes that have it as ``sh:property``, and decides for no
  other shape;
- its path is of properties, inverses of properties, sequences and alternatives. The value nodes of such a path are
  the different objects and subjects of its triples, as sets, which is what
  :class:`~akegraph.validation.view.Lookup` returns;
- its constraints count value nodes (``sh:minCount``, ``sh:maxCount``, ``sh:uniqueLang``, qualified counts), look for
  one (``sh:hasValue``), or ask something of each value node alone (``sh:class``, ``sh:datatype``, ``sh:nodeKind``,
  ``sh:minLength``, ``sh:minInclusive``, ``sh:pattern``, ``sh:languageIn``, ``sh:in``, and ``sh:node`` and ``sh:or``
  with shapes of only these). What it asks is what pyshacl asks, in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.collection import Collection as RdfList
from rdflib.term import Node

from akegraph.validation.engines.asking import (
    Test,
    UnknownQuestionError,
    language_test,
    member_test,
    number_of,
    simple_test,
)
from akegraph.validation.engines.base import Result
from akegraph.validation.engines.targets import TARGETS, FocusNodes, is_reported
from akegraph.validation.view import Lookup

_Values = Callable[[Node], Collection[Node]]
_SILENT = frozenset({SH.severity, SH.message, SH.name, SH.description, SH.order, SH.group, SH.path})
_SINGLE = (SH.minCount, SH.maxCount, SH.minLength, SH.minInclusive, SH.datatype, SH.nodeKind, SH.languageIn, SH["in"])
_ONCE = (*_SINGLE, SH.path, SH.uniqueLang, SH.qualifiedValueShape, SH.qualifiedMinCount, SH.qualifiedMaxCount)
_MIN_COUNT, _MAX_COUNT = SH.MinCountConstraintComponent, SH.MaxCountConstraintComponent
_NODE = SH.NodeConstraintComponent


@dataclass(slots=True)
class _Rule:
    """A property shape, ready to be tried.

    :ivar tests: what is asked of each value node, with the component that asks it
    :ivar wanted: values that must be there
    """

    shape: Node
    path: Node
    values: _Values
    least: int = 0
    most: int | None = None
    unique_language: bool = False
    tests: list[tuple[URIRef, Test]] = field(default_factory=list)
    wanted: list[Node] = field(default_factory=list)
    qualified: tuple[Test, int, int | None] | None = None

    def suspects(self, nodes: Collection[Node], lookup: Lookup) -> Iterable[Node]:
        """Return the nodes that may fail; the others are known not to, by a look at their only value."""
        if not isinstance(self.path, URIRef) or self.wanted:
            return nodes
        tests = [test for _, test in self.tests]
        none, one = self.least == 0, self.least <= 1 and (self.most is None or self.most >= 1)
        if self.qualified is not None:
            test, least, most = self.qualified
            none, one = none and least == 0, one and least <= 1 and most is None
            tests += [test] if least else []
        return lookup.not_single(nodes, self.path, tests, none=none, one=one)

    def failures(self, focus: Node) -> list[tuple[URIRef, Node | None]]:
        """Return each component that a node fails, with the value node that fails it, if one does."""
        values = self.values(focus)
        count = len(values)
        failed: list[tuple[URIRef, Node | None]] = []
        if count < self.least:
            failed.append((_MIN_COUNT, None))
        if self.most is not None and count > self.most:
            failed.append((_MAX_COUNT, None))
        for component, test in self.tests:
            failed += [(component, value) for value in values if not test(value)]
        failed += [(SH.HasValueConstraintComponent, None) for wanted in self.wanted if wanted not in values]
        if self.unique_language and count > 1:
            languages = [value.language.lower() for value in values if isinstance(value, Literal) and value.language]
            repeated = len({language for language in languages if languages.count(language) > 1})
            failed += [(SH.UniqueLangConstraintComponent, None)] * repeated
        if self.qualified is not None:
            test, least, most = self.qualified
            fitting = sum(map(test, values))
            if fitting < least:
                failed.append((SH.QualifiedMinCountConstraintComponent, None))
            if most is not None and fitting > most:
                failed.append((SH.QualifiedMaxCountConstraintComponent, None))
        return failed


@dataclass(slots=True)
class _ShapeTest:
    """The test whether a node fits a node shape; each node is tried once."""

    shape: Node
    tests: list[tuple[URIRef, Test]]
    rules: list[_Rule]
    known: dict[Node, bool] = field(default_factory=dict)

    def __call__(self, node: Node) -> bool:
        answer = self.known.get(node)
        if answer is None:
            answer = self.known[node] = not self.failures(node)
        return answer

    @property
    def quick(self) -> Test:
        """The same test; of a single question, without a memory of its answers."""
        return self if self.rules or len(self.tests) != 1 else self.tests[0][1]

    def failures(self, node: Node) -> list[tuple[Node, Node | None, URIRef, Node | None]]:
        """Return the shapes that a node fails, with their path and component, and the value that fails it."""
        own = [(self.shape, None, component, node) for component, test in self.tests if not test(node)]
        return own + [(rule.shape, rule.path, *failed) for rule in self.rules for failed in rule.failures(node)]


def take_direct(shapes: Graph, data: Graph) -> list[_Rule]:
    """Take out of a shapes graph every property shape that can be tried here.

    :param shapes: changed in place: these shapes are removed
    """
    if (None, SH.parameter, None) in shapes:
        return []  # a component of somebody's own: any property may be its parameter
    maker = _Maker(shapes, Lookup(data), data)
    taken = []
    for shape in sorted(set(shapes.subjects(SH.path)), key=str):
        if not is_reported(shapes, shape, ()) or _is_watched(shapes, shape):
            continue
        try:
            taken.append(maker.rule(shape))
        except UnknownQuestionError:
            continue
    for rule in taken:
        shapes.remove((None, SH.property, rule.shape))
        shapes.remove((rule.shape, None, None))
    return taken


def _is_watched(shapes: Graph, shape: Node) -> bool:
    """Tell whether a constraint of a parent looks at the shape itself."""
    return any(
        (parent, SH.closed, None) in shapes or (parent, SH.path, None) in shapes
        for parent in shapes.subjects(SH.property, shape)
    )


def find_direct(rules: list[_Rule], data: Graph, shapes: Graph, focus: FocusNodes) -> list[Result]:
    """Try rules on the focus nodes of their shapes.

    :param shapes: the shapes as they were before any was taken out; not changed
    """
    found: list[Result] = []
    lookup = Lookup(data)
    for rule in rules:
        nodes = focus.of(rule.shape)
        if not nodes:
            continue
        for node in rule.suspects(nodes, lookup):
            for component, value in rule.failures(node):
                found.append(_result(shapes, node, (rule.shape, rule.path, component, value)))
                if component == _NODE and value is not None:
                    found[-1].details = _explain(rule, value, shapes)
    return found


def _result(shapes: Graph, node: Node, failed: tuple[Node, Node | None, URIRef, Node | None]) -> Result:
    shape, path, component, value = failed
    severity = shapes.value(shape, SH.severity) or SH.Violation
    messages = tuple(shapes.objects(shape, SH.message)) or (Literal(f"fails {component.rpartition('#')[2]}"),)
    return Result(node, shape, component, severity, path, value, messages, shapes)


def _explain(rule: _Rule, value: Node, shapes: Graph) -> tuple[Result, ...]:
    """Tell what a value fails in the shapes that it is to fit."""
    tests = [test for component, test in rule.tests if component == _NODE and isinstance(test, _ShapeTest)]
    return tuple(_result(shapes, value, failed) for test in tests for failed in test.failures(value))


class _Maker:
    """Makes rules of shapes."""

    def __init__(self, shapes: Graph, lookup: Lookup, data: Graph) -> None:
        self._shapes, self._lookup, self._data = shapes, lookup, data
        self._instances: dict[Node, Test] = {}

    def rule(self, shape: Node, above: tuple[Node, ...] = ()) -> _Rule:
        """Make a rule of a property shape.

        :raises UnknownQuestionError: if anything is said of it that is not known here
        """
        shapes = self._shapes
        self._check_once(shape)
        path = shapes.value(shape, SH.path)
        if path is None:
            raise UnknownQuestionError
        rule = _Rule(shape, path, self._values(path))
        for predicate, value in shapes.predicate_objects(shape):
            if predicate in TARGETS and not above:
                continue
            if predicate == SH.minCount:
                rule.least = number_of(value)
            elif predicate == SH.maxCount:
                rule.most = number_of(value)
            elif predicate == SH.uniqueLang and isinstance(value, Literal) and value.value is True:
                rule.unique_language = True
            elif predicate == SH.hasValue:
                rule.wanted.append(value)
            elif predicate == SH.qualifiedValueShape:
                least, most = shapes.value(shape, SH.qualifiedMinCount), shapes.value(shape, SH.qualifiedMaxCount)
                if least is None and most is None:
                    raise UnknownQuestionError
                rule.qualified = (
                    self._shape_test(value, (*above, shape)).quick,
                    number_of(least) if least is not None else 0,
                    number_of(most) if most is not None else None,
                )
            elif predicate in (SH.qualifiedMinCount, SH.qualifiedMaxCount):
                if (shape, SH.qualifiedValueShape, None) not in shapes:
                    raise UnknownQuestionError
            elif not self._is_silent(predicate, value, SH.PropertyShape):
                rule.tests.append(self._test(predicate, value, (*above, shape)))
        return rule

    def _is_silent(self, predicate: Node, value: Node, kind: URIRef) -> bool:
        if predicate == RDF.type:
            return value == kind
        return predicate in _SILENT or not str(predicate).startswith(str(SH))

    def _check_once(self, shape: Node) -> None:
        for predicate in _ONCE:
            if len(list(self._shapes.objects(shape, predicate))) > 1:
                raise UnknownQuestionError
        if (shape, SH.deactivated, None) in self._shapes and (None, SH.property, shape) not in self._shapes:
            raise UnknownQuestionError

    def _values(self, path: Node) -> _Values:
        """Return what finds the value nodes of a path."""
        lookup = self._lookup
        if isinstance(path, URIRef):
            if path == RDF.nil:
                raise UnknownQuestionError
            return lambda node: lookup.objects(node, path)
        said = list(self._shapes.predicate_objects(path))
        if {predicate for predicate, _ in said} == {RDF.first, RDF.rest}:
            steps = [self._values(member) for member in RdfList(self._shapes, path)]
            if len(steps) < 2:
                raise UnknownQuestionError
            return lambda node: _one_after_another(steps, node)
        if len(said) != 1:
            raise UnknownQuestionError
        [(predicate, value)] = said
        if predicate == SH.inversePath and isinstance(value, URIRef):
            return lambda node: lookup.subjects(value, node)
        members = list(RdfList(self._shapes, value)) if predicate == SH.alternativePath else []
        if len(members) < 2:
            raise UnknownQuestionError
        steps = [self._values(member) for member in members]
        return lambda node: _together(steps, node)

    def _test(self, predicate: Node, value: Node, above: tuple[Node, ...]) -> tuple[URIRef, Test]:
        """Make the test that a parameter asks for, with the name of its component."""
        if predicate == SH["class"] and isinstance(value, URIRef):
            return SH.ClassConstraintComponent, self._class_test(value)
        if predicate == SH.node:
            return SH.NodeConstraintComponent, self._shape_test(value, above)
        if predicate == SH["or"]:
            tests = [self._shape_test(member, above) for member in RdfList(self._shapes, value)]
            if not tests:
                raise UnknownQuestionError
            return SH.OrConstraintComponent, lambda node: any(test(node) for test in tests)
        if predicate == SH["in"]:
            members = frozenset(RdfList(self._shapes, value))
            return SH.InConstraintComponent, lambda node: node in members
        if predicate == SH.languageIn:
            return SH.LanguageInConstraintComponent, language_test(list(RdfList(self._shapes, value)))
        return simple_test(predicate, value)

    def _class_test(self, kind: Node) -> Test:
        known = self._instances.get(kind)
        if known is None:
            classes = set(self._data.transitive_subjects(RDFS.subClassOf, kind))
            views = [view for one in classes if one is not None and (view := self._lookup.subjects(RDF.type, one))]
            views.sort(key=len, reverse=True)
            known = self._instances[kind] = member_test(views)
        return known

    def _shape_test(self, shape: Node, above: tuple[Node, ...]) -> _ShapeTest:
        """Make the test whether a node fits a node shape; each node is tried once."""
        shapes = self._shapes
        if shape in above or (shape, None, None) not in shapes or (shape, SH.path, None) in shapes:
            raise UnknownQuestionError
        if (shape, SH.deactivated, None) in shapes:
            raise UnknownQuestionError
        self._check_once(shape)
        tests: list[tuple[URIRef, Test]] = []
        rules: list[_Rule] = []
        for predicate, value in shapes.predicate_objects(shape):
            if predicate in TARGETS or self._is_silent(predicate, value, SH.NodeShape):
                continue
            if predicate == SH.property:
                if value in above or (value, SH.deactivated, None) in shapes:
                    raise UnknownQuestionError
                rules.append(self.rule(value, (*above, shape)))
            elif predicate == SH.hasValue:
                raise UnknownQuestionError
            else:
                tests.append(self._test(predicate, value, (*above, shape)))
        return _ShapeTest(shape, tests, rules)


def _together(steps: list[_Values], node: Node) -> Collection[Node]:
    found = [values for step in steps if (values := step(node))]
    if len(found) <= 1:
        return found[0] if found else ()
    return {value for values in found for value in values}


def _one_after_another(steps: list[_Values], node: Node) -> Collection[Node]:
    found: Collection[Node] = (node,)
    for step in steps:
        found = {value for one in found for value in step(one)}
    return found
