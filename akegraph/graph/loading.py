"""Files → graphs: the one place where RDF is parsed, and where a parser's complaint becomes our error.

Nothing is ever fetched: not a URL where a file is meant, and not the context of a JSON-LD document.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.parsers import expat

from rdflib import Dataset, Graph, URIRef

from akegraph.errors import GraphSyntaxError
from akegraph.graph.iris import BASE, PREFIXES
from akegraph.store.syntax import find_syntax_error, find_turtle_error

RDF_FORMATS: Mapping[str, str] = {
    ".ttl": "turtle",
    ".nt": "nt",
    ".nq": "nquads",
    ".trig": "trig",
    ".rdf": "xml",
    ".owl": "xml",
    ".xml": "xml",
    ".jsonld": "json-ld",
    ".json": "json-ld",
}
"""The forms of RDF that are read, by the end of a file's name, as rdflib calls them."""

_URL = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:/")


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
    _refuse_endless_numbers(data, file)
    try:
        graph.parse(data=text, format="turtle", publicID=BASE)
    except Exception as error:  # rdflib raises a dozen unrelated types for bad input
        raise GraphSyntaxError(f"is not Turtle: {error}", file=file) from error


_ENDLESS = re.compile(rb"\"[+-]?[\d.]{1,400}[eE]\+?\d{4,}\"")


def _refuse_endless_numbers(data: bytes, file: str) -> None:
    """Refuse a number such as "1e999999999": rdflib writes every digit of it as soon as it is a decimal."""
    if found := _ENDLESS.search(data):
        line = data.count(b"\n", 0, found.start()) + 1
        raise GraphSyntaxError(f"{found[0][:40].decode()} is no number that can be written out", file=file, line=line)


def is_url(name: str) -> bool:
    """Tell whether a name that should be a file's is a URL; nothing here fetches one."""
    return _URL.match(name) is not None


def guess_format(data: bytes) -> str:
    """Guess the form of RDF that has no name: JSON-LD, RDF/XML, else TriG, of which Turtle and N-Triples are part."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start in (b"{", b"["):
        return "json-ld"
    return "xml" if re.match(rb"\s*<(\?xml|!DOCTYPE|!--|(\w+:)?RDF\b)", data.removeprefix(b"\xef\xbb\xbf")) else "trig"


def load_graphs(file: str, data: bytes | None = None) -> dict[URIRef | None, Graph]:
    """Load one file of any form of RDF.

    :param data: its bytes, where they come from elsewhere; the form is guessed if the name tells none
    :returns: the graphs by name, None for the default graph; those without a triple are left out
    :raises GraphSyntaxError: if the file cannot be read, is a URL, is no RDF, or holds no triple
    """
    if data is None:
        if is_url(file):
            raise GraphSyntaxError("is a URL, which is not fetched; save it as a file and name that", file=file)
        data = _read(Path(file))
        format_ = RDF_FORMATS.get(Path(file).suffix.lower())
    else:
        format_ = RDF_FORMATS.get(Path(file).suffix.lower(), guess_format(data))
    if format_ is None:
        what = f"is in no form known by its name; known are {', '.join(RDF_FORMATS)}"
        raise GraphSyntaxError(what, file=file)
    graphs = _parse_graphs(data, format_, file)
    if not graphs:
        raise GraphSyntaxError("holds no triples", file=file)
    return graphs


def _parse_graphs(data: bytes, format_: str, file: str) -> dict[URIRef | None, Graph]:
    if format_ == "turtle":
        graph = new_graph()
        parse_turtle(graph, data, file)
        return {None: graph} if len(graph) else {}
    if not data.strip():
        return {}
    _refuse_endless_numbers(data, file)
    if format_ == "json-ld":
        _refuse_remote_context(data, file)
    elif format_ == "xml":
        _refuse_broken_xml(data, file)
    else:
        _refuse_other_encodings(data, file)
    if found := find_syntax_error(data.removeprefix(b"\xef\xbb\xbf"), BASE, format_):
        raise GraphSyntaxError(f"is not {_NAMES[format_]}: {found[1]}", file=file, line=found[0])
    dataset = Dataset(default_union=False)
    try:
        with warnings.catch_warnings():
            # rdflib 7.6 warns of what its own parsers do.
            warnings.simplefilter("ignore", DeprecationWarning)
            dataset.parse(data=data.removeprefix(b"\xef\xbb\xbf"), format=format_, publicID=BASE)
    except Exception as error:  # rdflib raises a dozen unrelated types for bad input
        raise GraphSyntaxError(f"is not {_NAMES[format_]}: {error}", file=file) from error
    graphs: dict[URIRef | None, Graph] = {}
    for part in dataset.graphs():
        if not len(part):
            continue
        # Where there are no named graphs, rdflib's parsers put all into one named by the base.
        own = part.identifier if isinstance(part.identifier, URIRef) else None
        name = None if own is None or str(own) in (BASE, str(dataset.default_graph.identifier)) else own
        target = graphs.setdefault(name, new_graph())
        for prefix, namespace in dataset.namespaces():
            target.bind(prefix, namespace, override=False)
        target += part
    return graphs


_NAMES = {"nt": "N-Triples", "nquads": "N-Quads", "trig": "TriG", "xml": "RDF/XML", "json-ld": "JSON-LD"}


def _refuse_other_encodings(data: bytes, file: str) -> None:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GraphSyntaxError("is not UTF-8", file=file, line=data.count(b"\n", 0, error.start) + 1) from error


def _refuse_broken_xml(data: bytes, file: str) -> None:
    """Refuse what is no XML with its line, which the parsers of RDF/XML do not tell."""
    try:
        expat.ParserCreate().Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        line = error.lineno if isinstance(error, expat.ExpatError) else None
        raise GraphSyntaxError(f"is not XML: {error}", file=file, line=line) from error


def _refuse_remote_context(data: bytes, file: str) -> None:
    """Refuse JSON-LD that has a context elsewhere: a parser would fetch it."""
    _refuse_other_encodings(data, file)
    text = data.decode("utf-8-sig")
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise GraphSyntaxError(f"is not JSON: {error.msg}", file=file, line=error.lineno) from error
    except RecursionError as error:
        raise GraphSyntaxError("is nested too deeply", file=file) from error
    if remote := next(_find_remote(content), None):
        line = text.count("\n", 0, max(text.find(json.dumps(remote, ensure_ascii=False)), 0)) + 1
        what = f"has the context {remote}, which is not fetched; put the context itself in its place"
        raise GraphSyntaxError(what, file=file, line=line)


def _find_remote(content: Any) -> Iterator[str]:
    if isinstance(content, list):
        for part in content:
            yield from _find_remote(part)
    elif isinstance(content, dict):
        for key, value in content.items():
            if key in ("@context", "@import"):
                yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))
            yield from _find_remote(value)


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
