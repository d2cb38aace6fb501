"""Several graphs read as one, without a copy.

What is validated rests on other graphs, and a copy of a large one costs more than a small validation.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any

from rdflib import Graph
from rdflib.graph import _TripleType
from rdflib.store import Store
from rdflib.term import Node


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
            self._length = sum(1 for _ in self.triples((None, None, None)))
        return self._length

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
