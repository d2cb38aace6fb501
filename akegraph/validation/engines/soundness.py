"""When a SELECT may be run once over the data instead of once for each focus node.

SHACL-SPARQL (https://www.w3.org/TR/shacl/#sparql-constraints) evaluates a constraint's SELECT with ``$this`` bound to
the focus node *before* evaluation. Running it once with ``$this`` free, and keeping of the solutions those whose
``$this`` is the focus node, finds the same where every solution binds ``$this`` by itself, and no part of the query
sees more or less of it than with pre-binding. That holds under these conditions, which are all checked on the parsed
algebra; a query that fails any of them is run per focus node:

- it is ``SELECT``, projects ``?this`` and is of group patterns, ``FILTER``, ``BIND``, ``OPTIONAL`` and ``UNION`` only:
  no ``MINUS``, ``VALUES``, ``GRAPH``, ``SERVICE``, sub-SELECT, aggregate, ``GROUP BY``, ``ORDER BY``, ``LIMIT``,
  ``OFFSET``, dataset clause (each of them may depend on how many solutions there are, or hides the binding);
- ``$this`` is bound by a triple pattern at top level. A path that may have length zero (``*``, ``?``) does not count:
  it also holds between a node and itself where the data do not know the node;
- whatever group mentions ``$this`` (a UNION's branch, an OPTIONAL) binds it in that group by a triple pattern, so a
  FILTER or BIND in it does not rest on the outer binding; in UNION every branch does;
- inside EXISTS and NOT EXISTS, which SPARQL substitutes bindings into in both ways alike, are only these patterns;
- it uses none of the variables with a meaning of their own (``$PATH``, ``$shapesGraph``, ``$currentShape``,
  ``?failure``), binds no ``?this`` by ``BIND``, and calls no function that gives another value each time (``RAND``,
  ``UUID``, ``STRUUID``, ``BNODE``) nor one outside SPARQL;
- pyshacl's own checks of the text pass.
"""

from __future__ import annotations

import re
from typing import Any

from rdflib import XSD, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.plugins.sparql.parserutils import CompValue, Expr
from rdflib.plugins.sparql.sparql import Query

THIS = Variable("this")

_SPECIAL = re.compile(r"[$?](PATH|shapesGraph|currentShape|failure)\b")
_UNSTEADY = frozenset({"Builtin_RAND", "Builtin_UUID", "Builtin_STRUUID", "Builtin_BNODE", "Builtin_NOW"})
_WRAPPERS = frozenset({"Project", "Distinct", "Reduced"})


def is_sound(text: str, query: Query) -> bool:
    """Tell whether a query may be run once; the conditions are in the module's docstring.

    :param text: the query as written
    :param query: what rdflib made of it
    """
    algebra = query.algebra
    if algebra.name != "SelectQuery" or algebra.datasetClause is not None or THIS not in (algebra.PV or ()):
        return False
    if _SPECIAL.search(text):
        return False
    part = algebra.p
    while part.name in _WRAPPERS:
        part = part.p
    try:
        return _binds(part)
    except _NotSoundError:
        return False


class _NotSoundError(Exception):
    """The part cannot be judged, or fails a condition."""


def _binds(part: CompValue) -> bool:
    """Tell whether every solution of a group binds ``$this``; False means that the group does not mention it.

    :raises _NotSoundError: if it is neither
    """
    match part.name:
        case "BGP":
            return _bgp_binds(part.triples)
        case "Filter":
            binds = _binds(part.p)
            _check_expression(part.expr, binds)
            return binds
        case "Extend":
            binds = _binds(part.p)
            if part.var == THIS:
                raise _NotSoundError
            _check_expression(part.expr, binds)
            return binds
        case "Join":
            first, second = _binds(part.p1), _binds(part.p2)
            return first or second
        case "Union":
            first, second = _binds(part.p1), _binds(part.p2)
            if first != second:
                raise _NotSoundError
            return first
        case "LeftJoin":
            first, second = _binds(part.p1), _binds(part.p2)
            if second and not first:
                raise _NotSoundError
            _check_expression(part.expr, first)
            return first
        case _:
            raise _NotSoundError


def _bgp_binds(triples: list[tuple[Any, Any, Any]]) -> bool:
    mentioned = any(THIS in triple for triple in triples)
    binds = any(THIS in (s, o) and not (isinstance(p, Path) and _may_be_empty(p)) for s, p, o in triples)
    if mentioned and not binds:
        raise _NotSoundError
    return binds


def _may_be_empty(path: Any) -> bool:
    """Tell whether a path may lead from a node to itself without a triple."""
    if isinstance(path, MulPath):
        return path.mod in ("*", "?") or _may_be_empty(path.path)
    if isinstance(path, SequencePath):
        return all(_may_be_empty(step) for step in path.args)
    if isinstance(path, AlternativePath):
        return any(_may_be_empty(step) for step in path.args)
    if isinstance(path, InvPath):
        return _may_be_empty(path.arg)
    return False


def _check_expression(expression: Any, binds: bool) -> None:
    """Check that an expression does not rest on an outer binding of ``$this``, and is the same each time."""
    if isinstance(expression, Variable):
        if expression == THIS and not binds:
            raise _NotSoundError
    elif isinstance(expression, CompValue):
        if expression.name == "Function" and expression.iri not in XSD:
            raise _NotSoundError
        if expression.name in _UNSTEADY or expression.name.startswith("Aggregate"):
            raise _NotSoundError
        if expression.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
            _check_exists(expression.graph, binds)
            return
        if not isinstance(expression, Expr) and expression.name not in ("literal", "pname", "TrueFilter"):
            raise _NotSoundError
        for value in expression.values():
            _check_expression(value, binds)
    elif isinstance(expression, (list, tuple, set)):
        for value in expression:
            _check_expression(value, binds)


def _check_exists(part: CompValue, binds: bool) -> None:
    """Check what is inside EXISTS: only patterns that substitution treats alike."""
    match part.name:
        case "BGP":
            if not binds and any(THIS in triple for triple in part.triples):
                raise _NotSoundError
        case "Filter" | "Extend":
            if part.name == "Extend" and part.var == THIS:
                raise _NotSoundError
            _check_expression(part.expr, binds)
            _check_exists(part.p, binds)
        case "Join" | "Union":
            _check_exists(part.p1, binds)
            _check_exists(part.p2, binds)
        case _:
            raise _NotSoundError
