"""A store in this process: pyoxigraph in memory.

For text of our own, and inside workers: what a stranger writes can make any engine spin or die (see
``workers``). Oxigraph rewrites numeric and date literals to canonical forms and language tags to lower case.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat
from pyoxigraph import Store as Oxigraph

from akegraph.errors import EngineError, GraphSyntaxError, QuerySyntaxError
from akegraph.store.base import QUERY_BASE, Answer, Store, checked_graphs
from akegraph.store.guard import DEFAULT_LIMITS, Limits, check_query
from akegraph.store.writing import write_answer

_MERGED = NamedNode("urn:akegraph:merged")
_PLACE = re.compile(r"error at ([0-9]+):([0-9]+): ")
# Under a union default graph Oxigraph gives a triple once for each graph that holds it; a merge holds it once.
IS_SHARED = """ASK {
  { GRAPH ?one { ?s ?p ?o } GRAPH ?other { ?s ?p ?o } FILTER(STR(?one) < STR(?other)) }
  UNION { ?s ?p ?o GRAPH ?one { ?s ?p ?o } }
}"""
_MERGE = "INSERT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }"
# Oxigraph's list of what it expected can run to the whole alphabet.
_LONGEST_REASON = 200


class EmbeddedStore(Store):
    """Named graphs in memory; where they share triples, their merge is kept beside them.

    :param data: N-Quads or TriG
    :param prefixes: prefix → namespace IRI for Turtle and RDF/XML
    :param result_size: bytes of one answer, where there is to be a limit
    :param result_rows: rows, or triples, of one answer, likewise
    :raises GraphSyntaxError: if the data parse as neither
    """

    def __init__(
        self,
        data: bytes = b"",
        prefixes: Mapping[str, str] | None = None,
        *,
        limits: Limits = DEFAULT_LIMITS,
        result_size: int | None = None,
        result_rows: int | None = None,
    ) -> None:
        self._store = Oxigraph()
        self._prefixes = {prefix: str(space) for prefix, space in (prefixes or {}).items()}
        self._limits = limits
        self._result_size, self._result_rows = result_size, result_rows
        self._updated = False
        self._merged: bool | None = None
        if data:
            self.load(data)
            self._is_merged()

    def query(
        self,
        text: str,
        *,
        accept: Sequence[str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """Evaluate one query; see :class:`Store`. Without limits of time and memory."""
        outline = check_query(text, self._limits)
        default = checked_graphs("default-graph-uri", default_graphs)
        named = checked_graphs("named-graph-uri", named_graphs)
        return self.evaluate(text, accept, default, named, dataset=outline.dataset)

    def evaluate(
        self,
        text: str,
        accept: Sequence[str] | None,
        default_graphs: Sequence[str],
        named_graphs: Sequence[str],
        *,
        dataset: bool,
    ) -> Answer:
        """Evaluate one query that was looked at before.

        :param dataset: whether the text has a dataset clause. Oxigraph would ignore it under a union default
            graph; without, it reads it as SPARQL 1.1 section 13.2 has it, over the graphs of the store only
        """
        try:
            if default_graphs or named_graphs:
                store = self._store
                if len(default_graphs) > 1:
                    store, default_graphs = self._merge_graphs(default_graphs, named_graphs)
                results = store.query(
                    text,
                    base_iri=QUERY_BASE,
                    default_graph=[NamedNode(name) for name in default_graphs],
                    named_graphs=[NamedNode(name) for name in named_graphs],
                )
            else:
                union = not dataset and not self._is_merged()
                results = self._store.query(text, base_iri=QUERY_BASE, use_default_graph_as_union=union)
            return write_answer(results, accept, self._prefixes, self._result_size, self._result_rows)
        except SyntaxError as error:
            raise QuerySyntaxError(_reason(error)) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineError(f"Oxigraph cannot evaluate the query: {error}") from error

    def _is_merged(self) -> bool:
        """Tell whether the default graph holds the merge of all graphs; makes it where a mere union would differ."""
        if self._merged is None:
            self._merged = bool(self._store.query(IS_SHARED))
            if self._merged:
                self._store.update(_MERGE)
        return self._merged

    def _merge_graphs(self, default: Sequence[str], named: Sequence[str]) -> tuple[Oxigraph, Sequence[str]]:
        """Merge graphs into one of a name of its own, if they share triples; else return them as they are."""
        listed = " ".join(f"<{name}>" for name in dict.fromkeys(default))
        if not bool(self._store.query(f"{IS_SHARED[:-1]} VALUES ?one {{ {listed} }} VALUES ?other {{ {listed} }} }}")):
            return self._store, default
        merged = Oxigraph()
        for name in default:
            merged.extend(
                Quad(quad.subject, quad.predicate, quad.object, _MERGED)
                for quad in self._store.quads_for_pattern(None, None, None, NamedNode(name))
            )
        for name in named:
            merged.extend(self._store.quads_for_pattern(None, None, None, NamedNode(name)))
        return merged, [_MERGED.value]

    def load(self, data: bytes, graph: str | None = None) -> None:
        """Add N-Quads or TriG; or N-Triples or Turtle to one graph.

        :raises GraphSyntaxError: if the data parse as neither; nothing is added then
        """
        target = None if graph is None else NamedNode(graph)
        # What is in the simple syntax is read several times faster by its own parser.
        simple, rich = (RdfFormat.N_QUADS, RdfFormat.TRIG) if graph is None else (RdfFormat.N_TRIPLES, RdfFormat.TURTLE)
        try:
            self._store.load(data, simple, to_graph=target)
        except SyntaxError as first:
            try:
                self._store.load(data, rich, to_graph=target)
            except SyntaxError as error:
                last = max(first, error, key=lambda tried: tried.lineno or 0)
                raise GraphSyntaxError(last.msg, file="data of the store", line=last.lineno) from error
        self._merged = None
        if not self._updated:
            self.version = digest(data, self.version, graph)

    def update(self, text: str) -> None:
        """Run one SPARQL update of our own; WHERE sees the graphs it names, and no union."""
        self._updated, self.version, self._merged = True, None, None
        self._store.update(text)

    def graphs(self) -> tuple[str, ...]:
        """Return the names of the graphs, sorted."""
        return tuple(sorted(name.value for name in self._store.named_graphs()))

    def count(self, graph: str | None = None) -> int:
        """Count the triples of a graph, or the quads of the store."""
        if graph is None:
            merged = len(list(self._store.quads_for_pattern(None, None, None, DefaultGraph()))) if self._merged else 0
            return len(self._store) - merged
        return sum(1 for _ in self._store.quads_for_pattern(None, None, None, NamedNode(graph)))

    def dump(self, graph: str) -> bytes:
        """Write a graph as sorted N-Triples; blank nodes keep the names they got when loaded."""
        lines = self._store.dump(format=RdfFormat.N_TRIPLES, from_graph=NamedNode(graph)) or b""
        return b"".join(sorted(lines.splitlines(keepends=True)))

    def close(self) -> None:
        """Give back the memory."""
        self._store = Oxigraph()


def digest(data: bytes, *before: str | None) -> str:
    """Name data, and what was there before them, by a hash."""
    name = hashlib.sha256("\n".join(part or "" for part in before).encode())
    name.update(data)
    return name.hexdigest()


def _reason(error: SyntaxError) -> str:
    """Say where and why SPARQL does not parse."""
    place = _PLACE.match(str(error))
    reason = " ".join((str(error)[place.end() :] if place else str(error)).split())
    if len(reason) > _LONGEST_REASON:
        reason = f"{reason[:_LONGEST_REASON]} …"
    return f"line {place[1]}, column {place[2]}: {reason}" if place else reason
