"""The fast engine: the package ``shacl`` for what it can be trusted with, the default engine for the rest.

Needs the extra ``akegraph[fast]``. Which shapes and data it can be trusted with, and why not with others, is told in
``easy``. Its SPARQL is not used; SPARQL constraints are run once as in the default engine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from functools import cache

from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from akegraph.errors import EngineError
from akegraph.validation.engines.base import finish_report, new_report
from akegraph.validation.engines.default import AkegraphEngine, PreparedGraph
from akegraph.validation.engines.easy import (
    find_easy,
    find_properties,
    has_line_end,
    has_pattern,
    is_easy_term,
)
from akegraph.validation.engines.reference import run_pyshacl
from akegraph.validation.engines.selects import copy_path, report_selects, take_selects
from akegraph.validation.engines.targets import TARGETS, aim_at, iter_targeted

_SHAPE = "urn:akegraph:shape:"
_NODES = (SH.property, SH.node, SH.qualifiedValueShape)


class FastEngine:
    """``shacl`` for core constraints, in Rust; validation of a few nodes is the default engine's."""

    name = "fast"

    def run(self, data: Graph, shapes: Graph, focus: Collection[Node] | None) -> Graph:
        """Validate as :class:`Engine` says."""
        if focus is not None:
            return AkegraphEngine().run(data, shapes, focus)
        rest = aim_at(shapes, data, None)
        selects = take_selects(rest)
        easy = find_easy(rest)
        written = _Writer(data, find_properties(rest, easy)) if easy else None
        if written is None or not written.easy:
            return AkegraphEngine().run(data, shapes, None)
        if written.line_ends:
            easy = {shape for shape in easy if not has_pattern(rest, shape)}
        report, node = new_report()
        if len(easy) < sum(1 for _ in iter_targeted(rest)):
            report = run_pyshacl(PreparedGraph(data), _without_targets(rest, easy))
            node = next(report.subjects(RDF.type, SH.ValidationReport))  # type: ignore[assignment]
        _run_shacl(_without_targets(rest, set(iter_targeted(rest)) - easy), written, report, node)
        del written
        report_selects(selects, data, shapes, None, report)
        return finish_report(report)


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


def _run_shacl(shapes: Graph, written: _Writer, report: Graph, node: Node) -> None:
    """Run ``shacl`` and add its results to a report, which is changed in place."""
    import shacl

    named = _name_shapes(shapes)
    names = {_name(shape): shape for shape in set(shapes.subjects())}
    compiled = shacl.Shapes.from_text(named.serialize(format="nt"), format="ntriples")
    results = compiled.validate_text(written.text, format="ntriples").results
    written.text = ""
    read = cache(_read_term)
    for found in results:
        shape = names[str(found.source_shape)[1:-1]]
        result = BNode()
        report.add((node, SH.result, result))
        report.add((result, RDF.type, SH.ValidationResult))
        report.add((result, SH.focusNode, read(found.focus_node)))
        report.add((result, SH.sourceShape, shape))
        report.add((result, SH.sourceConstraintComponent, URIRef(found.component_iri)))
        report.add((result, SH.resultSeverity, URIRef(found.severity_iri)))
        if found.value is not None:
            report.add((result, SH.value, read(found.value)))
        path = shapes.value(shape, SH.path)
        if path is not None:
            report.add((result, SH.resultPath, path))
            copy_path(shapes, path, report)
        messages = list(shapes.objects(shape, SH.message)) or [Literal(text) for text in found.messages]
        for message in messages:
            report.add((result, SH.resultMessage, message))


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
