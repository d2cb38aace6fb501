"""table → graph for what is measured: ``indicators.csv`` and ``values.csv`` of a plan or of the reference data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from akegraph.errors import SourceError
from akegraph.graph.choices import list_frameworks, read_choices
from akegraph.graph.framework import read_framework
from akegraph.graph.indicators import Origin, describe_measured, map_measurements, read_known_indicators
from akegraph.graph.loading import new_graph, union
from akegraph.pipeline.knowledge import Knowledge, PlanFolder, raise_problems
from akegraph.resources import resource
from akegraph.table.choices import Choices
from akegraph.table.indicators import Indicator, IndicatorValue, Measurements, read_indicators, read_values
from akegraph.table.plan import Document, Plan
from akegraph.table.sidetables import INDICATOR_FIELDS, VALUE_FIELDS, Field, SideTable, read_side_csv
from akegraph.terms import AKE

FILES: Mapping[str, tuple[Field, ...]] = {"indicators": INDICATOR_FIELDS, "values": VALUE_FIELDS}
"""The side tables of a folder, by the stem of their file."""

_KINDS: Mapping[str, tuple[URIRef, ...]] = {
    "indicators": (AKE.Indicator, AKE.ContextIndicator),
    "values": (AKE.BaselineValue, AKE.TargetValue, AKE.ActualValue),
}
"""What the side tables define."""


def map_folder_measurements(folder: PlanFolder, plan: Plan, document: Document, knowledge: Knowledge) -> Graph:
    """Map the indicators and values of a plan's folder; an empty graph where it has none.

    :param document: the plan's, whose publisher, date and rights its tables share
    :raises SourceError: if a table cannot be read or a line of it is refused
    :raises ExceptionGroup: of these, if there is more than one
    """
    tables = {name: table for name in FILES if (table := read_side_file(folder.path / f"{name}.csv", FILES[name]))}
    if not tables:
        return new_graph()
    context = union((knowledge.ontology, knowledge.schemes_graph, knowledge.reference))
    choices = read_choices(context, knowledge.schemes, read_framework(context, plan.framework))
    measurements = check_measurements(tables, choices, read_known_indicators(context), plan)
    origins = {name: Origin(table, _describe(name, folder, plan, document)) for name, table in tables.items()}
    return map_measurements(measurements, context, plan, origins)


def map_reference_measurements(knowledge: Knowledge, folder: Path | None = None) -> Graph:
    """Map the indicators and values of the reference data, which belong to no plan.

    :param folder: where the two tables lie; by default those that ship with akegraph
    :raises SourceError, ExceptionGroup: as :func:`map_folder_measurements`
    """
    folder = folder or resource("data", "reference")
    tables = {name: table for name in FILES if (table := read_side_file(folder / f"{name}.csv", FILES[name]))}
    context = union((knowledge.ontology, knowledge.schemes_graph, knowledge.reference))
    framework = read_framework(context, max(list_frameworks(context)))
    choices = read_choices(context, knowledge.schemes, framework)
    measurements = check_measurements(tables, replace(choices, known_indicators=()), (), None)
    return map_measurements(measurements, context)


def check_measurements(
    tables: Mapping[str, SideTable], choices: Choices, known: tuple[Indicator, ...], plan: Plan | None
) -> Measurements:
    """Read the tables as indicators and values.

    :param known: indicators that are defined elsewhere and may have values here
    :raises SourceError: if a line is refused; all of them as an ExceptionGroup if there are more
    """
    problems: list[SourceError] = []
    indicators: tuple[Indicator, ...] = ()
    if "indicators" in tables:
        indicators, problems = read_indicators(tables["indicators"], choices)
    if problems:
        raise_problems(problems)
    values: tuple[IndicatorValue, ...] = ()
    if "values" in tables:
        values, problems = read_values(tables["values"], (*indicators, *known), choices, plan)
    raise_problems(problems)
    return Measurements(indicators, values)


def read_side_file(path: Path, fields: tuple[Field, ...]) -> SideTable | None:
    """Read a side table; None where there is no such file.

    :raises SourceError: if it is there and cannot be read
    """
    if not path.is_file():
        return None
    try:
        return read_side_csv(path.read_bytes(), fields, str(path))
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=str(path)) from error


def find_clashes(
    folder: PlanFolder, asserted: Graph, measured: dict[Node, tuple[PlanFolder, Graph]]
) -> list[SourceError]:
    """Find the indicators and values of a plan whose id another plan gives to something else.

    The same indicator in two plans is one that both follow: its wording, unit, direction, definition, method, source
    and what it measures are the same in both.

    :param asserted: the plan's graph; not changed
    :param measured: the indicators and values of the plans before, each with its plan; those of this one are added
    """
    problems = []
    for name, kinds in _KINDS.items():
        for thing in sorted({thing for kind in kinds for thing in asserted.subjects(RDF.type, kind)}, key=str):
            other, graph = measured.setdefault(thing, (folder, asserted))
            one, two = describe_measured(graph, thing), describe_measured(asserted, thing)
            if differing := sorted({field for field, _ in one ^ two}):
                what = (
                    f"{str(thing).rpartition('/')[2]!r} is in {_place(other, name, graph, thing)} too, but differs in "
                    f"{', '.join(differing)}; give one of them another id, or make them the same"
                )
                row = _row(asserted, thing)
                problems.append(SourceError(what, file=str(folder.path / f"{name}.csv"), row=row, column="id"))
    return problems


def _place(folder: PlanFolder, name: str, graph: Graph, thing: Node) -> str:
    return f"{folder.path / f'{name}.csv'}, row {_row(graph, thing)},"


def _row(graph: Graph, thing: Node) -> int:
    """Return the row that an indicator or a value stands in."""
    record = graph.value(thing, AKE.statedIn)
    return int(str(graph.value(record, AKE.rowNumber)))


def _describe(name: str, folder: PlanFolder, plan: Plan, document: Document) -> Document:
    """Describe a side table as the document that its records cite."""
    title = {"indicators": "mittarit", "values": "mittarien arvot"}[name]
    file = folder.path / f"{name}.csv"
    checksum = None if plan.synthetic else hashlib.sha256(file.read_bytes()).hexdigest()
    return replace(
        document,
        id=f"{plan.id}-{name}",
        title=f"{document.title}: {title}",
        kind="Mittaritaulukko",
        first_page=1,
        last_page=1,
        extraction=f"Written as {file.name} beside the plan's table.",
        file=None if plan.synthetic else file.name,
        sha256=checksum,
    )
