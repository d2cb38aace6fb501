"""source → a store that lasts, and back: load, dump."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from akegraph.errors import SourceError
from akegraph.graph.iris import PREFIXES
from akegraph.graph.loading import RDF_FORMATS, is_url, load_graphs
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.dumping import dump_graphs
from akegraph.pipeline.knowledge import find_plans
from akegraph.pipeline.opening import Source, open_source, write_quads
from akegraph.settings import Settings
from akegraph.store.filling import Form, Part, Told, fill_folder, split_graphs, write_trig
from akegraph.store.snapshots import read_quads

DumpForm = Literal["nquads", "trig"]
_DIRECT: dict[str, Form] = {"nquads": "nquads", "nt": "ntriples", "trig": "trig", "turtle": "turtle"}


def load_store(source: Source, store: str, settings: Settings, told: Told, standard_input: bytes = b"") -> None:
    """Load plans or files of RDF into a folder or, by Graph Store Protocol, into another server.

    Of plans every named graph of the build is loaded; files keep the graphs they have. A graph takes the place of the
    one that had its name; others stay.

    :param store: a folder, or the address of a graph store
    :param told: is told of each graph
    :raises AkegraphError: if something cannot be read, or not be written
    """
    parts = _read_parts(source, standard_input)
    if not is_url(store):
        fill_folder(Path(store), parts, told)
        return
    from akegraph.store.graph_store import GraphStore

    target = GraphStore(store, settings)
    try:
        for name, triples, count in split_graphs(parts):
            target.replace(name, triples)
            told(name or "the default graph", count)
    finally:
        target.close()


def dump_store(source: Source, settings: Settings, form: DumpForm) -> bytes:
    """Write all that a source holds, in order, the same bytes as long as it holds the same.

    :raises AkegraphError: if it cannot be read
    """
    if source.kind == "folder":
        quads = read_quads(Path(source.places[0]))
    else:
        with open_source(source, settings) as opened:
            quads = write_quads(opened.copy_graphs() if source.kind != "endpoint" else dump_graphs(opened.store))
    ordered = b"".join(sorted(quads.splitlines(keepends=True)))
    return ordered if form == "nquads" else write_trig(ordered, {name: str(iri) for name, iri in PREFIXES.items()})


def checksum_line(content: bytes, name: str) -> bytes:
    """Write the line of a checksum file, as ``sha256sum -c`` reads it."""
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode()


def _read_parts(source: Source, standard_input: bytes) -> Sequence[Part]:
    if source.kind == "plans":
        return [Part(build_dataset(find_plans(source.places)).to_trig(), "trig", "plans")]
    if source.kind != "files":
        what = "a store is loaded from plans and from files; 'akegraph store dump' makes a file of a store"
        raise SourceError(what, file=source.places[0])
    return [_read_part(file, standard_input) for file in source.places]


def _read_part(file: str, standard_input: bytes) -> Part:
    form = _DIRECT.get(RDF_FORMATS.get(Path(file).suffix.lower(), ""))
    if file == "-":
        return Part(write_quads(load_graphs("standard input", standard_input)), "nquads", "standard input")
    if form is None or is_url(file):
        return Part(write_quads(load_graphs(file)), "nquads", file)
    try:
        return Part(Path(file).read_bytes(), form, file)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=file) from error
