"""Files → graphs: the one place where Turtle is parsed, and where a parser's complaint becomes our error."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rdflib import Graph

from akegraph.errors import GraphSyntaxError
from akegraph.graph.iris import BASE, PREFIXES
from akegraph.store.syntax import find_turtle_error


def new_graph() -> Graph:
    """Return an empty graph that knows akegraph's prefixes and no others."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def load_turtle(*paths: Path) -> Graph:
    """Load Turtle files into one graph.

    A string given to rdflib may be opened as a path or URL, so only bytes read here reach its parser; a relative
    IRI is resolved against the base, never against a folder of this machine.

    :raises GraphSyntaxError: if a file is missing, is not UTF-8 Turtle or holds no triple
    """
    graph = new_graph()
    for path in paths:
        before = len(graph)
        parse_turtle(graph, _read(path), str(path))
        if len(graph) == before:
            raise GraphSyntaxError("holds no triples", file=str(path))
    return graph


def load_folder(folder: Path, pattern: str = "*.ttl") -> Graph:
    """Load every Turtle file of a folder, in the order of their names.

    :raises GraphSyntaxError: if there is none, or one does not parse
    """
    paths = sorted(folder.glob(pattern))
    if not paths:
        raise GraphSyntaxError(f"holds no file {pattern}", file=str(folder))
    return load_turtle(*paths)


def parse_turtle(graph: Graph, data: bytes, file: str) -> None:
    """Parse Turtle into ``graph``, which is changed in place.

    :raises GraphSyntaxError: with the line where the parser stopped
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise GraphSyntaxError("is not UTF-8", file=file, line=line) from error
    # Oxigraph's parser knows the line, and refuses what rdflib lets in and cannot write again (an IRI with a space).
    if found := find_turtle_error(text.encode(), BASE):
        raise GraphSyntaxError(f"is not Turtle: {found[1]}", file=file, line=found[0])
    try:
        graph.parse(data=text, format="turtle", publicID=BASE)
    except Exception as error:  # rdflib raises a dozen unrelated types for bad input
        raise GraphSyntaxError(f"is not Turtle: {error}", file=file) from error


def union(graphs: Iterable[Graph]) -> Graph:
    """Return a new graph with the triples of all; the given ones are not changed."""
    merged = new_graph()
    for graph in graphs:
        for triple in graph:
            merged.add(triple)
    return merged


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise GraphSyntaxError(f"cannot be read: {error.strerror}", file=str(path)) from error
