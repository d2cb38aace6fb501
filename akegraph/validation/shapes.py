"""Read shapes, and refuse those that would let everything pass.

SHACL fails open: a misspelt ``sh:minCount`` or a file without shapes makes every graph conform. So terms in
the SHACL namespace must be known, there must be shapes, and a file must parse; else nothing is validated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import DCTERMS, OWL, RDF, SH, Graph, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from akegraph.errors import GraphSyntaxError, ShapesError
from akegraph.graph.loading import new_graph, parse_turtle
from akegraph.resources import resource
from akegraph.settings import Language
from akegraph.terms import AKE
from akegraph.validation.findings import Severity

# rdflib's SH is generated from shacl.ttl; these four are keywords of Python and so no attributes of it.
_KEYWORDS = frozenset({"and", "in", "not", "or"})

_SHAPE_CLASSES = (SH.NodeShape, SH.PropertyShape)
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf, SH.target)
_SEVERITIES: Mapping[Node, Severity] = {
    SH.Violation: Severity.VIOLATION,
    SH.Warning: Severity.WARNING,
    SH.Info: Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is known of a shape that can be the source of a finding.

    :param shape: its IRI
    :param code: its finding code, ``dcterms:identifier``; its local name where it has none
    :param severity: ``sh:severity``, by default ``sh:Violation``
    :param messages: ``sh:message`` by language; "" is a message without language
    :param names: ``sh:name`` by language
    :param column: the column of the plan to look in, ``ake:inColumn``
    """

    shape: IdentifiedNode
    code: str
    severity: Severity
    messages: Mapping[str, str]
    names: Mapping[str, str]
    column: URIRef | None

    def message(self, language: Language) -> str | None:
        """Say what is expected and what to do, in ``language``, else in another that there is."""
        return _in_language(self.messages, language)

    def name(self, language: Language) -> str | None:
        """Name the rule in ``language``, else in another that there is."""
        return _in_language(self.names, language)


@dataclass(frozen=True, slots=True)
class Shapes:
    """A shapes graph with its catalogue of rules.

    :param graph: the shapes; never given to an engine itself, only copies are
    :param rules: by the IRI of the shape, for every shape that states anything a report shows
    """

    graph: Graph
    rules: Mapping[Node, Rule]


def load_shapes(paths: Iterable[Path] | None = None) -> Shapes:
    """Load shapes from Turtle files; by default akegraph's own, core and recommended.

    :param paths: the files; neither they nor anything they name is fetched over a network
    :returns: the shapes, with the rules found in them
    :raises ShapesError: if a file cannot be read, does not parse, holds no shape, imports another or
        has a term of the SHACL namespace that nobody knows
    """
    if paths is None:
        paths = (resource("shapes", "core.ttl"), resource("shapes", "recommended.ttl"))
    graph = new_graph()
    for path in paths:
        graph += _load_file(path)
    if not len(graph):
        raise ShapesError("no shapes were given; name at least one file of shapes")
    return Shapes(graph, find_rules(graph))


def find_rules(graph: Graph) -> dict[Node, Rule]:
    """List the shapes that can be the source of a finding.

    Reads ``sh:severity``, ``sh:message``, ``sh:name``, ``dcterms:identifier`` and ``ake:inColumn``.

    :param graph: shapes; not changed
    """
    shapes = {
        shape
        for predicate in (SH.path, SH.severity, SH.message, DCTERMS.identifier, *_TARGETS)
        for shape in graph.subjects(predicate)
    }
    shapes.update(shape for kind in _SHAPE_CLASSES for shape in graph.subjects(RDF.type, kind))
    return {shape: _rule(graph, shape) for shape in shapes if isinstance(shape, IdentifiedNode)}


def _rule(graph: Graph, shape: IdentifiedNode) -> Rule:
    code = graph.value(shape, DCTERMS.identifier)
    column = graph.value(shape, AKE.inColumn)
    return Rule(
        shape=shape,
        code=str(code) if code is not None else re.split(r"[/#]", str(shape))[-1],
        severity=severity_of(graph.value(shape, SH.severity)),
        messages=_by_language(graph, shape, SH.message),
        names=_by_language(graph, shape, SH.name),
        column=column if isinstance(column, URIRef) else None,
    )


def severity_of(term: Node | None) -> Severity:
    """Return the severity a term of the SHACL namespace stands for; any other counts as a violation."""
    return _SEVERITIES.get(term, Severity.VIOLATION) if term is not None else Severity.VIOLATION


def _by_language(graph: Graph, shape: Node, predicate: URIRef) -> dict[str, str]:
    texts = (text for text in graph.objects(shape, predicate) if isinstance(text, Literal))
    return {text.language or "": str(text) for text in sorted(texts, reverse=True)}


def _in_language(texts: Mapping[str, str], language: Language) -> str | None:
    for choice in (language, "", "en", "fi"):
        if choice in texts:
            return texts[choice]
    return next(iter(texts.values()), None)


def _load_file(path: Path) -> Graph:
    """Parse one file of shapes and check that it can do its work."""
    graph = new_graph()
    try:
        data = path.read_bytes()
        parse_turtle(graph, data, str(path))
    except OSError as error:
        raise ShapesError(f"{path}: cannot be read: {error.strerror}; a Turtle file is expected") from error
    except GraphSyntaxError as error:
        raise ShapesError(f"{_where(path, error.line)}: {error.what}") from error
    text = data.decode("utf-8-sig")
    _check_terms(path, text, graph)
    if not any((None, RDF.type, kind) in graph for kind in _SHAPE_CLASSES) and not any(
        (None, target, None) in graph for target in _TARGETS
    ):
        raise ShapesError(f"{path}: has no shape; a sh:NodeShape with a target is expected")
    imported = next(iter(graph.objects(None, OWL.imports)), None)
    if imported is not None:
        line = _line_of(text, ("owl:imports", f"<{OWL.imports}>"))
        raise ShapesError(f"{_where(path, line)}: imports {imported}, which is not fetched; name its file as well")
    return graph


def _check_terms(path: Path, text: str, graph: Graph) -> None:
    """Refuse terms in the SHACL namespace that are in no specification; engines pass over them in silence."""
    namespace = str(SH)
    terms = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
    unknown = sorted(
        name
        for name in (term.removeprefix(namespace) for term in terms if term.startswith(namespace))
        if name and not is_known(name)
    )
    if unknown:
        lines = [_line_of(text, (f"sh:{name}", f"<{namespace}{name}>")) for name in unknown]
        named = ", ".join(f"sh:{name}" for name in unknown)
        raise ShapesError(f"{_where(path, lines[0])}: {named}: no such term in SHACL; check the spelling")


def is_known(name: str) -> bool:
    """Tell whether SHACL or SHACL-AF as of 2017 has a term of this name; engines know no others."""
    return name in _KEYWORDS or URIRef(f"{SH}{name}") in SH


def _where(path: Path, line: int | None) -> str:
    return str(path) if line is None else f"{path} line {line}"


def _line_of(text: str, spellings: Sequence[str]) -> int | None:
    """Find the line, counted from 1, on which a term is first written in one of these ways."""
    pattern = re.compile("|".join(rf"{re.escape(spelling)}(?![\w-])" for spelling in spellings))
    for number, line in enumerate(text.splitlines(), start=1):
        if pattern.search(line):
            return number
    return None
