"""SPARQL constraints that are run once over the data: which they are, and what they find.

:func:`take_selects` takes them out of a shapes graph, so that an engine does the rest; :func:`find_selects` runs them
and returns their results. When a query may be run once is told in ``soundness``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyparsing import ParseBaseException
from rdflib import RDF, RDFS, SH, Graph, Literal
from rdflib.namespace import OWL
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node

from akegraph.validation.engines.base import Result
from akegraph.validation.engines.matching import find_solutions
from akegraph.validation.engines.soundness import is_sound
from akegraph.validation.engines.targets import FocusNodes, is_reported
from akegraph.validation.messages import fill_message

# What pyshacl declares before a constraint's own prefixes.
_BUILT_IN = {"rdf": str(RDF), "rdfs": str(RDFS), "owl": str(OWL)}


@dataclass(frozen=True, slots=True)
class Select:
    """A SPARQL constraint that may be run once.

    :ivar shape: the shape it belongs to
    :ivar constraint: the value of ``sh:sparql``
    :ivar query: the parsed SELECT
    """

    shape: Node
    constraint: Node
    query: Query


def take_selects(shapes: Graph) -> tuple[Select, ...]:
    """Take out of a shapes graph every SPARQL constraint that may be run once.

    One may where its SELECT is sound and its shape is reported for its own targets, or for those of node shapes that
    have it as ``sh:property``. A shape that others use in any other way (``sh:node``, ``sh:not``, lists) stays whole:
    there a result decides about somebody else's.

    :param shapes: changed in place: those constraints are removed from their shapes
    """
    taken = []
    for shape, constraint in sorted(shapes.subject_objects(SH.sparql), key=str):
        query = _prepare(shapes, constraint)
        if query is not None and is_reported(shapes, shape, ()):
            taken.append(Select(shape, constraint, query))
    for select in taken:
        shapes.remove((select.shape, SH.sparql, select.constraint))
    return tuple(taken)


def find_selects(selects: Iterable[Select], data: Graph, shapes: Graph, focus: FocusNodes) -> list[Result]:
    """Run constraints and return what they find.

    Of the solutions of a SELECT that ran once, those count whose ``$this`` is a focus node of the shape. Where only
    some nodes are considered, each is run for these only, so that the work does not grow with the data.

    :param shapes: the shapes with their targets; not changed
    """
    results: list[Result] = []
    for select in selects:
        wanted = focus.of(select.shape)
        if not wanted:
            continue
        found: dict[tuple[object, ...], Mapping[str, Node]] = {}
        for solution in find_solutions(select.query, data, wanted, each=not focus.everywhere):
            key = (solution.get("this"), solution.get("path"), solution.get("value"))
            # As pyshacl: a result for each different solution, whatever the other variables are bound to.
            found.setdefault((*key, *sorted(solution.items())), solution)
        results += [_result(shapes, select, solution) for solution in found.values()]
    return results


def _result(shapes: Graph, select: Select, solution: Mapping[str, Node]) -> Result:
    focus = solution["this"]
    shape_path = shapes.value(select.shape, SH.path)
    messages = {*shapes.objects(select.constraint, SH.message), *shapes.objects(select.shape, SH.message)}
    return Result(
        focus=focus,
        shape=select.shape,
        component=SH.SPARQLConstraintComponent,
        severity=shapes.value(select.shape, SH.severity) or SH.Violation,
        path=solution.get("path", shape_path),
        value=solution.get("value", focus if shape_path is None else None),
        messages=tuple(fill_message(message, solution) for message in messages if isinstance(message, Literal)),
        constraint=select.constraint,
        source=shapes,
    )


def _prepare(shapes: Graph, constraint: Node) -> Query | None:
    """Parse a constraint's SELECT; None where that is better left to the engine."""
    from pyshacl.errors import ValidationFailure
    from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper

    texts = list(shapes.objects(constraint, SH.select))
    messages = list(shapes.objects(constraint, SH.message))
    well_formed = all(isinstance(text, Literal) and isinstance(text.value, str) for text in (*texts, *messages))
    if len(texts) != 1 or not well_formed or (constraint, SH.deactivated, None) in shapes:
        return None
    prefixes = _find_prefixes(shapes, constraint)
    if prefixes is None:
        return None
    text = str(texts[0])
    head = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in prefixes.items())
    try:
        SPARQLQueryHelper(None, constraint, text).check_invalid_sparql(text)  # type: ignore[no-untyped-call]
        query = prepareQuery(f"{head}\n{text}")
    except (ValidationFailure, ParseBaseException):
        return None
    except Exception:  # rdflib raises a plain Exception for an unknown prefix
        return None
    return query if is_sound(text, query) else None


def _find_prefixes(shapes: Graph, constraint: Node) -> dict[str, str] | None:
    """Collect the prefixes of a constraint; None where one stands for two namespaces.

    They are those of ``sh:prefixes/owl:imports*/sh:declare``, as SHACL section 5.2.1 has it, and what pyshacl adds: a
    value of ``sh:prefixes`` that declares none, or is no ontology, stands for those of every ontology of the graph.
    """
    ontologies = set(shapes.subjects(RDF.type, OWL.Ontology))
    declarations: set[Node] = set()
    for where in shapes.objects(constraint, SH.prefixes):
        own = {
            one for place in shapes.transitive_objects(where, OWL.imports) for one in shapes.objects(place, SH.declare)
        }
        declarations |= own
        if not own or where not in ontologies:
            declarations.update(one for ontology in ontologies for one in shapes.objects(ontology, SH.declare))
    found = dict(_BUILT_IN)
    for declaration in declarations:
        prefixes = list(shapes.objects(declaration, SH.prefix))
        namespaces = list(shapes.objects(declaration, SH.namespace))
        if len(prefixes) != 1 or len(namespaces) != 1:
            return None
        prefix, namespace = str(prefixes[0]), str(namespaces[0])
        if found.setdefault(prefix, namespace) != namespace:
            return None
    return found
