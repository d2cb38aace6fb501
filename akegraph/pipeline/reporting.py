"""report → findings: what another engine wrote, with the names and lines of what it was about."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rdflib import Graph

from akegraph.errors import GraphSyntaxError
from akegraph.graph.loading import load_graphs, union
from akegraph.validation import ValidationReport, load_shapes
from akegraph.validation.mentions import Mentions, locate
from akegraph.validation.reading import read_report


def read_foreign_report(
    file: str, standard_input: bytes | None = None, shapes: Iterable[Path] = (), data: Iterable[str] = ()
) -> ValidationReport:
    """Read a validation report that any engine made.

    :param file: a file of RDF, or ``-``
    :param standard_input: what ``-`` stands for
    :param shapes: files of the shapes that were tried
    :param data: files of what was validated
    :raises GraphSyntaxError, ShapesError: if a file cannot be read, or holds no report
    """
    shown = "standard input" if file == "-" else file
    graph = union(load_graphs(shown, standard_input).values())
    tried = load_shapes(paths) if (paths := list(shapes)) else None
    graphs: list[Graph] = []
    mentions: list[Mentions] = []
    for name in data:
        content = _read(name)
        loaded = load_graphs(name, content)
        graphs += loaded.values()
        prefixes = {prefix: str(space) for part in loaded.values() for prefix, space in part.namespaces()}
        mentions.append(Mentions(name, content.decode("utf-8-sig", "replace"), prefixes))
    about = union(graphs)
    return locate(read_report(graph, shown, tried, about), about, mentions)


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise GraphSyntaxError(f"cannot be read: {error.strerror}", file=name) from error
