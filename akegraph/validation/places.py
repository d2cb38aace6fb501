"""From a node of the graph back to the cells of the plan: where a finding points, and whose row it is.

Everything is read from asserted triples; nothing needs inference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from rdflib import DCTERMS, RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from akegraph.graph.iris import AKEV, shorten_iri
from akegraph.terms import AKE
from akegraph.validation.findings import ActivityRow, Place
from akegraph.validation.naming import describe_blank
from akegraph.validation.view import Lookup

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

_OWN_CLASSES = (AKE.Activity, AKE.Output, AKE.Outcome, AKE.Evaluation)

# Asked for again and again: a name of a namespace is looked up each time it is written.
_TYPE, _ACTIVITY, _RECORD = RDF.type, AKE.Activity, AKE.SourceRecord
_STATED_IN, _FROM_DOCUMENT, _ROW_NUMBER, _IN_COLUMN = AKE.statedIn, AKE.fromDocument, AKE.rowNumber, AKE.inColumn
_COLUMN_NAME, _PAGE_NUMBER, _TEXT, _RANK = AKE.columnName, AKE.pageNumber, AKE.verbatimText, AKE.rank
_LABELS = (SKOS.prefLabel, DCTERMS.title, RDFS.label)
_NOTATION = SKOS.notation
_LINKS = (*_OWN, *_SHARED)

_Row = tuple[Node | None, int | None]


class Locator:
    """Finds cells, rows and names in one asserted graph; reads what it is asked about, and no more.

    Reads ``ake:statedIn``, ``ake:fromDocument``, ``ake:pageNumber``, ``ake:rowNumber``, ``ake:inColumn``,
    ``ake:columnName``, ``ake:verbatimText`` and the links of the chain.

    :param graph: a plan with its framework and schemes; not changed, and not to be changed while this is used
    :param within: where something is shared by many plans, point at the rows and activities among these nodes only, so
        that the work does not grow with the number of plans; at all of them by default
    """

    def __init__(self, graph: Graph, within: Collection[Node] | None = None) -> None:
        self._graph = graph
        self._lookup = Lookup(graph)
        self._within = _Within(self._lookup, within) if within is not None else None
        self._columns: dict[Node, str] = {}
        self._records: dict[Node, Place] = {}
        self._documents: dict[Node | None, _Document] = {}
        self._rows: dict[Node, ActivityRow] = {}
        self._row_of: dict[Node, _Row] = {}
        self._known_records: dict[Node, bool] = {}
        self._own: dict[Node, set[Node]] = {}
        self._steps: dict[tuple[URIRef, ...], dict[Node, tuple[Node, ...] | None]] = {_OWN: {}, _LINKS: {}}
        self._empty: dict[tuple[_Row, str], Place] = {}

    def find_places(self, focus: Node, column: URIRef | None) -> tuple[Place, ...]:
        """List the cells a finding points at, one per row where the column is known.

        :param focus: the node the finding is about
        :param column: the rule's column; by default the column that words things of the focus node's class
        """
        stated = self._stated(focus) or self._stated(*self._own_activities(focus))
        notation = self._notation(column) if column is not None else self._default_column(focus)
        if notation is None or self._is_record(focus):
            places = set(self._read_records(stated))
        else:
            places = set()
            for record in stated:
                document, row = self._row(record)
                cells = self._document(document).cells.get((row, notation))
                places.update(self._read_records(cells) if cells else (self._empty_cell(record, notation),))
        return tuple(sorted(places, key=lambda place: place.order))

    def find_activities(self, focus: Node) -> tuple[tuple[ActivityRow, ...], bool]:
        """List the activities a node concerns, in row order.

        :returns: the activities, and whether the node is shared: part of the framework or a vocabulary
        """
        own = self._activities_of_row(focus) if self._is_record(focus) else self._own_activities(focus)
        if own:
            return self._as_rows(own), False
        users = self._using_activities(focus)
        return self._as_rows(users), bool(users)

    def label(self, node: Node) -> str:
        """Name a node: its Finnish label, else any, its text, its IRI shortened by prefixes, or what is said of it."""
        if isinstance(node, Literal):
            return str(node)
        labels = [
            label
            for predicate in _LABELS
            for label in sorted(self._lookup.objects(node, predicate), key=str)
            if isinstance(label, Literal) and label.strip()
        ]
        finnish = [label for label in labels if label.language == "fi"]
        if labels:
            return str((finnish or labels)[0])
        if isinstance(node, BNode):
            return describe_blank(self._graph, node)
        return shorten_iri(str(node))

    def _is_record(self, node: Node) -> bool:
        known = self._known_records.get(node)
        if known is None:
            known = self._known_records[node] = self._lookup.has(node, _TYPE, _RECORD)
        return known

    def _stated(self, *nodes: Node) -> list[Node]:
        """List the records that nodes are stated in; a record is its own."""
        found: list[Node] = []
        for node in nodes:
            if self._within is not None and not self._is_own(node):
                found += (record for record in self._within.records if self._lookup.has(node, _STATED_IN, record))
            else:
                found += (record for record in self._lookup.objects(node, _STATED_IN) if self._is_record(record))
            if self._is_record(node):
                found.append(node)
        return found

    def _is_own(self, node: Node) -> bool:
        """Tell whether a node belongs to one activity, so that few records state it."""
        return any(self._lookup.has(node, _TYPE, kind) for kind in _OWN_CLASSES)

    def _row(self, record: Node) -> _Row:
        """Return the document and the row number of a record."""
        known = self._row_of.get(record)
        if known is None:
            number = _integer(self._lookup.value(record, _ROW_NUMBER))
            known = self._row_of[record] = self._lookup.value(record, _FROM_DOCUMENT), number
        return known

    def _activities_of_row(self, record: Node) -> set[Node]:
        """Find the activities that are stated in any cell of a record's row."""
        document, row = self._row(record)
        return {
            activity
            for cell in self._document(document).rows.get(row, ())
            for activity in self._lookup.subjects(_STATED_IN, cell)
            if self._lookup.has(activity, _TYPE, _ACTIVITY)
        }

    def _document(self, document: Node | None) -> _Document:
        """List the records of a document by row and column, the first time that it is asked about."""
        known = self._documents.get(document)
        if known is None:
            known = self._documents[document] = _Document()
            for record in sorted(self._records_of(document), key=str):
                row, column = self._row(record)[1], self._lookup.value(record, _IN_COLUMN)
                known.rows.setdefault(row, []).append(record)
                if column is not None:
                    notation = self._notation(column)
                    known.cells.setdefault((row, notation), []).append(record)
                    known.first.setdefault(notation, record)
        return known

    def _records_of(self, document: Node | None) -> list[Node]:
        if document is not None:
            return [record for record in self._lookup.subjects(_FROM_DOCUMENT, document) if self._is_record(record)]
        every = self._graph.subjects(RDF.type, AKE.SourceRecord) if self._within is None else self._within.records
        return [record for record in every if (record, AKE.fromDocument, None) not in self._graph]

    def _read_records(self, records: Iterable[Node]) -> list[Place]:
        return [self._read_record(record) for record in records]

    def _read_record(self, record: Node) -> Place:
        place = self._records.get(record)
        if place is None:
            value = self._lookup.value
            document, row = self._row(record)
            column = value(record, _IN_COLUMN)
            named = value(record, _COLUMN_NAME) or column
            text = value(record, _TEXT)
            place = self._records[record] = Place(
                document=str(document) if document is not None else None,
                title=self._title(document),
                page=_integer(value(record, _PAGE_NUMBER)),
                row=row,
                column=self._notation(column) if column is not None else None,
                rank=self._rank(column),
                heading=self.label(named) if named is not None else None,
                text=str(text) if text is not None else None,
                record=str(record),
            )
        return place

    def _title(self, document: Node | None) -> str | None:
        if document is None:
            return None
        known = self._document(document)
        if known.title is None:
            known.title = self.label(document)
        return known.title

    def _empty_cell(self, record: Node, notation: str) -> Place:
        """Return the place in a record's row where the column's cell would be, headed as elsewhere in the document."""
        known = self._empty.get((self._row(record), notation))
        if known is not None:
            return known
        place = self._read_record(record)
        first = self._document(self._row(record)[0]).first.get(notation)
        if first is not None:
            like = self._read_record(first)
            rank, heading = like.rank, like.heading
        else:
            column = self._column(notation)
            rank, heading = self._rank(column), self.label(column) if column is not None else notation
        empty = replace(place, column=notation, rank=rank, heading=heading, text=None, record=None)
        return self._empty.setdefault((self._row(record), notation), empty)

    def _column(self, notation: str) -> Node | None:
        """Find the column of a notation: one met before, else one of the vocabulary of columns."""
        for column, known in self._columns.items():
            if known == notation:
                return column
        found = self._graph.subjects(SKOS.notation, Literal(notation))
        return next((column for column in found if (column, SKOS.inScheme, AKEV.column) in self._graph), None)

    def _rank(self, column: Node | None) -> int:
        return (_integer(self._lookup.value(column, _RANK)) or 0) if column is not None else 0

    def _notation(self, column: Node) -> str:
        """Return a column's notation; its IRI where the vocabulary of columns is not in the graph."""
        if column not in self._columns:
            notation = self._lookup.value(column, _NOTATION)
            self._columns[column] = str(notation if notation is not None else column)
        return self._columns[column]

    def _default_column(self, focus: Node) -> str | None:
        kinds = self._lookup.objects(focus, _TYPE)
        return next((column for kind, column in _COLUMN_OF.items() if kind in kinds), None)

    def _own_activities(self, focus: Node) -> set[Node]:
        """Follow the links of a single chain backwards to activities."""
        known = self._own.get(focus)
        if known is None:
            known = self._own[focus] = self._backwards([focus], _OWN)
        return known

    def _using_activities(self, focus: Node) -> set[Node]:
        """Follow every link backwards to activities; a pathway is used through its impacts and goals."""
        if self._within is not None:
            return self._within.users(focus)
        start = [focus, *self._lookup.subjects(AKE.inPathway, focus)]
        return self._backwards(start, _LINKS)

    def _backwards(self, start: Iterable[Node], links: tuple[URIRef, ...]) -> set[Node]:
        waiting, seen, activities = list(start), set[Node](), set[Node]()
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                before = self._before(node, links)
                if before is None:
                    activities.add(node)
                else:
                    waiting.extend(before)
        return activities

    def _before(self, node: Node, links: tuple[URIRef, ...]) -> tuple[Node, ...] | None:
        """Return what leads to a node by one link, found once for all that ask; None for an activity."""
        known = self._steps[links]
        if node not in known:
            subjects = self._lookup.subjects
            known[node] = (
                None
                if self._lookup.has(node, _TYPE, _ACTIVITY)
                else tuple([subject for link in links for subject in subjects(link, node)])
            )
        return known[node]

    def _as_rows(self, activities: Iterable[Node]) -> tuple[ActivityRow, ...]:
        return tuple(sorted((self._as_row(activity) for activity in activities), key=lambda row: row.order))

    def _as_row(self, activity: Node) -> ActivityRow:
        row = self._rows.get(activity)
        if row is None:
            cells = self.find_places(activity, None)
            place = cells[0] if cells else Place()
            row = self._rows[activity] = ActivityRow(str(activity), self.label(activity), place)
        return row


@dataclass(slots=True)
class _Document:
    """The records of one document: by row, by row and column, and the first of each column."""

    title: str | None = None
    rows: dict[int | None, list[Node]] = field(default_factory=dict)
    cells: dict[tuple[int | None, str], list[Node]] = field(default_factory=dict)
    first: dict[str, Node] = field(default_factory=dict)


class _Within:
    """The records and activities among some nodes, found by following links forwards from these nodes only."""

    def __init__(self, lookup: Lookup, nodes: Collection[Node]) -> None:
        self._lookup = lookup
        own = [node for node in nodes if any(lookup.has(node, _TYPE, kind) for kind in _OWN_CLASSES)]
        self.records = {record for node in own for record in lookup.objects(node, _STATED_IN)}
        self.records.update(node for node in nodes if lookup.has(node, _TYPE, _RECORD))
        self._users: dict[Node, set[Node]] = {}
        for activity in own:
            if lookup.has(activity, _TYPE, _ACTIVITY):
                for reached in self._reach(activity):
                    self._users.setdefault(reached, set()).add(activity)

    def users(self, node: Node) -> set[Node]:
        """Find the activities from which links lead to a node."""
        return self._users.get(node, set())

    def _reach(self, activity: Node) -> set[Node]:
        waiting, seen = [activity], set[Node]()
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(target for link in _LINKS for target in self._lookup.objects(node, link))
        return seen | {pathway for node in seen for pathway in self._lookup.objects(node, AKE.inPathway)}


def _integer(term: Node | None) -> int | None:
    value = term.value if isinstance(term, Literal) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
