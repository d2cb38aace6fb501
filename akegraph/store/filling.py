"""RDF → a store: whole graphs at a time, each of which takes the place of the one that had its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse, serialize
from pyoxigraph import Store as Oxigraph

from akegraph.errors import GraphSyntaxError, OutputError, StoreError
from akegraph.store.base import QUERY_BASE
from akegraph.store.folder_pool import write_note
from akegraph.store.folders import copy_store, is_store_folder, replacing

Form = Literal["nquads", "ntriples", "trig", "turtle"]
Told = Callable[[str, int], object]
"""Is told of each step: of what, and of how many triples."""

_FORMS: Mapping[Form, RdfFormat] = {
    "nquads": RdfFormat.N_QUADS,
    "ntriples": RdfFormat.N_TRIPLES,
    "trig": RdfFormat.TRIG,
    "turtle": RdfFormat.TURTLE,
}
_Name = NamedNode | DefaultGraph


@dataclass(frozen=True, slots=True)
class Part:
    """RDF to load: its bytes, its form, and the name to complain by. A blank node of one part is none of another's."""

    data: bytes
    form: Form
    name: str


def fill_folder(folder: Path, parts: Sequence[Part], told: Told) -> None:
    """Load parts into the store of a folder, which is made if it is not there; whole or not at all.

    Graphs that the parts name are replaced, others stay. Who serves the folder goes on with what it had.

    :raises GraphSyntaxError: if a part does not parse
    :raises StoreError: if the folder is open for writing elsewhere, or broken
    :raises OutputError: if there is something else, or it may not be written to
    """
    counts = _count(parts)
    with replacing(folder, force=True) as made:
        try:
            if is_store_folder(folder):
                copy_store(folder, made)
            store = Oxigraph(str(made))
            for name, count in counts.items():
                if store.contains_named_graph(name) if isinstance(name, NamedNode) else True:
                    store.clear_graph(name)
                told(name.value if isinstance(name, NamedNode) else "the default graph", count)
            for part in parts:
                store.bulk_load(part.data, _FORMS[part.form], base_iri=QUERY_BASE)
            store.flush()
            del store
        except (OSError, RuntimeError) as error:
            raise OutputError(f"{folder}: cannot be loaded: {error}") from error
        write_note(made)


def split_graphs(parts: Sequence[Part]) -> Iterator[tuple[str | None, bytes, int]]:
    """Give the graphs of all parts one by one: name, N-Triples and how many.

    :raises GraphSyntaxError: if a part does not parse; before any is given
    """
    _count(parts)
    store = Oxigraph()
    for part in parts:
        store.load(part.data, _FORMS[part.form], base_iri=QUERY_BASE)
    named = sorted((name for name in store.named_graphs() if isinstance(name, NamedNode)), key=str)
    names: list[_Name] = [*named, DefaultGraph()]
    for name in names:
        triples = store.dump(format=RdfFormat.N_TRIPLES, from_graph=name) or b""
        if triples or isinstance(name, NamedNode):
            yield name.value if isinstance(name, NamedNode) else None, triples, triples.count(b"\n")


def write_trig(quads: bytes, prefixes: Mapping[str, str]) -> bytes:
    """Write N-Quads as TriG, graph by graph in order."""
    ordered = sorted(parse(quads, RdfFormat.N_QUADS), key=lambda quad: (str(quad.graph_name), str(quad.subject)))
    return serialize(ordered, format=RdfFormat.TRIG, prefixes=dict(prefixes)) or b""


def _count(parts: Sequence[Part]) -> dict[_Name, int]:
    """Read the parts once, to know their graphs and that they parse."""
    counts: dict[_Name, int] = {}
    for part in parts:
        try:
            for quad in parse(part.data, _FORMS[part.form], base_iri=QUERY_BASE):
                name = _graph_of(quad, part)
                counts[name] = counts.get(name, 0) + 1
        except SyntaxError as error:
            raise GraphSyntaxError(error.msg, file=part.name, line=error.lineno) from error
    if not counts:
        raise GraphSyntaxError("holds no triples", file=", ".join(part.name for part in parts))
    return counts


def _graph_of(quad: Quad, part: Part) -> _Name:
    if isinstance(quad.graph_name, NamedNode | DefaultGraph):
        return quad.graph_name
    raise StoreError(f"{part.name}: a graph is named by a blank node; give it an IRI")
