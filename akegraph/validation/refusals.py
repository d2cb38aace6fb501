"""Refuse shapes of which an engine would pass over a part in silence.

What no engine reads as a rule is not an error to it: everything conforms. A term in a namespace that is almost
SHACL's, a reference to a shape that is nowhere, a regular expression that no value is ever tried against: each is
refused with its file and, where it can be told, its line.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from akegraph.errors import ShapesError
from akegraph.graph.iris import BASE, PREFIXES
from akegraph.validation.anatomy import VALIDATORS, Anatomy, find_targeted, is_deactivated, is_true, shacl_terms
from akegraph.validation.naming import find_named_owner
from akegraph.validation.patterns import find_runaway_pattern

# rdflib's SH is generated from shacl.ttl; these four are keywords of Python and so no attributes of it.
_KEYWORDS = frozenset({"and", "in", "not", "or"})
# Of SHACL Advanced Features and SHACL JavaScript: engines here evaluate SHACL Core and SHACL-SPARQL.
_UNSUPPORTED = shacl_terms(
    "target SPARQLTarget SPARQLTargetType JSTarget JSTargetType rule Rule TripleRule SPARQLRule JSRule condition"
    " expression ExpressionConstraintComponent values js jsFunctionName jsLibrary jsLibraryURL JSConstraint JSValidator"
    " JSFunction JSLibrary JSExecutable JSConstraintComponent SPARQLFunction Function returnType filterShape nodes"
    " intersection union construct update SPARQLConstructExecutable SPARQLUpdateExecutable entailment this"
)
_BOOLEANS = shacl_terms("deactivated closed uniqueLang qualifiedValueShapesDisjoint optional")
_FLAGS = "im"
_LIKE_SHACL = re.compile(r"https?://(?:www\.)?w3\.org/ns/shacl(?!-)[#/]*(?P<name>.*)", re.IGNORECASE)
_ALMOST_SHACL = re.compile(r"https?://[^/]*w3\.org/.*(?:shacl|/sh)[#/]+(?P<name>\w+)", re.IGNORECASE)
_PATH_VARIABLE = re.compile(r"[$?]PATH\b")


@dataclass(frozen=True, slots=True)
class Source:
    """A file of shapes.

    :param path: the file
    :param text: what it holds
    :param graph: its triples; not changed
    """

    path: Path
    text: str
    graph: Graph


def is_known(name: str) -> bool:
    """Tell whether SHACL or SHACL-AF as of 2017 has a term of this name; engines know no others."""
    return name in _KEYWORDS or URIRef(f"{SH}{name}") in SH


def check_file(source: Source) -> None:
    """Check what can be told from one file: its terms, switches and regular expressions.

    :raises ShapesError: for the first that an engine would pass over
    """
    _check_terms(source)
    _check_booleans(source)
    _check_patterns(source)


def check_together(sources: Sequence[Source], graph: Graph) -> None:
    """Check what can be told only from all files: components, queries and which shapes use which.

    :param graph: the triples of all ``sources``; not changed
    :raises ShapesError: for the first that an engine would pass over
    """
    _check_components(sources, graph)
    _check_queries(sources, graph)
    _check_parts(sources, graph)


def _check_terms(source: Source) -> None:
    """Refuse terms of the SHACL namespace that are in no specification, or in one that no engine here follows."""
    namespace = str(SH)
    terms = sorted({term for triple in source.graph for term in triple if isinstance(term, URIRef)})
    names = [name for term in terms if term.startswith(namespace) and (name := term.removeprefix(namespace))]
    if unknown := [name for name in names if not is_known(name)]:
        named = ", ".join(f"sh:{name}" for name in unknown)
        raise _refusal(source, [URIRef(namespace + unknown[0])], f"{named}: no such term in SHACL; check the spelling")
    if unsupported := [term for term in terms if term in _UNSUPPORTED]:
        named = ", ".join(f"sh:{term.removeprefix(namespace)}" for term in unsupported)
        what = f"{named}: not supported; write the rule in SHACL Core or as sh:sparql, its target as sh:targetClass"
        raise _refusal(source, unsupported[:1], what)
    for term in terms:
        if not term.startswith(namespace) and _is_almost_shacl(term):
            raise _refusal(source, [term], f"<{term}>: not a term of SHACL, whose namespace is {namespace}")


def _is_almost_shacl(term: URIRef) -> bool:
    """Tell whether an IRI was meant to be a term of SHACL, as with https or a slash at the end of the namespace."""
    if found := _LIKE_SHACL.fullmatch(term):
        return bool(found["name"])
    found = _ALMOST_SHACL.fullmatch(term)
    return found is not None and is_known(found["name"])


def _check_booleans(source: Source) -> None:
    """Refuse switches that are neither on nor off; engines take the text "false" for true."""
    for predicate in sorted(_BOOLEANS):
        for subject, value in sorted(source.graph.subject_objects(predicate), key=str):
            if not (isinstance(value, Literal) and isinstance(value.value, bool)):
                what = f"sh:{predicate.removeprefix(str(SH))} is {value.n3()}; true or false is expected"
                raise _refusal(source, [predicate], what, subject)


def _check_patterns(source: Source) -> None:
    for subject, flags in sorted(source.graph.subject_objects(SH.flags), key=str):
        _check_flags(source, subject, "sh:flags", str(flags), SH.flags)
    for subject, pattern in sorted(source.graph.subject_objects(SH.pattern), key=str):
        _check_pattern(source, subject, "sh:pattern", str(pattern), SH.pattern)


def _check_flags(source: Source, subject: Node, what: str, flags: str, predicate: Node, heeded: str = _FLAGS) -> None:
    if not set(flags) <= set(heeded):
        known = f"only {', '.join(heeded[:-1])} and {heeded[-1]} are heeded"
        raise _refusal(
            source, [f'"{flags}"', predicate], f"{what} {flags!r}: {known}; write the pattern without", subject
        )


def _check_pattern(source: Source, subject: Node, what: str, pattern: str, predicate: Node) -> None:
    """Refuse a regular expression that is none, or that would never come to an end on an unlucky text."""
    places = [f'"{pattern}"', pattern, pattern.replace("\\", "\\\\"), predicate]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise _refusal(source, places, f"{what} {pattern!r} is no regular expression: {error}", subject) from error
    if find_runaway_pattern([pattern]) is not None:
        ends = f"{what} {pattern!r} may try for ever on a text that does not fit"
        raise _refusal(source, places, f"{ends}; write it so that no repeat stands in or beside another alike", subject)


def _check_components(sources: Sequence[Source], graph: Graph) -> None:
    """Refuse constraint components that engines do not recognise as such."""
    owners = {owner for part in (SH.parameter, *VALIDATORS) for owner in graph.subjects(part)}
    for owner in sorted(owners | set(graph.subjects(RDF.type, SH.ConstraintComponent)), key=str):
        if (owner, RDF.type, SH.ConstraintComponent) not in graph:
            what = "has a parameter or validator and so no effect; a sh:ConstraintComponent is expected"
        elif (owner, SH.parameter, None) not in graph:
            what = "is a component without sh:parameter, so no shape can use it"
        elif not any((owner, validator, None) in graph for validator in VALIDATORS):
            what = "is a component without sh:validator, so it checks nothing"
        else:
            continue
        source = _source_of(sources, owner)
        raise _refusal(source, [owner], f"{_name(source, owner)} {what}")


def _check_queries(sources: Sequence[Source], graph: Graph) -> None:
    """Refuse SPARQL that is none, or whose answers no engine can read."""
    for subject in sorted(set(graph.objects(None, SH.sparql)), key=str):
        if (subject, SH.select, None) not in graph:
            owner = next(graph.subjects(SH.sparql, subject))
            source = _source_of(sources, subject, owner)
            raise _refusal(source, [SH.sparql], "sh:sparql has no sh:select, so it checks nothing", owner)
    for predicate in (SH.select, SH.ask):
        for subject, query in sorted(graph.subject_objects(predicate), key=str):
            _check_query(_source_of(sources, subject), graph, subject, predicate, str(query))


def _check_query(source: Source, graph: Graph, subject: Node, predicate: URIRef, query: str) -> None:
    # Here and not above: it is heavy, and akegraph's own shapes come without this check.
    from rdflib import Variable
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    kind = f"sh:{predicate.removeprefix(str(SH))}"
    places = [*([line] if (line := next(iter(query.strip().splitlines()), "")) else []), predicate]
    # An engine knows the prefixes of the data as well; whether it does, it says itself.
    prefixes = PREFIXES | {prefix: str(iri) for prefix, iri in source.graph.namespaces()}
    prefixes |= {
        str(graph.value(declared, SH.prefix)): str(graph.value(declared, SH.namespace))
        for header in graph.objects(subject, SH.prefixes)
        for declared in graph.objects(header, SH.declare)
    }
    try:
        parsed = parseQuery(_PATH_VARIABLE.sub("<urn:path>", query))
        calls = list(_calls(parsed))  # translating takes the filters out of EXISTS
        algebra: Any = translateQuery(parsed, initNs=prefixes).algebra
    except Exception as error:  # rdflib raises a dozen unrelated types for bad input
        message = " ".join(str(error).split())
        raise _refusal(source, places, f"{kind} is no SPARQL that can be run: {message}", subject) from error
    wanted = "SelectQuery" if predicate == SH.select else "AskQuery"
    if algebra.name != wanted:
        raise _refusal(source, places, f"{kind} is another kind of query; {kind[3:].upper()} is expected", subject)
    if predicate == SH.select and Variable("this") not in (algebra.PV or ()):
        raise _refusal(source, places, "sh:select does not give $this, so no finding has a node", subject)
    for what, pattern, flags in calls:
        if pattern is not None:
            _check_pattern(source, subject, what, pattern, predicate)
        if flags is not None:
            _check_flags(source, subject, f"the flags of {what}", flags, predicate, heeded="ims")


def _calls(part: Any) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield the pattern and the flags of each REGEX and REPLACE in a parsed query, None where they are no text."""
    if isinstance(part, dict):
        name = getattr(part, "name", "")
        if name in ("Builtin_REGEX", "Builtin_REPLACE"):
            given = dict(part)
            yield name.removeprefix("Builtin_"), _text(given.get("pattern")), _text(given.get("flags"))
        for inner in part.values():
            yield from _calls(inner)
    elif isinstance(part, Iterable) and not isinstance(part, str):
        for inner in part:
            yield from _calls(inner)


def _text(value: Any) -> str | None:
    """Return the text of an expression that is nothing but a literal, which rdflib's parser wraps many times."""
    while isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    return str(value) if isinstance(value, Literal) else None


def _check_parts(sources: Sequence[Source], graph: Graph) -> None:
    """Refuse references to shapes that are nowhere, and shapes in use that ask nothing of a node."""
    anatomy = Anatomy(graph)
    targeted = find_targeted(graph)
    starts = targeted | {shape for kind in (SH.NodeShape, SH.PropertyShape) for shape in graph.subjects(RDF.type, kind)}
    users: dict[Node, set[tuple[Node, Node]]] = {}
    for shape in sorted(anatomy.reach(starts), key=str):
        for predicate, part in anatomy.parts(shape):
            users.setdefault(part, set()).add((shape, predicate))
            if (part, None, None) not in graph:
                source = _source_of(sources, shape)
                what = f"sh:{str(predicate).removeprefix(str(SH))} names {_name(source, part)}, which is not defined"
                raise _refusal(
                    source, [part, predicate], f"{what}; check the spelling, or name its file as well", shape
                )
    for shape in sorted(targeted | set(users), key=str):
        if not anatomy.constraints(shape) and not is_deactivated(graph, shape):
            _check_empty(sources, graph, shape, users.get(shape, set()), shape in targeted)


def _check_empty(
    sources: Sequence[Source], graph: Graph, shape: Node, users: set[tuple[Node, Node]], targeted: bool
) -> None:
    """Refuse a shape without constraint; it may only name a property for ``sh:closed``, or be a target without rules.

    The latter, if it has an IRI, is shown as a rule that checked nothing.
    """
    if users and all(predicate == SH.property and is_true(graph.value(user, SH.closed)) for user, predicate in users):
        return
    if targeted and not users and (shape, SH.path, None) not in graph and isinstance(shape, URIRef):
        return
    source = _source_of(sources, shape)
    others = sorted(
        predicate
        for predicate in set(graph.predicates(shape))
        if isinstance(predicate, URIRef) and not str(predicate).startswith((str(SH), str(RDF)))
    )
    named = f"; is one of {', '.join(_name(source, other) for other in others)} misspelt?" if others else ""
    paths = [path for path in graph.objects(shape, SH.path) if isinstance(path, URIRef)]
    what = f"the shape of {_name(source, paths[0])}" if paths and isinstance(shape, BNode) else _name(source, shape)
    raise _refusal(source, [*others, *paths, shape], f"{what} checks nothing: it has no constraint{named}", shape)


def _refusal(source: Source, places: Sequence[object], what: str, subject: Node | None = None) -> ShapesError:
    """Make the error, with the first line where one of ``places`` stands, from where the subject's shape begins on."""
    start = 0
    owner = find_named_owner(source.graph, subject) if subject is not None else None
    if owner is not None:
        start = _find_line(source.text, [_begins(source, owner)], 0) or 0
    for place in places:
        spellings = _spellings(source, place) if isinstance(place, Node) else [str(place)]
        if spellings and (line := _find_line(source.text, [_whole(spellings)], start)):
            return ShapesError(f"{source.path} line {line}: {what}")
    return ShapesError(f"{source.path} line {start}: {what}" if start else f"{source.path}: {what}")


def line_of(source: Source, term: URIRef) -> int | None:
    """Find the line, counted from 1, on which a term is first written."""
    return _find_line(source.text, [_whole(_spellings(source, term))], 0)


def _spellings(source: Source, term: Node) -> list[str]:
    """Return the ways in which a term may be written in a file; a blank node has none."""
    if not isinstance(term, URIRef):
        return [] if isinstance(term, BNode) else [str(term)]
    short = [
        f"{prefix}:{term.removeprefix(namespace)}"
        for prefix, namespace in source.graph.namespaces()
        if term.startswith(namespace)
    ]
    return [*short, f"<{term}>", f"<{term.removeprefix(BASE)}>"]


def _name(source: Source, term: Node) -> str:
    """Name a term as the file does."""
    spellings = _spellings(source, term)
    return min(spellings, key=len) if spellings else "a shape without a name"


def _whole(spellings: Iterable[str]) -> str:
    """Return a pattern for any of these, where it is not part of a longer word."""
    before = r"(?<![\w-])"
    return "|".join(f"{before if text[:1].isalnum() else ''}{re.escape(text)}(?![\\w-])" for text in spellings)


def _begins(source: Source, term: URIRef) -> str:
    """Return a pattern for the place where a file begins to tell of a term."""
    name = f"(?:{_whole(_spellings(source, term))})"
    return rf"(?:^|[.\]]\s+){name}\s+(?!\.)\S|^\s*{name}\s*$"


def _find_line(text: str, patterns: Sequence[str], start: int) -> int | None:
    """Find the first line, counted from 1 and not before ``start``, on which a pattern is found outside comments."""
    compiled = re.compile("|".join(patterns))
    for number, line in enumerate(text.splitlines(), start=1):
        if number >= start and not line.lstrip().startswith("#") and compiled.search(line):
            return number
    return None


def _source_of(sources: Sequence[Source], *nodes: Node) -> Source:
    """Return the file that tells of the first of these nodes that any tells of."""
    return next(
        (source for node in nodes for source in sources if (node, None, None) in source.graph),
        sources[-1],
    )
