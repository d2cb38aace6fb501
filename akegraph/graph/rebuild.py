"""Graph → table: a plan's eight printed columns again, in the source's own wording or in the controlled one.

The inverse of :mod:`akegraph.graph.mapping`. In the source's wording a cell is the ``ake:verbatimText`` of its record;
in the controlled wording it is put together from what the row's resources are linked to, so a spelling of one row is
the spelling of all. Words that are the plan's own (activity, output, outcome) are never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS
from rdflib.term import Node

from akegraph.errors import MappingError
from akegraph.graph.iris import AKEID
from akegraph.graph.schemes import Schemes
from akegraph.table.choices import join_wordings
from akegraph.table.model import Cell, CellState, Column, Row, Table
from akegraph.table.plan import LANGUAGE
from akegraph.terms import AKE


def rebuild_table(graph: Graph, schemes: Schemes, file: str) -> Table:
    """Rebuild the table that a plan's graph was mapped from, every cell as it was printed.

    Reads ``ake:inPlan``, ``dcterms:identifier``, ``ake:continuesActivity`` and, of the ``ake:SourceRecord``s of the
    activities' document, row, page, column, heading and text. A cell without a record is missing.

    :param graph: the asserted triples of one plan; not changed
    :param file: the name the table gets for messages
    :returns: the rows by number; where no row has a cell, the column's heading is the scheme's
    :raises MappingError: if an activity lacks its id or the record of its place
    """
    notations = {iri: notation for (scheme, notation), iri in schemes.concepts.items() if scheme == "column"}
    headings: dict[str, str] = {}
    records: dict[tuple[Node | None, int], dict[str, Node]] = {}
    for record in graph.subjects(RDF.type, AKE.SourceRecord):
        column = notations.get(URIRef(str(graph.value(record, AKE.inColumn))), "")
        key = graph.value(record, AKE.fromDocument), _integer(graph, record, AKE.rowNumber, file)
        records.setdefault(key, {})[column] = record
    rows = []
    for activity in graph.subjects(RDF.type, AKE.Activity):
        place = next(iter(sorted(graph.objects(activity, AKE.statedIn), key=str)), None)
        own_id = graph.value(activity, DCTERMS.identifier)
        if own_id is None or place is None:
            raise MappingError(f"{activity}: has no dcterms:identifier or is ake:statedIn no cell", file=file)
        number = _integer(graph, place, AKE.rowNumber, file)
        cells = {column.value: Cell("", CellState.MISSING) for column in Column}
        for column, record in records[graph.value(place, AKE.fromDocument), number].items():
            cells[column] = Cell(str(graph.value(record, AKE.verbatimText)))
            headings.setdefault(column, str(graph.value(record, AKE.columnName)))
        page = _integer(graph, place, AKE.pageNumber, file)
        rows.append(Row(str(own_id), page, number, cells, _continues(graph, activity)))
    rows.sort(key=lambda row: (row.number, row.id))
    for column in Column:
        headings.setdefault(column, schemes.lexicon.heading(column))
    return Table(file, headings, tuple(rows))


@dataclass(frozen=True, slots=True)
class Normalised:
    """A table in the controlled wording.

    :ivar languages: the language of each column's words, by notation
    """

    table: Table
    languages: Mapping[str, str]


def normalise_table(
    table: Table, graph: Graph, context: Graph, schemes: Schemes, language: str = LANGUAGE
) -> Normalised:
    """Put the controlled cells of a rebuilt table into the words of the schemes and the framework.

    A wording that has no label in ``language`` keeps its Finnish one, so a cell may hold both. An empty cell stays
    empty, and the plan's own words stay as they are.

    :param graph: the asserted triples of the plan; not changed
    :param context: ontology, schemes and reference data, which have the labels; not changed
    """
    writer = _Wordings(graph, context, schemes, language)
    activities = {
        str(graph.value(activity, DCTERMS.identifier)): activity for activity in graph.subjects(RDF.type, AKE.Activity)
    }
    rows = tuple(replace(row, cells=writer.cells(row, activities[row.id])) for row in table.rows)
    headings = {column.value: writer.label(schemes.concept("column", column)) for column in Column}
    own = (Column.ACTIVITY, Column.OUTPUT, Column.OUTCOME)
    languages = {column.value: LANGUAGE if column in own else language for column in Column}
    return Normalised(replace(table, headings=headings, rows=rows), languages)


class _Wordings:
    """Writes the controlled cells of rows in one language."""

    def __init__(self, graph: Graph, context: Graph, schemes: Schemes, language: str) -> None:
        self._graph, self._context, self._language = graph, context, language
        self._path = schemes.lexicon.anchors.path[0]
        if language != LANGUAGE:
            word = self.label(AKE.Path, RDFS.label)
            self._path = word[:1].upper() + word[1:]

    def cells(self, row: Row, activity: Node) -> dict[str, Cell]:
        """Return the row's cells, the controlled ones worded anew where they are not empty."""
        worded = {
            Column.TASK: self._task(activity),
            Column.IMPACT: self._impact(activity),
            Column.EFFECTIVENESS: "; ".join(self._goal(goal) for goal in self._of(activity, AKE.aimsAtGoal)),
            Column.EVALUATION: self._evaluation(activity),
            Column.PARTICIPATION: "; ".join(map(self._numbered, self._of(activity, AKE.hasParticipationLevel))),
        }
        cells = dict(row.cells)
        cells.update((column.value, Cell(text)) for column, text in worded.items() if text and row.text(column))
        return cells

    def label(self, node: Node, predicate: URIRef = SKOS.prefLabel) -> str:
        """Return the label in the language, else the Finnish one, else any."""
        found = {
            literal.language: str(literal)
            for graph in (self._context, self._graph)
            for literal in graph.objects(node, predicate)
            if isinstance(literal, Literal)
        }
        best = found.get(self._language) or found.get(LANGUAGE)
        return best or next((found[key] for key in sorted(found, key=str)), "")

    def _task(self, activity: Node) -> str:
        tasks = [self.label(task) for task in self._of(activity, AKE.underTask)]
        paths = [f"{self._path} {self._numbered(path)}" for path in self._of(activity, AKE.onPath)]
        return " ".join(f"+ {item}" for item in (*tasks, *paths))

    def _impact(self, activity: Node) -> str:
        impacts = [
            impact
            for output in self._of(activity, AKE.hasOutput)
            for outcome in self._of(output, AKE.hasOutcome)
            for impact in self._of(outcome, AKE.hasImpact)
        ]
        return "; ".join(
            f"{self.label(pathway)}: {self.label(impact)}"
            for impact in dict.fromkeys(impacts)
            for pathway in self._of(impact, AKE.inPathway)
        )

    def _goal(self, goal: Node) -> str:
        name, text = self.label(goal), self.label(goal, AKE.goalText)
        return f"{name}: {text}" if text else name

    def _evaluation(self, activity: Node) -> str:
        items: list[str] = []
        for evaluation in self._of(activity, AKE.hasEvaluation):
            timings = [self.label(timing) for timing in self._of(evaluation, AKE.hasTiming)]
            items += [join_wordings(timings)] if timings else []
            items += [self.label(indicator_set) for indicator_set in self._of(evaluation, AKE.usesIndicatorSet)]
        return " ".join(f"+ {item}" for item in items)

    def _numbered(self, concept: Node) -> str:
        return f"{self._context.value(concept, SKOS.notation)}: {self.label(concept)}"

    def _of(self, subject: Node, predicate: URIRef) -> list[Node]:
        """List the objects by rank, those without one by IRI."""
        found = {*self._graph.objects(subject, predicate), *self._context.objects(subject, predicate)}
        return sorted(found, key=lambda node: (int(str(self._context.value(node, AKE.rank) or 0)), str(node)))


def _continues(graph: Graph, activity: Node) -> str | None:
    """Return the id of the row that an activity continues, which lies in another plan's graph.

    The one place that reads an id out of an IRI: the graph that could be asked for it is not at hand.
    """
    earlier = graph.value(activity, AKE.continuesActivity)
    return None if earlier is None else str(earlier).removeprefix(str(AKEID["activity/"]))


def _integer(graph: Graph, record: Node, predicate: URIRef, file: str) -> int:
    value = graph.value(record, predicate)
    if not isinstance(value, Literal) or not isinstance(value.value, int):
        raise MappingError(f"{record}: {predicate} is no whole number", file=file)
    return value.value
