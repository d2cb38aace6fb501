"""The solutions of a SELECT that may be run once.

A query whose body is triple patterns and filters, as most constraints are, is matched here; any other goes to rdflib.
The triple patterns are matched in the order that binds most; a filter is evaluated by rdflib, so that it means the
same, once for each combination of the values it depends on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import count
from typing import Any, cast

from rdflib import Graph, Literal, URIRef, Variable
from rdflib.paths import MulPath, Path, SequencePath
from rdflib.plugins.sparql.evalutils import _ebv
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import FrozenBindings, Query, QueryContext, SPARQLError
from rdflib.term import BNode, Node

from akegraph.validation.engines.cycles import find_on_cycles
from akegraph.validation.engines.soundness import THIS
from akegraph.validation.view import Lookup

Solution = dict[Node, Node]
_Triple = tuple[Any, Any, Any]
_WRAPPERS = frozenset({"Project", "Distinct", "Reduced"})


def find_solutions(query: Query, data: Graph, focus: Collection[Node], *, each: bool) -> Iterator[Mapping[str, Node]]:
    """Yield the solutions whose ``$this`` is a focus node, as variable → term.

    :param each: evaluate for each focus node, not once over the data
    """
    taken = _take_apart(query)
    if taken is None:
        yield from _find_by_rdflib(query, data, focus, each=each)
        return
    shown = list(query.algebra.PV)
    matcher = _Matcher(query, data, *taken, given={THIS} if each else set())
    solutions = (found for node in focus for found in matcher.solutions_for(node)) if each else matcher.solutions()
    wanted = frozenset(focus)
    for solution in solutions:
        if solution[THIS] in wanted:
            yield {str(variable): solution[variable] for variable in shown if variable in solution}


def _find_by_rdflib(query: Query, data: Graph, focus: Collection[Node], *, each: bool) -> Iterator[Mapping[str, Node]]:
    """Have rdflib evaluate a query."""
    if each:
        for node in focus:
            for row in data.query(query, initBindings={"this": cast(Any, node)}):
                found: dict[str, Any] = row.asdict()  # type: ignore[union-attr]  # rows of SELECT
                yield {**found, "this": node}
        return
    wanted = frozenset(focus)
    for row in data.query(query):
        solution: dict[str, Any] = row.asdict()  # type: ignore[union-attr]  # rows of SELECT
        if solution["this"] in wanted:
            yield solution


def _take_apart(query: Query) -> tuple[list[_Triple], list[Any]] | None:
    """Return a body's triple patterns and the parts of its filters; None where there is anything else in it."""
    part = query.algebra.p
    while part.name in _WRAPPERS:
        part = part.p
    conditions: list[Any] = []
    while part.name == "Filter":
        conditions += _conjuncts(part.expr)
        part = part.p
    if part.name != "BGP" or not part.triples:
        return None
    fresh = (Variable(f"_step{number}") for number in count())
    triples: list[_Triple] = []
    for subject, predicate, value in part.triples:
        if isinstance(predicate, SequencePath):
            nodes = [subject, *(next(fresh) for _ in predicate.args[1:]), value]
            triples += zip(nodes, predicate.args, nodes[1:], strict=False)
        else:
            triples.append((subject, predicate, value))
    return triples, conditions


def _conjuncts(expression: Any) -> list[Any]:
    if isinstance(expression, CompValue) and expression.name == "ConditionalAndExpression":
        return [*_conjuncts(expression.expr), *(part for other in expression.other for part in _conjuncts(other))]
    return [expression]


def _variables(part: Any) -> set[Node]:
    """Return every variable that an expression mentions."""
    if isinstance(part, Variable):
        return {part}
    if isinstance(part, CompValue):
        # rdflib keeps what it made of EXISTS as an attribute, and what was written under the same name as an item.
        inside = [value for key, value in dict.items(part) if key != "_vars"]
        return set().union(*map(_variables, (*inside, *vars(part).values())))
    if isinstance(part, (list, tuple, set)):
        return set().union(*map(_variables, part))
    return set()


class _Matcher:
    """Matches triple patterns one after the other, and evaluates each condition as soon as its variables are bound."""

    def __init__(
        self, query: Query, data: Graph, triples: list[_Triple], conditions: list[Any], *, given: set[Node]
    ) -> None:
        self._data = data
        self._lookup = Lookup(data)
        self._context = QueryContext(data)
        self._context.prologue = query.prologue
        self._triples = _in_order(triples, given, self._lookup)
        self._hopeless = any(
            isinstance(predicate, URIRef) and self._lookup.is_rare(predicate, 0) for _, predicate, _ in triples
        )
        self._cycle = None if given else _find_cycle(self._triples, conditions)
        bound = set(given)
        self._checks: list[list[_Condition]] = []
        waiting = [_Condition(self._context, data, condition) for condition in conditions]
        known = {term for triple in triples for term in triple if _is_open(term)}
        for condition in waiting:
            condition.needs = sorted(condition.needs & known)
            condition.exclude(self._lookup)
        waiting.sort(key=lambda condition: condition.cost)
        for triple in self._triples:
            bound.update(term for term in triple if _is_open(term))
            self._checks.append([condition for condition in waiting if bound.issuperset(condition.needs)])
            waiting = [condition for condition in waiting if not bound.issuperset(condition.needs)]

    def solutions_for(self, node: Node) -> Iterator[Solution]:
        """Yield what each variable is bound to where ``$this`` is a node; ``given`` says that it is bound before."""
        if not self._hopeless:
            yield from self._match(0, {THIS: node})

    def solutions(self) -> Iterator[Solution]:
        """Yield what each variable is bound to."""
        if self._hopeless:
            return
        if self._cycle is not None:
            subject, path, value = self._cycle
            for node in find_on_cycles(self._data, path):
                solution = {subject: node, value: node}
                if all(check(solution) for check in self._checks[0]):
                    yield solution
            return
        yield from self._match(0, {})

    def _match(self, at: int, bound: Solution) -> Iterator[Solution]:
        if at == len(self._triples):
            yield bound
            return
        checks = self._checks[at]
        for solution in self._extend(self._triples[at], bound, checks):
            for check in checks:
                if not check(solution):
                    break
            else:
                yield from self._match(at + 1, solution)

    def _extend(self, triple: _Triple, bound: Solution, checks: list[_Condition]) -> Iterator[Solution]:
        """Yield the bindings with those of one triple pattern added."""
        subject, predicate, value = triple
        start = bound.get(subject) if isinstance(subject, _OPEN) else subject
        end = bound.get(value) if isinstance(value, _OPEN) else value
        if isinstance(predicate, URIRef) and (start is not None or end is not None):
            if start is not None and end is not None:
                if self._lookup.has(start, predicate, end):
                    yield bound
            elif start is not None:
                for node in self._lookup.objects(start, predicate):
                    yield {**bound, value: node}
            else:
                for node in self._lookup.subjects(predicate, cast(Node, end)):
                    yield {**bound, subject: node}
            return
        if (
            start is not None
            and end is None
            and isinstance(predicate, _OPEN)
            and predicate not in bound
            and predicate != value
        ):
            yield from self._say(start, predicate, value, bound, checks)
            return
        yield from self._extend_any(triple, bound, checks)

    def _say(
        self, start: Node, predicate: Any, value: Any, bound: Solution, checks: list[_Condition]
    ) -> Iterator[Solution]:
        """Yield the bindings with all that is said of a node; what a condition excludes is passed over unseen."""
        excluded = [check.excluded for check in checks if check.needs == [value] and check.excluded is not None]
        for own in self._lookup.predicates(start):
            nodes = self._lookup.objects(start, own)
            for known in excluded:
                nodes = [node for node in nodes if node not in known]
            for node in nodes:
                yield {**bound, predicate: own, value: node}

    def _extend_any(self, triple: _Triple, bound: Solution, checks: list[_Condition]) -> Iterator[Solution]:
        value = triple[2]
        given = [bound.get(term) if _is_open(term) else term for term in triple]
        objects = getattr(self._data.store, "iter_objects", None)
        if given == [None, None, None] and objects is not None and len({*triple}) == 3:
            # What is asked of the object alone is asked of each object once.
            own = [check for check in checks if check.needs == [value]]
            fitting = (node for node in objects() if all(check({value: node}) for check in own))
            found = (match for node in fitting for match in self._data.triples((None, None, node)))
        else:
            found = self._data.triples(tuple(given))  # type: ignore[arg-type]  # a path is a predicate to rdflib
        for match in found:
            solution = dict(bound)
            for term, node in zip(triple, match, strict=True):
                if _is_open(term) and solution.setdefault(term, node) != node:
                    break
            else:
                yield solution


_OPEN = (Variable, BNode)


class _Condition:
    """A part of a filter, with its truth for the values met so far."""

    def __init__(self, context: QueryContext, data: Graph, expression: Any) -> None:
        self.needs: Any = _variables(expression)
        self._context = context
        self._own = _simple_check(data, expression)
        self._expression = expression
        self._known: dict[tuple[Node | None, ...], bool] = {}
        self.cost = 0 if isinstance(expression, CompValue) and expression.name.startswith("Builtin_is") else 2
        self.excluded: set[Node] | None = None

    def exclude(self, lookup: Lookup) -> None:
        """Find at once the nodes that fail a condition of the form ``NOT EXISTS { ?node property ?any }``."""
        expression = self._expression
        if not isinstance(expression, CompValue) or expression.name != "Builtin_NOTEXISTS" or len(self.needs) != 1:
            return
        triples = _plain_triples(expression.graph)
        if triples is None or len(triples) != 1:
            return
        subject, predicate, value = triples[0]
        if subject == self.needs[0] and isinstance(predicate, URIRef) and _is_open(value) and value != subject:
            excluded = self.excluded = lookup.having(predicate)
            self._own = lambda solution: solution[subject] not in excluded
            self.cost = 1

    def __call__(self, solution: Solution) -> bool:
        """Tell whether it holds; an error is not true, as in SPARQL."""
        if self._own is not None:
            return self._own(solution)
        values = tuple([solution.get(variable) for variable in self.needs])
        known = self._known.get(values)
        if known is None:
            named = {variable: value for variable, value in zip(self.needs, values, strict=True) if value is not None}
            known = self._known[values] = self._evaluate(FrozenBindings(self._context, named))
        return known

    def _evaluate(self, bindings: FrozenBindings) -> bool:
        try:
            return bool(_ebv(self._expression, bindings))
        except SPARQLError:
            return False


def _simple_check(data: Graph, expression: Any) -> Callable[[Solution], bool] | None:
    """Return the test that a frequent condition of few words comes to; None for any other, which rdflib evaluates."""
    if not isinstance(expression, CompValue):
        return None
    if expression.name in ("Builtin_isIRI", "Builtin_isURI") and isinstance(expression.arg, Variable):
        variable = expression.arg
        return lambda solution: isinstance(solution.get(variable), URIRef)
    if expression.name == "Builtin_REGEX" and not expression.flags and isinstance(expression.pattern, Literal):
        text = expression.text
        if isinstance(text, CompValue) and text.name == "Builtin_STR" and isinstance(text.arg, Variable):
            variable, search = text.arg, re.compile(str(expression.pattern)).search
            return lambda solution: (
                isinstance(node := solution.get(variable), (URIRef, Literal)) and search(str(node)) is not None
            )
    triples = _plain_triples(expression.graph) if expression.name == "Builtin_NOTEXISTS" else None
    if triples is not None and len(triples) == 1:
        subject, predicate, value = triples[0]
        opened = [term for term in (subject, value) if _is_open(term)]
        if isinstance(predicate, URIRef) and len(set(opened)) == len(opened):
            return lambda solution: (
                (
                    solution.get(subject) if _is_open(subject) else subject,
                    predicate,
                    solution.get(value) if _is_open(value) else value,
                )
                not in data
            )
    return None


def _plain_triples(part: CompValue) -> list[_Triple] | None:
    """Return the triple patterns of a group that has nothing else in it."""
    if part.name == "BGP":
        return list(part.triples)
    if part.name == "Join":
        first, second = _plain_triples(part.p1), _plain_triples(part.p2)
        return None if first is None or second is None else first + second
    return None


def _is_open(term: Any) -> bool:
    """Tell whether a term of a pattern is to be bound; a blank node in a query is a variable without a name."""
    return isinstance(term, (Variable, BNode))


def _in_order(triples: list[_Triple], given: set[Node], lookup: Lookup) -> list[_Triple]:
    """Put first what binds most: rare properties, few open terms, and patterns that begin where another ended."""
    waiting, ordered, bound = list(triples), list[_Triple](), set(given)
    rare = {p for _, p, _ in triples if isinstance(p, URIRef) and lookup.is_rare(p, _RARE)}

    def open_terms(triple: _Triple) -> tuple[int, int]:
        if triple[1] in rare:
            return -1, 0
        unbound = [_is_open(term) and term not in bound for term in triple]
        return sum(unbound), int(isinstance(triple[1], Path) + unbound[0])

    while waiting:
        best = min(waiting, key=open_terms)
        waiting.remove(best)
        ordered.append(best)
        bound.update(term for term in best if _is_open(term))
    return ordered


_RARE = 20


def _find_cycle(triples: list[_Triple], conditions: list[Any]) -> tuple[Node, Any, Node] | None:
    """Tell whether a query asks which nodes a path of one or more steps leads back to: ``?a path+ ?b``, ``?a = ?b``."""
    if len(triples) != 1:
        return None
    subject, path, value = triples[0]
    if not (isinstance(path, MulPath) and path.mod == "+" and _is_open(subject) and _is_open(value)):
        return None
    if subject == value:
        return subject, path.path, value
    for condition in conditions:
        if (
            isinstance(condition, CompValue)
            and condition.name == "RelationalExpression"
            and condition.op == "="
            and {condition.expr, condition.other} == {subject, value}
        ):
            return subject, path.path, value
    return None
