"""Read shapes, and refuse those that would let everything pass.

SHACL fails open: a misspelt ``sh:minCount`` or a file without shapes makes every graph conform. So terms in
the SHACL namespace must be known, there must be shapes, and a file must parse; else nothing is validated.
Nothing is ever fetched: a URL where a file is meant is refused, and so is ``owl:imports``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from rdflib import DCTERMS, OWL, RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from akegraph.errors import GraphSyntaxError, ShapesError
from akegraph.graph.iris import AKESH
from akegraph.graph.loading import new_graph, parse_turtle
from akegraph.resources import resource
from akegraph.settings import Language
from akegraph.terms import AKE
from akegraph.validation.findings import Severity
from akegraph.validation.naming import name_shape
from akegraph.validation.patterns import find_runaway_pattern

# rdflib's SH is generated from shacl.ttl; these four are keywords of Python and so no attributes of it.
_KEYWORDS = frozenset({"and", "in", "not", "or"})

DESCRIBING = frozenset(
    {SH.message, SH.name, SH.description, DCTERMS.identifier, DCTERMS.source, RDFS.seeAlso, AKE.inColumn}
    | {AKESH.fix, AKESH.exampleWrong, AKESH.exampleRight}
)
"""The properties that tell people of a rule and make no difference to an engine."""

FILES = ("core.ttl", "recommended.ttl", "evaluation.ttl")
"""akegraph's own shapes: what must be, what should be, and what would be good to have."""

_REGEX = re.compile(
    r"""\b(?:regex|replace)\s*\((?:[^()"']|\([^()]*\))*?,\s*"""
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""",
    re.IGNORECASE,
)
"""REGEX or REPLACE of SPARQL, up to its pattern."""
_URL = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:/")
_Text = TypeVar("_Text", str, tuple[str, ...])
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
    :param descriptions: ``sh:description`` by language: why the rule is there and what to do
    :param reasons: ``dcterms:source`` by language: the law, the plan's column or the standard it comes from
    :param see_also: ``rdfs:seeAlso``, links to read more
    :param fix: local name of the safe fix there is, ``akesh:fix``; ``shapes/codes.ttl`` tells of it
    :param wrong: a cell or value that the rule objects to, ``akesh:exampleWrong``
    :param right: the same as it should be, ``akesh:exampleRight``
    """

    shape: IdentifiedNode
    code: str
    severity: Severity
    messages: Mapping[str, str]
    names: Mapping[str, str]
    column: URIRef | None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    see_also: tuple[str, ...] = ()
    fix: str | None = None
    wrong: str | None = None
    right: str | None = None

    def message(self, language: Language) -> str | None:
        """Say what is expected and what to do, in ``language``, else in another that there is."""
        return _in_language(self.messages, language)

    def name(self, language: Language) -> str | None:
        """Name the rule in ``language``, else in another that there is."""
        return _in_language(self.names, language)

    @property
    def reason(self) -> tuple[str, ...]:
        """Say in English, or in another language that there is, what the rule comes from."""
        return self.reason_in("en")

    def reason_in(self, language: Language) -> tuple[str, ...]:
        """Say what the rule comes from in ``language``, else in another that there is; with it what has no language."""
        found = _in_language({known: texts for known, texts in self.reasons.items() if known}, language) or ()
        return (*found, *self.reasons.get("", ()))

    def description(self, language: Language) -> str | None:
        """Tell why the rule is there and what to do, in ``language``, else in another that there is."""
        return _in_language(self.descriptions, language)


@dataclass(frozen=True, slots=True)
class Shapes:
    """A shapes graph with its catalogue of rules.

    :param graph: the shapes; never given to an engine itself, only copies are
    :param rules: by the IRI of the shape, for every shape that states anything a report shows
    """

    graph: Graph
    rules: Mapping[Node, Rule]


def load_shapes(paths: Iterable[Path] | None = None) -> Shapes:
    """Load shapes from Turtle files; by default akegraph's own, all of :data:`FILES`.

    :param paths: the files; neither they nor anything they name is fetched over a network
    :returns: the shapes, with the rules found in them
    :raises ShapesError: if a file cannot be read, does not parse, holds no shape, imports another, is a URL or
        has a term of the SHACL namespace that nobody knows
    """
    if paths is None:
        paths = [resource("shapes", name) for name in FILES]
    graph = new_graph()
    for path in paths:
        graph += _load_file(path)
    if not len(graph):
        raise ShapesError("no shapes were given; name at least one file of shapes")
    if not _has_target(graph):
        raise ShapesError("no shape has a target, so nothing would be checked; give one a sh:targetClass")
    return Shapes(graph, find_rules(graph))


def _has_target(graph: Graph) -> bool:
    """Tell whether any shape looks at anything; a shape that is a class as well targets its instances."""
    return any((None, target, None) in graph for target in _TARGETS) or any(
        (shape, RDF.type, RDFS.Class) in graph for kind in _SHAPE_CLASSES for shape in graph.subjects(RDF.type, kind)
    )


def find_rules(graph: Graph) -> dict[Node, Rule]:
    """List the shapes that can be the source of a finding.

    Reads what :class:`Rule` lists of each.

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
    fix = graph.value(shape, AKESH.fix)
    return Rule(
        shape=shape,
        code=str(code) if code is not None else name_shape(graph, shape),
        severity=severity_of(graph.value(shape, SH.severity)),
        messages=_by_language(graph, shape, SH.message),
        names=_by_language(graph, shape, SH.name),
        column=column if isinstance(column, URIRef) else None,
        descriptions=_by_language(graph, shape, SH.description),
        reasons=_all_by_language(graph, shape, DCTERMS.source),
        see_also=_texts(graph, shape, RDFS.seeAlso),
        fix=str(fix).removeprefix(str(AKESH)) if isinstance(fix, URIRef) else None,
        wrong=next(iter(_texts(graph, shape, AKESH.exampleWrong)), None),
        right=next(iter(_texts(graph, shape, AKESH.exampleRight)), None),
    )


def severity_of(term: Node | None) -> Severity:
    """Return the severity a term of the SHACL namespace stands for; any other counts as a violation."""
    return _SEVERITIES.get(term, Severity.VIOLATION) if term is not None else Severity.VIOLATION


def _by_language(graph: Graph, shape: Node, predicate: URIRef) -> dict[str, str]:
    texts = (text for text in graph.objects(shape, predicate) if isinstance(text, Literal))
    return {text.language or "": str(text) for text in sorted(texts, reverse=True)}


def _texts(graph: Graph, shape: Node, predicate: URIRef) -> tuple[str, ...]:
    return tuple(sorted(str(value) for value in graph.objects(shape, predicate)))


def _all_by_language(graph: Graph, shape: Node, predicate: URIRef) -> dict[str, tuple[str, ...]]:
    """Return all values by language, IRIs and what has no language under ""."""
    found: dict[str, list[str]] = {}
    for value in sorted(graph.objects(shape, predicate), key=str):
        language = value.language if isinstance(value, Literal) else None
        found.setdefault(language or "", []).append(str(value))
    return {language: tuple(texts) for language, texts in found.items()}


def _in_language(texts: Mapping[str, _Text], language: Language) -> _Text | None:
    for choice in (language, "", "en", "fi"):
        if choice in texts:
            return texts[choice]
    return next(iter(texts.values()), None)


def _load_file(path: Path) -> Graph:
    """Parse one file of shapes and check that it can do its work."""
    # A path drops one slash of two.
    if _URL.match(str(path)):
        url = re.sub(r":/(?!/)", "://", str(path), count=1)
        raise ShapesError(f"{url}: is a URL, which is not fetched; save the shapes as a file and name that")
    graph = new_graph()
    try:
        data = path.read_bytes()
        parse_turtle(graph, data, str(path))
    except OSError as error:
        raise ShapesError(f"{path}: cannot be read: {error.strerror}; a Turtle file is expected") from error
    except GraphSyntaxError as error:
        raise ShapesError(f"{_where(path, error.line)}: {error.what}") from error
    text = data.decode("utf-8-sig")
    if not len(graph):
        raise ShapesError(f"{path}: is empty; shapes in Turtle are expected")
    _check_terms(path, text, graph)
    imported = next(iter(graph.objects(None, OWL.imports)), None)
    if imported is not None:
        line = _line_of(text, ("owl:imports", f"<{OWL.imports}>"))
        raise ShapesError(f"{_where(path, line)}: imports {imported}, which is not fetched; name its file as well")
    if not any((None, RDF.type, kind) in graph for kind in _SHAPE_CLASSES) and not any(
        (None, target, None) in graph for target in _TARGETS
    ):
        raise ShapesError(f"{path}: has no shape; a sh:NodeShape with a target is expected")
    _check_patterns(path, text, graph)
    return graph


def _check_patterns(path: Path, text: str, graph: Graph) -> None:
    """Refuse regular expressions that would never come to an end on an unlucky text."""
    patterns = {str(pattern): "sh:pattern" for pattern in graph.objects(None, SH.pattern)}
    for kind in (SH.select, SH.ask):
        for query in graph.objects(None, kind):
            patterns.update({_unescape(found["text"][1:-1]): "REGEX" for found in _REGEX.finditer(str(query))})
    for pattern in sorted(patterns):
        if find_runaway_pattern([pattern]) is not None:
            line = _line_of(text, (pattern, pattern.replace("\\", "\\\\"), patterns[pattern]))
            what = f"{patterns[pattern]} {pattern!r} may try for ever on a text that does not fit"
            raise ShapesError(f"{_where(path, line)}: {what}; write it without a repeat inside a repeat")


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


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
        prefixes = [prefix for prefix, iri in graph.namespaces() if str(iri) == namespace] or ["sh"]
        spellings = [f"{prefix}:{unknown[0]}" for prefix in prefixes] + [f"<{namespace}{unknown[0]}>"]
        named = ", ".join(f"sh:{name}" for name in unknown)
        raise ShapesError(
            f"{_where(path, _line_of(text, spellings))}: {named}: no such term in SHACL; check the spelling"
        )


def is_known(name: str) -> bool:
    """Tell whether SHACL or SHACL-AF as of 2017 has a term of this name; engines know no others."""
    return name in _KEYWORDS or URIRef(f"{SH}{name}") in SH


def _where(path: Path, line: int | None) -> str:
    return str(path) if line is None else f"{path} line {line}"


def _line_of(text: str, spellings: Sequence[str]) -> int | None:
    """Find the line, counted from 1, on which a term is first written in one of these ways."""
    pattern = re.compile("|".join(rf"{re.escape(spelling)}(?![\w-])" for spelling in spellings))
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.lstrip().startswith("#") and pattern.search(line):
            return number
    return None
