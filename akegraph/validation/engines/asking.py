"""What a constraint asks of one value node alone, in pyshacl's words.

A question that is not known here raises :class:`UnknownQuestionError`, so that its shape is left to somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal

from rdflib import RDF, SH, XSD, BNode, Literal, URIRef
from rdflib.term import Node

Test = Callable[[Node], bool]
_DATATYPES = {XSD.integer: int, XSD.decimal: Decimal, XSD.date: date, XSD.boolean: bool}
_KINDS = {
    SH.IRI: (URIRef,),
    SH.Literal: (Literal,),
    SH.BlankNode: (BNode,),
    SH.IRIOrLiteral: (URIRef, Literal),
    SH.BlankNodeOrIRI: (BNode, URIRef),
    SH.BlankNodeOrLiteral: (BNode, Literal),
}


class UnknownQuestionError(Exception):
    """Something is said that is not known here."""


def member_test(views: list[Collection[Node]]) -> Test:
    """Make the test whether a node, not a literal, is in any of several collections."""
    if not views:
        return lambda _: False
    sets = [view if isinstance(view, (dict, set)) else frozenset(view) for view in views]
    if len(sets) == 1:
        [only] = sets
        return lambda node: not isinstance(node, Literal) and node in only
    return lambda node: not isinstance(node, Literal) and any(node in one for one in sets)


def simple_test(predicate: Node, value: Node) -> tuple[URIRef, Test]:
    """Make the test of a parameter that is a term."""
    if predicate == SH.nodeKind and value in _KINDS:
        kinds = _KINDS[value]  # type: ignore[index]  # just looked up
        return SH.NodeKindConstraintComponent, lambda node: isinstance(node, kinds)
    if predicate == SH.datatype and value in _DATATYPES:
        python = _DATATYPES[value]  # type: ignore[index]  # just looked up
        return (
            SH.DatatypeConstraintComponent,
            lambda node: (
                isinstance(node, Literal)
                and node.datatype == value
                and node.ill_typed is not True
                and isinstance(node.value, python)
            ),
        )
    if predicate == SH.minLength:
        least = number_of(value)
        return (
            SH.MinLengthConstraintComponent,
            lambda node: least == 0 or (not isinstance(node, BNode) and len(_text(node)) >= least),
        )
    if predicate == SH.minInclusive and isinstance(value, Literal) and value.datatype == XSD.integer:
        return SH.MinInclusiveConstraintComponent, _least_test(value)
    if predicate == SH.pattern and isinstance(value, Literal):
        try:
            search = re.compile(str(value)).search
        except re.error as error:
            raise UnknownQuestionError from error
        return (
            SH.PatternConstraintComponent,
            lambda node: not isinstance(node, BNode) and search(_text(node)) is not None,
        )
    raise UnknownQuestionError


def _least_test(least: Literal) -> Test:
    number = number_of(least)

    def fits(node: Node) -> bool:
        if not isinstance(node, Literal):
            return False
        if node.datatype == XSD.integer and type(node.value) is int:
            return node.value >= number
        from pyshacl.rdfutil.compare import compare_literal

        if isinstance(node.value, str):
            return False
        try:
            return bool(compare_literal(node, least) >= 0)  # type: ignore[no-untyped-call]
        except (TypeError, NotImplementedError):
            return False

    return fits


def language_test(members: list[Node]) -> Test:
    """Make the test of ``sh:languageIn``."""
    if not all(isinstance(member, Literal) and isinstance(member.value, str) for member in members):
        raise UnknownQuestionError
    wanted = {str(member).lower() for member in members}
    if "*" in wanted:
        raise UnknownQuestionError

    def fits(node: Node) -> bool:
        language = node.language if isinstance(node, Literal) else None
        if not language:
            return False
        return language.lower() in wanted or language.split("-")[0].lower() in wanted

    return fits


def _text(node: Node) -> str:
    if isinstance(node, Literal) and node.value is not None and node.datatype in (None, RDF.langString, XSD.string):
        return str(node.value)
    return str(node)


def number_of(value: Node) -> int:
    """Return the number that a parameter is."""
    if isinstance(value, Literal) and value.datatype == XSD.integer and type(value.value) is int and value.value >= 0:
        return value.value
    raise UnknownQuestionError
