"""Indicators and values → graph: what measures a goal, a pathway or a framework, and how it stood when and where.

An indicator of a goal or pathway is ``ake:hasMember`` of its indicator set, or, where it has no set, its
``ake:hasIndicator``; one that measures nothing of the framework is an ``ake:ContextIndicator``. Everything that stands
in a table of the plan is ``ake:statedIn`` the cell it was read from; what stands in the reference data is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, SKOS, XSD
from rdflib.term import Node

from akegraph.graph.iris import AKEID, AKEV, mint_resource
from akegraph.graph.loading import new_graph
from akegraph.graph.mapping import map_documents
from akegraph.table.indicators import Indicator, IndicatorValue, Measurements
from akegraph.table.plan import LANGUAGE, Document, Plan
from akegraph.table.sidetables import INDICATOR_FIELDS, VALUE_FIELDS, Line, SideTable
from akegraph.terms import AKE

_KINDS = {"baseline": AKE.BaselineValue, "target": AKE.TargetValue, "actual": AKE.ActualValue}
_HEADINGS = {
    name: {field.key: field.headings[0] for field in fields}
    for name, fields in (("indicators", INDICATOR_FIELDS), ("values", VALUE_FIELDS))
}
_FIELDS: Mapping[Node, str] = {
    RDF.type: "kind", SKOS.prefLabel: "text", SKOS.definition: "definition", AKE.calculationMethod: "method",
    AKE.unit: "unit", AKE.direction: "direction", DCTERMS.source: "source", AKE.ofIndicator: "indicator",
    AKE.refPeriod: "period", AKE.refArea: "area", AKE.refPlan: "plan", AKE.numericValue: "value",
    AKE.textValue: "text", AKE.completeness: "completeness", AKE.missingTerritories: "missing",
}  # fmt: skip
"""Which field of the tables a property says."""
RECORD_COLUMN = "evaluation"
"""The plan's column that the tables of indicators spell out."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A table that indicators or values were read from, and the document that it counts as."""

    table: SideTable
    document: Document


def map_measurements(
    measurements: Measurements, context: Graph, plan: Plan | None = None, origins: Mapping[str, Origin] | None = None
) -> Graph:
    """Map indicators and values.

    Adds ``ake:Indicator``s and ``ake:ContextIndicator``s, the three kinds of ``ake:IndicatorValue``, their periods, and
    for a plan a source record per indicator and value and the documents of these. IRIs are minted from the ids in the
    tables; no blank nodes.

    :param context: reference data and schemes, which tell the indicator sets; not changed
    :param plan: the plan whose indicators these are; None for reference data
    :param origins: where they were read, by ``indicators`` and ``values``; none for reference data
    :returns: a new graph that the caller owns
    """
    mapper = _Mapper(context, plan, origins or {})
    for indicator in measurements.indicators:
        mapper.add_indicator(indicator)
    own = {indicator.id: bool(indicator.measures) for indicator in measurements.indicators}
    for value in measurements.values:
        mapper.add_value(value, of_plan=own.get(value.indicator, False))
    if plan and plan.synthetic:
        for subject in set(mapper.graph.subjects(RDF.type)) - mapper.periods:
            mapper.graph.add((subject, AKE.isSynthetic, Literal(True)))
    if origins:
        mapper.graph += map_documents(origin.document for origin in origins.values())
    return mapper.graph


def read_known_indicators(context: Graph) -> tuple[Indicator, ...]:
    """Read what the values of a plan are checked against: id, wording, unit and values of the known indicators."""
    base, units = str(AKEID["indicator/"]), str(AKEV["unit/"])
    found = []
    kinds = (AKE.ContextIndicator, AKE.Indicator)
    for iri in sorted({iri for kind in kinds for iri in context.subjects(RDF.type, kind)}, key=str):
        texts = {str(t.language): str(t) for t in context.objects(iri, SKOS.prefLabel) if isinstance(t, Literal)}
        unit = context.value(iri, AKE.unit)
        own_unit = None if unit is None else str(unit).removeprefix(units)
        if LANGUAGE in texts and str(iri).startswith(base):
            found.append(Indicator(str(iri).removeprefix(base), texts, unit=own_unit, held=_held(context, iri)))
    return tuple(found)


def _held(context: Graph, indicator: Node) -> frozenset[tuple[str, str, tuple[str, ...]]]:
    """Return kind, period and areas of the values that an indicator has."""
    periods, areas = str(AKEID["period/"]), str(AKEID["area/"])
    return frozenset(
        (
            kind,
            str(context.value(value, AKE.refPeriod)).removeprefix(periods),
            tuple(sorted(str(area).removeprefix(areas) for area in context.objects(value, AKE.refArea))),
        )
        for value in context.subjects(AKE.ofIndicator, indicator)
        for kind, iri in _KINDS.items()
        if (value, RDF.type, iri) in context
    )


def describe_measured(graph: Graph, thing: Node) -> frozenset[tuple[str, Node]]:
    """Return what a graph says of an indicator or a value, by field of its table; not where it was read."""
    said = {(_FIELDS[p], o) for p, o in graph.predicate_objects(thing) if p in _FIELDS}
    measured = {("measures", s) for p in (AKE.hasMember, AKE.hasIndicator) for s in graph.subjects(p, thing)}
    return frozenset(said | measured)


class _Mapper:
    """Writes the triples into one graph."""

    def __init__(self, context: Graph, plan: Plan | None, origins: Mapping[str, Origin]) -> None:
        self.graph, self.periods = new_graph(), set[Node]()
        self._context, self._plan, self._origins = context, plan, origins

    def add_indicator(self, indicator: Indicator) -> None:
        """Add one indicator, and what it measures."""
        iri = mint_resource("indicator", indicator.id)
        self._add(iri, RDF.type, AKE.Indicator if indicator.measures else AKE.ContextIndicator)
        self._say(iri, SKOS.prefLabel, indicator.texts)
        self._say(iri, SKOS.definition, indicator.definitions)
        self._say(iri, AKE.calculationMethod, indicator.methods)
        if indicator.unit:
            self._add(iri, AKE.unit, AKEV[f"unit/{indicator.unit}"])
        if indicator.direction:
            self._add(iri, AKE.direction, AKEV[f"direction/{indicator.direction}"])
        self._cite(iri, indicator.source)
        for measured in indicator.measures:
            thing = AKEID[measured]
            sets = sorted(self._context.objects(thing, AKE.hasIndicatorSet), key=str)
            for indicator_set in sets:
                self.graph.add((indicator_set, AKE.hasMember, iri))
            if not sets:
                self._add(thing, AKE.hasIndicator, iri)
        if indicator.line:
            self._state(iri, "indicators", f"indicator-{indicator.id}", indicator.line, "text")

    def add_value(self, value: IndicatorValue, *, of_plan: bool) -> None:
        """Add one value, and its period."""
        iri = mint_resource("indicator-value", value.id)
        period = mint_resource("period", value.period)
        self._add(iri, RDF.type, _KINDS[value.kind])
        self._add(iri, AKE.ofIndicator, mint_resource("indicator", value.indicator))
        self._add(iri, AKE.refPeriod, period)
        for area in value.areas:
            self._add(iri, AKE.refArea, mint_resource("area", area))
        if self._plan and of_plan:
            self._add(iri, AKE.refPlan, mint_resource("plan", self._plan.id))
        if value.number is not None:
            self._add(iri, AKE.numericValue, Literal(str(value.number), datatype=XSD.decimal, normalize=False))
        if value.text:
            self._add(iri, AKE.textValue, Literal(value.text, lang=LANGUAGE))
        if value.completeness:
            self._add(iri, AKE.completeness, AKEV[f"completeness/{value.completeness}"])
        if value.missing is not None:
            self._add(iri, AKE.missingTerritories, Literal(value.missing))
        self._cite(iri, value.source)
        self._state(iri, "values", f"value-{value.id}", value.line, "value" if value.number is not None else "text")
        if self._plan is None or value.period != self._plan.period:
            self._add(period, RDF.type, DCTERMS.PeriodOfTime)
            self._add(period, SKOS.prefLabel, Literal(value.period))
            self._add(period, DCAT.startDate, Literal(value.start))
            self._add(period, DCAT.endDate, Literal(value.end))
            self.periods.add(period)

    def _state(self, iri: URIRef, table: str, record_id: str, line: Line, key: str) -> None:
        """Say which cell a thing was read from; the reference data have no such cells."""
        origin = self._origins.get(table)
        if origin is None or self._plan is None:
            return
        record = mint_resource("record", f"{self._plan.id}-{record_id}")
        self._add(iri, AKE.statedIn, record)
        for predicate, value in (
            (RDF.type, AKE.SourceRecord),
            (AKE.fromDocument, mint_resource("document", origin.document.id)),
            (AKE.pageNumber, Literal(1)),
            (AKE.rowNumber, Literal(line.number)),
            (AKE.inColumn, AKEV[f"column/{RECORD_COLUMN}"]),
            (AKE.columnName, Literal(_HEADINGS[table][key])),
            (AKE.verbatimText, Literal(line.cells[key], lang=LANGUAGE)),
        ):
            self._add(record, predicate, value)

    def _cite(self, iri: URIRef, source: str) -> None:
        """Cite a data set or document by its IRI, a web address as such, anything else in its own words."""
        if not source:
            return
        known = AKEID[source] if source.startswith(("dataset/", "document/")) else None
        if known is not None and (known, RDF.type, None) in self._context:
            self._add(iri, DCTERMS.source, known)
        else:
            self._add(iri, DCTERMS.source, Literal(source, lang=LANGUAGE))

    def _say(self, iri: URIRef, predicate: URIRef, texts: Mapping[str, str]) -> None:
        for language, text in texts.items():
            self._add(iri, predicate, Literal(text, lang=language))

    def _add(self, subject: URIRef, predicate: URIRef, value: Node) -> None:
        self.graph.add((subject, predicate, value))
