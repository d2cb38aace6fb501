"""From a node of the graph back to the cells of the plan: where a finding points, and whose row it is.

Everything is read from asserted triples; nothing needs inference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rdflib import DCTERMS, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from akegraph.graph.iris import shorten_iri
from akegraph.terms import AKE
from akegraph.validation.findings import ActivityRow, Place

# From a part of one activity to what it is part of: followed backwards, they end at its activity.
_OWN = (AKE.hasOutput, AKE.hasOutcome, AKE.hasEvaluation)
# From what uses an element of the framework or a vocabulary to that element: followed backwards, they end at
# many activities.
_SHARED = (
    AKE.hasImpact,
    AKE.contributesToGoal,
    AKE.usesIndicatorSet,
    AKE.hasIndicatorSet,
    AKE.underTask,
    AKE.onPath,
    AKE.hasParticipationLevel,
    AKE.hasTiming,
)
# The column that words a thing of this class, for rules that hold in any column (a name, a source).
_COLUMN_OF: Mapping[Node, str] = {
    AKE.Activity: "activity",
    AKE.Output: "output",
    AKE.Outcome: "outcome",
    AKE.Impact: "impact",
    AKE.ImpactPathway: "impact",
    AKE.EffectivenessGoal: "effectiveness",
    AKE.Evaluation: "evaluation",
    AKE.IndicatorSet: "evaluation",
}

_Row = tuple[str | None, int | None]


class Locator:
    """Finds cells, rows and names in one asserted graph.

    Reads ``ake:statedIn``, ``ake:fromDocument``, ``ake:pageNumber``, ``ake:rowNumber``, ``ake:inColumn``,
    ``ake:columnName``, ``ake:verbatimText`` and the links of the chain.

    :param graph: a plan with its framework and schemes; not changed, and not to be changed while this is used
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._columns: dict[Node, str] = {}
        self._concepts: dict[str, Node] = {}
        self._headings: dict[tuple[str | None, str], tuple[int, str | None]] = {}
        self._cells: dict[tuple[_Row, str | None], list[Place]] = {}
        self._records: dict[Node, Place] = {}
        for record in sorted(graph.subjects(RDF.type, AKE.SourceRecord), key=str):
            place = self._read_record(record)
            self._records[record] = place
            self._cells.setdefault((_row(place), place.column), []).append(place)
            if place.column is not None:
                self._headings.setdefault((place.document, place.column), (place.rank, place.heading))
        self._activities: dict[_Row, set[Node]] = {}
        for activity in graph.subjects(RDF.type, AKE.Activity):
            for place in self._stated(activity):
                self._activities.setdefault(_row(place), set()).add(activity)

    def find_places(self, focus: Node, column: URIRef | None) -> tuple[Place, ...]:
        """List the cells a finding points at, one per row where the column is known.

        :param focus: the node the finding is about
        :param column: the rule's column; by default the column that words things of the focus node's class
        """
        stated = self._stated(focus) or self._stated(*self._own_activities(focus))
        notation = self._notation(column) if column is not None else self._default_column(focus)
        if focus in self._records or notation is None:
            return tuple(sorted(set(stated), key=lambda place: place.order))
        places: set[Place] = set()
        for place in stated:
            cells = self._cells.get((_row(place), notation))
            places.update(cells or (self._empty_cell(place, notation),))
        return tuple(sorted(places, key=lambda place: place.order))

    def find_activities(self, focus: Node) -> tuple[tuple[ActivityRow, ...], bool]:
        """List the activities a node concerns, in row order.

        :returns: the activities, and whether the node is shared: part of the framework or a vocabulary
        """
        if focus in self._records:
            row = _row(self._records[focus])
            own = self._activities.get(row, set())
        else:
            own = self._own_activities(focus)
        if own:
            return self._as_rows(own), False
        users = self._using_activities(focus)
        return self._as_rows(users), bool(users)

    def label(self, node: Node) -> str:
        """Name a node: its Finnish label, else any, else its text, else its IRI shortened by prefixes."""
        if isinstance(node, Literal):
            return str(node)
        labels = [
            label
            for predicate in (SKOS.prefLabel, DCTERMS.title, RDFS.label)
            for label in sorted(self._graph.objects(node, predicate), key=str)
            if isinstance(label, Literal) and label.strip()
        ]
        finnish = [label for label in labels if label.language == "fi"]
        if labels:
            return str((finnish or labels)[0])
        return shorten_iri(node) if isinstance(node, URIRef) else str(node)

    def _stated(self, *nodes: Node) -> list[Place]:
        """List the cells that nodes are stated in; a record is its own cell."""
        records = [record for node in nodes for record in self._graph.objects(node, AKE.statedIn)]
        return [self._records[record] for record in (*records, *nodes) if record in self._records]

    def _read_record(self, record: Node) -> Place:
        graph = self._graph
        document = graph.value(record, AKE.fromDocument)
        column = graph.value(record, AKE.inColumn)
        named = graph.value(record, AKE.columnName, default=column)
        text = graph.value(record, AKE.verbatimText)
        return Place(
            document=str(document) if document is not None else None,
            title=self.label(document) if document is not None else None,
            page=_integer(graph.value(record, AKE.pageNumber)),
            row=_integer(graph.value(record, AKE.rowNumber)),
            column=self._notation(column) if column is not None else None,
            rank=self._rank(column),
            heading=self.label(named) if named is not None else None,
            text=str(text) if text is not None else None,
            record=str(record),
        )

    def _empty_cell(self, place: Place, notation: str) -> Place:
        """Return the place in a row where the column's cell would be, headed as elsewhere in the document."""
        column = self._concepts.get(notation)
        rank, heading = self._headings.get((place.document, notation)) or (
            self._rank(column),
            self.label(column) if column is not None else notation,
        )
        return replace(place, column=notation, rank=rank, heading=heading, text=None, record=None)

    def _rank(self, column: Node | None) -> int:
        return (_integer(self._graph.value(column, AKE.rank)) or 0) if column is not None else 0

    def _notation(self, column: Node) -> str:
        """Return a column's notation; its IRI where the vocabulary of columns is not in the graph."""
        if column not in self._columns:
            notation = self._graph.value(column, SKOS.notation)
            self._columns[column] = str(notation if notation is not None else column)
            self._concepts[self._columns[column]] = column
        return self._columns[column]

    def _default_column(self, focus: Node) -> str | None:
        kinds = set(self._graph.objects(focus, RDF.type))
        return next((column for kind, column in _COLUMN_OF.items() if kind in kinds), None)

    def _own_activities(self, focus: Node) -> set[Node]:
        """Follow the links of a single chain backwards to activities."""
        return self._backwards([focus], _OWN)

    def _using_activities(self, focus: Node) -> set[Node]:
        """Follow every link backwards to activities; a pathway is used through its impacts and goals."""
        start = [focus, *self._graph.subjects(AKE.inPathway, focus)]
        return self._backwards(start, (*_OWN, *_SHARED))

    def _backwards(self, start: Iterable[Node], links: Iterable[URIRef]) -> set[Node]:
        links = tuple(links)
        waiting, seen, activities = list(start), set[Node](), set[Node]()
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            if (node, RDF.type, AKE.Activity) in self._graph:
                activities.add(node)
            else:
                waiting.extend(subject for link in links for subject in self._graph.subjects(link, node))
        return activities

    def _as_rows(self, activities: Iterable[Node]) -> tuple[ActivityRow, ...]:
        rows = []
        for activity in activities:
            cells = self.find_places(activity, None)
            rows.append(ActivityRow(str(activity), self.label(activity), cells[0] if cells else Place()))
        return tuple(sorted(rows, key=lambda row: row.order))


def _row(place: Place) -> _Row:
    return (place.document, place.row)


def _integer(term: Node | None) -> int | None:
    value = term.value if isinstance(term, Literal) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
