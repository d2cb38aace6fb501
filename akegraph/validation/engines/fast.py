"""The fast engine: the package ``shacl`` for what it can be trusted with, the default engine for the rest.

Needs the extra ``akegraph[fast]``. Which shapes and data it can be trusted with, and why not with others, is told in
``easy``. Its SPARQL is not used; SPARQL constraints are run once as in the default engine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from functools import cache

from rdflib import SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from akegraph.errors import EngineError
from akegraph.validation.engines.base import Result, write_results
from akegraph.validation.engines.default import find_with, leave_to_pyshacl
from akegraph.validation.engines.easy import (
    find_easy,
    find_properties,
    has_line_end,
    has_pattern,
    is_easy_term,
)
from akegraph.validation.engines.targets import TARGETS, FocusNodes, aim_at, iter_targeted

_SHAPE = "urn:akegraph:shape:"
_NODES = (SH.property, SH.node, SH.qualifiedValueShape)


class FastEngine:
    """``shacl`` for core constraints, in Rust; validation of a few nodes is the default engine's."""

    name = "fast"

    def run(self, data: Graph, shapes: Graph, focus: Collection[Node] | None) -> Graph:
        """Validate as :class:`Engine` says."""
        return write_results(self.find(data, shapes, focus))

    def find(self, data: Graph, shapes: Graph, focus: Collection[Node] | None) -> list[Result]:
        """Validate as :class:`Finder` says."""
        return find_with(data, shapes, focus, _leave_to_shacl)


_FEW = 1000
"""Focus nodes that pyshacl looks at in less time than it takes to hand the data over."""


def _leave_to_shacl(data: Graph, rest: Graph, focus: Collection[Node] | None) -> list[Result]:
    easy = find_easy(rest) if focus is None else set()
    nodes = FocusNodes(data, rest, None)
    few = {shape for shape in iter_targeted(rest) if focus is not None or len(nodes.targets(shape)) <= _FEW}
    easy -= few
    written = _Writer(data, find_properties(rest, easy)) if easy else None
    if written is None or not written.easy:
        return leave_to_pyshacl(data, rest, focus)
    if written.line_ends:
        easy = {shape for shape in easy if not has_pattern(rest, shape)}
    found = []
    if len(easy) < sum(1 for _ in iter_targeted(rest)):
        found = leave_to_pyshacl(data, _without_targets(rest, easy), None)
    return found + _run_shacl(_without_targets(rest, set(iter_targeted(rest)) - easy), written)


def _without_targets(shapes: Graph, aimed: Iterable[Node]) -> Graph:
    """Copy shapes; these have no targets any more, so they are tried only where others use them."""
    copy = aim_at(shapes, shapes, None)
    for shape in aimed:
        for predicate in TARGETS:
            copy.remove((shape, predicate, None))
    return copy


class _Writer:
    """The data as N-Triples in ASCII.

    :ivar easy: every term is one that ``shacl`` keeps as it is
    :ivar line_ends: some text has line ends
    """

    def __init__(self, data: Graph, properties: Iterable[Node]) -> None:
        self.easy = True
        self.line_ends = False
        self._written: dict[Node, str] = {}
        lines: list[str] = []
        for predicate in sorted(properties, key=str):
            middle = f" {self._write(predicate)} "
            lines.extend(
                f"{self._write(subject)}{middle}{self._write(value)} .\n"
                for subject, value in data.subject_objects(predicate)
            )
        self.text = "".join(lines)
        self._written.clear()

    def _write(self, term: Node) -> str:
        known = self._written.get(term)
        if known is None:
            if not is_easy_term(term):
                self.easy = False
            elif has_line_end(term):
                self.line_ends = True
            known = self._written[term] = _write_term(term)
        return known


def _write_term(term: Node) -> str:
    """Write a term in N-Triples and ASCII: a text of one byte a character is handed to Rust without a copy."""
    text = str(term)
    # What JSON escapes, N-Triples escapes alike, but for signs beyond 16 bits.
    quoted = json.dumps(text) if text.isascii() or max(text) <= "\uffff" else _quote_wide(text)
    if isinstance(term, URIRef):
        return f"<{quoted[1:-1]}>"
    if isinstance(term, Literal):
        if term.language is not None:
            return f"{quoted}@{term.language}"
        if term.datatype is not None:
            return f"{quoted}^^{_write_term(term.datatype)}"
    return quoted


def _quote_wide(text: str) -> str:
    signs = (json.dumps(sign)[1:-1] if sign <= "\uffff" else f"\\U{ord(sign):08X}" for sign in text)
    return f'"{"".join(signs)}"'


def _run_shacl(shapes: Graph, written: _Writer) -> list[Result]:
    """Run ``shacl`` and return its results."""
    import shacl

    named = _name_shapes(shapes)
    names = {_name(shape): shape for shape in set(shapes.subjects())}
    compiled = shacl.Shapes.from_text(named.serialize(format="nt"), format="ntriples")
    results = compiled.validate_text(written.text, format="ntriples").results
    written.text = ""
    read = cache(_read_term)
    found = []
    for result in results:
        shape = names[str(result.source_shape)[1:-1]]
        messages = list(shapes.objects(shape, SH.message)) or [Literal(text) for text in result.messages]
        found.append(
            Result(
                focus=read(result.focus_node),
                shape=shape,
                component=URIRef(result.component_iri),
                severity=URIRef(result.severity_iri),
                path=shapes.value(shape, SH.path),
                value=read(result.value) if result.value is not None else None,
                messages=tuple(messages),
                source=shapes,
            )
        )
    return found


def _name_shapes(shapes: Graph) -> Graph:
    """Copy shapes with an IRI for each that is a blank node: ``shacl`` gives blank nodes other names."""
    blank = {shape for predicate in _NODES for shape in shapes.objects(None, predicate)}
    blank.update(iter_targeted(shapes))
    names: dict[Node, Node] = {shape: URIRef(_name(shape)) for shape in blank if isinstance(shape, BNode)}
    copy = Graph(bind_namespaces="none")
    for subject, predicate, value in shapes:
        copy.add((names.get(subject, subject), predicate, names.get(value, value)))
    return copy


def _name(shape: Node) -> str:
    return f"{_SHAPE}{shape}" if isinstance(shape, BNode) else str(shape)


def _read_term(text: str) -> Node:
    """Read a term as ``shacl`` writes it.

    :raises EngineError: if it is none
    """
    if text.startswith("<"):
        return URIRef(text[1:-1])
    parts = _LITERAL.fullmatch(text)
    if parts is None:
        raise EngineError(f"the package 'shacl' reports {text!r}, which is no term of the data")
    lexical = _ESCAPE.sub(_unescape, parts[1])
    return Literal(lexical, lang=parts[2], datatype=URIRef(parts[3]) if parts[3] else None)


def _unescape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1]) or chr(int(found[1][1:], 16))


_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
