"""The default engine: pyshacl for core constraints, each SPARQL constraint run once where that is the same.

pyshacl 0.40 parses a SPARQL constraint again for every focus node: nine tenths of the time of a validation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from rdflib import Graph
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result as Answer
from rdflib.term import Node

from akegraph.validation.engines.base import Result, read_results, write_results
from akegraph.validation.engines.direct import find_direct, take_direct
from akegraph.validation.engines.reference import run_pyshacl
from akegraph.validation.engines.selects import find_selects, take_selects
from akegraph.validation.engines.targets import FocusNodes, aim_at, is_constraining, iter_targeted


class AkegraphEngine:
    """pyshacl's semantics, without its repetition.

    When a SELECT is run once, and when for each focus node, is told in ``soundness`` and ``selects``.
    """

    name = "akegraph"

    def run(self, data: Graph, shapes: Graph, focus: Collection[Node] | None) -> Graph:
        """Validate as :class:`Engine` says."""
        return write_results(self.find(data, shapes, focus))

    def find(self, data: Graph, shapes: Graph, focus: Collection[Node] | None) -> list[Result]:
        """Validate as :class:`Finder` says."""
        return find_with(data, shapes, focus, leave_to_pyshacl)


def find_with(data: Graph, shapes: Graph, focus: Collection[Node] | None, others: Others) -> list[Result]:
    """Try what can be tried here, and have somebody else try the rest.

    :param others: is given the data, the rest of the shapes, and the nodes to validate
    """
    rest = aim_at(shapes, data, None)
    selects = take_selects(rest)
    rules = take_direct(rest, data)
    for shape in list(iter_targeted(rest)):
        if not is_constraining(rest, shape):
            rest.remove((shape, None, None))
    found = others(data, rest, focus)
    nodes = FocusNodes(data, shapes, focus if focus is None else frozenset(focus))
    found += find_direct(rules, data, shapes, nodes)
    found += find_selects(selects, data, shapes, nodes)
    return found


Others = Callable[[Graph, Graph, Collection[Node] | None], list[Result]]


def leave_to_pyshacl(data: Graph, rest: Graph, focus: Collection[Node] | None) -> list[Result]:
    """Have pyshacl try shapes."""
    return read_results(run_pyshacl(PreparedGraph(data), aim_at(rest, data, focus)))


class PreparedGraph(Graph):
    """The same triples, and each text of SPARQL is parsed once."""

    def __init__(self, data: Graph) -> None:
        super().__init__(data.store, data.identifier, bind_namespaces="none")
        self._prefixes = dict(data.namespaces())
        self._prepared: dict[str, Query] = {}

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Answer:
        """Evaluate a query as :meth:`rdflib.Graph.query` does."""
        if isinstance(query_object, str):
            if query_object not in self._prepared:
                self._prepared[query_object] = prepareQuery(query_object, initNs=self._prefixes)
            query_object = self._prepared[query_object]
        return super().query(query_object, *args, **kwargs)
