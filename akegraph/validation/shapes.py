"""Read shapes, and refuse those that would let everything pass.

SHACL fails open: a misspelt ``sh:minCount`` or a file without shapes makes every graph conform. So there must be
shapes, a file must parse, and what ``refusals`` looks for must not be there; else nothing is validated.
Nothing is ever fetched: a URL where a file is meant is refused, and so is ``owl:imports``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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
from akegraph.validation.anatomy import HELPERS, SHAPE_CLASSES, TARGETS, Anatomy, find_targeted
from akegraph.validation.findings import Severity
from akegraph.validation.naming import name_shape
from akegraph.validation.refusals import Source, check_file, check_together, line_of

DESCRIBING = frozenset(
    {SH.message, SH.name, SH.description, DCTERMS.identifier, DCTERMS.source, RDFS.seeAlso, AKE.inColumn}
    | {AKESH.fix, AKESH.exampleWrong, AKESH.exampleRight}
)
"""The properties that tell people of a rule and make no difference to an engine."""

FILES = ("core.ttl", "recommended.ttl", "evaluation.ttl")
"""akegraph's own shapes: what must be, what should be, and what would be good to have."""

_URL = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:/")
_Text = TypeVar("_Text", str, tuple[str, ...])
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
    :raises ShapesError: if a file cannot be read, does not parse, holds no shape, imports another, is a URL, or has
        anything that engines would pass over in silence
    """
    own = paths is None
    if paths is None:
        paths = [resource("shapes", name) for name in FILES]
    graph = new_graph()
    sources = [_load_file(path) for path in paths]
    for source in sources:
        graph += source.graph
    if not len(graph):
        raise ShapesError("no shapes were given; name at least one file of shapes")
    if not own:  # tests do it for akegraph's own
        check_together(sources, graph)
    if not find_targeted(graph):
        raise ShapesError("no shape has a target, so nothing would be checked; give one a sh:targetClass")
    return Shapes(graph, find_rules(graph))


def find_rules(graph: Graph) -> dict[Node, Rule]:
    """List the shapes that can be the source of a finding.

    Reads what :class:`Rule` lists of each.

    :param graph: shapes; not changed
    """
    said = (SH.path, SH.severity, SH.message, SH.property, SH.deactivated, DCTERMS.identifier, *TARGETS)
    shapes = {shape for predicate in said for shape in graph.subjects(predicate)}
    shapes.update(shape for kind in SHAPE_CLASSES for shape in graph.subjects(RDF.type, kind))
    anatomy = Anatomy(graph)
    shapes.update(shape for shape in set(graph.subjects()) if isinstance(shape, URIRef) and anatomy.constraints(shape))
    # These have messages and paths of their own, and are no shapes.
    helpers = {helper for use in HELPERS for helper in graph.objects(None, use)}
    return {shape: rule_of(graph, shape) for shape in shapes - helpers if isinstance(shape, IdentifiedNode)}


def rule_of(graph: Graph, shape: IdentifiedNode) -> Rule:
    """Read what is said of a shape."""
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


def _load_file(path: Path) -> Source:
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
    source = Source(path, text, graph)
    check_file(source)
    imported = next(iter(graph.objects(None, OWL.imports)), None)
    if imported is not None:
        line = line_of(source, OWL.imports)
        raise ShapesError(f"{_where(path, line)}: imports {imported}, which is not fetched; name its file as well")
    if not any((None, RDF.type, kind) in graph for kind in SHAPE_CLASSES) and not any(
        (None, target, None) in graph for target in TARGETS
    ):
        raise ShapesError(f"{path}: has no shape; a sh:NodeShape with a target is expected")
    return source


def _where(path: Path, line: int | None) -> str:
    return str(path) if line is None else f"{path} line {line}"
