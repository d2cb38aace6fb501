"""Several graphs read as one, without a copy.

What is validated rests on other graphs, and a copy of a large one costs more than a small validation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from typing import Any

from rdflib import Graph
from rdflib.graph import _TripleType
from rdflib.store import Store
from rdflib.term import Node

from akegraph.graph.compact import CompactStore


def view_of(graphs: Iterable[Graph]) -> Graph:
    """Return a read-only graph of the triples of all, each triple once.

    :param graphs: not changed, and not to be changed while the view is read; the largest first is the fastest
    """
    return Graph(_UnionStore(tuple(graphs)), bind_namespaces="none")


class _UnionStore(Store):
    """Looks into each graph in turn; what an earlier one holds is not told twice."""

    # pyshacl takes only a store of these kinds; it asks for no graph by name.
    context_aware = True
    graph_aware = True

    def __init__(self, graphs: Sequence[Graph]) -> None:
        super().__init__()
        self._graphs = tuple(graphs)
        self._length: int | None = None

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[tuple[_TripleType, Any]]:
        """Yield the triples that match, each with the context it has in its own graph."""
        first, *others = self._graphs
        yield from first.store.triples(triple_pattern, first)
        for number, graph in enumerate(others, start=1):
            for found in graph.store.triples(triple_pattern, graph):
                if not any(found[0] in one for one in self._graphs[:number]):
                    yield found

    def iter_objects(self) -> Iterator[Node]:
        """Yield every term that is an object, each once."""
        seen: set[Node] = set()
        for graph in self._graphs:
            own = getattr(graph.store, "iter_objects", None)
            new = set(own() if own is not None else graph.objects()) - seen
            seen |= new
            yield from new

    def __len__(self, context: Any = None) -> int:
        # Counted once: a graph is asked for its length wherever its truth is asked for.
        if self._length is None:
            first, *others = self._graphs
            self._length = len(first)
            for number, graph in enumerate(others, start=1):
                self._length += sum(not any(triple in one for one in self._graphs[:number]) for triple in graph)
        return self._length

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """What the view is of."""
        return self._graphs

    def add(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: a view is read only."""
        raise TypeError("a view of graphs is read only")

    def remove(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: a view is read only."""
        raise TypeError("a view of graphs is read only")

    def namespaces(self) -> Generator[Any, None, None]:
        """Yield the prefixes of the first graph: pyshacl knows them in queries."""
        yield from self._graphs[0].namespaces()

    def namespace(self, prefix: str) -> None:
        """Know no prefix."""

    def prefix(self, namespace: Any) -> None:
        """Know no prefix."""

    def bind(self, prefix: str, namespace: Any, override: bool = True) -> None:
        """Bind nothing: nothing is written from a view."""


class Lookup:
    """Answers what is asked most often of a graph, without the generators between a graph and its store.

    :param graph: not changed, and not to be changed while this is used; any graph, the fastest where it is a
        ``CompactStore`` or a view of such
    """

    def __init__(self, graph: Graph) -> None:
        graphs = graph.store.graphs if isinstance(graph.store, _UnionStore) else (graph,)
        self._parts: tuple[Any, ...] = tuple(
            one.store if isinstance(one.store, CompactStore) else _Slow(one) for one in graphs
        )
        self._first, *self._others = self._parts
        self._index = self._first.by_subject if isinstance(self._first, CompactStore) else None
        self._elsewhere: Any = frozenset()
        if len(self._parts) == 2 and isinstance(self._parts[1], CompactStore):
            self._elsewhere = self._parts[1].by_subject
        elif len(self._parts) > 1:
            self._index = None

    def objects(self, subject: Node, predicate: Node) -> Collection[Node]:
        """Return what a node has as a property, each once; not to be changed."""
        if self._index is not None and subject not in self._elsewhere:
            said = self._index.get(subject)
            values = None if said is None else said.get(predicate)
            return () if values is None else values if type(values) is dict else (values,)
        found: Collection[Node] = self._first.objects_of(subject, predicate)
        for part in self._others:
            more = part.objects_of(subject, predicate)
            if more:
                found = {**dict.fromkeys(found), **dict.fromkeys(more)} if found else more
        return found

    def subjects(self, predicate: Node, value: Node) -> Collection[Node]:
        """Return what has a value as a property, each once; not to be changed."""
        found: Collection[Node] = self._first.subjects_of(predicate, value)
        for part in self._others:
            more = part.subjects_of(predicate, value)
            if more:
                found = {**dict.fromkeys(found), **dict.fromkeys(more)} if found else more
        return found

    def not_single(
        self, nodes: Iterable[Node], predicate: Node, tests: Sequence[Callable[[Node], bool]], *, none: bool, one: bool
    ) -> Iterator[Node]:
        """Yield the nodes for which it is not known at once that the values of a property are in order.

        :param none: no value is in order
        :param one: one value is in order, if it passes the tests
        """
        if self._index is None:
            yield from nodes
            return
        index, elsewhere, nothing = self._index, self._elsewhere, dict[Node, Any]()
        for node in nodes:
            value = index.get(node, nothing).get(predicate)
            if node in elsewhere or type(value) is dict:
                yield node
            elif value is None:
                if not none:
                    yield node
            elif not one:
                yield node
            else:
                for test in tests:
                    if not test(value):
                        yield node
                        break

    def value(self, subject: Node, predicate: Node) -> Node | None:
        """Return a value of a property, if there is one."""
        if self._index is not None and subject not in self._elsewhere:
            said = self._index.get(subject)
            values = None if said is None else said.get(predicate)
            return next(iter(values)) if type(values) is dict else values
        return next(iter(self.objects(subject, predicate)), None)

    def has(self, subject: Node, predicate: Node, value: Node) -> bool:
        """Tell whether a triple is there."""
        if self._index is not None and subject not in self._elsewhere:
            said = self._index.get(subject)
            values = None if said is None else said.get(predicate)
            return value in values if type(values) is dict else values is not None and values == value
        return any(value in part.objects_of(subject, predicate) for part in self._parts)

    def predicates(self, subject: Node) -> set[Node]:
        """Return the properties that a node has."""
        return set().union(*(part.predicates_of(subject) for part in self._parts))

    def values(self, predicate: Node) -> set[Node]:
        """Return each different value of a property."""
        return set().union(*(part.values_of(predicate) for part in self._parts))

    def is_rare(self, predicate: Node, most: int) -> bool:
        """Tell whether at most so many triples have a property."""
        count = 0
        for part in self._parts:
            values = part.values_of(predicate)
            if len(values) > most:
                return False
            count += sum(len(part.subjects_of(predicate, value)) for value in values)
        return count <= most

    def having(self, predicate: Node) -> set[Node]:
        """Return each node that has a property."""
        return set().union(
            *(part.subjects_of(predicate, value) for part in self._parts for value in part.values_of(predicate))
        )


class _Slow:
    """Any other graph, asked as a ``CompactStore`` is."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def objects_of(self, subject: Node, predicate: Node) -> Collection[Node]:
        return tuple(self._graph.objects(subject, predicate))

    def subjects_of(self, predicate: Node, value: Node) -> Collection[Node]:
        return tuple(self._graph.subjects(predicate, value))

    def predicates_of(self, subject: Node) -> Collection[Node]:
        return set(self._graph.predicates(subject))

    def values_of(self, predicate: Node) -> Collection[Node]:
        return set(self._graph.objects(None, predicate))
