"""Table → graph: the asserted triples of one plan.

One ``ake:Activity``, ``ake:Output``, ``ake:Outcome`` and ``ake:Evaluation`` per row, never shared, even where two rows
print the same text: a shared outcome would join the chains of two activities. Impacts, goals and indicator sets are
the framework's, so plans of several years and regions meet in them. Everything is ``ake:statedIn`` the cell it was
read from. Only the specific, forward properties are asserted; inverses and super-properties are inferred.
A synthetic plan and everything that is its own says so of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, SKOS, XSD

from akegraph.errors import MappingError
from akegraph.graph.framework import Framework, Goal, Pathway
from akegraph.graph.iris import SPDX, mint_record, mint_resource
from akegraph.graph.loading import new_graph
from akegraph.graph.schemes import Schemes
from akegraph.table.cells import RowContent
from akegraph.table.columns import normalise
from akegraph.table.model import CellState, Row, Table
from akegraph.table.plan import Document, Plan
from akegraph.terms import AKE


def map_plan(
    plan: Plan,
    document: Document,
    table: Table,
    contents: Sequence[RowContent],
    schemes: Schemes,
    framework: Framework,
    *,
    draft: bool = False,
) -> Graph:
    """Map a table, and what its controlled cells mean, to the plan's graph.

    Adds an ``ake:Plan`` with period, organisation, areas and framework; per row its chain, its evaluation and one
    ``ake:SourceRecord`` per cell that is not empty. IRIs are minted from the stable ids of plan and rows; no blank
    nodes.

    :param contents: what the cells of each row mean, in the rows' order
    :param draft: leave out what cannot be read or is not the framework's, for validation to find; a chain ends at the
        first of its cells that says nothing
    :returns: a new graph that the caller owns
    :raises MappingError: if a row's impact or goal is not the framework's, and it is no draft
    """
    graph = new_graph()
    _map_plan_itself(graph, plan)
    for row, content in zip(table.rows, contents, strict=True):
        mapper = _RowMapper(graph, plan, document, table, row, schemes)
        mapper.map(content, _Pathways(framework, plan, table, row, draft=draft))
    if plan.synthetic:
        _mark_synthetic(graph, except_for=mint_resource("period", plan.period))
    return graph


def map_documents(documents: Iterable[Document]) -> Graph:
    """Map the descriptions of source documents to ``ake:SourceDocument``s, each with its checksum.

    A synthetic one has no file and so no checksum; it has ``ake:isSynthetic``.
    """
    graph = new_graph()
    for document in documents:
        iri = mint_resource("document", document.id)
        language = document.language
        for predicate, value in (
            (RDF.type, AKE.SourceDocument),
            (SKOS.prefLabel, Literal(document.title, lang=language)),
            (DCTERMS.title, Literal(document.title, lang=language)),
            (DCTERMS.type, Literal(document.kind, lang=language)),
            (DCTERMS.publisher, Literal(document.publisher, lang=language)),
            (DCTERMS.language, Literal(language)),
            (DCTERMS.issued, Literal(document.issued)),
            (DCTERMS.extent, Literal(f"{document.first_page}-{document.last_page}")),
            (DCTERMS.provenance, Literal(document.extraction, lang="en")),
            (DCTERMS.rights, Literal(document.rights, lang="en")),
        ):
            graph.add((iri, predicate, value))
        if document.synthetic:
            graph.add((iri, AKE.isSynthetic, Literal(True)))
        if document.sha256 is None:
            continue
        checksum = URIRef(f"{iri}#checksum")
        graph.add((iri, SPDX.checksum, checksum))
        graph.add((checksum, RDF.type, SPDX.Checksum))
        graph.add((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
        graph.add((checksum, SPDX.checksumValue, Literal(document.sha256, datatype=XSD.hexBinary)))
    return graph


def _map_plan_itself(graph: Graph, plan: Plan) -> None:
    iri, period = mint_resource("plan", plan.id), mint_resource("period", plan.period)
    for predicate, value in (
        (RDF.type, AKE.Plan),
        (SKOS.prefLabel, Literal(plan.label, lang=plan.language)),
        (DCTERMS.identifier, Literal(plan.id)),
        (DCTERMS.title, Literal(plan.title, lang=plan.language)),
        (DCTERMS.source, mint_resource("document", plan.document)),
        (AKE.preparedBy, mint_resource("organisation", plan.organisation)),
        (AKE.coversPeriod, period),
        (AKE.followsFramework, mint_resource("framework", plan.framework)),
        *((AKE.coversArea, mint_resource("area", area)) for area in plan.areas),
    ):
        graph.add((iri, predicate, value))
    if plan.previous is not None:
        graph.add((iri, AKE.previousPlan, mint_resource("plan", plan.previous)))
    graph.add((period, RDF.type, AKE.PlanningPeriod))
    graph.add((period, SKOS.prefLabel, Literal(plan.period, lang=plan.language)))
    graph.add((period, DCAT.startDate, Literal(plan.start)))
    graph.add((period, DCAT.endDate, Literal(plan.end)))


def _mark_synthetic(graph: Graph, *, except_for: URIRef) -> None:
    """Add ``ake:isSynthetic`` to all that the graph types: what it types is its own, except the calendar's period.

    Concepts and the framework, which the graph only says are stated in its cells, are real and shared with real plans.
    """
    for subject in set(graph.subjects(RDF.type)) - {except_for}:
        graph.add((subject, AKE.isSynthetic, Literal(True)))


class _RowMapper:
    """Writes the triples of one row into the plan's graph."""

    def __init__(self, graph: Graph, plan: Plan, document: Document, table: Table, row: Row, schemes: Schemes) -> None:
        self._graph, self._plan, self._document = graph, plan, document
        self._table, self._row, self._schemes = table, row, schemes
        self._records = self._map_records()

    def map(self, content: RowContent, pathways: _Pathways) -> None:
        """Add the row's chain, from its activity to the framework's goal, and its evaluation."""
        row = self._row
        activity = mint_resource("activity", row.id)
        self._add(activity, AKE.Activity, content.activity, "task", "activity", "participation")
        self._graph.add((activity, DCTERMS.identifier, Literal(row.id)))
        self._graph.add((activity, AKE.inPlan, mint_resource("plan", self._plan.id)))
        for predicate, scheme, notation, column in (
            (AKE.underTask, "task", content.task, "task"),
            (AKE.onPath, "path", content.path, "task"),
            (AKE.hasParticipationLevel, "participation", content.level, "participation"),
        ):
            if notation is not None:
                concept = self._schemes.concept(scheme, notation)
                self._graph.add((activity, predicate, concept))
                self._state(column, concept)
        if row.continues is not None:
            self._graph.add((activity, AKE.continuesActivity, mint_resource("activity", row.continues)))
        self._map_chain(activity, content, pathways)
        if "effectiveness" in self._records and (goal := pathways.find_goal(content)) is not None:
            self._graph.add((activity, AKE.aimsAtGoal, goal.iri))
            self._state("effectiveness", goal.iri)
        if "evaluation" in self._records:
            self._map_evaluation(activity, content, pathways)

    def _map_chain(self, activity: URIRef, content: RowContent, pathways: _Pathways) -> None:
        """Add output, outcome and impact, each only if there is what leads to it."""
        pathway = pathways.find_impact(content)
        if not content.output:
            return
        output, outcome = mint_resource("output", self._row.id), mint_resource("outcome", self._row.id)
        self._graph.add((activity, AKE.hasOutput, output))
        self._add(output, AKE.Output, content.output, "output")
        if not content.outcome:
            return
        self._graph.add((output, AKE.hasOutcome, outcome))
        self._add(outcome, AKE.Outcome, content.outcome, "outcome")
        if pathway is not None:
            self._graph.add((outcome, AKE.hasImpact, pathway.impact))
            self._state("impact", pathway.impact, pathway.iri)

    def _map_records(self) -> Mapping[str, URIRef]:
        """Add a source record for every cell that is not empty; return their IRIs by column."""
        records: dict[str, URIRef] = {}
        for column, cell in self._row.cells.items():
            if cell.state is CellState.MISSING or not cell.text:
                continue
            record = records[column] = mint_record(self._row.id, column)
            for predicate, value in (
                (RDF.type, AKE.SourceRecord),
                (AKE.fromDocument, mint_resource("document", self._document.id)),
                (AKE.pageNumber, Literal(self._row.page)),
                (AKE.rowNumber, Literal(self._row.number)),
                (AKE.inColumn, self._schemes.concept("column", column)),
                (AKE.columnName, Literal(self._table.headings[column])),
                (AKE.verbatimText, Literal(cell.text, lang=self._plan.language)),
            ):
                self._graph.add((record, predicate, value))
        return records

    def _map_evaluation(self, activity: URIRef, content: RowContent, pathways: _Pathways) -> None:
        evaluation = mint_resource("evaluation", self._row.id)
        self._graph.add((activity, AKE.hasEvaluation, evaluation))
        self._graph.add((evaluation, RDF.type, AKE.Evaluation))
        self._state("evaluation", evaluation)
        for notation in content.timings:
            timing = self._schemes.concept("timing", notation)
            self._graph.add((evaluation, AKE.hasTiming, timing))
            self._state("evaluation", timing)
        pathway = pathways.get(content.indicator_pathway)
        for indicator_set in pathway.indicator_sets if pathway is not None else ():
            self._graph.add((evaluation, AKE.usesIndicatorSet, indicator_set))
            self._state("evaluation", indicator_set)

    def _add(self, iri: URIRef, kind: URIRef, label: str, *columns: str) -> None:
        self._graph.add((iri, RDF.type, kind))
        if label:
            self._graph.add((iri, SKOS.prefLabel, Literal(label, lang=self._plan.language)))
        for column in columns:
            self._state(column, iri)

    def _state(self, column: str, *resources: URIRef) -> None:
        if column in self._records:
            for resource in resources:
                self._graph.add((resource, AKE.statedIn, self._records[column]))


class _Pathways:
    """Finds what a row names of the framework; what is not there is a problem, or None in a draft."""

    def __init__(self, framework: Framework, plan: Plan, table: Table, row: Row, *, draft: bool) -> None:
        self._framework, self._plan, self._table, self._row, self._draft = framework, plan, table, row, draft

    def get(self, number: int | None) -> Pathway | None:
        """Return the pathway of a number."""
        return None if number is None else self._framework.pathways.get(str(number))

    def find_impact(self, content: RowContent) -> Pathway | None:
        """Find the pathway of the row's impact, which must read as in the framework."""
        pathway = self.get(content.pathway)
        if pathway is None:
            known = ", ".join(sorted(self._framework.pathways))
            what = f"path {content.path!r} has no impact pathway in the framework; known are {known}"
            self._refuse("task", what)
            return None
        if normalise(content.impact) != normalise(pathway.impact_text):
            wanted = f"says {content.impact!r}, the framework {pathway.impact_text!r}"
            self._refuse("impact", f"{wanted}; correct the cell or add to the framework")
            return None
        return pathway

    def find_goal(self, content: RowContent) -> Goal | None:
        """Find the framework's goal that the cell names; a text must be the framework's."""
        pathway = self.get(content.goal_pathway)
        goals = pathway.goals if pathway is not None else ()
        numbered = [goal for goal in goals if goal.number == content.goal_number]
        candidates = numbered or (list(goals) if content.goal_number is None else [])
        if len(candidates) != 1:
            self._refuse_goal(f"names goal {content.goal_number or 'without number'}", "a goal of the path")
            return None
        goal = candidates[0]
        if content.goal_text is not None and (
            goal.text is None or normalise(content.goal_text) != normalise(goal.text)
        ):
            self._refuse_goal(f"says {content.goal_text!r}", repr(goal.text or "a goal without text"))
            return None
        return goal

    def _refuse_goal(self, found: str, wanted: str) -> None:
        framework = f"the framework {self._plan.framework!r}"
        self._refuse("effectiveness", f"{found}, but {framework} has {wanted}; correct the cell or the framework")

    def _refuse(self, column: str, what: str) -> None:
        if not self._draft:
            heading = self._table.headings[column]
            raise MappingError(what, file=self._table.file, page=self._row.page, row=self._row.number, column=heading)
