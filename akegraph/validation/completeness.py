"""How full a plan is: every cell of its table as filled, in doubt or missing, and what that makes in figures.

Everything is read from asserted source records and from findings; nothing is guessed. A cell is *missing* where its
row has no source record with text in that column, *doubtful* where there is text and a finding of Warning or Violation
points at it, and *filled* otherwise. What is only good to have (Info) leaves a cell as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from rdflib import DCTERMS, RDF, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from akegraph.graph.iris import AKEV, shorten_iri
from akegraph.terms import AKE
from akegraph.validation.findings import Finding, Place, Severity

if TYPE_CHECKING:
    from akegraph.settings import Language


class Filling(StrEnum):
    """How a cell is."""

    FILLED = "filled"
    DOUBTFUL = "doubtful"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a plan.

    :param notation: such as ``output``
    :param heading: as printed in the plan, else the label of the column
    :param names: its short names by language
    """

    notation: str
    heading: str
    names: Mapping[str, str]

    def name(self, language: Language) -> str:
        """Return the short name in ``language``, else the heading."""
        return self.names.get(language, self.heading)


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell of a plan.

    :param text: as printed; None where there is nothing
    :param codes: of the findings that put it in doubt, sorted
    """

    filling: Filling
    text: str | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One activity with its cells, in the order of the columns.

    :param activity: its IRI
    :param place: its page, row, file and line; the first where it stands in several
    """

    activity: str
    label: str
    place: Place
    cells: tuple[TableCell, ...]


@dataclass(frozen=True, slots=True)
class PlanTable:
    """A plan as a matrix of cells.

    :param plan: its IRI; None for activities in no plan
    :param label: its name, else its IRI shortened by prefixes
    """

    plan: str | None
    label: str
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.rows) * len(self.columns)

    def count(self, filling: Filling, column: int | None = None) -> int:
        """Count the cells of one kind, in all columns or in one."""
        return sum(
            cell.filling is filling
            for row in self.rows
            for cell in (row.cells if column is None else (row.cells[column],))
        )

    def percent(self, column: int | None = None) -> int | None:
        """Return the share of filled cells in whole percent, rounded down: 100 means all of them.

        Of no cells there is no share.
        """
        cells = self.cells if column is None else len(self.rows)
        return 100 * self.count(Filling.FILLED, column) // cells if cells else None


def measure_plans(data: Graph, context: Graph | None, findings: Iterable[Finding]) -> tuple[PlanTable, ...]:
    """Lay out the plans of a graph cell by cell.

    :param data: asserted triples of the plans; not changed
    :param context: where the scheme of columns and other names are, if not in ``data``; not changed
    :param findings: what validation found in ``data``
    :returns: one table for each plan, sorted by IRI; activities in no plan come last
    """
    reader = _Reader(data, context or data)
    doubts: dict[tuple[str | None, int | None, str | None], set[str]] = {}
    for finding in findings:
        if finding.severity >= Severity.WARNING:
            for place in finding.places:
                doubts.setdefault((place.document, place.row, place.column), set()).add(finding.code)
    plans: dict[Node | None, list[Node]] = {}
    for activity in data.subjects(RDF.type, AKE.Activity):
        plans.setdefault(data.value(activity, AKE.inPlan), []).append(activity)
    ordered = sorted(plans, key=lambda plan: (plan is None, str(plan)))
    return tuple(reader.table(plan, plans[plan], doubts) for plan in ordered)


class _Reader:
    """Reads rows and cells of one graph."""

    def __init__(self, data: Graph, context: Graph) -> None:
        self._data, self._context = data, context
        self._records: dict[tuple[str | None, int | None], dict[str, tuple[str | None, str | None]]] = {}
        self._row_of: dict[Node, tuple[str | None, int | None, int | None]] = {}
        for record in data.subjects(RDF.type, AKE.SourceRecord):
            document = data.value(record, AKE.fromDocument)
            key = (str(document) if document is not None else None, _integer(data.value(record, AKE.rowNumber)))
            self._row_of[record] = (*key, _integer(data.value(record, AKE.pageNumber)))
            text, heading = data.value(record, AKE.verbatimText), data.value(record, AKE.columnName)
            column = _local(data.value(record, AKE.inColumn))
            self._records.setdefault(key, {})[column] = (_text(text), _text(heading))

    def table(
        self,
        plan: Node | None,
        activities: Iterable[Node],
        doubts: Mapping[tuple[str | None, int | None, str | None], set[str]],
    ) -> PlanTable:
        """Lay out one plan."""
        columns = self._columns(activities := list(activities))
        rows = [self._row(activity, columns, doubts) for activity in activities]
        rows.sort(key=lambda row: (row.place.document or "", row.place.row or 0, row.activity))
        iri = str(plan) if plan is not None else None
        return PlanTable(iri, self._label(plan) if plan is not None else "", tuple(columns), tuple(rows))

    def _columns(self, activities: Iterable[Node]) -> list[TableColumn]:
        """List the columns of the scheme by rank, headed as in the rows of these activities."""
        headings: dict[str, str] = {}
        for activity in activities:
            for column, (_, heading) in self._records.get(self._place(activity)[:2], {}).items():
                if heading is not None:
                    headings.setdefault(column, heading)
        concepts = sorted(
            self._context.subjects(SKOS.inScheme, AKEV.column),
            key=lambda concept: (_integer(self._context.value(concept, AKE.rank)) or 0, str(concept)),
        )
        known = [
            TableColumn(_local(concept), headings.get(_local(concept)) or self._label(concept), self._names(concept))
            for concept in concepts
        ]
        return known or [TableColumn(column, heading, {}) for column, heading in sorted(headings.items())]

    def _row(
        self,
        activity: Node,
        columns: Iterable[TableColumn],
        doubts: Mapping[tuple[str | None, int | None, str | None], set[str]],
    ) -> TableRow:
        document, number, page = self._place(activity)
        records = self._records.get((document, number), {})
        cells = []
        for column in columns:
            text = records.get(column.notation, (None, None))[0]
            codes = tuple(sorted(doubts.get((document, number, column.notation), ())))
            filling = Filling.MISSING if text is None else Filling.DOUBTFUL if codes else Filling.FILLED
            cells.append(TableCell(filling, text, codes))
        place = Place(document=document, page=page, row=number)
        return TableRow(str(activity), self._label(activity), place, tuple(cells))

    def _place(self, activity: Node) -> tuple[str | None, int | None, int | None]:
        """Return document, row and page of an activity; the first where it is stated in several."""
        found = [self._row_of[node] for node in self._data.objects(activity, AKE.statedIn) if node in self._row_of]
        return min(found, key=lambda place: (place[0] or "", place[1] or 0), default=(None, None, None))

    def _label(self, node: Node) -> str:
        for predicate in (SKOS.prefLabel, DCTERMS.title):
            labels = [*self._data.objects(node, predicate)] or [*self._context.objects(node, predicate)]
            texts = [label for label in labels if isinstance(label, Literal) and label.strip()]
            if texts:
                return str(min(texts, key=lambda label: (label.language != "fi", str(label))))
        return shorten_iri(str(node)) if isinstance(node, URIRef) else str(node)

    def _names(self, concept: Node) -> dict[str, str]:
        """Name a column in every language, shortly where it has a short name."""
        names: dict[str, str] = {}
        for predicate in (SKOS.prefLabel, SKOS.altLabel):
            for label in sorted(self._context.objects(concept, predicate), key=str):
                if isinstance(label, Literal) and label.language:
                    before = names.get(label.language)
                    names[label.language] = min(before or str(label), str(label), key=len)
        return names


def locate_rows(table: PlanTable, lines: Mapping[tuple[str, int], tuple[str, int | None]]) -> PlanTable:
    """Return the table with file and line of each row, found by document and row."""
    rows = []
    for row in table.rows:
        file, line = lines.get((row.place.document or "", row.place.row or 0), (None, None))
        rows.append(replace(row, place=replace(row.place, file=file, line=line)))
    return replace(table, rows=tuple(rows))


def _local(node: Node | None) -> str:
    return str(node).removeprefix(f"{AKEV.column}/") if node is not None else ""


def _text(node: Node | None) -> str | None:
    return str(node) if node is not None and str(node).strip() else None


def _integer(term: Node | None) -> int | None:
    value = term.value if isinstance(term, Literal) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
