r"""Which shapes and data the package ``shacl`` can be trusted with; all others are left to the default engine.

``shacl`` 0.3.4 is fast and right on what is listed here: its results are compared with pyshacl's in the tests. Its
faults, each of which keeps a shape or the data from it:

- it names the blank nodes of data anew, so a result could not be told;
- it writes language tags in lower case and drops ``xsd:string``, so a value could not be told from another;
- an unknown parameter, component or target is passed over in silence, so only known ones are let in;
- regular expressions are Rust's, whose ``\w``, ``\d``, ``\b``, flags and ``$`` before a line's end differ from
  Python's, so only patterns that mean the same in both are let in, and none where a text has line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rdflib import RDF, RDFS, SH, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection as RdfList
from rdflib.term import Node

from akegraph.validation.engines.targets import iter_targeted

_SH_IN, _SH_NODE = SH["in"], SH.node
_SHAPES = frozenset({SH.property, _SH_NODE, SH.qualifiedValueShape})
_LISTS = frozenset({SH["or"]})
_COUNTS = frozenset(
    {SH.minCount, SH.maxCount, SH.minLength, SH.maxLength, SH.qualifiedMinCount, SH.qualifiedMaxCount}
    | {SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive}
)
_PROPERTIES = frozenset({SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals})
_TARGETS = frozenset({SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode})
_SILENT = frozenset({SH.severity, SH.message, SH.name, SH.description, SH.order, SH.group})
_DATATYPES = frozenset({XSD.integer, XSD.boolean, XSD.date, XSD.decimal, XSD.anyURI, RDF.langString})
_LITERAL_TYPES = _DATATYPES | {None}
_KINDS = frozenset({SH.IRI, SH.Literal, SH.BlankNode, SH.IRIOrLiteral, SH.BlankNodeOrIRI, SH.BlankNodeOrLiteral})
# Letters and signs that stand for themselves, escaped signs, \S and \s, classes and groups of these, quantifiers.
_PATTERN = re.compile(r"(?:\\[Ss.+*?()\[\]{}|^$/\\-]|\((?!\?)|[^\\(]|\((?=\?:))*")
_LINE_ENDS = re.compile("[\n\x1c-\x1f]")
_ODD_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def find_easy(shapes: Graph) -> set[Node]:
    """Find the shapes with targets that ``shacl`` can be trusted with, together with all shapes that they use."""
    if (None, SH.parameter, None) in shapes:
        return set()  # a component of somebody's own: any property may be its parameter
    return {shape for shape in iter_targeted(shapes) if _is_easy(shapes, shape, ())}


def find_properties(shapes: Graph, easy: Iterable[Node]) -> set[Node]:
    """Find the properties that these shapes look at, so that others need not be handed over."""
    found: set[Node] = {RDF.type, RDFS.subClassOf}
    waiting, seen = list(easy), set[Node]()
    while waiting:
        shape = waiting.pop()
        if shape in seen:
            continue
        seen.add(shape)
        waiting += used_shapes(shapes, shape)
        for predicate, value in shapes.predicate_objects(shape):
            if predicate in _PROPERTIES or predicate in (SH.targetSubjectsOf, SH.targetObjectsOf):
                found.add(value)
            elif predicate == SH.path:
                found.update(_steps(shapes, value) or ())
    return found


def is_easy_term(term: Node) -> bool:
    """Tell whether ``shacl`` keeps a term as it is."""
    if isinstance(term, URIRef):
        return not _ODD_IRI.search(term)
    if not isinstance(term, Literal):
        return False
    if term.language is not None:
        return term.language == term.language.lower()
    return term.datatype in _LITERAL_TYPES and not term.ill_typed


def has_line_end(term: Node) -> bool:
    r"""Tell whether a text has a sign that ``.``, ``$`` or ``\s`` take differently in Rust and Python."""
    return isinstance(term, Literal) and _LINE_ENDS.search(term) is not None


def has_pattern(shapes: Graph, shape: Node, seen: tuple[Node, ...] = ()) -> bool:
    """Tell whether a shape, or one that it uses, has a pattern."""
    if (shape, SH.pattern, None) in shapes:
        return True
    return any(has_pattern(shapes, used, (*seen, shape)) for used in used_shapes(shapes, shape) if used not in seen)


def used_shapes(shapes: Graph, shape: Node) -> list[Node]:
    """List the shapes that a shape uses."""
    used: list[Node] = []
    for predicate, value in shapes.predicate_objects(shape):
        if predicate in _SHAPES:
            used.append(value)
        elif predicate in _LISTS:
            used += RdfList(shapes, value)
    return used


def _is_easy(shapes: Graph, shape: Node, above: tuple[Node, ...]) -> bool:
    """Tell whether all that is said of a shape, and of the shapes it uses, is known and well formed."""
    if shape in above:
        return False  # recursive: SHACL leaves its meaning open
    is_property = (shape, SH.path, None) in shapes
    for predicate, value in shapes.predicate_objects(shape):
        if predicate in _SHAPES:
            if predicate == SH.property and (value, SH.path, None) not in shapes:
                return False
            if predicate == _SH_NODE and ((value, SH.path, None) in shapes or not _is_declared(shapes, value)):
                return False
            if not _is_easy(shapes, value, (*above, shape)):
                return False
        elif predicate in _LISTS:
            members = list(RdfList(shapes, value))
            if not members or not all(
                isinstance(member, URIRef)
                and _is_declared(shapes, member)
                and _is_easy(shapes, member, (*above, shape))
                for member in members
            ):
                return False
        elif not _is_easy_parameter(shapes, predicate, value, is_property=is_property):
            return False
    return all(
        len(list(shapes.objects(shape, predicate))) <= 1
        for predicate in (
            SH.path,
            SH.pattern,
            SH.datatype,
            SH.nodeKind,
            SH.uniqueLang,
            SH.languageIn,
            _SH_IN,
            SH.severity,
            SH.qualifiedValueShape,
            *_COUNTS,
        )
    )


def _is_declared(shapes: Graph, shape: Node) -> bool:
    return (shape, None, None) in shapes


def _is_easy_parameter(shapes: Graph, predicate: Node, value: Node, *, is_property: bool) -> bool:
    if predicate in _SILENT or (
        isinstance(predicate, URIRef) and not str(predicate).startswith(str(SH)) and predicate != RDF.type
    ):
        return True
    if predicate == RDF.type:
        return value == (SH.PropertyShape if is_property else SH.NodeShape)
    if predicate in _TARGETS or predicate == SH["class"]:
        return isinstance(value, URIRef)
    if predicate in _PROPERTIES:
        return isinstance(value, URIRef) and is_property
    if predicate in _COUNTS:
        return isinstance(value, Literal) and value.datatype == XSD.integer and not value.ill_typed
    if predicate == SH.path:
        return _steps(shapes, value) is not None
    if predicate == SH.datatype:
        return value in _DATATYPES
    if predicate == SH.nodeKind:
        return value in _KINDS
    if predicate == SH.hasValue:
        return is_easy_term(value)
    if predicate == SH.uniqueLang:
        return is_property and isinstance(value, Literal) and value.value is True
    if predicate == SH.pattern:
        return (
            isinstance(value, Literal)
            and value.datatype in (None, XSD.string)
            and _PATTERN.fullmatch(value) is not None
        )
    if predicate in (SH.languageIn, _SH_IN):
        return all(is_easy_term(member) for member in RdfList(shapes, value))
    return False


def _steps(shapes: Graph, path: Node) -> set[Node] | None:
    """Return the properties of a path of plain, inverse, consecutive and alternative steps; None for any other path."""
    if isinstance(path, URIRef):
        return {path} if path != RDF.nil else None
    if not isinstance(path, BNode):
        return None
    said = list(shapes.predicate_objects(path))
    if [predicate for predicate, _ in said] == [SH.inversePath]:
        return {said[0][1]} if isinstance(said[0][1], URIRef) else None
    if [predicate for predicate, _ in said] == [SH.alternativePath]:
        path = said[0][1]
    if (path, RDF.first, None) not in shapes:
        return None
    found: set[Node] = set()
    for member in RdfList(shapes, path):
        steps = _steps(shapes, member)
        if steps is None:
            return None
        found |= steps
    return found
