"""One graph in the four formats it is exchanged in, the same bytes on every run."""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

from rdflib import Graph

from akegraph.graph.loading import new_graph
from akegraph.graph.serialising import label_blank_nodes, serialise_turtle

EXTENSIONS = ("ttl", "jsonld", "rdf", "nt")

_BLOCK = re.compile(r"^  <rdf:Description .*?^  </rdf:Description>\n", re.MULTILINE | re.DOTALL)
"""All that RDF/XML says of one subject; a literal cannot look like it, since its ``<`` is escaped."""


def serialise_graph(graph: Graph, extension: str) -> bytes:
    """Write a graph as Turtle, JSON-LD, RDF/XML or N-Triples, by the extension of its file.

    :raises ValueError: if the extension is none of :data:`EXTENSIONS`
    """
    if extension == "ttl":
        return serialise_turtle(graph)
    triples = sorted(label_blank_nodes(graph, "b"), key=lambda triple: tuple(term.n3() for term in triple))
    if extension == "nt":
        lines = (f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in triples)
        return "".join(lines).encode()
    # rdflib's writers take the triples of a subject in the order they were put in, the subjects in any
    ordered = new_graph()
    for triple in triples:
        ordered.add(triple)
    if extension == "rdf":
        text = ordered.serialize(format="xml", encoding="utf-8").decode()
        blocks = _BLOCK.findall(text)
        start, end = text.index(blocks[0]), text.rindex("</rdf:RDF>")
        return (text[:start] + "".join(sorted(blocks)) + text[end:]).encode()
    if extension != "jsonld":
        raise ValueError(f"{extension!r} is none of {', '.join(EXTENSIONS)}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of rdflib's own JSON-LD writer
        document = json.loads(ordered.serialize(format="json-ld", auto_compact=True))
    return (json.dumps(_sorted(document), ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _sorted(value: Any) -> Any:
    """Sort what has no order: every list but ``@list``."""
    if isinstance(value, dict):
        return {key: found if key == "@list" else _sorted(found) for key, found in value.items()}
    if isinstance(value, list):
        return sorted((_sorted(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value
